// Words are looked up by their first 8, 4, 2 or 1 bytes, as many as they have: a hash table for each width. A
// bitmap of those hashes turns nearly every position of the text away.
#include "human/finder.h"

#include "base/alloc.h"
#include "base/vec.h"

enum { WIDTHS = 4, FILTER_BITS = 16 };
static const size_t g_widths[WIDTHS] = {8, 4, 2, 1};

typedef struct Table { // of the words of one width
  size_t mask;         // number of heads - 1; SIZE_MAX: no words
  uint32_t *heads;     // [hash & mask] word + 1
  uint64_t filter[(1u << FILTER_BITS) / 64];
} Table;

struct Finder {
  const Str *words;
  uint32_t *next; // [word] the next of the same head, + 1
  Table tables[WIDTHS];
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
    self->tables[w].mask = counts[w] ? heads - 1 : SIZE_MAX;
    if (counts[w]) self->tables[w].heads = xcalloc(heads, sizeof(uint32_t));
  }
  for (size_t i = count; i-- > 0;) {
    int w = width_of(words[i]);
    if (w == WIDTHS) continue;
    Table *table = &self->tables[w];
    uint64_t hash = hash_at(words[i].ptr, w);
    self->next[i] = table->heads[hash & table->mask];
    table->heads[hash & table->mask] = (uint32_t)i + 1;
    table->filter[filter_bit(hash) / 64] |= (uint64_t)1 << filter_bit(hash) % 64;
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

void finder_run(const Finder *self, Str text, void (*hit)(void *ctx, size_t word, size_t at), void *ctx)
{
  for (size_t at = 0; at < text.len; at++)
    for (int w = 0; w < WIDTHS; w++) {
      const Table *table = &self->tables[w];
      if (table->mask == SIZE_MAX || text.len - at < g_widths[w]) continue;
      uint64_t hash = hash_at(text.ptr + at, w);
      if (!(table->filter[filter_bit(hash) / 64] >> filter_bit(hash) % 64 & 1)) continue;
      for (uint32_t i = table->heads[hash & table->mask]; i; i = self->next[i - 1])
        if (str_starts(str_slice(text, at, text.len), self->words[i - 1])) hit(ctx, i - 1, at);
    }
}
