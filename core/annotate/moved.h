// moved: the passes over the article read little of a block, and most edits touch none of it. What the passes
// found is then the same as before the edit, at other positions: moved instead of found again.
// Pure; any thread, an arena of its own.
#pragma once

#include "annotate/notes.h"
#include "annotate/span.h"

// One block before and after edits. Offsets up to `front` stay, those from `back` on keep their distance to
// the end; between is the change, which has at least a byte on either side of it in common, so that the
// order of the offsets that have a place is the same before and after.
typedef struct Shift {
  size_t front, back, was_len, is_len;
} Shift;

// Where offset `was` is now. False: inside the change.
bool shift_offset(const Shift *self, size_t was, size_t *is);
// Whether the passes (coref_link, dates_resolve, quotes_walk) read the same of both, offsets moved by the
// shift, which is filled. A false no is only slow.
bool notes_same(const Notes *was, const Notes *is, Shift *shift);

typedef struct MovedBlock { // a block of the article before and after, bytes
  size_t was_start, was_end, start, end;
  const Shift *shift; // NULL: the block itself is unchanged
} MovedBlock;

// Whether the blocks stand to each other as they did, so that positions of two blocks compare as before.
bool blocks_keep_order(const MovedBlock *blocks, size_t count);
// `was`, in span_order(), moved with the blocks that notes_same() has passed. Facts without positions are
// shared with `was`. Items and facts are in `arena`.
SpanVec spans_move(const SpanVec *was, const MovedBlock *blocks, size_t count, Arena *arena);
