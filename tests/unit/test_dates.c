#include "annotate/dates/dates_p.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static Dates *g_dates;

static Notes notes_of(BlockKind kind, Lang lang, const char *text)
{
  Notes notes = {.text = str_of(text), .kind = kind, .lang = lang};
  tokens_split(notes.text, &notes.arena, &notes.tokens);
  sentences_split(notes.text, lang, &notes.tokens, &notes.arena, &notes.sentences);
  dates_find(g_dates, &notes);
  return notes;
}

typedef struct Head { // the blocks at the head of an article, and what its date is
  const char *given, *path;
  struct {
    BlockKind kind;
    Lang lang;
    const char *text;
  } blocks[3];
  const char *value, *from; // from: NULL where unknown
} Head;

static void test_dct(void **state)
{
  (void)state;
  static const Head heads[] = {
      {"2023-04-17", "", {{BLOCK_HEADLINE, LANG_SV, "Rubrik 2001-01-01"}}, "2023-04-17", "caller"},
      {"2023-04", "", {{BLOCK_HEADLINE, LANG_SV, "Rubrik"}}, "2023-04", "caller"},
      {"soon", "", {{BLOCK_HEADLINE, LANG_SV, "Rubrik"}}, "", NULL},
      {"",
       "",
       {{BLOCK_METADATA, LANG_EN, "---\ntitle: x\ndate: 2023-04-17\n---"}},
       "2023-04-17",
       "front matter"},
      {"",
       "",
       {{BLOCK_METADATA, LANG_EN, "---\nupdated: 2024-01-01\npublished: \"2023-04-17T09:12\"\n---"}},
       "2023-04-17T09:12",
       "front matter"},
      {"", "", {{BLOCK_METADATA, LANG_NB, "---\ndato: 20230417\n---"}}, "2023-04-17", "front matter"},
      {"",
       "",
       {{BLOCK_HEADLINE, LANG_SV, "Rubrik"}, {BLOCK_DATELINE, LANG_SV, "2023 04 17"}},
       "2023-04-17",
       "date line"},
      {"", "", {{BLOCK_DATELINE, LANG_EN, "date 2024-04"}}, "2024-04", "date line"},
      {"",
       "",
       {{BLOCK_DATELINE, LANG_SV, "Publicerad 2023-04-17 kl 09:12"}},
       "2023-04-17T09:12",
       "date line"},
      {"",
       "",
       {{BLOCK_DATELINE, LANG_SV, "Uppdaterad 2023-04-19, publicerad 2023-04-17"}},
       "2023-04-17",
       "date line"},
      {"", "", {{BLOCK_DATELINE, LANG_DE, "Berlin, 17. April 2023"}}, "2023-04-17", "date line"},
      {"", "", {{BLOCK_PARAGRAPH, LANG_IT, "17 aprile 2023"}}, "2023-04-17", "date line"},
      // A date inside a sentence is not the article's own.
      {"",
       "",
       {{BLOCK_PARAGRAPH, LANG_EN, "The war began on 24 February 2022, when troops crossed the border."}},
       "",
       NULL},
      {"",
       "",
       {{BLOCK_PARAGRAPH, LANG_PT, "Lisboa, 5 de dezembro de 2023 (Lusa) - O ministro saiu ontem."}},
       "2023-12-05",
       "date line"},
      {"",
       "",
       {{BLOCK_PARAGRAPH, LANG_IT, "Roma, 5 dicembre 2023 – Il ministro è partito."}},
       "2023-12-05",
       "date line"},
      {"",
       "",
       {{BLOCK_PARAGRAPH, LANG_DE, "Berlin, 12. November 2024. Die Ministerin sprach am Dienstag."}},
       "2024-11-12",
       "date line"},
      {"",
       "/news/2024-11-13-kabel.txt",
       {{BLOCK_PARAGRAPH, LANG_DE, "Berlin, 9. November 1989. Die Mauer fällt."}},
       "2024-11-13",
       "file name"},
      {"", "", {{BLOCK_PARAGRAPH, LANG_SV, "Lund, 5 maj 2021, var en bra plats."}}, "", NULL},
      {"", "", {{BLOCK_PARAGRAPH, LANG_SV, "Vi sågs i Lund, 5 maj 2021 - allt var bra."}}, "", NULL},
      {"",
       "",
       {{BLOCK_PARAGRAPH, LANG_FR, "Par Claire Dubois, publié le 3 janvier 2024 à 18h12"}},
       "2024-01-03T18:12",
       "date line"},
      {"",
       "",
       {{BLOCK_BYLINE, LANG_EN, "By Ann Lee | Published 7:05 PM EDT, Thu March 14, 2024"}},
       "2024-03-14T19:05",
       "date line"},
      {"", "", {{BLOCK_PARAGRAPH, LANG_ES, "El juicio comenzará a finales de marzo de 2025."}}, "", NULL},
      {"", "", {{BLOCK_PARAGRAPH, LANG_SV, "Rättegången börjar måndag den 3 mars 2025."}}, "", NULL},
      // Without a year a date line says too little; the file's name helps out.
      {"",
       "/news/2023-11-03-helsinki.txt",
       {{BLOCK_DATELINE, LANG_SV, "STOCKHOLM, 3 nov (TT)"}},
       "2023-11-03",
       "file name"},
      {"", "/news/2001/20230417_x.md", {{BLOCK_HEADLINE, LANG_EN, "A headline"}}, "2023-04-17", "file name"},
      {"", "/news/2001-02-03/article 17.txt", {{BLOCK_HEADLINE, LANG_EN, "A headline"}}, "", NULL},
      {"", "phone-08123456.txt", {{BLOCK_HEADLINE, LANG_EN, "A headline"}}, "", NULL},
      {"", "2023-02-30.txt", {{BLOCK_HEADLINE, LANG_EN, "A headline"}}, "", NULL},
  };
  for (size_t i = 0; i < ARRAY_LEN(heads); i++) {
    Notes notes[3] = {{.text = {NULL, 0}}};
    Passage passages[3];
    size_t count = 0;
    for (; count < 3 && heads[i].blocks[count].text; count++) {
      notes[count] =
          notes_of(heads[i].blocks[count].kind, heads[i].blocks[count].lang, heads[i].blocks[count].text);
      passages[count] = (Passage){.start = count * 1000, .notes = &notes[count]};
    }
    Passages article = {passages, count, heads[i].blocks[0].lang};
    Arena arena = {0};
    Dct given = {str_of(heads[i].given), "caller"};
    Dct dct = dates_dct(g_dates, &article, &given, str_of(heads[i].path), &arena);
    if (!str_is(dct.value, heads[i].value)) fail_msg("case %zu: " STR_FMT, i, STR_ARG(dct.value));
    if (heads[i].from)
      assert_string_equal(dct.from, heads[i].from);
    else
      assert_null(dct.from);
    for (size_t b = 0; b < count; b++) arena_release(&notes[b].arena);
    arena_release(&arena);
  }
}

