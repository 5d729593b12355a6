#include "annotate/gazetteer.h"
#include "annotate/names_p.h"
#include "annotate/notes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static Names *g_model, *g_rules;

static int setup(void **state)
{
  (void)state;
  Error err = {0};
  g_model = names_new("core/annotate/data", &err);
  assert_int_equal(err.code, ERR_NONE);
  g_rules = names_new("tests/unit", &err); // no files there: patterns alone, and a sentence about it
  assert_int_equal(err.code, ERR_IO);
  assert_non_null(strstr(err.text, "patterns alone"));
  return 0;
}

static int teardown(void **state)
{
  (void)state;
  names_free(g_model);
  names_free(g_rules);
  return 0;
}

static void notes_of(Notes *notes, Lang lang, const char *text)
{
  *notes = (Notes){.kind = BLOCK_PARAGRAPH, .lang = lang};
  notes->text = arena_dup(&notes->arena, str_of(text));
  tokens_split(notes->text, &notes->arena, &notes->tokens);
  sentences_split(notes->text, lang, &notes->tokens, &notes->arena, &notes->sentences);
}

static void check(const Names *names, Lang lang, const char *text, const char *want)
{
  static const char *const types[] = {"PER", "ORG", "LOC"};
  Notes notes;
  notes_of(&notes, lang, text);
  names_find(names, &notes);
  StrBuf got = {0};
  for (size_t i = 0; i < notes.names.len; i++) {
    const Name *name = &notes.names.items[i];
    strbuf_addf(&got, "%s%s " STR_FMT, i ? "; " : "", types[name->type],
                STR_ARG(str_slice(notes.text, name->start, name->end)));
  }
  strbuf_byte(&got, '\0');
  assert_string_equal(got.ptr, want);
  strbuf_release(&got);
  arena_release(&notes.arena);
}

static void test_model(void **state)
{
  (void)state;
  check(g_model, LANG_SV, "Statsminister Ulf Kristersson reste till Helsingfors på tisdagen.",
        "PER Ulf Kristersson; LOC Helsingfors");
  check(g_model, LANG_NB, "Jens Stoltenberg møtte Angela Merkel i Berlin.",
        "PER Jens Stoltenberg; PER Angela Merkel; LOC Berlin");
  check(g_model, LANG_DA, "Mette Frederiksen rejser til Oslo på mandag.", "PER Mette Frederiksen; LOC Oslo");
  check(g_model, LANG_DE, "Die Sitzung mit Angela Merkel fand in Berlin statt.",
        "PER Angela Merkel; LOC Berlin");
  check(g_model, LANG_IT, "Il presidente Sergio Mattarella ha parlato a Roma.",
        "PER Sergio Mattarella; LOC Roma");
  check(g_model, LANG_EN, "Will they meet in May? He said so in London.", "LOC London");
  check(g_model, LANG_DE, "Ursula von der Leyen sprach in Brüssel.", "PER Ursula von der Leyen; LOC Brüssel");
  check(g_model, LANG_FI, "Stubb puhui Helsingissä.", "PER Stubb; LOC Helsingissä");
  check(g_model, LANG_EN, "", "");
  check(g_model, LANG_UNKNOWN, "123 ... !", "");
}

static void test_rules(void **state)
{
  (void)state;
  check(g_rules, LANG_SV, "Statsminister Kristersson kom.", "PER Kristersson");
  check(g_rules, LANG_EN, "He works for Meyer Holdings.", "ORG Meyer Holdings");
}

// What stands around a block does not matter: two blocks at once give what each gives.
static void test_depends_on_the_block_alone(void **state)
{
  (void)state;
  const char *text = "Anna Lindqvist arbetar på Skanska i Malmö.";
  Notes first, again;
  notes_of(&first, LANG_SV, text);
  names_find(g_model, &first);
  check(g_model, LANG_DE, "Der Bundestag tagt in Berlin.", "ORG Bundestag; LOC Berlin");
  notes_of(&again, LANG_SV, text);
  names_find(g_model, &again);
  assert_int_equal(first.names.len, again.names.len);
  for (size_t i = 0; i < first.names.len; i++) {
    assert_int_equal(first.names.items[i].start, again.names.items[i].start);
    assert_int_equal(first.names.items[i].end, again.names.items[i].end);
    assert_true(first.names.items[i].confidence == again.names.items[i].confidence);
  }
  arena_release(&first.arena);
  arena_release(&again.arena);
}

static void test_ids(void **state)
{
  (void)state;
  Notes notes;
  notes_of(&notes, LANG_SV, "Han reste från Sverige till Kina.");
  names_find(g_model, &notes);
  assert_int_equal(notes.names.len, 2);
  assert_true(str_is(gazetteer_id(notes.names.items[0].entity, &notes.arena), "iso:SE"));
  assert_true(str_is(gazetteer_id(notes.names.items[1].entity, &notes.arena), "iso:CN"));
  arena_release(&notes.arena);
}

