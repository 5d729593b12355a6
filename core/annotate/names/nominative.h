// nominative: words of a language that declines, without the ending of a case: "Helsingissä" is "Helsinki".
// endings.<lang>.tsv has the endings; more than one may be taken off a word ("Tammin" is "Tamm" or "Tammi").
// Pure; any thread.
#pragma once

#include "base/str.h"
#include "base/table.h"

enum { NOMINATIVE_BYTES = 64 };

// The word (lower case) without the ending of row `row` of `endings`, which is not NULL, in `out`: its
// length; 0 where it does not end so, leaves hardly anything, or does not fit.
size_t nominative_of(const Table *endings, size_t row, Str lower, char out[NOMINATIVE_BYTES]);
