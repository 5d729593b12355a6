// The text layer with chunks of four bytes, so that every edge is near.
#define BUFFER_CHUNK 4u
#include "text/buffer.c"
#include "text/position.c"
#include "text/snapshot.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static Str all(const Snapshot *text, Arena *arena)
{
  return snapshot_read(text, 0, snapshot_len(text), arena);
}

static void assert_text(Buffer *buffer, Str want)
{
  Arena arena = {0};
  Snapshot *text = buffer_snapshot(buffer);
  Str have = all(text, &arena);
  assert_int_equal(have.len, want.len);
  assert_memory_equal(have.ptr, want.ptr, want.len);
  snapshot_unref(text);
  arena_release(&arena);
}

static void test_lines(void **state)
{
  (void)state;
  static const struct {
    const char *name;
    Str text;
    EolRule eol;
    size_t lines, starts[5], ends[5];
  } cases[] = {
      {"empty", {"", 0}, EOL_LSP, 1, {0}, {0}},
      {"no end", {"abc", 3}, EOL_LSP, 1, {0}, {3}},
      {"lf", {"abcdef\nx\n", 9}, EOL_LSP, 3, {0, 7, 9}, {6, 8, 9}},
      {"crlf over a chunk's edge", {"abc\r\nd\r\n", 8}, EOL_LSP, 3, {0, 5, 8}, {3, 6, 8}},
      {"lone cr", {"a\rb\r\r\nc", 7}, EOL_LSP, 4, {0, 2, 4, 6}, {1, 3, 4, 7}},
      {"lone cr stays in a line", {"a\rb\r\r\nc", 7}, EOL_LF, 2, {0, 6}, {4, 7}},
      {"nul and bom", {"\xEF\xBB\xBF\0\n\0", 6}, EOL_LSP, 2, {0, 5}, {4, 6}},
      {"only ends", {"\r\n\n\r", 4}, EOL_LSP, 4, {0, 2, 3, 4}, {0, 2, 3, 4}},
  };
  for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
    print_message("%s\n", cases[i].name);
    Buffer *buffer = buffer_new(cases[i].text, cases[i].eol);
    Snapshot *text = buffer_snapshot(buffer);
    assert_int_equal(snapshot_line_count(text), cases[i].lines);
    for (size_t line = 0; line < cases[i].lines; line++) {
      assert_int_equal(snapshot_line_start(text, line), cases[i].starts[line]);
      assert_int_equal(snapshot_line_end(text, line), cases[i].ends[line]);
      assert_int_equal(snapshot_line_at(text, cases[i].starts[line]), line);
    }
    assert_int_equal(snapshot_line_start(text, 99), cases[i].text.len);
    assert_int_equal(snapshot_line_at(text, cases[i].text.len), cases[i].lines - 1);
    snapshot_unref(text);
    buffer_free(buffer);
  }
}

static void test_chunks_end_between_characters(void **state)
{
  (void)state;
  static const Str texts[] = {
      {"\xF0\x9F\x98\x80\xF0\x9F\x98\x80\xC3\xA5\xE2\x80\x9C", 13},
      {"a\r\nb\r\nc\r\n\r\n", 12},
      {"ab\xF0\x9F\x98xyz\xE2\x80zz", 12},                          // cut off
      {"\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\xC3\x80\x80", 13}, // continuations alone
      {"\xF0\x80\x80\x80\xF0\x80\x80\x80\xF5\xBF\xBF\xBF", 12},     // never valid
  };
  for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
    Snapshot *text = snapshot_new(texts[i]);
    assert_int_equal(text->total.bytes, texts[i].len);
    assert_int_equal(text->total.chars, utf8_length(texts[i]));
    assert_int_equal(text->total.utf16, utf8_utf16_length(texts[i]));
    for (size_t at = 0; at < texts[i].len; at += snapshot_chunk(text, at).len)
      assert_in_range(snapshot_chunk(text, at).len, 1, 2 * BUFFER_CHUNK);
    snapshot_unref(text);
  }
}

