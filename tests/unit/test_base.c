// str, arena, vec, map, display, csv, error: what everything else stands on.
#include "unit/test.h"

#define ARENA_FIRST 32u // every edge of a chunk is near
#include "base/arena.c"

#include "base/csv.h"
#include "base/display.h"
#include "base/error.h"
#include "base/map.h"
#include "base/vec.h"

static void str_cut_walks_a_line(void **state)
{
  (void)state;
  Str rest = STR("a\t\tb");
  assert_str(str_cut(&rest, '\t'), "a");
  assert_str(str_cut(&rest, '\t'), "");
  assert_str(str_cut(&rest, '\t'), "b");
  assert_int_equal(rest.len, 0);
  Str empty = {NULL, 0};
  assert_int_equal(str_cut(&empty, ',').len, 0);
}

static void str_order_is_memcmp_then_length(void **state)
{
  (void)state;
  static const struct {
    Str a, b;
    int sign;
  } cases[] = {{STR("a"), STR("b"), -1},
               {STR("ab"), STR("a"), 1},
               {STR(""), STR("a"), -1},
               {STR("\xC3\xA4"), STR("z"), 1},
               {STR("x"), STR("x"), 0}};
  for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
    int order = str_cmp(cases[i].a, cases[i].b);
    assert_int_equal((order > 0) - (order < 0), cases[i].sign);
  }
}

static void str_hash_tells_lengths_and_nul_apart(void **state)
{
  (void)state;
  assert_true(str_hash(STR("")) != str_hash(STR("\0")));
  assert_true(str_hash(STR("a")) != str_hash(STR("a\0")));
  assert_true(str_hash(STR("abcdefgh")) != str_hash(STR("abcdefg")));
  assert_true(str_hash(STR("abcdefghi")) == str_hash(str_slice(STR("xabcdefghi"), 1, 10)));
}

static void strbuf_formats_and_detaches(void **state)
{
  (void)state;
  StrBuf buf = {0};
  strbuf_add(&buf, STR("one"));
  strbuf_byte(&buf, ',');
  strbuf_addf(&buf, "%0200d", 7);
  assert_int_equal(buf.len, 204);
  assert_int_equal(strlen(buf.ptr), 204);
  char *text = strbuf_detach(&buf);
  assert_int_equal(text[203], '7');
  assert_null(buf.ptr);
  free(text);
}

static void arena_blocks_are_apart_and_aligned(void **state)
{
  (void)state;
  Arena arena = {0};
  unsigned char *blocks[64];
  for (size_t i = 0; i < 64; i++) {
    blocks[i] = arena_alloc(&arena, i);
    assert_int_equal((uintptr_t)blocks[i] % 16, 0);
    memset(blocks[i], (int)i, i);
  }
  for (size_t i = 0; i < 64; i++) {
    for (size_t k = 0; k < i; k++) assert_int_equal(blocks[i][k], i);
  }
  assert_true(arena_bytes(&arena) >= 64 * 63 / 2);
  arena_reset(&arena);
  assert_non_null(arena.head);
  arena_release(&arena);
  assert_null(arena.head);
}

static void arena_keeps_its_piece_when_emptied(void **state)
{
  (void)state;
  Arena arena = {0};
  for (size_t bytes = 0; bytes < 2 * ARENA_KEEP; bytes += 1 << 16) arena_alloc(&arena, 1 << 16);
  arena_reset(&arena);
  const void *kept = arena.head;
  assert_true(arena_bytes(&arena) >= ARENA_KEEP && arena_bytes(&arena) < ARENA_KEEP + 4096);
  for (int times = 0; times < 3; times++) {
    arena_alloc(&arena, ARENA_KEEP / 2);
    arena_reset(&arena);
    assert_ptr_equal(arena.head, kept);
    assert_int_equal(arena.used, 0);
  }
  arena_release(&arena);
}

static void arena_grow_keeps_what_was_there(void **state)
{
  (void)state;
  Arena arena = {0};
  char *grown = arena_grow(&arena, NULL, 0, 4);
  memcpy(grown, "abcd", 4);
  for (size_t size = 4; size < 4096; size *= 2) {
    grown = arena_grow(&arena, grown, size, size * 2);
    if (size == 256) arena_alloc(&arena, 1); // no longer the last: it has to move
    assert_memory_equal(grown, "abcd", 4);
  }
  arena_release(&arena);
}

typedef VEC_OF(size_t) Sizes;

static void vec_grows_in_both_homes(void **state)
{
  (void)state;
  Arena arena = {0};
  Sizes heap = {0}, inside = {0};
  for (size_t i = 0; i < 1000; i++) {
    vec_push(&heap, i);
    vec_push_in(&arena, &inside, i * 2);
  }
  for (size_t i = 0; i < 1000; i++) {
    assert_int_equal(heap.items[i], i);
    assert_int_equal(inside.items[i], i * 2);
  }
  vec_release(&heap);
  assert_null(heap.items);
  arena_release(&arena);
}

static void map_finds_what_was_put(void **state)
{
  (void)state;
  Arena arena = {0};
  Map map = {0};
  uint64_t value = 7;
  assert_false(map_get(&map, STR("a"), &value));
  assert_int_equal(value, 7);
  for (size_t i = 0; i < 5000; i++) map_put(&map, arena_printf(&arena, "key %zu", i), i);
  for (size_t i = 0; i < 5000; i++) {
    char key[32];
    snprintf(key, sizeof key, "key %zu", i);
    assert_true(map_get(&map, str_of(key), &value));
    assert_int_equal(value, i);
  }
  assert_false(map_get(&map, STR("key 5000"), &value));
  bool is_new;
  *map_slot(&map, STR("key 1"), &is_new) = 99;
  assert_false(is_new);
  assert_true(map_get(&map, STR("key 1"), &value));
  assert_int_equal(value, 99);
  map_put(&map, (Str){NULL, 0}, 3); // the empty key is a key
  assert_true(map_get(&map, STR(""), &value));
  assert_int_equal(value, 3);
  map_reset(&map);
  assert_false(map_get(&map, STR("key 1"), &value));
  map_release(&map);
  arena_release(&arena);
}

