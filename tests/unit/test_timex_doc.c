// doc/timex3.md says what is marked, with examples a row in six languages. Each cell is annotated as it
// stands, behind the words of "In" where the column has any, and must give the row's value, mod and bounds.
#include "annotate/notes.h"
#include "base/vec.h"
#include "test.h"

static Dates *g_dates;

typedef struct Row {
  Str what, cells[6], value;
} Row;

static Str read_file(const char *path, Arena *arena)
{
  FILE *file = fopen(path, "rb");
  assert_non_null(file);
  char *text = arena_alloc(arena, 1 << 16);
  size_t len = fread(text, 1, 1 << 16, file);
  fclose(file);
  return (Str){text, len};
}

// A row of a table: "| a | b |". False where it is none or has another number of cells.
static bool read_row(Str line, Row *row)
{
  Str cells[8];
  size_t count = 0;
  if (line.len < 2 || line.ptr[0] != '|') return false;
  line = str_slice(line, 1, line.len);
  while (line.len && count < 8) cells[count++] = str_trim(str_cut(&line, '|'));
  if (count != 8 || line.len || str_starts(cells[0], STR("---"))) return false;
  row->what = cells[0], row->value = cells[7];
  memcpy(row->cells, cells + 1, sizeof row->cells);
  return true;
}

// The words between `mark`s, which `s` loses with all before them: `2022` of "value `2022` mod `START`".
static Str take_code(Str *s)
{
  str_cut(s, '`');
  return str_cut(s, '`');
}

static void check_cell(Lang lang, Str text, const Row *row)
{
  Arena arena = {0};
  SpanVec spans = {0};
  Notes notes = {.text = text, .kind = BLOCK_PARAGRAPH, .lang = lang};
  tokens_split(text, &notes.arena, &notes.tokens);
  sentences_split(text, lang, &notes.tokens, &notes.arena, &notes.sentences);
  dates_find(g_dates, &notes);
  Passage passage = {.notes = &notes};
  Passages article = {&passage, 1, lang};
  Dct dct = {STR("2023-04-17"), "caller"};
  DateMemory memory = dates_memory(&dct);
  dates_resolve(g_dates, &article, &dct, &memory, &arena, &spans);
  Str rest = row->value, value = take_code(&rest);
  bool mod = str_starts(str_trim(rest), STR("mod"));
  if (!spans.len)
    fail_msg("%s, " STR_FMT ": nothing in " STR_FMT, lang_code(lang), STR_ARG(row->what), STR_ARG(text));
  const DateFacts *facts = spans.items[0].date;
  if (!str_eq(facts->value, value))
    fail_msg("%s, " STR_FMT ": " STR_FMT " is " STR_FMT, lang_code(lang), STR_ARG(row->what), STR_ARG(text),
             STR_ARG(facts->value));
  if (mod && !str_eq(facts->mod, take_code(&rest)))
    fail_msg("%s: " STR_FMT " has mod " STR_FMT, lang_code(lang), STR_ARG(text), STR_ARG(facts->mod));
  Str ends = take_code(&rest); // "2023-03-01/2023-03-10", either end empty where open
  if (ends.len) {
    Str begin = str_cut(&ends, '/');
    if (!str_eq(facts->begin, begin) || !str_eq(facts->until, ends))
      fail_msg("%s: " STR_FMT " is " STR_FMT "/" STR_FMT, lang_code(lang), STR_ARG(text),
               STR_ARG(facts->begin), STR_ARG(facts->until));
  }
  arena_release(&notes.arena);
  arena_release(&arena);
}

static void test_every_example_of_the_page(void **state)
{
  (void)state;
  static const Lang langs[] = {LANG_SV, LANG_NB, LANG_DA, LANG_DE, LANG_IT, LANG_EN};
  Arena arena = {0};
  Str page = read_file("doc/timex3.md", &arena);
  size_t rows = 0;
  while (page.len) {
    Row row;
    if (!read_row(str_cut(&page, '\n'), &row) || str_is(row.what, "what")) continue;
    for (size_t i = 0; i < 6; i++) check_cell(langs[i], row.cells[i], &row);
    rows++;
  }
  assert_true(rows >= 40);
  arena_release(&arena);
}

int main(void)
{
  g_dates = dates_new(NULL);
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_example_of_the_page)};
  int failed = cmocka_run_group_tests(tests, NULL, NULL);
  dates_free(g_dates);
  return failed;
}
