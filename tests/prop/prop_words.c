// The automaton of words against a search for every word at every place, over random words and texts of few
// letters.
#include "script/words.h"

#include "base/utf8.h"
#include "chance.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static Str random_text(unsigned most, Arena *arena)
{
  // "İ" and "K" (Kelvin) have lower cases of other lengths; one piece is no UTF-8.
  static const char *const letters[] = {"a",        "b", "A",   "B", "ä", "Ä", " ", "-", "\xe2\x84\xaa",
                                        "\xc4\xb0", "k", "\xc3"};
  StrBuf out = {0};
  for (unsigned n = dice(most) + 1; n > 0; n--) strbuf_add(&out, str_of(letters[dice(dice(4) ? 6 : 12)]));
  Str text = arena_dup(arena, strbuf_str(&out));
  strbuf_release(&out);
  return text;
}

// Does `word` stand at `at`? Its end, or 0.
static size_t stands_at(Str text, size_t at, Str word, bool fold)
{
  size_t i = 0;
  while (i < word.len) {
    if (at >= text.len) return 0;
    uint32_t a, b;
    bool valid_a, valid_b;
    size_t len_a = fold ? utf8_decode_slow(text.ptr + at, text.ptr + text.len, &a, &valid_a) : 1;
    size_t len_b = fold ? utf8_decode_slow(word.ptr + i, word.ptr + word.len, &b, &valid_b) : 1;
    bool same = fold && valid_a && valid_b ? utf8_lower(a) == utf8_lower(b)
                                           : len_a == len_b && !memcmp(text.ptr + at, word.ptr + i, len_a);
    if (!same) return 0;
    at += len_a;
    i += len_b;
  }
  return at;
}

static size_t count_slowly(Str text, const Str *words, size_t count, bool fold, bool whole, uint64_t *sum)
{
  size_t hits = 0;
  for (size_t at = 0; at < text.len;) {
    uint32_t cp;
    for (size_t i = 0; i < count; i++) {
      size_t end = stands_at(text, at, words[i], fold);
      if (!end || (whole && !words_is_whole(text, at, end))) continue;
      hits++;
      *sum += at * 1000003u + end * 101u + i;
    }
    at += fold ? utf8_decode(text.ptr + at, text.ptr + text.len, &cp) : 1;
  }
  return hits;
}

static void test_same_hits(void **state)
{
  (void)state;
  chance_begin();
  size_t all = 0;
  for (size_t round = 0, rounds = chance_rounds(3000); round < rounds; round++) {
    Arena arena = {0};
    Str words[12], text = random_text(60, &arena);
    size_t count = dice(12) + 1, hits = 0, expected;
    uint64_t sum = 0, expected_sum = 0;
    bool fold = dice(2), whole = dice(2);
    Words *automaton = words_new(fold);
    for (size_t i = 0; i < count; i++) words_add(automaton, words[i] = random_text(4, &arena), (uint32_t)i);
    words_build(automaton);
    if (whole) words_whole_only(automaton);
    WordsWalk walk = words_walk(automaton, text);
    for (WordHit hit; words_next(&walk, &hit);) {
      if (whole && !words_is_whole(text, hit.start, hit.end)) continue;
      sum += hit.start * 1000003u + hit.end * 101u + hit.id;
      hits++;
    }
    expected = count_slowly(text, words, count, fold, whole, &expected_sum);
    if (hits != expected || sum != expected_sum)
      print_error("round %zu: %zu hits, not %zu, fold %d in " STR_FMT "\n", round, hits, expected, fold,
                  STR_ARG(text));
    assert_int_equal(hits, expected);
    assert_true(sum == expected_sum);
    all += hits;
    words_free(automaton);
    arena_release(&arena);
  }
  assert_true(all > 1000);
}

static void test_whole(void **state)
{
  (void)state;
  static const struct {
    const char *text, *word;
    bool whole;
  } cases[] = {
      {"a än b", "än", true}, {"bän", "än", false},      {"äna", "än", false},   {"än1", "än", false},
      {"än-", "än", true},    {"(än)", "än", true},      {"än's", "än", true},   {"n.2 b", "n.2", true},
      {"x(y", "(", true},     {"a\xcc\x88", "a", false}, {"1.500", "500", true}, {"än", "än", true},
      {"x-än", "-än", true},  {"e-å", "-", true},
  };
  for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
    const char *at = strstr(cases[i].text, cases[i].word);
    size_t start = (size_t)(at - cases[i].text);
    assert_int_equal(words_is_whole(str_of(cases[i].text), start, start + strlen(cases[i].word)),
                     cases[i].whole);
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_same_hits), cmocka_unit_test(test_whole)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
