// finder: every place of many words in a text, exactly as they are written, in one walk over the text.
// Constant once made: any thread.
#pragma once

#include "base/str.h"

typedef struct Finder Finder;

// The words are borrowed; empty ones are never found. The caller owns the result.
Finder *finder_new(const Str *words, size_t count);
void finder_free(Finder *self); // NULL is fine
// Tell of every place, in order of the text; words that lie in each other are all told.
void finder_run(const Finder *self, Str text, void (*hit)(void *ctx, size_t word, size_t at), void *ctx);
