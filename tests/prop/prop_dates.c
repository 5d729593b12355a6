// Every date format of CLDR (full, long, medium, short, and with a clock), for random dates in every
// language, is found whole and resolved back to the same date; values are valid TIMEX3, bounds are in order,
// and neither time zone nor locale of the machine changes anything. The model is the calendar itself. The
// seed is printed; PROP_SEED repeats a run.
#include "again.h"
#include "annotate/dates/timex.h"
#include "annotate/notes.h"
#include "base/clock.h"
#include "base/table.h"
#include "chance.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <time.h>

#include <cmocka.h>

static Dates *g_dates;

// The spans of `text` as one block in `lang`.
static void spans_of(Lang lang, Str text, const char *dct, Arena *arena, SpanVec *out)
{
  Notes notes = {.text = text, .kind = BLOCK_PARAGRAPH, .lang = lang};
  tokens_split(text, &notes.arena, &notes.tokens);
  sentences_split(text, lang, &notes.tokens, &notes.arena, &notes.sentences);
  dates_find(g_dates, &notes);
  Passage passage = {.notes = &notes};
  Passages article = {&passage, 1, lang};
  Dct known = {str_of(dct), "caller"};
  DateMemory memory = dates_memory(&known);
  dates_resolve(g_dates, &article, &known, &memory, arena, out);
  arena_release(&notes.arena);
}

// The name that CLDR's table of the language gives month or weekday `value`: in full, or short where it has
// one.
static Str name_of(Lang lang, const char *symbol, int value, bool brief, Arena *arena)
{
  const Table *table = table_find("date_cldr", lang_code(lang));
  char wanted[8];
  snprintf(wanted, sizeof wanted, "%d", value);
  for (size_t row = 0; row < table->rows; row++) {
    Str sym = table_cell(table, row, 1), cell = table_cell(table, row, 2);
    if (str_starts(sym, str_of(symbol)) && str_ends(sym, STR("ab")) == brief && str_is(cell, wanted))
      return arena_dup(arena, table_cell(table, row, 0));
  }
  assert_true(brief); // "mai" is not shortened
  return name_of(lang, symbol, value, false, arena);
}

typedef struct Moment {
  Ymd date;
  int hour, minute;
} Moment;

// A small writer of CLDR date patterns: y yy M MM MMM MMMM d dd EEEE H HH h mm a 'literal'.
static Str write_date(Lang lang, Str format, Moment moment, Arena *arena)
{
  StrBuf out = {0};
  Ymd date = moment.date;
  for (size_t i = 0; i < format.len;) {
    char c = format.ptr[i];
    size_t n = 1;
    if (c == '\'') {
      for (i++; i < format.len && format.ptr[i] != '\''; i++) strbuf_byte(&out, format.ptr[i]);
      i++;
      continue;
    }
    while (i + n < format.len && format.ptr[i + n] == c) n++;
    int weekday = calendar_weekday(calendar_day(date.year, date.month, date.day));
    if (c == 'y')
      strbuf_addf(&out, n == 2 ? "%02d" : "%04d", n == 2 ? date.year % 100 : date.year);
    else if (c == 'M' && n >= 3)
      strbuf_add(&out, name_of(lang, "month", date.month, n == 3, arena));
    else if (c == 'H')
      strbuf_addf(&out, "%0*d", (int)n, moment.hour);
    else if (c == 'h')
      strbuf_addf(&out, "%d", moment.hour % 12 ? moment.hour % 12 : 12);
    else if (c == 'm')
      strbuf_addf(&out, "%02d", moment.minute);
    else if (c == 'a')
      strbuf_add(&out, moment.hour < 12 ? STR("AM") : STR("PM"));
    else if (c == 'M')
      strbuf_addf(&out, "%0*d", (int)n, date.month);
    else if (c == 'd')
      strbuf_addf(&out, "%0*d", (int)n, date.day);
    else if (c == 'E')
      strbuf_add(&out, name_of(lang, "weekday", weekday, false, arena));
    else
      strbuf_add(&out, str_slice(format, i, i + n));
    i += n;
  }
  Str text = arena_dup(arena, strbuf_str(&out));
  strbuf_release(&out);
  return text;
}

