// changes: what several edits in a row did to a text, as separate hunks in order: the way from an old text to
// a new one. Where a stretch of the old text lies now, and whether anything in it or at its edges was
// touched. One thread.
#pragma once

#include "base/vec.h"
#include "text/buffer.h"

typedef struct Hunk {
  size_t old_start, old_end; // bytes of the old text
  size_t new_start, new_end; // bytes of the new text that came in their place
} Hunk;

typedef struct Changes {
  VEC_OF(Hunk) hunks; // sorted, with text between them
} Changes;            // = {0} to begin: nothing changed

void changes_release(Changes *self);
void changes_reset(Changes *self);
void changes_add(Changes *self, TextEdit edit); // an edit of the new text, as it is by now
void changes_copy(Changes *self, const Changes *from);
// Move [*start, *end) of the old text to where it is in the new. False where an edit fell inside or right at
// its edges: the bounds are then the nearest that can be said. `hint` (0 to begin, may be NULL) makes calls
// in rising order of *start cheap.
bool changes_map(const Changes *self, size_t *start, size_t *end, size_t *hint);
