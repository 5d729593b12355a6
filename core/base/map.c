// Open addressing with linear probing, at most half full; nothing is ever removed singly.
#include "base/map.h"

#include "base/alloc.h"

#include <stdlib.h>

struct MapSlot {
  uint64_t hash;
  const char *key; // NULL: free
  size_t key_len;
  uint64_t value;
};

void map_release(Map *map)
{
  free(map->slots);
  *map = (Map){0};
}

void map_reset(Map *map)
{
  if (map->len) memset(map->slots, 0, map->cap * sizeof *map->slots);
  map->len = 0;
}

static MapSlot *find(const Map *map, Str key, uint64_t hash)
{
  size_t at = hash & (map->cap - 1);
  for (;; at = (at + 1) & (map->cap - 1)) {
    MapSlot *slot = &map->slots[at];
    if (!slot->key) return slot;
    if (slot->hash == hash && str_eq((Str){slot->key, slot->key_len}, key)) return slot;
  }
}

static void grow(Map *map)
{
  Map wider = {.cap = map->cap ? map->cap * 2 : 16, .len = map->len};
  wider.slots = xcalloc(wider.cap, sizeof *wider.slots);
  for (size_t i = 0; i < map->cap; i++) {
    const MapSlot *old = &map->slots[i];
    if (old->key) *find(&wider, (Str){old->key, old->key_len}, old->hash) = *old;
  }
  free(map->slots);
  *map = wider;
}

bool map_get(const Map *map, Str key, uint64_t *value)
{
  if (!map->cap) return false;
  const MapSlot *slot = find(map, key, str_hash(key));
  if (!slot->key) return false;
  *value = slot->value;
  return true;
}

uint64_t *map_slot(Map *map, Str key, bool *is_new)
{
  if (2 * (map->len + 1) > map->cap) grow(map);
  uint64_t hash = str_hash(key);
  MapSlot *slot = find(map, key, hash);
  if (is_new) *is_new = !slot->key;
  if (!slot->key) {
    *slot = (MapSlot){hash, key.ptr ? key.ptr : "", key.len, 0};
    map->len++;
  }
  return &slot->value;
}

void map_put(Map *map, Str key, uint64_t value)
{
  *map_slot(map, key, NULL) = value;
}
