#include "base/digestmap.h"

#include "base/alloc.h"

#include <stdlib.h>

void digestmap_release(DigestMap *self)
{
  free(self->entries);
  *self = (DigestMap){0};
}

enum { BITS_LEAST = 6 };

void digestmap_reserve(DigestMap *self, size_t keys)
{
  self->bits = BITS_LEAST;
  while (2 * (keys + 1) > (size_t)1 << self->bits) self->bits++;
  self->entries = xcalloc((size_t)1 << self->bits, sizeof *self->entries);
}

void digestmap_widen(DigestMap *self)
{
  DigestMap wider = {.bits = self->entries ? self->bits + 2 : BITS_LEAST, .len = self->len};
  wider.entries = xcalloc((size_t)1 << wider.bits, sizeof *wider.entries);
  size_t size = self->entries ? (size_t)1 << self->bits : 0;
  for (size_t i = 0; i < size; i++)
    if (self->entries[i].key) *digestmap_entry(&wider, self->entries[i].key) = self->entries[i];
  free(self->entries);
  *self = wider;
}
