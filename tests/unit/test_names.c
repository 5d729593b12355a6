#include "annotate/names/gazetteer.h"
#include "annotate/names/names_p.h"
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
  check_parts(LANG_DE, ENTITY_ORG, "FC Quell - FC Hopfen", "FC Quell|FC Hopfen");
  check_parts(LANG_DE, ENTITY_ORG, "Quell-Hopfen", "Quell-Hopfen");
  check_parts(LANG_EN, ENTITY_LOC, "and Hjo and", "and Hjo");
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

// Names of `marked` ("[PER Luigi] came") and what becomes of them by the signs at their edges.
static void check_edges(Lang lang, const char *marked, const char *want)
{
  static const char *const types[] = {"PER", "ORG", "LOC"};
  char text[512];
  size_t len = 0;
  Notes notes;
  VEC_OF(Name) names = {0};
  for (const char *p = marked; *p; p++) {
    if (*p == '[') {
      EntityType type = p[1] == 'P' ? ENTITY_PER : p[1] == 'O' ? ENTITY_ORG : ENTITY_LOC;
      vec_push(&names, (Name){.start = (uint32_t)len, .type = type, .confidence = 0.8f});
      p += strlen("[PER");
    } else if (*p == ']') {
      names.items[names.len - 1].end = (uint32_t)len;
    } else {
      text[len++] = *p;
    }
  }
  text[len] = '\0';
  notes_of(&notes, lang, text);
  for (size_t i = 0; i < names.len; i++) {
    Name name = names.items[i];
    for (uint32_t t = 0; t < notes.tokens.len; t++) {
      if (notes.tokens.items[t].start == name.start) name.first = t;
      if (notes.tokens.items[t].end == name.end) name.last = t + 1;
    }
    assert_true(name.last > name.first);
    vec_push_in(&notes.arena, &notes.names, name);
  }
  const NameFact *facts = namefacts_of(&g_model->known, NULL, &notes, &notes.arena);
  namejoin_offices(&g_model->known, &notes, facts);
  namebounds_mend(&g_model->known, &notes, facts);
  StrBuf got = {0};
  for (size_t i = 0; i < notes.names.len; i++) {
    const Name *name = &notes.names.items[i];
    strbuf_addf(&got, "%s%s " STR_FMT, i ? "; " : "", types[name->type],
                STR_ARG(str_slice(notes.text, name->start, name->end)));
  }
  strbuf_byte(&got, '\0');
  assert_string_equal(got.ptr, want);
  strbuf_release(&got);
  vec_release(&names);
  arena_release(&notes.arena);
}

static void test_initials(void **state)
{
  (void)state;
  check_edges(LANG_SV, "Det säger Rådet för hållbar odling ([ORG RHO]).",
              "ORG Rådet för hållbar odling; ORG RHO");
  check_edges(LANG_DE, "Das [ORG Amt] für Moore und Flüsse (Amof) schweigt.",
              "ORG Amt für Moore und Flüsse; ORG Amof");
  check_edges(LANG_EN, "The [ORG Office] of Coastal Affairs ([ORG OCA]) agreed.",
              "ORG Office of Coastal Affairs; ORG OCA");
  check_edges(LANG_EN, "The Office of Coastal Affairs (OCA) agreed.", ""); // nobody says that it is one
  check_edges(LANG_DE, "[PER Sven Paul Dorn] ([ORG SPD]) kam.", "PER Sven Paul Dorn; ORG SPD");
  check_edges(LANG_DE, "Die Stadt [LOC Potsdam] ([ORG SPD]) lud ein.", "LOC Potsdam; ORG SPD");
  check_edges(LANG_DE, "Der Grüne Moorverband ([ORG GMV]) klagt.", "ORG Grüne Moorverband; ORG GMV");
  check_edges(LANG_NB, "[ORG Fjordteatret] (FT) kom.", "ORG Fjordteatret; ORG FT");
  check_edges(LANG_NB, "[ORG Fjordteatret] (TF) kom.", "ORG Fjordteatret"); // not in this order
  check_edges(LANG_NB, "[LOC Fjordvik] (FV) kom.", "LOC Fjordvik");
  check_edges(LANG_EN, "[ORG Office of Coastal Affairs] ([ORG XYZ])",
              "ORG Office of Coastal Affairs; ORG XYZ");
  check_edges(LANG_EN, "Office, of Coastal Affairs ([ORG OCA])", "ORG OCA"); // not over a comma
  check_edges(LANG_EN, "([ORG OCA])", "ORG OCA");
}