static void foreign_text_cannot_steer_a_terminal(void **state)
{
  (void)state;
  static const struct {
    Str text, shown;
  } cases[] = {
      {STR("a.txt"), STR("a.txt")},
      {STR("\33]0;title\a\33[31mred"), STR(" ]0;title  [31mred")},
      {STR("a\nnewsmark: b\r"), STR("a newsmark: b ")},
      {STR("\xC2\x9B"
           "31m"),
       STR(" 31m")}, // the C1 form of ESC [
      {STR("\xE2\x80\xAE"
           "txt.exe"),
       STR("txt.exe")},                                             // right-to-left override
      {STR("\xE2\x81\xA6x\xE2\x81\xA9"), STR("x")},                 // isolate
      {STR("\xD7\xA9\xE2\x80\x8F!"), STR("\xD7\xA9\xE2\x80\x8F!")}, // a mark moves nothing else
      {STR("\xFFx\xC3"), STR("\xEF\xBF\xBDx\xEF\xBF\xBD")},         // no UTF-8
      {STR("\xE2\x80\xA8"), STR(" ")},                              // line separator
      {STR(""), STR("")},
  };
  Arena arena = {0};
  for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
    Str shown = display_in(&arena, cases[i].text);
    if (!str_eq(shown, cases[i].shown)) fail_msg("case %zu gives '" STR_FMT "'", i, STR_ARG(shown));
  }
  arena_release(&arena);
}

static void csv_cells_are_quoted_and_run_nothing(void **state)
{
  (void)state;
  static const struct {
    Str cell, written;
  } cases[] = {
      {STR("plain"), STR("plain")},
      {STR(""), STR("")},
      {STR("a,b"), STR("\"a,b\"")},
      {STR("say \"a\""), STR("\"say \"\"a\"\"\"")},
      {STR("a\r\nb"), STR("\"a\r\nb\"")},
      {STR("a\rb"), STR("\"a\rb\"")},
      {STR("a\nb"), STR("\"a\nb\"")},
      {STR("=1+1"), STR("\"'=1+1\"")},
      {STR("@SUM(A1)"), STR("\"'@SUM(A1)\"")},
      {STR("- Nei"), STR("\"'- Nei\"")},
      {STR("+46"), STR("\"'+46\"")},
      {STR("\t=1"), STR("\"'\t=1\"")},
      {STR("a=b"), STR("a=b")},
      {STR("-"), STR("-")},
  };
  for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
    StrBuf out = {0};
    csv_add_cell(&out, cases[i].cell);
    if (!str_eq(strbuf_str(&out), cases[i].written)) fail_msg("case %zu gives '%s'", i, out.ptr);
    strbuf_release(&out);
  }
}

static void error_prefix_keeps_the_cause(void **state)
{
  (void)state;
  Error err = {0};
  assert_false(error_set(&err, ERR_IO, "no %s", "disk"));
  assert_false(error_prefix(&err, "%s", "index"));
  assert_string_equal(err.text, "index: no disk");
  assert_int_equal(err.code, ERR_IO);
  assert_false(error_set(NULL, ERR_IO, "nobody asks"));
}

// Files of models are sorted by these hashes: they are what they were when the files were made.
static void test_str_hash_stays_the_same(void **state)
{
  (void)state;
  static const char text[] = "abcdefghijklmnopqrstuvwxyz";
  for (size_t len = 0; len < 8; len++) {
    uint64_t want = 0;
    for (size_t i = 0; i < len; i++) want |= (uint64_t)text[i] << 8 * i;
    assert_int_equal(str_bytes((Str){text, len}), want);
  }
  for (size_t len = 0; len <= 26; len++) { // read byte by byte
    uint64_t want = 0x9e3779b97f4a7c15u ^ len;
    for (size_t at = 0; at < len; at += 8) {
      uint64_t word = 0;
      for (size_t i = at; i < len && i < at + 8; i++) word |= (uint64_t)text[i] << 8 * (i - at);
      want = (want ^ word) * 0xbf58476d1ce4e5b9u;
      want ^= want >> 29;
    }
    want *= 0x94d049bb133111ebu;
    want ^= want >> 32;
    assert_int_equal(str_hash((Str){text, len}), want);
    for (size_t behind = len; behind <= 26; behind++) // the same, whatever stands behind it
      assert_int_equal(str_hash_within((Str){text, len}, text + behind), want);
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_str_hash_stays_the_same),
      cmocka_unit_test(str_cut_walks_a_line),
      cmocka_unit_test(str_order_is_memcmp_then_length),
      cmocka_unit_test(str_hash_tells_lengths_and_nul_apart),
      cmocka_unit_test(strbuf_formats_and_detaches),
      cmocka_unit_test(arena_blocks_are_apart_and_aligned),
      cmocka_unit_test(arena_keeps_its_piece_when_emptied),
      cmocka_unit_test(arena_grow_keeps_what_was_there),
      cmocka_unit_test(vec_grows_in_both_homes),
      cmocka_unit_test(map_finds_what_was_put),
      cmocka_unit_test(foreign_text_cannot_steer_a_terminal),
      cmocka_unit_test(csv_cells_are_quoted_and_run_nothing),
      cmocka_unit_test(error_prefix_keeps_the_cause),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
