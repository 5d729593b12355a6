// query_p: words around a place, read from the file. For core/index/ alone.
#pragma once

#include "index/query.h"
#include "index/record.h"

// A file of the folder as it was indexed, read once for many places.
typedef struct Source {
  StrBuf text;
  bool valid; // it has the stamp that the index knows
} Source;

void source_read(Source *self, const char *root, Str path, FileStamp stamp);
void source_release(Source *self);
// Fill lines, columns, left, text and right of `place` from its start and end.
void source_place(const Source *self, Place *place, Encoding enc, Arena *arena);
// The first place where the words of `folded` (see fold.h) stand in the text: of one of them where they do
// not stand together.
bool source_find(const Source *self, Str folded, size_t *start, size_t *end);
// White space made single, at most `max` bytes and then "…".
Str source_line(Arena *arena, Str text, size_t max);
