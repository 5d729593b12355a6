// A mark every STRIDE bytes: the first character that begins there or behind, and the units in front of it. A
// look-up reads on from its mark, so at most a stride of bytes.
#include "text/offsets.h"

#include "base/utf8.h"
#include "base/vec.h"

#ifndef STRIDE
#define STRIDE 128u
#endif

#define HIGH_BITS 0x8080808080808080u

typedef struct Mark {
  size_t byte, units;
} Mark;

struct Offsets {
  const Snapshot *text;
  Encoding enc;
  VEC_OF(Mark) marks;
};

static size_t units_of(Encoding enc, uint32_t cp)
{
  return enc == ENC_UTF16 && cp > 0xFFFF ? 2 : 1;
}

// The character at `at`; a chunk may end inside it, so four bytes are asked for where the chunk has fewer.
static size_t decode_at(const Snapshot *text, Str chunk, size_t at, uint32_t *cp)
{
  char bytes[4];
  size_t left = snapshot_len(text) - at;
  if (chunk.len >= 4 || chunk.len == left) return utf8_decode(chunk.ptr, chunk.ptr + chunk.len, cp);
  size_t have = 0;
  for (; have < 4 && have < left; have++) bytes[have] = snapshot_chunk(text, at + have).ptr[0];
  return utf8_decode(bytes, bytes + have, cp);
}

// Walk from `from` to byte `to`, counting units.
static Mark walk(const Snapshot *text, Encoding enc, Mark from, size_t to)
{
  while (from.byte < to) {
    Str chunk = snapshot_chunk(text, from.byte);
    while (chunk.len && from.byte < to) {
      uint64_t eight;
      if (chunk.len > 8 && to - from.byte >= 8 && (memcpy(&eight, chunk.ptr, 8), !(eight & HIGH_BITS))) {
        from.units += 8; // eight of ASCII
        from.byte += 8;
        chunk = str_slice(chunk, 8, chunk.len);
        continue;
      }
      uint32_t cp;
      size_t len = decode_at(text, chunk, from.byte, &cp);
      from.units += units_of(enc, cp);
      from.byte += len;
      if (len >= chunk.len) break; // on into the next chunk
      chunk = str_slice(chunk, len, chunk.len);
    }
  }
  return from;
}

Offsets *offsets_new(const Snapshot *text, Encoding enc)
{
  if (enc == ENC_UTF8) return NULL;
  Offsets *self = xcalloc(1, sizeof *self);
  self->text = text;
  self->enc = enc;
  Mark mark = {0, 0};
  for (size_t stride = 0; stride <= snapshot_len(text); stride += STRIDE) {
    mark = walk(text, enc, mark, stride);
    vec_push(&self->marks, mark);
  }
  return self;
}

void offsets_free(Offsets *self)
{
  if (!self) return;
  vec_release(&self->marks);
  free(self);
}

size_t offsets_at(const Offsets *self, size_t at)
{
  if (!self) return at;
  Mark mark = self->marks.items[at / STRIDE];
  if (mark.byte > at) return mark.units; // inside the character that the stride cut
  return walk(self->text, self->enc, mark, at).units;
}
