// needles: which regular expressions may match in a text at all, told by strings that a match cannot do
// without: one quick pass over the text stands for all of them. It errs on the side of "may". Built once,
// read by one thread after another.
#pragma once

#include "base/str.h"
#include "base/vec.h"

#include <stdint.h>

typedef VEC_OF(char *) NeedleVec; // strings on the heap, in lower case as needles_fold() has it

// The strings of which every match of the PCRE2 pattern holds at least one; none where nothing such is known.
// Into `out`, which is empty; needles_release() it.
void needles_of(Str pattern, NeedleVec *out);
void needles_release(NeedleVec *needles);

typedef struct Needles Needles;

Needles *needles_new(void);
void needles_free(Needles *self); // NULL is fine
// Add the pattern called `id`; ids are small numbers.
void needles_add(Needles *self, Str pattern, uint32_t id);
// Set may[id] for every pattern that may match in `text`; the others' stay as they are.
void needles_find(const Needles *self, Str text, bool *may);