static void test_companies(void **state)
{
  (void)state;
  check_edges(LANG_EN, "[PER J Wetherby] plc fell.", "ORG J Wetherby plc");
  check_edges(LANG_EN, "[ORG Quillon], Inc. of Ohio", "ORG Quillon, Inc.");
  check_edges(LANG_DE, "[ORG Nordlicht] GmbH & Co. KG wächst.", "ORG Nordlicht GmbH & Co. KG");
  check_edges(LANG_IT, "[PER Galeazzo S.p.A.] cresce.", "ORG Galeazzo S.p.A.");
  check_edges(LANG_EN, "in [LOC Newry], Co. Down", "LOC Newry");
  check_edges(LANG_NB, "med Q-Meieriene [ORG AS] har", "ORG Q-Meieriene AS");
  check_edges(LANG_NB, "[ORG Skogs]- og jaktminister", "");
  check_edges(LANG_DE, "[ORG CDU]- und Spitzenleute", "ORG CDU");
  check_edges(LANG_EN, "[PER OBAMA] AS HIMSELF", "PER OBAMA");
  check_edges(LANG_SV, "[PER Olsson] ABBA", "PER Olsson"); // no word begins in a form
  check_edges(LANG_EN, "[PER Quigg & Tuttle] fell.", "ORG Quigg & Tuttle");
  check_edges(LANG_DA, "[PER Anna & Erik] kom.", "PER Anna & Erik");
}

static void test_known_orgs(void **state)
{
  (void)state;
  check(g_rules, LANG_IT, "Ieri luxottica e Luxottica.", "ORG Luxottica"); // any letters, but one in capitals
  check(g_rules, LANG_SV, "Dagens nej gläder Rädda Barnen.", "ORG Rädda Barnen");
  check(g_rules, LANG_SV, "I dag växer Electrolux vinst och Peabs kassa.", "ORG Electrolux; ORG Peabs");
  check(g_rules, LANG_DE, "Gestern hat Peab gewonnen.", ""); // known in the north
  check(g_rules, LANG_SV, "Det säger han till Ekot.", "ORG Ekot");
  check(g_rules, LANG_SV, "Ekot hördes länge.", ""); // where the sentence begins: an echo
  check(g_rules, LANG_NB, "Han så Ekot.", "");       // known in Swedish
}

static void test_signs(void **state)
{
  (void)state;
  check(g_model, LANG_NB, "Da kjøpte selskapet Kvarnlys hele bygget.", "ORG Kvarnlys");
  check(g_model, LANG_DE, "Gestern kaufte der Autozulieferer Kvarnlys ein Haus.", "ORG Kvarnlys");
  check(g_model, LANG_ES, "Ayer la empresa Kvarnlys compró la casa.", "ORG Kvarnlys");
  check(g_model, LANG_SV, "De bor nu i staden Kvarnlys.", "LOC Kvarnlys");
  check(g_model, LANG_IT, "Ieri nella cittadina Kvarnlys pioveva.", "LOC Kvarnlys");
  check(g_model, LANG_NB, "Da sa selskapet Knut skulle gå.", "PER Knut");   // somebody, and no company
  check(g_model, LANG_NB, "Da solgte forlaget Hansen boka.", "ORG Hansen"); // companies bear such names
  check(g_model, LANG_NB, "Da vant selskapet Norge ikke noe.", "LOC Norge");
}

