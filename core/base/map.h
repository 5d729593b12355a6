// map: a hash table from bytes to a number (an index, or a pointer through uintptr_t). Keys are borrowed:
// they must outlive the map. One thread at a time; readers may share it while nobody writes.
#pragma once

#include "base/str.h"

typedef struct MapSlot MapSlot;
typedef struct Map {
  MapSlot *slots;
  size_t len, cap; // cap is 0 or a power of two
} Map;             // = {0} to begin

void map_release(Map *map);
void map_reset(Map *map);                               // empty, but keeps the memory
bool map_get(const Map *map, Str key, uint64_t *value); // value untouched where the key is not there
void map_put(Map *map, Str key, uint64_t value);        // replaces
// Where the key's value lives, put there as 0 if it was new; valid until the next put.
uint64_t *map_slot(Map *map, Str key, bool *is_new);
