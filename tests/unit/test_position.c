#include "base/alloc.h"
#include "text/buffer.h"
#include "text/position.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

// "å" two bytes, "😀" four; a combining accent is a character of its own; \xFF counts as one.
static const Str g_text = {"\xEF\xBB\xBFå\xF0\x9F\x98\x80"
                           "e\xCC\x81!\r\n\xFFx\ry",
                           3 + 2 + 4 + 3 + 1 + 2 + 2 + 1 + 1};

static void test_columns(void **state)
{
  (void)state;
  static const struct {
    size_t at, line, columns[3]; // utf-8, utf-16, utf-32
  } cases[] = {
      {0, 0, {0, 0, 0}},   {3, 0, {3, 1, 1}},   {5, 0, {5, 2, 2}},   {9, 0, {9, 4, 3}},
      {10, 0, {10, 5, 4}}, {12, 0, {12, 6, 5}}, {13, 0, {13, 7, 6}}, {15, 1, {0, 0, 0}},
      {16, 1, {1, 1, 1}},  {17, 1, {2, 2, 2}},  {18, 2, {0, 0, 0}},  {19, 2, {1, 1, 1}},
  };
  Snapshot *text = snapshot_new(g_text);
  for (size_t i = 0; i < ARRAY_LEN(cases); i++)
    for (Encoding enc = ENC_UTF8; enc <= ENC_UTF32; enc++) {
      Position pos = position_of(text, cases[i].at, enc);
      assert_int_equal(pos.line, cases[i].line);
      assert_int_equal(pos.column, cases[i].columns[enc]);
      assert_int_equal(position_to_byte(text, pos, enc), cases[i].at);
    }
  snapshot_unref(text);
}

static void test_odd_positions(void **state)
{
  (void)state;
  static const struct {
    Position pos;
    Encoding enc;
    size_t at;
  } cases[] = {
      {{0, 3}, ENC_UTF16, 5},   // between surrogates: where the emoji begins
      {{0, 7}, ENC_UTF8, 5},    // inside its bytes
      {{0, 99}, ENC_UTF16, 13}, // past the line: its end
      {{0, (size_t)-1}, ENC_UTF16, 13},
      {{1, 9}, ENC_UTF32, 17},
      {{2, 9}, ENC_UTF8, 19},
      {{3, 0}, ENC_UTF16, 19}, // past the text: its end
      {{(size_t)-1, 4}, ENC_UTF16, 19},
  };
  Snapshot *text = snapshot_new(g_text);
  for (size_t i = 0; i < ARRAY_LEN(cases); i++)
    assert_int_equal(position_to_byte(text, cases[i].pos, cases[i].enc), cases[i].at);
  assert_int_equal(position_of(text, 14, ENC_UTF16).column, 7); // inside \r\n: the line's end
  assert_int_equal(position_of(text, 7, ENC_UTF16).column, 2);  // inside the emoji: its start
  assert_int_equal(offset_of(text, 19, ENC_UTF32), 12);
  assert_int_equal(offset_of(text, 19, ENC_UTF16), 13);
  snapshot_unref(text);
}

static void test_editors_that_show_cr(void **state)
{
  (void)state;
  Buffer *buffer = buffer_new(STR("a\rb\r\nc"), EOL_LF);
  Snapshot *text = buffer_snapshot(buffer);
  assert_int_equal(position_to_byte(text, (Position){0, 4}, ENC_UTF16), 4); // behind the \r of the \r\n
  assert_int_equal(position_to_byte(text, (Position){0, 5}, ENC_UTF16), 4);
  assert_int_equal(position_of(text, 4, ENC_UTF16).column, 4);
  assert_int_equal(position_to_byte(text, (Position){1, 0}, ENC_UTF16), 5);
  snapshot_unref(text);
  buffer_free(buffer);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_columns),
      cmocka_unit_test(test_odd_positions),
      cmocka_unit_test(test_editors_that_show_cr),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