typedef struct Format {
  Lang lang;
  const char *text; // CLDR 48: dateFormats, dateTimeFormats-type-atTime
} Format;

static const Format g_formats[] = {
    {LANG_SV, "EEEE d MMMM y"},
    {LANG_SV, "d MMMM y"},
    {LANG_SV, "y-MM-dd"},
    {LANG_NB, "EEEE d. MMMM y"},
    {LANG_NB, "d. MMMM y"},
    {LANG_NB, "dd.MM.y"},
    {LANG_NN, "EEEE d. MMMM y"},
    {LANG_NN, "d. MMMM y"},
    {LANG_NN, "dd.MM.y"},
    {LANG_DA, "EEEE 'den' d. MMMM y"},
    {LANG_DA, "d. MMMM y"},
    {LANG_DA, "dd.MM.y"},
    {LANG_DE, "EEEE, d. MMMM y"},
    {LANG_DE, "d. MMMM y"},
    {LANG_DE, "dd.MM.y"},
    {LANG_IT, "EEEE d MMMM y"},
    {LANG_IT, "d MMMM y"},
    {LANG_IT, "dd/MM/y"},
    {LANG_EN, "EEEE, MMMM d, y"},
    {LANG_EN, "MMMM d, y"},
    {LANG_EN, "M/d/y"},
    {LANG_EN, "EEEE d MMMM y"},
    {LANG_EN, "d MMMM y"},
    {LANG_FR, "EEEE d MMMM y"},
    {LANG_FR, "d MMMM y"},
    {LANG_FR, "dd/MM/y"},
    {LANG_ES, "EEEE, d 'de' MMMM 'de' y"},
    {LANG_ES, "d 'de' MMMM 'de' y"},
    {LANG_ES, "d/M/y"},
    {LANG_NL, "EEEE d MMMM y"},
    {LANG_NL, "d MMMM y"},
    {LANG_NL, "dd-MM-y"},
    {LANG_PT, "EEEE, d 'de' MMMM 'de' y"},
    {LANG_PT, "d 'de' MMMM 'de' y"},
    {LANG_PT, "dd/MM/y"},
    {LANG_FI, "EEEE d. MMMM y"},
    {LANG_FI, "d. MMMM y"},
    {LANG_FI, "d.M.y"},
    {LANG_SV, "d MMM y"},
    {LANG_NB, "d. MMM y"},
    {LANG_NN, "d. MMM y"},
    {LANG_DA, "d. MMM y"},
    {LANG_IT, "d MMM y"},
    {LANG_EN, "MMM d, y"},
    {LANG_FR, "d MMM y"},
    {LANG_ES, "d MMM y"},
    {LANG_NL, "d MMM y"},
    {LANG_PT, "d 'de' MMM 'de' y"},
    {LANG_DE, "dd.MM.yy"},
    {LANG_IT, "dd/MM/yy"},
    {LANG_EN, "M/d/yy"},
    {LANG_ES, "d/M/yy"},
    {LANG_SV, "d MMMM y 'kl'. HH:mm"},
    {LANG_SV, "y-MM-dd HH:mm"},
    {LANG_NB, "d. MMMM y 'kl'. HH:mm"},
    {LANG_NB, "d. MMMM y 'kl'. HH.mm"},
    {LANG_NN, "d. MMMM y 'kl'. HH:mm"},
    {LANG_DA, "d. MMMM y 'kl'. HH.mm"},
    {LANG_DE, "d. MMMM y 'um' HH:mm"},
    {LANG_DE, "dd.MM.y, HH:mm"},
    {LANG_IT, "d MMMM y 'alle' 'ore' HH:mm"},
    {LANG_EN, "MMMM d, y 'at' h:mm a"},
    {LANG_EN, "d MMMM y 'at' HH:mm"},
    {LANG_FR, "d MMMM y 'à' HH:mm"},
    {LANG_ES, "d 'de' MMMM 'de' y, HH:mm"},
    {LANG_NL, "d MMMM y 'om' HH:mm"},
    {LANG_PT, "d 'de' MMMM 'de' y 'às' HH:mm"},
    {LANG_FI, "d. MMMM y 'klo' H.mm"},
};

