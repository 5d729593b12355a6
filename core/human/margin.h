// margin: what people decided about one open text, following it while it is edited. A mark that an edit
// swallows is loose until its words are back where they stood. One thread.
#pragma once

#include "human/kept.h"
#include "text/changes.h"

typedef struct MarginNote { // a decision in the open text
  const Decision *decision; // counted; perhaps a tombstone, whose place is followed too
  size_t start, end;        // bytes, where not loose
  bool loose;
  AnchorState why; // loose: why it is not found
} MarginNote;

typedef struct Margin Margin;

Margin *margin_new(void);
void margin_free(Margin *self); // NULL is fine
typedef struct MarginCounts {   // tombstones left out
  size_t rejected, notes, loose;
} MarginCounts;
MarginCounts margin_counts(Margin *self);
// All notes: those with a place by start, then the loose ones. Borrowed until the next call that is not
// const.
const MarginNote *margin_notes(const Margin *self, size_t *count);
const MarginNote *margin_find(const Margin *self, Str id); // NULL: none
// The first of the notes that may share a character with what stands behind `at`: those that do are between
// it and the first that begins behind all of that.
size_t margin_near(const Margin *self, size_t at);

// Take over what is kept, in a margin that has nothing yet.
void margin_fill(Margin *self, Kept *kept);
// Put a decision, which is referred to, at [start, end), in the place of the one with its id. A tombstone
// keeps the place of what it takes back.
void margin_put(Margin *self, const Decision *decision, size_t start, size_t end);
// The same, as what is on disk now says of it: not found.
void margin_put_loose(Margin *self, const Decision *decision, AnchorState why);
// The decision of this id is forgotten, tombstone and all.
void margin_remove(Margin *self, Str id);
// Give the decision of the same id another anchor and time, if it is still `was`.
void margin_refresh(Margin *self, const Decision *was, const Decision *is);

// Whether an edit of [start, end) swallows a mark: then margin_edit() wants the text before.
bool margin_swallows(const Margin *self, size_t start, size_t end);
void margin_edit(Margin *self, TextEdit edit, const Snapshot *before);
bool margin_has_loose(const Margin *self);
// Look for loose marks whose words stand in [start, end) of `text`, which edits have just made. True: some
// are back.
bool margin_settle(Margin *self, const Snapshot *text, size_t start, size_t end);

// As it is now, for laying over; the caller holds a reference. NULL: nothing.
const HumanLayer *margin_layer(Margin *self, const Registry *registry);
