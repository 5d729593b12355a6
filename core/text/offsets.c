// A bit for every byte: whether it counts. A character of n units counts with its first n bytes, so the units
// in front of a byte are the bits that are set before it; each word of them knows the sum of those before.
#include "text/offsets.h"

#include "base/utf8.h"
#include "base/vec.h"

typedef struct Word { // of 64 bytes
  uint64_t counting;  // bit by bit
  size_t before;      // units
} Word;

struct Offsets {
  VEC_OF(Word) words;
};

static size_t units_of(Encoding enc, uint32_t cp)
{
  return enc == ENC_UTF16 && cp > 0xFFFF ? 2 : 1;
}

// Of the character at `at` all bytes but the first ones count for nothing.
static void count_char(Offsets *self, size_t at, size_t len, size_t units)
{
  for (size_t byte = at + units; byte < at + len; byte++)
    self->words.items[byte / 64].counting &= ~((uint64_t)1 << byte % 64);
}

// Count the chunk that begins at byte `at`; no character goes on in the next one (snapshot_p.h).
static void count_chunk(Offsets *self, Str chunk, Encoding enc, size_t at)
{
  const char *end = chunk.ptr + chunk.len;
  for (const char *p = chunk.ptr; p < end;) {
    uint32_t cp;
    size_t len = utf8_ascii_ahead(p, end);
    if (!len) {
      len = utf8_decode(p, end, &cp);
      count_char(self, at + (size_t)(p - chunk.ptr), len, units_of(enc, cp));
    }
    p += len;
  }
}

Offsets *offsets_new(const Snapshot *text, Encoding enc)
{
  if (enc == ENC_UTF8) return NULL;
  Offsets *self = xcalloc(1, sizeof *self);
  for (size_t at = 0; at <= snapshot_len(text); at += 64) vec_push(&self->words, (Word){UINT64_MAX, 0});
  Str chunk;
  for (size_t at = 0; at < snapshot_len(text); at += chunk.len) {
    chunk = snapshot_chunk(text, at);
    count_chunk(self, chunk, enc, at);
  }
  for (size_t i = 1; i < self->words.len; i++) {
    const Word *last = &self->words.items[i - 1];
    self->words.items[i].before = last->before + (size_t)__builtin_popcountll(last->counting);
  }
  return self;
}

void offsets_free(Offsets *self)
{
  if (!self) return;
  vec_release(&self->words);
  free(self);
}

size_t offsets_at(const Offsets *self, size_t at)
{
  if (!self) return at;
  const Word *word = &self->words.items[at / 64];
  uint64_t in_front = ((uint64_t)1 << at % 64) - 1;
  return word->before + (size_t)__builtin_popcountll(word->counting & in_front);
}