static void test_persons_edges(void **state)
{
  (void)state;
  check_edges(LANG_IT, "[PER Luigi] \"Gigi\" Nardi e", "PER Luigi \"Gigi\" Nardi");
  check_edges(LANG_NB, "[PER Harald] «Dutte» [PER Vik] og", "PER Harald «Dutte» Vik");
  check_edges(LANG_SV, "[PER Erik] sa ”Nej” Vik", "PER Erik");
  check_edges(LANG_DE, "[PER Susanne R]. schwieg.", "PER Susanne R.");
  check_edges(LANG_DE, "[PER Elisabeth II]. kam.", "PER Elisabeth II.");
  check_edges(LANG_NB, "[PER Harald V]. Han kom.", "PER Harald V");
  check_edges(LANG_DE, "[PER Merkels Hochzeitsfeier] war groß.", "PER Merkels");
  check_edges(LANG_DE, "[PER Angela Merkels Sprecher] kam.", "PER Angela Merkels");
  check_edges(LANG_DE, "[PER Angela Merkel] war da.", "PER Angela Merkel");
  check_edges(LANG_IT, "in [LOC Belgio Eden Ruiz] segna", "LOC Belgio; PER Eden Ruiz");
  check_edges(LANG_SV, "[PER Sveriges Erik Vik] vann", "LOC Sveriges; PER Erik Vik");
  check_edges(LANG_SV, "[ORG Sveriges Radio] sa", "ORG Sveriges Radio");
  check_edges(LANG_NB, "[PER Sandefjords Andreas Vik] ble", "LOC Sandefjords; PER Andreas Vik");
  check_edges(LANG_SV, "[PER Jonas Erik Vik] kom", "PER Jonas Erik Vik");
}

static void test_places_edges(void **state)
{
  (void)state;
  check_edges(LANG_IT, "in piazza [PER Aldo Nardi] ieri", "LOC piazza Aldo Nardi");
  check_edges(LANG_SV, "vid [PER Alfred Viks] allé", "LOC Alfred Viks allé");
  check_edges(LANG_SV, "[PER Alfred Viks] väg ut", "PER Alfred Viks");
  check_edges(LANG_SV, "på Drottning [PER Sofias] väg", "LOC Drottning Sofias väg");
  check_edges(LANG_DA, "lukkede H.C. [PER Viks Boulevard] i", "LOC H.C. Viks Boulevard");
  check_edges(LANG_IT, "in via [LOC Garibaldi] ieri", "LOC via Garibaldi");
  check_edges(LANG_EN, "Team [LOC Norway] won", "ORG Team Norway");
  check_edges(LANG_IT, "Il team [LOC Norvegia] vince", "ORG Norvegia");
  check_edges(LANG_EN, "in [ORG Walterboro], S.C. on", "ORG Walterboro; LOC S.C.");
  check_edges(LANG_EN, "in [LOC Hampton], Ga., and", "LOC Hampton; LOC Ga.");
  check_edges(LANG_EN, "in [LOC Miramar California] today", "LOC Miramar; LOC California");
  check_edges(LANG_EN, "in [LOC Southern California] today", "LOC Southern California");
  check_edges(LANG_EN, "from [ORG the Office of Moors], and", "ORG Office of Moors");
  check_edges(LANG_EN, "[PER Harry Vik], MD, and", "PER Harry Vik");
  check_edges(LANG_SV, "i [LOC Hampton], OK då", "LOC Hampton");
  check_edges(LANG_EN, "at [LOC St. Quilla]'s Park today", "LOC St. Quilla's Park");
  check_edges(LANG_EN, "in [LOC St. Petersburg]'s north", "LOC St. Petersburg");
  check_edges(LANG_SV, "vid [LOC University of Oslo] i", "ORG University of Oslo");
  check_edges(LANG_EN, "in [LOC University City] today", "LOC University City");
}

