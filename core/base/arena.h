// arena: memory that dies together: many small allocations, one release.
// One thread at a time; the memory itself may be read by any.
#pragma once

#include "base/str.h"

#include <stddef.h>

#define ARENA_KEEP (4u << 20) // bytes that an emptied arena keeps at most

typedef struct ArenaChunk ArenaChunk;
typedef struct Arena {
  ArenaChunk *head;  // the chunk being filled; older ones behind it
  size_t used, size; // of head, bytes
} Arena;             // = {0} to begin

void *arena_alloc(Arena *arena, size_t size); // aligned for any type, not zeroed; never NULL
void *arena_zalloc(Arena *arena, size_t size);
// Grow the last allocation in place where there is room, else move it. `old` may be NULL.
void *arena_grow(Arena *arena, void *old, size_t old_size, size_t new_size);
void *arena_copy(Arena *arena, const void *data, size_t size);
Str arena_dup(Arena *arena, Str s);         // a copy, NUL-terminated behind its end
Str arena_join(Arena *arena, Str a, Str b); // likewise of one behind the other
Str arena_printf(Arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));
// Empty, but with room in one piece for what it held (up to ARENA_KEEP), so that the next filling asks the
// heap for nothing.
void arena_reset(Arena *arena);
void arena_release(Arena *arena);
// One chunk with room for exactly `size` bytes in an arena that has none: for what is counted beforehand,
// with arena_room() for each of its pieces.
void arena_reserve(Arena *arena, size_t size);
size_t arena_room(size_t size);         // bytes that an allocation of `size` takes
size_t arena_bytes(const Arena *arena); // held from the heap
