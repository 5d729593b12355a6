// Changes beside a model that keeps, for every byte of the new text, the old byte it is, or none.
#include "chance.h"
#include "text/changes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#define NONE SIZE_MAX
typedef VEC_OF(size_t) Origins; // [new byte] old byte, or NONE

static TextEdit edit(Origins *origins)
{
  size_t start = dice(origins->len + 1), most = origins->len - start < 6 ? origins->len - start : 6;
  size_t end = start + dice(most + 1), fresh = dice(5);
  Origins next = {0};
  for (size_t i = 0; i < start; i++) vec_push(&next, origins->items[i]);
  for (size_t i = 0; i < fresh; i++) vec_push(&next, NONE);
  for (size_t i = end; i < origins->len; i++) vec_push(&next, origins->items[i]);
  vec_release(origins);
  *origins = next;
  return (TextEdit){start, end, start + fresh};
}

static void check(const Changes *changes, const Origins *origins, size_t old_len)
{
  size_t hint = 0;
  for (size_t start = 0; start < old_len; start++) {
    size_t from = start, to = start + 1;
    bool kept = changes_map(changes, &from, &to, &hint);
    size_t at = 0;
    while (at < origins->len && origins->items[at] != start) at++;
    if (kept) { // said to be untouched, so it is there, and so are its neighbours
      assert_int_equal(from, at);
      assert_int_equal(to, at + 1);
      assert_true(!start || (at && origins->items[at - 1] == start - 1));
      assert_true(start + 1 == old_len || (at + 1 < origins->len && origins->items[at + 1] == start + 1));
    } else {
      assert_true(from <= to && to <= origins->len);
    }
  }
  for (size_t i = 1; i < changes->hunks.len; i++) {
    assert_true(changes->hunks.items[i - 1].old_end < changes->hunks.items[i].old_start);
    assert_true(changes->hunks.items[i - 1].new_end < changes->hunks.items[i].new_start);
  }
}

static void test_random_edits(void **state)
{
  (void)state;
  chance_begin();
  for (size_t rounds = chance_rounds(300); rounds; rounds--) {
    Origins origins = {0};
    size_t old_len = dice(80);
    for (size_t i = 0; i < old_len; i++) vec_push(&origins, i);
    Changes changes = {0}, copy = {0};
    for (size_t edits = dice(12); edits; edits--) {
      changes_add(&changes, edit(&origins));
      changes_copy(&copy, &changes);
      check(&copy, &origins, old_len);
    }
    changes_release(&changes);
    changes_release(&copy);
    vec_release(&origins);
  }
}

static void test_edges(void **state)
{
  (void)state;
  Changes changes = {0};
  changes_add(&changes, (TextEdit){10, 10, 11}); // a letter typed behind "[5, 10)"
  size_t start = 5, end = 10;
  assert_false(changes_map(&changes, &start, &end, NULL));
  assert_int_equal(start, 5);
  start = 11, end = 15;
  assert_true(changes_map(&changes, &start, &end, NULL));
  assert_int_equal(start, 12);
  assert_int_equal(end, 16);
  start = 2, end = 9;
  assert_true(changes_map(&changes, &start, &end, NULL));
  start = 2, end = 20;
  assert_false(changes_map(&changes, &start, &end, NULL));
  assert_int_equal(start, 2);
  assert_int_equal(end, 21);
  changes_release(&changes);
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_random_edits), cmocka_unit_test(test_edges)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