static void test_edits_join_and_part(void **state)
{
  (void)state;
  Buffer *buffer = buffer_new(STR("ab\rxxxxxxx\ncd"), EOL_LSP);
  assert_true(buffer_replace(buffer, 3, 10, STR(""), NULL)); // \r and \n come together
  assert_text(buffer, STR("ab\r\ncd"));
  assert_int_equal(buffer->now->total.lines, 1);
  assert_true(buffer_replace(buffer, 3, 3, STR("\xF0\x9F"), NULL)); // and apart again, by half an emoji
  assert_true(buffer_replace(buffer, 5, 5, STR("\x98\x80"), NULL)); // made whole
  assert_text(buffer, STR("ab\r\xF0\x9F\x98\x80\ncd"));
  assert_int_equal(buffer->now->total.lines, 2);
  assert_int_equal(buffer->now->total.chars, 7);
  assert_int_equal(buffer->now->total.utf16, 8);
  assert_true(buffer_replace(buffer, 0, buffer_len(buffer), STR(""), NULL));
  assert_int_equal(buffer_len(buffer), 0);
  assert_true(buffer_replace(buffer, 0, 0, STR("again"), NULL));
  assert_text(buffer, STR("again"));
  buffer_free(buffer);
}

static void test_edit_outside_is_refused(void **state)
{
  (void)state;
  Buffer *buffer = buffer_new(STR("abc"), EOL_LSP);
  Error err = {0};
  assert_false(buffer_replace(buffer, 2, 4, STR("x"), &err));
  assert_int_equal(err.code, ERR_USAGE);
  assert_false(buffer_replace(buffer, 3, 2, STR("x"), NULL));
  assert_text(buffer, STR("abc"));
  buffer_free(buffer);
}

static void test_snapshots_do_not_change(void **state)
{
  (void)state;
  Buffer *buffer = buffer_new(STR("one two three four"), EOL_LSP);
  Snapshot *before = buffer_snapshot(buffer);
  const char *tail = snapshot_chunk(before, 15).ptr;
  assert_true(buffer_replace(buffer, 0, 3, STR("ONE"), NULL));
  Snapshot *after = buffer_snapshot(buffer);
  Arena arena = {0};
  assert_true(str_is(all(before, &arena), "one two three four"));
  assert_true(str_is(all(after, &arena), "ONE two three four"));
  assert_ptr_equal(snapshot_chunk(after, 15).ptr, tail); // shared
  buffer_free(buffer);
  assert_true(str_is(all(after, &arena), "ONE two three four"));
  snapshot_unref(before);
  snapshot_unref(after);
  arena_release(&arena);
}

static void test_read(void **state)
{
  (void)state;
  Snapshot *text = snapshot_new(STR("0123456789"));
  Arena arena = {0};
  assert_true(str_is(snapshot_read(text, 2, 9, &arena), "2345678"));
  assert_true(str_is(snapshot_read(text, 9, 99, &arena), "9"));
  assert_int_equal(snapshot_read(text, 5, 5, &arena).len, 0);
  assert_int_equal(snapshot_chunk(text, 10).len, 0);
  assert_ptr_equal(snapshot_read(text, 0, 1, &arena).ptr, snapshot_chunk(text, 0).ptr); // borrowed
  snapshot_unref(text);
  char *owned = str_dup(STR("mine"));
  text = snapshot_take(owned, 4);
  assert_true(str_is(all(text, &arena), "mine"));
  snapshot_unref(text);
  snapshot_unref(NULL);
  arena_release(&arena);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_lines),
      cmocka_unit_test(test_chunks_end_between_characters),
      cmocka_unit_test(test_edits_join_and_part),
      cmocka_unit_test(test_edit_outside_is_refused),
      cmocka_unit_test(test_snapshots_do_not_change),
      cmocka_unit_test(test_read),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
