// namenouns: a table of nouns that may also be the last part of a compound: a row that begins with a hyphen
// ("-selskapet") is. Pure; any thread.
#pragma once

#include "annotate/lang.h"
#include "base/table.h"

typedef struct NameNouns {
  const Table *nouns;          // NULL: none
  uint64_t may_end[1024 / 64]; // bits of hashes of their last bytes: most words end like none
  size_t longest;              // last part of compounds, in bytes; 0: there are none
} NameNouns;

NameNouns namenouns_of(const char *table, const char *lang);
// The row of the word (lower case), or of its longest last part that has one; SIZE_MAX: none.
size_t namenouns_row(const NameNouns *self, Str lower);
