// cast: who and what an article speaks of: one EntityFacts each, which stays at its place with its number
// from run to run, as long as it says the same. So equal facts are one pointer, and what refers to them can
// be kept. Facts may be read by any thread that holds a reference; cast_add() is for one at a time.
#pragma once

#include "annotate/span.h"
#include "base/arena.h"
#include "base/digestmap.h"

typedef struct Cast {
  Arena arena;      // of the facts and their strings
  DigestMap by_key; // pointers to the facts
  uint32_t len;
  int refs; // atomic
} Cast;

Cast *cast_new(void); // the caller holds the one reference
Cast *cast_ref(Cast *self);
void cast_unref(const Cast *self); // NULL is fine
// The facts known by `key`, a digest of all that they say; NULL: there are none.
const EntityFacts *cast_find(const Cast *self, uint64_t key);
// New facts with the next number, from 1. Both strings are in self->arena, or live as long.
const EntityFacts *cast_add(Cast *self, uint64_t key, Str name, Str entity);
