#include "script/regex.h"

#include "base/alloc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static size_t g_pauses;

static void count_pause(void *ctx)
{
  (void)ctx;
  g_pauses++;
}

static void test_matches(void **state)
{
  (void)state;
  static const struct {
    const char *pattern, *text;
    size_t from, start, end; // start == SIZE_MAX: none
  } cases[] = {
      {"b+", "abbc", 0, 1, 3},       {"b+", "abbc", 2, 2, 3},
      {"b", "abbc", 3, SIZE_MAX, 0}, {"", "", 0, 0, 0},
      {"\\p{Lu}", "äÖ", 0, 2, 4},    {"\\bö", "aö ö", 0, 4, 6},
      {"(?i)ÅR", "år", 0, 0, 3},     {"$", "ab", 0, 2, 2},
      {"(?<=a)b", "ab", 1, 1, 2},    {"^b", "ab", 1, SIZE_MAX, 0},
  };
  for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
    Error err;
    RegexMatch m;
    Regex *regex = regex_new(str_of(cases[i].pattern), &err);
    assert_non_null(regex);
    RegexResult result = regex_find(regex, str_of(cases[i].text), cases[i].from, &m, NULL, NULL);
    assert_int_equal(result, cases[i].start == SIZE_MAX ? REGEX_NONE : REGEX_FOUND);
    if (result == REGEX_FOUND) {
      assert_int_equal(m.group[0].start, cases[i].start);
      assert_int_equal(m.group[0].end, cases[i].end);
    }
    regex_free(regex);
  }
}

static void test_groups(void **state)
{
  (void)state;
  RegexMatch m;
  Regex *regex = regex_new(STR("(a)|(b)(c)?"), NULL);
  assert_int_equal(regex_groups(regex), 3);
  assert_int_equal(regex_find(regex, STR("b"), 0, &m, NULL, NULL), REGEX_FOUND);
  assert_int_equal(m.count, 4);
  assert_true(m.group[1].start == SIZE_MAX && m.group[3].start == SIZE_MAX);
  assert_int_equal(m.group[2].start, 0);
  regex_free(regex);
  StrBuf many = {0};
  for (int i = 0; i < 50; i++) strbuf_add(&many, STR("(a)"));
  regex = regex_new(strbuf_str(&many), NULL);
  assert_int_equal(regex_groups(regex), REGEX_GROUPS - 1);
  strbuf_release(&many);
  for (int i = 0; i < 50; i++) strbuf_byte(&many, 'a');
  assert_int_equal(regex_find(regex, strbuf_str(&many), 0, &m, NULL, NULL), REGEX_FOUND);
  assert_int_equal(m.group[0].end, 50);
  assert_int_equal(m.group[REGEX_GROUPS - 1].end, REGEX_GROUPS - 1);
  strbuf_release(&many);
  regex_free(regex);
}

static void test_bad_patterns(void **state)
{
  (void)state;
  static const char *const patterns[] = {"(", "[", "a{2,1}", "\\C", "(?<n>a)(?<n>b)", "\xff", "*"};
  for (size_t i = 0; i < ARRAY_LEN(patterns); i++) {
    Error err = {0};
    assert_null(regex_new(str_of(patterns[i]), &err));
    assert_int_equal(err.code, ERR_FORMAT);
    assert_non_null(strstr(err.text, " at character "));
  }
}

// The windows of a long search are not seen in its result.
static void test_long_texts(void **state)
{
  (void)state;
  StrBuf text = {0};
  while (text.len < 100000) strbuf_add(&text, STR("åäö "));
  size_t at = text.len;
  strbuf_add(&text, STR("needle"));
  RegexMatch m;
  Regex *regex = regex_new(STR("(?<=ö )need\\w+"), NULL);
  g_pauses = 0;
  assert_int_equal(regex_find(regex, strbuf_str(&text), 0, &m, count_pause, NULL), REGEX_FOUND);
  assert_int_equal(m.group[0].start, at);
  assert_true(g_pauses > 100);
  regex_free(regex);
  regex = regex_new(STR("å(?s:.)*needle"), NULL); // a match longer than a window
  assert_int_equal(regex_find(regex, strbuf_str(&text), 1, &m, NULL, NULL), REGEX_LIMIT);
  regex_free(regex);
  strbuf_release(&text);
}

static void test_limits(void **state)
{
  (void)state;
  StrBuf text = {0};
  for (int i = 0; i < 5000; i++) strbuf_byte(&text, 'a');
  strbuf_byte(&text, '!');
  RegexMatch m;
  Regex *regex = regex_new(STR("^(a|aa)+$"), NULL);
  assert_int_equal(regex_find(regex, strbuf_str(&text), 0, &m, NULL, NULL), REGEX_LIMIT);
  assert_int_equal(regex_find(regex, STR("aaa"), 0, &m, NULL, NULL), REGEX_FOUND); // and it works again
  regex_free(regex);
  strbuf_release(&text);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_matches),    cmocka_unit_test(test_groups), cmocka_unit_test(test_bad_patterns),
      cmocka_unit_test(test_long_texts), cmocka_unit_test(test_limits),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
