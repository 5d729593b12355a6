// needles: what of the scripts may find anything in a text at all, told by strings that a match cannot do
// without: one quick pass over the text stands for thousands of words and all regular expressions. It errs on
// the side of "may". Whatever may or may not has a number, its id. Built by one thread, then read by any.
#pragma once

#include "base/str.h"
#include "base/vec.h"

#include <stdint.h>

typedef VEC_OF(char *) NeedleVec; // strings on the heap, in lower case as ASCII and Latin-1 have it

#define NEEDLE_EDGE 1 // in a needle: no byte, but a place between a word's character and something else

// The strings of which every match of the PCRE2 pattern holds at least one; none where nothing such is known.
// Into `out`, which is empty; needles_release() it.
void needles_of(Str pattern, NeedleVec *out);
void needles_release(NeedleVec *needles);

// Which characters have one other case, by the plain rule: those of ASCII and Latin-1. Needles hold no
// others.
static inline bool needle_is_plain(uint32_t cp)
{
  return cp < 0x80 || (cp >= 0xA0 && cp < 0x100 && cp != 0xB5 && cp != 0xDF && cp != 0xFF);
}

typedef struct Needles Needles;

Needles *needles_new(uint32_t ids); // at least so many
Needles *needles_ref(const Needles *self);
void needles_unref(const Needles *self); // NULL is fine

void needles_add_pattern(Needles *self, Str pattern, uint32_t id);
typedef struct NeedleWord {
  bool fold;  // letters match in either case, as words.h has it
  bool whole; // nothing but hits that are whole words count
} NeedleWord;
void needles_add_word(Needles *self, Str word, NeedleWord how, uint32_t id);
// All that `other` looks for; its ids begin at `first` here.
void needles_add_all(Needles *self, const Needles *other, uint32_t first);

uint32_t needles_ids(const Needles *self); // one more than the highest id; 0: nothing was added
// The words of 64 bits that such a set takes; at least one.
size_t needles_set_len(const Needles *self);
// Set bit `id` of `may` for whatever may occur in `text`; other bits stay as they are.
void needles_find(const Needles *self, Str text, uint64_t *may);

static inline bool needles_may(const uint64_t *may, uint32_t id)
{
  return may[id / 64] >> (id % 64) & 1;
}
