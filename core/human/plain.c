// Most articles have neither mark nor \r: then text is copied and offsets are the same.
#include "human/plain.h"

#include "base/alloc.h"
#include "base/vec.h"

#define BOM STR("\xEF\xBB\xBF")

static void strip_returns(Plain *self)
{
  VEC_OF(size_t) breaks = {0};
  char *to = (char *)(uintptr_t)self->text.ptr; // ours, in the arena
  size_t len = 0;
  for (size_t i = 0; i < self->text.len; i++) {
    char byte = self->text.ptr[i];
    if (byte == '\r' && i + 1 < self->text.len && self->text.ptr[i + 1] == '\n')
      vec_push(&breaks, len);
    else
      to[len++] = byte;
  }
  self->text.len = len;
  self->breaks = breaks.items;
  self->breaks_len = breaks.len;
}

void plain_init(Plain *self, const Snapshot *text)
{
  *self = (Plain){0};
  Str all = snapshot_read(text, 0, snapshot_len(text), &self->arena);
  self->bom = str_starts(all, BOM) ? BOM.len : 0;
  all = str_slice(all, self->bom, all.len);
  self->text = arena_dup(&self->arena, all);
  if (all.len && memchr(all.ptr, '\r', all.len)) strip_returns(self);
  self->hash = str_hash(self->text);
}

void plain_release(Plain *self)
{
  free(self->breaks);
  arena_release(&self->arena);
  *self = (Plain){0};
}

size_t plain_to_byte(const Plain *self, size_t at)
{
  size_t low = 0, high = self->breaks_len; // the \r's in front of `at`
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (self->breaks[middle] < at)
      low = middle + 1;
    else
      high = middle;
  }
  return at + self->bom + low;
}

size_t plain_from_byte(const Plain *self, size_t byte)
{
  if (byte < self->bom) return 0;
  byte -= self->bom;
  size_t low = 0, high = self->breaks_len; // the i-th \r stands at byte breaks[i] + i
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (self->breaks[middle] + middle < byte)
      low = middle + 1;
    else
      high = middle;
  }
  return byte - low;
}
