// Needles err on one side only: wherever PCRE2 finds a match, they say that it may. Random patterns over a
// small alphabet with odd letters in it, over random texts made of the same pieces.
#include "unit/test.h"

#include "chance.h"
#include "script/needles.h"
#include "script/regex.h"
#include "script/words.h"

#include <stdlib.h>

static const char *const g_letters[] = {"a", "B", "s", "k", "å", "Å", "ß", "ẞ", "§", "×", "÷", "7", " ", "-",
                                        "ſ", "K", "µ", "μ", "ÿ", "Ÿ", "Ж", "ж", "@", "é", "İ", "i", "Š", "š"};

static const char *letter(void)
{
  return g_letters[dice(ARRAY_LEN(g_letters))];
}

static void add_pattern(StrBuf *out, int depth);

static void add_atom(StrBuf *out, int depth)
{
  static const char *const wide[] = {".",      "\\d",         "\\w",   "[aBk]",   "[^a]",  "\\p{Lu}",
                                     "\\s",    "[[:alpha:]]", "\\b",   "^",       "(?=s)", "(?!k)",
                                     "(?<=a)", "[]a-]",       "\\x73", "\\x{e5}", "$"};
  static const char *const open[] = {"(", "(?:", "(?i:", "(?>", "(?<n>", "(?-i:", "(?="};
  unsigned kind = dice(12);
  if (kind < 7) {
    for (unsigned n = dice(4) + 1; n; n--) strbuf_add(out, str_of(letter()));
  } else if (kind < 9 || depth > 3) {
    strbuf_add(out, str_of(wide[dice(ARRAY_LEN(wide))]));
  } else {
    strbuf_add(out, str_of(open[dice(ARRAY_LEN(open))]));
    add_pattern(out, depth + 1);
    strbuf_byte(out, ')');
  }
  static const char *const counts[] = {"?", "*", "+", "{2}", "{0,2}", "{1,}", "+?", "*+", "{,2}", "{x"};
  if (dice(4) == 0) strbuf_add(out, str_of(counts[dice(ARRAY_LEN(counts))]));
}

static void add_pattern(StrBuf *out, int depth)
{
  if (!depth && dice(2)) strbuf_add(out, STR("(?i)"));
  for (unsigned n = dice(3) + 1; n; n--) {
    for (unsigned k = dice(4); k; k--) add_atom(out, depth);
    if (n > 1) strbuf_byte(out, '|');
  }
}

static bool may_find(const Needles *needles, Str text, uint32_t id)
{
  uint64_t may[1] = {0};
  assert_int_equal(needles_set_len(needles), 1);
  needles_find(needles, text, may);
  return needles_may(may, id);
}

static void may_where_it_does(void **state)
{
  (void)state;
  long most = (long)chance_rounds(200) * 100, compiled = 0, matched = 0, told = 0;
  for (long round = 0; round < most; round++) {
    StrBuf pattern = {0}, text = {0};
    RegexMatch match;
    add_pattern(&pattern, 0);
    strbuf_add(&pattern, STR(""));
    Regex *regex = regex_new(strbuf_str(&pattern), NULL);
    Needles *needles = needles_new(1);
    needles_add_pattern(needles, strbuf_str(&pattern), 0);
    for (int tries = 0; regex && tries < 8; tries++) {
      strbuf_reset(&text);
      for (unsigned n = dice(30); n; n--) strbuf_add(&text, str_of(letter()));
      bool may = may_find(needles, strbuf_str(&text), 0);
      bool found = regex_find(regex, strbuf_str(&text), 0, &match, NULL, NULL) == REGEX_FOUND;
      if (found && !may)
        print_error("round %ld: /" STR_FMT "/ in \"" STR_FMT "\"\n", round, STR_ARG(strbuf_str(&pattern)),
                    STR_ARG(strbuf_str(&text)));
      assert_true(may || !found);
      matched += found;
      told += !may;
    }
    compiled += regex != NULL;
    regex_free(regex);
    needles_unref(needles);
    strbuf_release(&pattern);
    strbuf_release(&text);
  }
  assert_true(compiled > most / 3 && matched > most / 4 && told > most / 4); // they are worth their while
}

static void add_letters(StrBuf *out, unsigned most)
{
  strbuf_reset(out);
  for (unsigned n = dice(most) + 1; n; n--) strbuf_add(out, str_of(letter()));
}

