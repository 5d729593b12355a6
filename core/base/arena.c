// Chunks are doubled from ARENA_FIRST to ARENA_MOST, so that a block's notes cost little and an article's few
// calls.
#include "base/arena.h"

#include "base/alloc.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#ifdef __SANITIZE_ADDRESS__ // what was not allocated, or is no more since a reset, is not to be touched
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(ptr, size) ((void)(ptr), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(ptr, size) ((void)(ptr), (void)(size))
#endif

#ifndef ARENA_FIRST
#define ARENA_FIRST 1008u // with its head as much as glibc hands out again without looking for it
#endif
#define ARENA_MOST (64u * 1024u) // below malloc's threshold for mapping pages of its own
#define ALIGN 16u

struct ArenaChunk {
  ArenaChunk *next;
  size_t size; // of data
  _Alignas(16) char data[];
};

static size_t aligned(size_t size)
{
  return (size + ALIGN - 1) & ~(size_t)(ALIGN - 1);
}

static void push_chunk(Arena *arena, size_t size)
{
  ArenaChunk *chunk = xmalloc(sizeof *chunk + size);
  chunk->next = arena->head;
  chunk->size = size;
  arena->head = chunk;
  arena->size = size;
  arena->used = 0;
  ASAN_POISON_MEMORY_REGION(chunk->data, size);
}

static void add_chunk(Arena *arena, size_t least)
{
  size_t size = arena->head ? arena->size * 2 : ARENA_FIRST;
  if (size > ARENA_MOST) size = ARENA_MOST;
  push_chunk(arena, size < least ? least : size);
}

size_t arena_room(size_t size)
{
  return aligned(size ? size : 1);
}

void arena_reserve(Arena *arena, size_t size)
{
  assert(!arena->head);
  push_chunk(arena, arena_room(size));
}

void *arena_alloc(Arena *arena, size_t size)
{
  size = arena_room(size);
  if (arena->size - arena->used < size) add_chunk(arena, size);
  void *ptr = arena->head->data + arena->used;
  arena->used += size;
  ASAN_UNPOISON_MEMORY_REGION(ptr, size);
  return ptr;
}

void *arena_zalloc(Arena *arena, size_t size)
{
  return memset(arena_alloc(arena, size), 0, size);
}

void *arena_copy(Arena *arena, const void *data, size_t size)
{
  void *copy = arena_alloc(arena, size);
  return size ? memcpy(copy, data, size) : copy;
}

void *arena_grow(Arena *arena, void *old, size_t old_size, size_t new_size)
{
  size_t old_room = arena_room(old_size), new_room = arena_room(new_size);
  if (old && arena->head && (char *)old + old_room == arena->head->data + arena->used &&
      arena->size - arena->used >= new_room - old_room) {
    arena->used += new_room - old_room;
    ASAN_UNPOISON_MEMORY_REGION(old, new_room);
    return old;
  }
  void *ptr = arena_alloc(arena, new_size);
  if (old && old_size) memcpy(ptr, old, old_size);
  return ptr;
}

Str arena_dup(Arena *arena, Str s)
{
  char *copy = arena_alloc(arena, s.len + 1);
  if (s.len) memcpy(copy, s.ptr, s.len);
  copy[s.len] = '\0';
  return (Str){copy, s.len};
}

Str arena_join(Arena *arena, Str a, Str b)
{
  char *copy = arena_alloc(arena, a.len + b.len + 1);
  if (a.len) memcpy(copy, a.ptr, a.len);
  if (b.len) memcpy(copy + a.len, b.ptr, b.len);
  copy[a.len + b.len] = '\0';
  return (Str){copy, a.len + b.len};
}

// Written where the next allocation will be; once more where it has no room there.
Str arena_printf(Arena *arena, const char *format, ...)
{
  if (!arena->head) add_chunk(arena, ALIGN);
  size_t room = arena->size - arena->used;
  char *text = arena->head->data + arena->used;
  va_list args, again;
  va_start(args, format);
  va_copy(again, args);
  ASAN_UNPOISON_MEMORY_REGION(text, room);
  int written = vsnprintf(text, room, format, args);
  ASAN_POISON_MEMORY_REGION(text, room);
  va_end(args);
  size_t len = written < 0 ? 0 : (size_t)written;
  bool fits = arena_room(len + 1) <= room;
  text = arena_alloc(arena, len + 1);
  if (!fits) vsnprintf(text, len + 1, format, again);
  if (written < 0) text[0] = '\0';
  va_end(again);
  return (Str){text, len};
}

void arena_reset(Arena *arena)
{
  if (!arena->head) return;
  if (arena->head->next || arena->size > ARENA_KEEP) { // several chunks become one
    size_t held = arena_bytes(arena);
    arena_release(arena);
    push_chunk(arena, held < ARENA_KEEP ? held : ARENA_KEEP);
  }
  ASAN_POISON_MEMORY_REGION(arena->head->data, arena->used);
  arena->used = 0;
}

void arena_release(Arena *arena)
{
  for (ArenaChunk *chunk = arena->head, *next; chunk; chunk = next) {
    next = chunk->next;
    ASAN_UNPOISON_MEMORY_REGION(chunk->data, chunk->size);
    free(chunk);
  }
  *arena = (Arena){0};
}

size_t arena_bytes(const Arena *arena)
{
  size_t bytes = 0;
  for (const ArenaChunk *chunk = arena->head; chunk; chunk = chunk->next)
    bytes += sizeof *chunk + chunk->size;
  return bytes;
}
