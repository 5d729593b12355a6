// Anchors by example: what of its surroundings tells a mark's place from others, and what does not.
// prop_anchor.c has the same at random.
#include "human/anchor.h"
#include "test.h"

// That the mark on `words`, at the `nth` place of `was` that has them, comes to this state in `is`, and to
// `at` where it is found.
static void expect(const char *was, const char *words, int nth, const char *is, AnchorState state, size_t at)
{
  Snapshot *snapshots[] = {snapshot_new(str_of(was)), snapshot_new(str_of(is))};
  Plain before, after;
  plain_init(&before, snapshots[0]);
  plain_init(&after, snapshots[1]);
  const char *place = strstr(was, words);
  for (; nth > 1; nth--) place = strstr(place + 1, words);
  Arena arena = {0};
  Anchor anchor = {.start = (size_t)(place - was), .end = (size_t)(place - was) + strlen(words)};
  const Anchor *items[] = {&anchor};
  AnchorPlace found;
  anchor_make(&before, &anchor, 1, &arena);
  anchor_find(&after, items, 1, &found);
  if (found.state != state)
    fail_msg("%s: %s, not %s", is, anchor_state_text(found.state), anchor_state_text(state));
  if (state == ANCHOR_FOUND) {
    assert_int_equal(found.start, at);
    assert_int_equal(found.end, at + strlen(words));
  }
  arena_release(&arena);
  plain_release(&before);
  plain_release(&after);
  for (size_t i = 0; i < 2; i++) snapshot_unref(snapshots[i]);
}

#define FIRST "The harbour was closed at noon.\n\n"
#define SECOND "Ships waited outside until two.\n\n"
#define MARKED "Then Berg went home.\n\n"
#define TAIL "Nobody was hurt in the storm."

static void found_where_it_moved(void **state)
{
  (void)state;
  const char *was = FIRST MARKED TAIL;
  size_t at = strlen(FIRST "Then ");
  expect(was, "Berg", 1, was, ANCHOR_FOUND, at);
  expect(was, "Berg", 1, SECOND FIRST MARKED TAIL, ANCHOR_FOUND, at + strlen(SECOND));
  expect(was, "Berg", 1, FIRST MARKED SECOND TAIL, ANCHOR_FOUND, at);                 // one side is as it was
  expect(was, "Berg", 1, "\xEF\xBB\xBF" FIRST MARKED "New: " TAIL, ANCHOR_FOUND, at); // a byte order mark
}

static void not_found_where_it_is_in_doubt(void **state)
{
  (void)state;
  const char *was = FIRST MARKED TAIL;
  expect(was, "Berg", 1, FIRST TAIL, ANCHOR_GONE, 0);
  expect(was, "Berg", 1, SECOND "Now Berg is here\n\n", ANCHOR_CHANGED, 0);
  expect(was, "Berg", 1, FIRST "Then Bergman went home.\n\n" SECOND, ANCHOR_CHANGED, 0);
  expect(was, "Berg", 1, FIRST MARKED TAIL "\n\n" FIRST MARKED TAIL, ANCHOR_REPEATED, 0);
}

// Paragraphs come and go whole: one that is equal to the mark's, and now stands behind the one that stood in
// front of it, is not its own.
static void other_paragraphs_tell_nothing(void **state)
{
  (void)state;
  expect(FIRST MARKED SECOND "Much later it rained again.\n\n" MARKED TAIL, "Berg", 1, FIRST MARKED TAIL,
         ANCHOR_CHANGED, 0);
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(found_where_it_moved),
                                     cmocka_unit_test(not_found_where_it_is_in_doubt),
                                     cmocka_unit_test(other_paragraphs_tell_nothing)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