// Whether one of the words is in the text, as the taggers' lists have it.
static bool has_word(const Words *words, Str text, bool whole)
{
  WordsWalk walk = words_walk(words, text);
  WordHit hit;
  while (words_next(&walk, &hit))
    if (!whole || words_is_whole(text, hit.start, hit.end)) return true;
  return false;
}

// Words, alone and together with those of others.
static void may_where_words_are(void **state)
{
  (void)state;
  long most = (long)chance_rounds(200) * 100, found = 0, told = 0;
  StrBuf word = {0}, text = {0};
  for (long round = 0; round < most; round++) {
    NeedleWord how = {.fold = dice(2), .whole = dice(4) != 0};
    Words *words = words_new(how.fold);
    Needles *own = needles_new(3), *all = needles_new(0);
    for (unsigned n = dice(4) + 1; n; n--) {
      add_letters(&word, 6);
      words_add(words, strbuf_str(&word), 0);
      needles_add_word(own, strbuf_str(&word), how, 1);
    }
    words_build(words);
    if (how.whole) words_whole_only(words);
    if (dice(2)) needles_add_word(all, STR("sak"), (NeedleWord){true, true}, 0);
    uint32_t first = needles_ids(all) + dice(3);
    needles_add_all(all, own, first);
    for (int tries = 0; tries < 8; tries++) {
      add_letters(&text, 30);
      bool is = has_word(words, strbuf_str(&text), how.whole), may = may_find(own, strbuf_str(&text), 1);
      if (is && !may)
        print_error("round %ld: \"" STR_FMT "\" in \"" STR_FMT "\"\n", round, STR_ARG(strbuf_str(&word)),
                    STR_ARG(strbuf_str(&text)));
      assert_true(may || !is);
      assert_true(may_find(all, strbuf_str(&text), first + 1) == may);
      assert_false(may_find(own, strbuf_str(&text), 2) && !may);
      found += is;
      told += !may;
    }
    words_free(words);
    needles_unref(own);
    needles_unref(all);
  }
  strbuf_release(&word);
  strbuf_release(&text);
  assert_true(found > most / 4 && told > most / 4);
}

static void what_patterns_need(void **state)
{
  (void)state;
  static const struct {
    const char *pattern, *needs;
  } cases[] = {
      {"\\bIMO (\\d{7})\\b", "<imo "},
      {"(?i)\\b(?:OFAC|SDN) list", "<ofac list,<sdn list"},
      {"a(b|c)d", "abd,acd"},
      {"[ab]-[^c]", "a-,b-"},
      {"[a-c]-", "-"},
      {"\\ba?\\bb\\b", "<a<b<,<<b<"},
      {"[Tt]anker", "tanker"},
      {"(?:ab|c.)-", "-"},
      {"(?:MiG|Su)-\\d", "mig-,su-"},
      {"(a|b|)c", "c"},
      {"x(ab)+y", "xab"},
      {"(a|b?){2}", ""},
      {"foo|bar", "foo,bar"},
      {"foo|b?", ""},
      {"(?:foo)?bar+", "bar"},
      {"colou?rs", "colours,colors"},
      {"ab{0}cde", "cde"},
      {"x(?=longer)y", "xy"},
      {"[A-Z]{2}\\d{2}", ""},
      {"(?x) a b", ""},
      {"\\Qabc\\E", ""},
      {"(?:Ärger|Ö)l", "ärgerl,öl"},
      {"(a)(?1)", ""},
      {"(?(1)a|b)c", ""},
      {"((((abc", ""},
  };
  for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
    NeedleVec needles = {0};
    StrBuf got = {0};
    strbuf_add(&got, STR(""));
    needles_of(str_of(cases[i].pattern), &needles);
    for (size_t n = 0; n < needles.len; n++) strbuf_addf(&got, "%s%s", n ? "," : "", needles.items[n]);
    for (size_t n = 0; n < got.len; n++)
      if (got.ptr[n] == NEEDLE_EDGE) got.ptr[n] = '<';
    strbuf_byte(&got, '\0');
    assert_string_equal(got.ptr, cases[i].needs);
    needles_release(&needles);
    strbuf_release(&got);
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(what_patterns_need),
                                     cmocka_unit_test(may_where_it_does),
                                     cmocka_unit_test(may_where_words_are)};
  chance_begin();
  return cmocka_run_group_tests(tests, NULL, NULL);
}
