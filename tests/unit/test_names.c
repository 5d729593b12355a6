#include "annotate/gazetteer.h"
#include "annotate/names.h"
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

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_model),
      cmocka_unit_test(test_rules),
      cmocka_unit_test(test_depends_on_the_block_alone),
      cmocka_unit_test(test_ids),
      cmocka_unit_test(test_words),
  };
  return cmocka_run_group_tests(tests, setup, teardown);
}