static void test_results(void **state)
{
  (void)state;
  check_edges(LANG_SV, "[LOC Malmö]–[LOC Timrå] 3–1 (1–0)", "ORG Malmö; ORG Timrå");
  check_edges(LANG_DE, "[LOC Jena] - [LOC Halle] 2:2", "ORG Jena; ORG Halle");
  check_edges(LANG_DE, "Auf [LOC Köln]–[LOC Bonn] 20–30 Minuten", "LOC Köln; LOC Bonn");
  check_edges(LANG_SV, "Tåget [LOC Malmö]–[LOC Lund] går", "LOC Malmö; LOC Lund");
  check_edges(LANG_NB, "[ORG Brann 4]-0", "ORG Brann");
  check_edges(LANG_DA, "slog [LOC Randers] 3-0, mens", "ORG Randers");
  check_edges(LANG_DA, "i [LOC Randers] 3-0, mens", "LOC Randers");
  check_edges(LANG_SV, "[LOC Sverige]–[LOC Norge] 3–1", "ORG Sverige; ORG Norge");
  check_edges(LANG_EN, "[LOC Luton] 2 [LOC Burnley] 1; and", "ORG Luton; ORG Burnley");
  check_edges(LANG_EN, "[LOC Luton] 12 [LOC Burnley] 17;", "LOC Luton; LOC Burnley"); // the weather
  check_edges(LANG_DE, "beim 1. [ORG FC Köln] gibt", "ORG 1. FC Köln");
  check_edges(LANG_IT, "contro il [LOC Napoli] ieri", "ORG Napoli");
  check_edges(LANG_IT, "ieri a [LOC Napoli]", "LOC Napoli");
  check_edges(LANG_IT, "la piazza del [LOC Cairo]", "LOC Cairo"); // Il Cairo
  check_edges(LANG_IT, "il [LOC Belgio]", "LOC Belgio");          // no town
  check_edges(LANG_ES, "el técnico del [LOC Valencia]", "ORG Valencia");
}

static void test_games(void **state)
{
  (void)state;
  check_edges(LANG_EN, "[LOC Norway] took a 3-1 lead over [LOC Spain] in the cup", "ORG Norway; ORG Spain");
  check_edges(LANG_EN, "It ended 3-1 for [LOC Norway] in the final in [LOC Spain]", "ORG Norway; LOC Spain");
  check_edges(LANG_EN, "[LOC Norway]'s [PER Ada Vik] lost the final 1-3", "LOC Norway; PER Ada Vik");
  check_edges(LANG_EN, "The final in Oslo, [LOC Norway], ended 3-1", "LOC Norway");
  check_edges(LANG_EN, "[LOC Norway] voted 3-1 against", "LOC Norway");         // no game
  check_edges(LANG_EN, "[LOC Norway] will withdraw 10-12 ships", "LOC Norway"); // "draw"
  check_edges(LANG_SV, "[LOC Norge] tog brons i landskampsfinalen: 2-1", "ORG Norge");
  check_edges(LANG_SV, "[LOC Norge] fick 3-1 enligt förslaget", "LOC Norge");        // "laget"
  check_edges(LANG_DE, "[LOC Polen] liefert zum Beispiel 10-12 Stück", "LOC Polen"); // "Spiel"
  check_edges(LANG_EN, "[LOC Norway]'s goalkeeper fell", "ORG Norway");
  check_edges(LANG_SV, "[LOC Norges] målvakt föll", "ORG Norges");
  check_edges(LANG_SV, "[LOC Norges] statsminister föll", "LOC Norges");
  check_edges(LANG_IT, "il capitano dell'[LOC Italia] tace", "ORG Italia");
  check_edges(LANG_FR, "le capitaine de la [LOC France] a", "ORG France");
  check_edges(LANG_DE, "das Team der [LOC USA] siegt", "ORG USA");
  check_edges(LANG_IT, "il presidente della [LOC Francia] tace", "LOC Francia");
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
      cmocka_unit_test(test_initials),
      cmocka_unit_test(test_companies),
      cmocka_unit_test(test_known_orgs),
      cmocka_unit_test(test_signs),
      cmocka_unit_test(test_persons_edges),
      cmocka_unit_test(test_places_edges),
      cmocka_unit_test(test_results),
      cmocka_unit_test(test_games),
  };
  return cmocka_run_group_tests(tests, setup, teardown);
}
