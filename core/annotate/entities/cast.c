#include "annotate/entities/cast.h"

#include "base/alloc.h"
#include "base/refs.h"

#include <stdlib.h>

Cast *cast_new(void)
{
  Cast *self = xcalloc(1, sizeof *self);
  self->refs = 1;
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
  digestmap_release(&counted->by_key);
  free(counted);
}

const EntityFacts *cast_find(const Cast *self, uint64_t key)
{
  return (const EntityFacts *)(uintptr_t)digestmap_get(&self->by_key, key | 1);
}

const EntityFacts *cast_add(Cast *self, uint64_t key, Str name, Str entity)
{
  const EntityFacts *facts =
      arena_copy(&self->arena, &(EntityFacts){name, entity, ++self->len}, sizeof(EntityFacts));
  *digestmap_slot(&self->by_key, key | 1) = (uintptr_t)facts; // keys are not 0
  return facts;
}
