#include "annotate/cast.h"

#include "base/alloc.h"
#include "base/refs.h"

#include <stdlib.h>

typedef struct CastEntry {
  uint64_t key;
  const EntityFacts *facts; // NULL: free
} CastEntry;

Cast *cast_new(void)
{
  Cast *self = xcalloc(1, sizeof *self);
  self->refs = 1;
  self->size = 64;
  self->entries = xcalloc(self->size, sizeof *self->entries);
  return self;
}

Cast *cast_ref(Cast *self)
{
  refs_add(&self->refs);
  return self;
}

void cast_unref(const Cast *self)
{
  Cast *counted = (Cast *)(uintptr_t)self; // the count is not part of what readers see
  if (!counted || !refs_drop(&counted->refs)) return;
  arena_release(&counted->arena);
  free(counted->entries);
  free(counted);
}

static CastEntry *find(const Cast *self, uint64_t key)
{
  size_t at = (key * 0x9e3779b97f4a7c15u) >> 20 & (self->size - 1);
  while (self->entries[at].facts && self->entries[at].key != key) at = (at + 1) & (self->size - 1);
  return &self->entries[at];
}

static void widen(Cast *self)
{
  Cast wider = {.size = 2 * self->size};
  wider.entries = xcalloc(wider.size, sizeof *wider.entries);
  for (size_t i = 0; i < self->size; i++) {
    if (self->entries[i].facts) *find(&wider, self->entries[i].key) = self->entries[i];
  }
  free(self->entries);
  self->entries = wider.entries;
  self->size = wider.size;
}

const EntityFacts **cast_slot(Cast *self, uint64_t key)
{
  if (2 * ((size_t)self->len + 1) > self->size) widen(self);
  CastEntry *entry = find(self, key);
  entry->key = key;
  return &entry->facts;
}

const EntityFacts *cast_add(Cast *self, Str name, Str entity)
{
  return arena_copy(&self->arena, &(EntityFacts){name, entity, ++self->len}, sizeof(EntityFacts));
}