static void test_words(void **state)
{
  (void)state;
  assert_int_equal(names_gender(g_model, STR("Anna")), 'f');
  assert_int_equal(names_gender(g_model, STR("Lars")), 'm');
  assert_int_equal(names_gender(g_model, STR("Xqzv")), 0);
  assert_true(names_is_title(g_model, LANG_SV, STR("försvarsminister")));
  assert_true(names_is_title(g_model, LANG_DE, STR("außenministerin")));
  assert_true(names_is_title(g_model, LANG_EN, STR("dr.")));
  assert_false(names_is_title(g_model, LANG_SV, STR("hus")));
}

// What becomes of one name over the whole of `text`: parts between bars.
static void check_parts(Lang lang, EntityType type, const char *text, const char *want)
{
  Notes notes;
  notes_of(&notes, lang, text);
  const NameFact *facts = namefacts_of(&g_model->known, NULL, &notes, &notes.arena);
  Name whole = {.type = type, .last = (uint32_t)notes.tokens.len, .end = (uint32_t)notes.text.len};
  vec_push_in(&notes.arena, &notes.names, whole);
  namejoin_part(&g_model->known, &notes, facts);
  StrBuf got = {0};
  for (size_t i = 0; i < notes.names.len; i++) {
    const Name *name = &notes.names.items[i];
    assert_int_equal(name->type, type);
    assert_int_equal(name->start, notes.tokens.items[name->first].start);
    strbuf_addf(&got, "%s" STR_FMT, i ? "|" : "", STR_ARG(str_slice(notes.text, name->start, name->end)));
  }
  strbuf_byte(&got, '\0');
  assert_string_equal(got.ptr, want);
  strbuf_release(&got);
  arena_release(&notes.arena);
}

static void test_parts(void **state)
{
  (void)state;
  check_parts(LANG_ES, ENTITY_LOC, "Tudela y Alfaro", "Tudela|Alfaro");
  check_parts(LANG_ES, ENTITY_LOC, "Tudela y de Alfaro", "Tudela|Alfaro");
  check_parts(LANG_SV, ENTITY_LOC, "Flen och Hjo och Åmål", "Flen|Hjo|Åmål");
  check_parts(LANG_NB, ENTITY_LOC, "Møre og Romsdal", "Møre og Romsdal"); // known as one
  check_parts(LANG_EN, ENTITY_ORG, "Ministry of Environment and Energy",
              "Ministry of Environment and Energy");
  check_parts(LANG_DE, ENTITY_ORG, "Nordlicht Agentur und Hansa Verlag", "Nordlicht Agentur|Hansa Verlag");
  check_parts(LANG_DE, ENTITY_ORG, "Institut für Technik und Wirtschaft des Saarlandes",
              "Institut für Technik und Wirtschaft des Saarlandes");
  check_parts(LANG_DE, ENTITY_ORG, "Nordlicht AG und SAP", "Nordlicht AG|SAP");
  check_parts(LANG_NB, ENTITY_ORG, "Olje- og Energirådet", "Olje- og Energirådet");
  check_parts(LANG_EN, ENTITY_ORG, "Quigg and Tuttle", "Quigg and Tuttle"); // who can tell?
  check_parts(LANG_ES, ENTITY_PER, "Ramón y Cajal", "Ramón y Cajal");
  check_parts(LANG_ES, ENTITY_PER, "Pedro Ruiz y Marta Soto", "Pedro Ruiz|Marta Soto");
  check_parts(LANG_SV, ENTITY_LOC, "Tudela y Alfaro", "Tudela y Alfaro"); // no "and" there
  check_parts(LANG_EN, ENTITY_LOC, "and Hjo and", "and Hjo and");
}

static void test_offices(void **state)
{
  (void)state;
  check(g_model, LANG_NB, "Saken ligger hos Nærings- og fiskeridepartementet i Oslo.",
        "ORG Nærings- og fiskeridepartementet; LOC Oslo");
  check(g_model, LANG_SV, "Brott- och straffmyndigheten teg.", "ORG Brott- och straffmyndigheten");
  check(g_model, LANG_DA, "Det siger By- og Boligministeriet.", "ORG By- og Boligministeriet");
  check(g_model, LANG_FI, "Maa- ja metsätalousministeriö vastasi.", "ORG Maa- ja metsätalousministeriö");
  check(g_rules, LANG_NB, "Olje- og Gass- og energidepartementet", "ORG Gass- og energidepartementet");
  check(g_rules, LANG_SV, "Mark- och vattenfrågor är svåra.", "");
  check(g_rules, LANG_SV, "Mark- och", "");
  check(g_rules, LANG_SV, "Mark - och myndigheten", "");
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_model),
      cmocka_unit_test(test_rules),
      cmocka_unit_test(test_depends_on_the_block_alone),
      cmocka_unit_test(test_ids),
      cmocka_unit_test(test_words),
      cmocka_unit_test(test_parts),
      cmocka_unit_test(test_offices),
  };
  return cmocka_run_group_tests(tests, setup, teardown);
}
