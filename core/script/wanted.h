// wanted: which annotations a script asks for, by the names that it knows them by: "person", "org", "place",
// "date", "time", "duration", "set", "quote", or a script's tag; "entity" is any of the first three, "date"
// any of the next four. Any thread.
#pragma once

#include "annotate/span.h"
#include "base/arena.h"

typedef struct Wanted {
  uint32_t machine; // bits by number, see wanted.c
  VEC_OF(Str) tags; // scripts' own; in an arena
} Wanted;           // = {0}: nothing

// `name` is copied into `arena`.
void wanted_add(Wanted *self, Arena *arena, Str name);
bool wanted_has(const Wanted *self, const Span *span);

// The name of one annotation: "person", "date", "quote", or the tag.
Str span_script_tag(const Span *span);
