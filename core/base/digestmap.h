// digestmap: a hash table from digests (base/digest.h; not 0) to numbers (0: none). One thread at a time;
// readers may share it while nobody writes.
#pragma once

#include <stddef.h>
#include <stdint.h>

typedef struct DigestEntry {
  uint64_t key, value; // key 0: free
} DigestEntry;

typedef struct DigestMap { // open addressing, at most half full
  DigestEntry *entries;
  unsigned bits; // of their number
  size_t len;
} DigestMap; // = {0} to begin

void digestmap_release(DigestMap *self);
void digestmap_reserve(DigestMap *self, size_t keys); // room for these, in an empty one
void digestmap_widen(DigestMap *self);                // for digestmap_slot()

// The entry of `key`, or the free one for it. The high bits of a digest choose the place.
static inline DigestEntry *digestmap_entry(const DigestMap *self, uint64_t key)
{
  size_t mask = ((size_t)1 << self->bits) - 1, at = key >> (64 - self->bits);
  while (self->entries[at].key && self->entries[at].key != key) at = (at + 1) & mask;
  return &self->entries[at];
}

static inline uint64_t digestmap_get(const DigestMap *self, uint64_t key)
{
  return self->entries ? digestmap_entry(self, key)->value : 0;
}

// Where the value of `key` lives, put there as 0 if it is new; valid until the next slot.
static inline uint64_t *digestmap_slot(DigestMap *self, uint64_t key)
{
  if (!self->entries || 2 * (self->len + 1) > (size_t)1 << self->bits) digestmap_widen(self);
  DigestEntry *entry = digestmap_entry(self, key);
  self->len += !entry->key;
  entry->key = key;
  return &entry->value;
}
