// anchor: where a person's mark stands, so that it is found again after the article changed unseen: position,
// words, the characters around them, and how many of these were enough to tell the place from every other
// with the same words. All offsets are those of Plain. Pure; any thread.
#pragma once

#include "human/plain.h"

enum { ANCHOR_CHARS = 32, ANCHOR_CHARS_MAX = 512 }; // kept on each side: as a rule, and at most

typedef struct Anchor {
  size_t start, end;
  Str words, before, after;
  // So many characters before it, and behind it, stood nowhere else in the article; and no other place with
  // these words fitted so many on both sides together. ANCHOR_CHARS_MAX + 1: even as many as that stood
  // elsewhere.
  uint32_t enough[3];
  uint64_t article; // Plain.hash when this was written
} Anchor;

typedef enum AnchorState {
  ANCHOR_FOUND,
  ANCHOR_GONE,     // the words are not there
  ANCHOR_CHANGED,  // they are, but not with what stood around them
  ANCHOR_REPEATED, // they are there more than once, and nothing tells which
} AnchorState;

typedef struct AnchorPlace {
  AnchorState state;
  size_t start, end; // where found
} AnchorPlace;

// Fill the rest of the anchors whose start < end are set. Strings are in `arena`.
void anchor_make(const Plain *text, Anchor *items, size_t count, Arena *arena);
// Look for every anchor. What cannot be told with certainty is not found.
void anchor_find(const Plain *text, const Anchor *const *items, size_t count, AnchorPlace *out);
// One sentence for people.
const char *anchor_state_text(AnchorState state);