// A year in two digits is one of the hundred up to 20 behind the article's.
static Moment random_moment(bool two_digits)
{
  int year = two_digits ? 1911 + (int)dice(100) : 1900 + (int)dice(150);
  int month = 1 + (int)dice(12);
  Ymd date = {year, month, 1 + (int)dice((uint32_t)calendar_month_days(year, month))};
  return (Moment){date, (int)dice(24), (int)dice(60)};
}

static bool writes(Str format, const char *letters)
{
  for (size_t i = 0; i + strlen(letters) <= format.len; i++) {
    if (str_starts(str_slice(format, i, format.len), str_of(letters))) return true;
  }
  return false;
}

// What `moment` is in TIMEX3, to the minute or to the day.
static Str value_of(const Moment *moment, bool clock, Arena *arena)
{
  Timex t = timex_of_day(calendar_day(moment->date.year, moment->date.month, moment->date.day));
  if (clock) t.grain = GRAIN_MINUTE, t.hour = moment->hour, t.minute = moment->minute;
  return timex_value(&t, arena);
}

static void check_format(const Format *format, const char *dct)
{
  Arena arena = {0};
  SpanVec spans = {0};
  bool brief = writes(str_of(format->text), "yy");
  Moment moment = random_moment(brief);
  Str words = write_date(format->lang, str_of(format->text), moment, &arena);
  Str text = arena_printf(&arena, "(" STR_FMT ")", STR_ARG(words));
  Str want = value_of(&moment, writes(str_of(format->text), "mm"), &arena);
  spans_of(format->lang, text, brief ? "1990-10-01" : dct, &arena, &spans);
  bool whole = spans.len == 1 && spans.items[0].start == 1 && spans.items[0].end == 1 + words.len;
  if (!whole || !str_eq(spans.items[0].date->value, want))
    fail_msg("%s \"%s\": %zu spans, value %s, not %s", lang_code(format->lang), text.ptr, spans.len,
             spans.len ? spans.items[0].date->value.ptr : "", want.ptr);
  assert_true(str_eq(spans.items[0].date->begin, want) && str_eq(spans.items[0].date->until, want));
  arena_release(&arena);
}

static void test_formats_round_trip(void **state)
{
  (void)state;
  for (int round = 0; round < 100; round++) {
    for (size_t i = 0; i < ARRAY_LEN(g_formats); i++)
      check_format(&g_formats[i], round & 1 ? "2018-10-01" : "");
  }
}

// Random words of a language's own tables, in random order: nonsense that is full of triggers.
static Str random_words(Lang lang, Arena *arena)
{
  static const char *const tables[] = {"date_cldr", "date_words", "date_numbers"};
  static const char *const marks[] = {" ", " ", " ",    " ",    ", ",     ". ",      "-",
                                      "–", ":", " 17 ", " 3. ", " 2018 ", " 12.30 ", " 1/2 "};
  StrBuf out = {0};
  for (uint32_t n = 1 + dice(12); n > 0; n--) {
    const Table *table = table_find(tables[dice(ARRAY_LEN(tables))], lang_code(lang));
    strbuf_add(&out, table_cell(table, dice((uint32_t)table->rows), 0));
    strbuf_add(&out, str_of(marks[dice(ARRAY_LEN(marks))]));
  }
  Str text = arena_dup(arena, strbuf_str(&out));
  strbuf_release(&out);
  return text;
}

static void check_span(const Span *span, Str text, size_t floor)
{
  const DateFacts *facts = span->date;
  assert_true(span->start >= floor && span->start < span->end && span->end <= text.len);
  if (!timex_valid(facts->value)) fail_msg("\"%s\": value \"%s\"", text.ptr, facts->value.ptr);
  if (facts->begin.len && facts->until.len && str_cmp(facts->begin, facts->until) > 0)
    fail_msg("\"%s\": %s after %s", text.ptr, facts->begin.ptr, facts->until.ptr);
  assert_true(span->confidence > 0 && span->confidence <= 1);
}

