// A bitmap of the words' first two bytes turns most positions of the text away at the cost of one look. At
// the others words are looked up by their first 8, 4, 2 or 1 bytes, as many as they have: a hash table for
// each width that occurs, behind a bitmap of its hashes.
#include "human/finder.h"

#include "base/alloc.h"
#include "base/vec.h"

enum { WIDTHS = 4, FILTER_BITS = 16 };
static const size_t g_widths[WIDTHS] = {8, 4, 2, 1};

typedef struct Table { // of the words of one width
  size_t mask;         // number of heads - 1
  uint32_t *heads;     // [hash & mask] word + 1
  uint64_t filter[(1u << FILTER_BITS) / 64];
} Table;

struct Finder {
  const Str *words;
  uint32_t *next;                   // [word] the next of the same head, + 1
  uint64_t starts[(1u << 16) / 64]; // of two bytes, as they are read: some word begins so
  Table tables[WIDTHS];
  int used[WIDTHS], used_len; // the tables that have words
};

static inline uint64_t hash_at(const char *p, int width_index)
{
  uint64_t value = 0;
  switch (width_index) { // so that each copy has a constant size
  case 0:
    memcpy(&value, p, 8);
    break;
  case 1:
    memcpy(&value, p, 4);
    break;
  case 2:
    memcpy(&value, p, 2);
    break;
  default:
    memcpy(&value, p, 1);
    break;
  }
  value *= 0x9E3779B97F4A7C15u;
  return value ^ value >> 29;
}

static int width_of(Str word)
{
  int i = 0;
  while (i < WIDTHS && word.len < g_widths[i]) i++;
  return i;
}

static size_t filter_bit(uint64_t hash)
{
  return hash >> (64 - FILTER_BITS);
}

static bool has_bit(const uint64_t *bits, size_t bit)
{
  return bits[bit / 64] >> bit % 64 & 1;
}

static void set_bit(uint64_t *bits, size_t bit)
{
  bits[bit / 64] |= (uint64_t)1 << bit % 64;
}

static uint16_t two_bytes(const char *p)
{
  uint16_t both;
  memcpy(&both, p, sizeof both);
  return both;
}

static void add_start(Finder *self, Str word)
{
  char both[2] = {word.ptr[0], word.len > 1 ? word.ptr[1] : '\0'};
  int last = word.len > 1 ? 0 : 255; // of one byte: whatever comes behind it
  for (int i = 0; i <= last; i++) {
    if (last) both[1] = (char)i;
    set_bit(self->starts, two_bytes(both));
  }
}

Finder *finder_new(const Str *words, size_t count)
{
  Finder *self = xcalloc(1, sizeof *self);
  size_t counts[WIDTHS + 1] = {0};
  self->words = words;
  self->next = xcalloc(count ? count : 1, sizeof *self->next);
  for (size_t i = 0; i < count; i++) counts[width_of(words[i])]++;
  for (int w = 0; w < WIDTHS; w++) {
    size_t heads = 1;
    while (heads < 2 * counts[w]) heads *= 2;
    if (!counts[w]) continue;
    self->tables[w].mask = heads - 1;
    self->tables[w].heads = xcalloc(heads, sizeof(uint32_t));
    self->used[self->used_len++] = w;
  }
  for (size_t i = count; i-- > 0;) {
    int w = width_of(words[i]);
    if (w == WIDTHS) continue;
    Table *table = &self->tables[w];
    uint64_t hash = hash_at(words[i].ptr, w);
    self->next[i] = table->heads[hash & table->mask];
    table->heads[hash & table->mask] = (uint32_t)i + 1;
    set_bit(table->filter, filter_bit(hash));
    add_start(self, words[i]);
  }
  return self;
}

void finder_free(Finder *self)
{
  if (!self) return;
  for (int w = 0; w < WIDTHS; w++) free(self->tables[w].heads);
  free(self->next);
  free(self);
}

static void look_at(const Finder *self, Str text, size_t at, void (*hit)(void *ctx, size_t word, size_t at),
                    void *ctx)
{
  for (int k = 0; k < self->used_len; k++) {
    int w = self->used[k];
    if (text.len - at < g_widths[w]) continue;
    const Table *table = &self->tables[w];
    uint64_t hash = hash_at(text.ptr + at, w);
    if (!has_bit(table->filter, filter_bit(hash))) continue;
    for (uint32_t i = table->heads[hash & table->mask]; i; i = self->next[i - 1])
      if (str_starts(str_slice(text, at, text.len), self->words[i - 1])) hit(ctx, i - 1, at);
  }
}

void finder_run(const Finder *self, Str text, void (*hit)(void *ctx, size_t word, size_t at), void *ctx)
{
  if (!self->used_len || !text.len) return;
  for (size_t at = 0; at + 1 < text.len; at++)
    if (has_bit(self->starts, two_bytes(text.ptr + at))) look_at(self, text, at, hit, ctx);
  look_at(self, text, text.len - 1, hit, ctx);
}