typedef struct Said {
  const char *dct, *text, *value;
} Said;

static void assert_said(Lang lang, const Said *said)
{
  Notes notes = notes_of(BLOCK_PARAGRAPH, lang, said->text);
  Passage passage = {.notes = &notes};
  Passages article = {&passage, 1, lang};
  Arena arena = {0};
  SpanVec spans = {0};
  Dct dct = {str_of(said->dct), "caller"};
  DateMemory memory = dates_memory(&dct);
  dates_resolve(g_dates, &article, &dct, &memory, &arena, &spans);
  assert_int_equal(spans.len, 1);
  if (!str_is(spans.items[0].date->value, said->value))
    fail_msg("%s, %s: " STR_FMT, said->dct, said->text, STR_ARG(spans.items[0].date->value));
  arena_release(&notes.arena);
  arena_release(&arena);
}

// What a coarse date of publication leaves open stays open.
static void test_coarse_dct(void **state)
{
  (void)state;
  static const Said cases[] = {
      {"2024-04", "yesterday", "XXXX-XX-XX"}, {"2024-04", "last month", "2024-03"},
      {"2024-04", "last year", "2023"},       {"2024", "last month", "XXXX-XX"},
      {"2024", "this year", "2024"},          {"2024", "on Tuesday", "XXXX-WXX-2"},
      {"2024-04", "next week", "XXXX-WXX"},   {"", "in March", "XXXX-03"},
      {"2024", "24 February", "2024-02-24"},
  };
  for (size_t i = 0; i < ARRAY_LEN(cases); i++) assert_said(LANG_EN, &cases[i]);
}