static void test_nonsense_is_valid(void **state)
{
  (void)state;
  static const char *const dcts[] = {"",           "2018",      "2018-10", "2018-10-01", "2020-02-29T23:59",
                                     "0000-01-01", "9999-12-31"};
  for (int round = 0; round < 3000; round++) {
    Arena arena = {0};
    SpanVec spans = {0};
    Lang lang = (Lang)(LANG_SV + dice(LANG_COUNT - LANG_SV));
    Str text = random_words(lang, &arena);
    spans_of(lang, text, dcts[dice(ARRAY_LEN(dcts))], &arena, &spans);
    for (size_t i = 0; i < spans.len; i++) check_span(&spans.items[i], text, i ? spans.items[i - 1].end : 0);
    arena_release(&arena);
  }
}

// For `size` bytes of `unit` again and again.
static double seconds_for(Lang lang, Str unit, size_t size)
{
  StrBuf text = {0};
  while (text.len < size) strbuf_add(&text, unit);
  Arena arena = {0};
  SpanVec spans = {0};
  uint64_t began = clock_thread_ns();
  spans_of(lang, strbuf_str(&text), "2018-10-01", &arena, &spans);
  double took = (double)(clock_thread_ns() - began) / 1e9;
  arena_release(&arena);
  strbuf_release(&text);
  return took;
}

// Sixteen times the text may take sixteen times as long, not 256 times.
static void test_hostile_text_is_linear(void **state)
{
  (void)state;
  static const struct {
    Lang lang;
    const char *unit;
  } cases[] = {
      {LANG_SV, "7"},      {LANG_SV, "7 "},           {LANG_SV, "-"},        {LANG_SV, "- "},
      {LANG_SV, "den "},   {LANG_SV, "den 3 och "},   {LANG_SV, "för två "}, {LANG_DE, "der "},
      {LANG_DE, "vor "},   {LANG_DE, "3. bis "},      {LANG_EN, "the "},     {LANG_EN, "two hundred "},
      {LANG_EN, "half "},  {LANG_EN, "Monday at "},   {LANG_EN, "'s"},       {LANG_IT, "alle "},
      {LANG_ES, "a las "}, {LANG_EN, "in the next "}, {LANG_NB, "12.30-"},   {LANG_DA, "1/2/"},
  };
  for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
    Str unit = str_of(cases[i].unit);
    double small = 1e9, large = 1e9; // the least of each
    bool in_time = false;
    for (int tries = 0; !in_time && again(&tries);) {
      double a = seconds_for(cases[i].lang, unit, 1 << 14), b = seconds_for(cases[i].lang, unit, 1 << 18);
      small = a < small ? a : small;
      large = b < large ? b : large;
      in_time = large <= 48 * small + 0.02;
    }
    if (!in_time) fail_msg("\"%s\": 16 KB %.4f s, 256 KB %.4f s", unit.ptr, small, large);
  }
}

static void test_machine_does_not_matter(void **state)
{
  (void)state;
  static const char *const zones[] = {"UTC", "Pacific/Kiritimati", "America/Los_Angeles"};
  Str text =
      STR("In the last two weeks, on Friday and yesterday at 11 p.m., as on 3 March; next month will tell.");
  Str first = {NULL, 0};
  Arena arena = {0};
  for (size_t z = 0; z < ARRAY_LEN(zones); z++) {
    setenv("TZ", zones[z], 1);
    tzset();
    setlocale(LC_ALL, z == 1 ? "C" : "");
    SpanVec spans = {0};
    StrBuf all = {0};
    spans_of(LANG_EN, text, "2018-10-01", &arena, &spans);
    for (size_t i = 0; i < spans.len; i++)
      strbuf_add(&all, spans.items[i].date->value), strbuf_byte(&all, ' ');
    Str now = arena_dup(&arena, strbuf_str(&all));
    if (z == 0) first = now;
    assert_true(now.len && str_eq(now, first));
    strbuf_release(&all);
  }
  arena_release(&arena);
}

int main(void)
{
  chance_begin();
  Error err = {0};
  g_dates = dates_new(&err);
  if (!g_dates) return fprintf(stderr, "%s\n", err.text), 1;
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_formats_round_trip),
      cmocka_unit_test(test_nonsense_is_valid),
      cmocka_unit_test(test_hostile_text_is_linear),
      cmocka_unit_test(test_machine_does_not_matter),
  };
  int failed = cmocka_run_group_tests(tests, NULL, NULL);
  dates_free(g_dates);
  return failed;
}