// A season gone by is the last one that has begun, in every month of the year.
static void test_seasons_gone_by(void **state)
{
  (void)state;
  static const Said cases[] = {
      {"2024-01-22", "i höstas", "2023-FA"},    {"2024-01-22", "i somras", "2023-SU"},
      {"2024-01-22", "i vintras", "2023-WI"},   {"2024-02-01", "i våras", "2023-SP"},
      {"2024-04-22", "i höstas", "2023-FA"},    {"2024-04-22", "i vintras", "2023-WI"},
      {"2024-07-22", "i våras", "2024-SP"},     {"2024-11-22", "i somras", "2024-SU"},
      {"2024-11-22", "i fjol höst", "2023-FA"},
  };
  for (size_t i = 0; i < ARRAY_LEN(cases); i++) assert_said(LANG_SV, &cases[i]);
}

// Offsets are of the article; the reference of one block serves the next.
static void test_blocks_follow_each_other(void **state)
{
  (void)state;
  Notes one = notes_of(BLOCK_PARAGRAPH, LANG_EN, "He left on 3 March 2019."),
        two = notes_of(BLOCK_PARAGRAPH, LANG_EN, "Two days later he was back.");
  Passage passages[] = {{.start = 100, .notes = &one}, {.start = 200, .notes = &two}};
  Passages article = {passages, 2, LANG_EN};
  Arena arena = {0};
  SpanVec spans = {0};
  Dct dct = {STR("2023-04-17"), "caller"};
  DateMemory memory = dates_memory(&dct);
  dates_resolve(g_dates, &article, &dct, &memory, &arena, &spans);
  assert_int_equal(spans.len, 2);
  assert_int_equal(spans.items[0].start, 111);
  assert_int_equal(spans.items[1].start, 200);
  assert_true(str_is(spans.items[1].date->value, "2019-03-05"));
  assert_true(str_is(spans.items[1].date->anchor, "the date before, 2019-03-03"));
  arena_release(&one.arena);
  arena_release(&two.arena);
  arena_release(&arena);
}

static void test_all_tables_can_be_read(void **state)
{
  (void)state;
  for (Lang lang = LANG_SV; lang < LANG_COUNT; lang++) {
    Error err = {0};
    const DateTables *tables = dates_tables(g_dates, lang, &err);
    if (!tables) fail_msg("%s: %s", lang_code(lang), err.text);
    assert_true(tables->lex.readings.len > 200 && tables->net.patterns.len > 80);
    assert_ptr_equal(dates_tables(g_dates, lang, NULL), tables);
  }
}

int main(void)
{
  g_dates = dates_new(NULL);
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_all_tables_can_be_read),
      cmocka_unit_test(test_dct),
      cmocka_unit_test(test_coarse_dct),
      cmocka_unit_test(test_seasons_gone_by),
      cmocka_unit_test(test_blocks_follow_each_other),
  };
  int failed = cmocka_run_group_tests(tests, NULL, NULL);
  dates_free(g_dates);
  return failed;
}
