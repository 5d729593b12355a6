// A bitmap of the words' first two bytes turns most positions of the text away at the cost of one look. At
// the others words are looked up by their first 8, 4, 2 or 1 bytes, as many as they have: a hash table for
// each width that occurs, behind a bitmap of its hashes.
//
// Many words may begin alike, as the surroundings of names do in an article that is full of one formula. They
// form a crowd, whose words are looked up whole, a look for each length that occurs among them: with sums
// over the text's beginnings the hash of any stretch of it is two numbers away.
#include "human/finder.h"

#include "base/alloc.h"
#include "base/vec.h"

enum { WIDTHS = 4, FILTER_BITS = 16, CROWD = 16 };
static const size_t g_widths[WIDTHS] = {8, 4, 2, 1};

typedef struct Table { // of the words of one width
  size_t mask;         // number of heads - 1
  uint32_t *heads;     // [hash & mask] word + 1
  uint64_t filter[(1u << FILTER_BITS) / 64];
} Table;

// A sum is that of bytes times powers of PRIME: of a stretch it is sums[end] - sums[start] × PRIME^length.
#define PRIME 0x100000001B3u

typedef struct Length {
  size_t bytes;
  uint64_t power; // PRIME^bytes
} Length;

typedef struct Crowd { // words of one head
  VEC_OF(Length) lengths;
  size_t mask;     // number of slots - 1
  uint32_t *slots; // [hash & mask] the first word of this hash and length, + 1; the others by Finder.next
} Crowd;

struct Finder {
  const Str *words;
  size_t count;
  uint32_t *next;                   // [word] the next of the same head, + 1
  uint64_t starts[(1u << 16) / 64]; // of two bytes, as they are read: some word begins so
  Table tables[WIDTHS];
  int used[WIDTHS], used_len; // the tables that have words
  VEC_OF(Crowd) crowds;
  uint32_t *crowd_of; // [word that heads a chain] its crowd + 1; NULL: there are none
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

static uint64_t sum_of(Str s)
{
  uint64_t sum = 0;
  for (size_t i = 0; i < s.len; i++) sum = sum * PRIME + (unsigned char)s.ptr[i] + 1;
  return sum;
}

static size_t slot_of(const Crowd *crowd, uint64_t sum, size_t len)
{
  uint64_t hash = (sum ^ len) * 0x9E3779B97F4A7C15u;
  return (hash ^ hash >> 32) & crowd->mask;
}

static void add_length(Crowd *crowd, size_t len)
{
  Length length = {len, 1};
  for (size_t i = 0; i < crowd->lengths.len; i++)
    if (crowd->lengths.items[i].bytes == len) return;
  for (size_t i = 0; i < len; i++) length.power *= PRIME;
  vec_push(&crowd->lengths, length);
}

// The chain from word `first` on as a crowd: its links become those of the slots.
static void gather(Finder *self, uint32_t first, size_t size)
{
  Crowd crowd = {.mask = 1};
  while (crowd.mask < 2 * size) crowd.mask *= 2;
  crowd.slots = xcalloc(crowd.mask--, sizeof *crowd.slots);
  for (uint32_t i = first, next; i; i = next) {
    Str word = self->words[i - 1];
    size_t slot = slot_of(&crowd, sum_of(word), word.len);
    next = self->next[i - 1];
    self->next[i - 1] = crowd.slots[slot];
    crowd.slots[slot] = i;
    add_length(&crowd, word.len);
  }
  vec_push(&self->crowds, crowd);
  if (!self->crowd_of) self->crowd_of = xcalloc(self->count, sizeof *self->crowd_of);
  self->crowd_of[first - 1] = (uint32_t)self->crowds.len;
}

static void find_crowds(Finder *self)
{
  for (int k = 0; k < self->used_len; k++) {
    const Table *table = &self->tables[self->used[k]];
    for (size_t head = 0; head <= table->mask; head++) {
      size_t size = 0;
      for (uint32_t i = table->heads[head]; i; i = self->next[i - 1]) size++;
      if (size > CROWD) gather(self, table->heads[head], size);
    }
  }
}

Finder *finder_new(const Str *words, size_t count)
{
  Finder *self = xcalloc(1, sizeof *self);
  self->count = count;
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
  find_crowds(self);
  return self;
}

void finder_free(Finder *self)
{
  if (!self) return;
  for (int w = 0; w < WIDTHS; w++) free(self->tables[w].heads);
  for (size_t i = 0; i < self->crowds.len; i++) {
    vec_release(&self->crowds.items[i].lengths);
    free(self->crowds.items[i].slots);
  }
  vec_release(&self->crowds);
  free(self->crowd_of);
  free(self->next);
  free(self);
}

typedef void (*Hit)(void *ctx, size_t word, size_t at);

static void look_in_crowd(const Finder *self, const Crowd *crowd, const uint64_t *sums, Str text, size_t at,
                          Hit hit, void *ctx)
{
  for (size_t k = 0; k < crowd->lengths.len; k++) {
    size_t len = crowd->lengths.items[k].bytes;
    if (len > text.len - at) continue;
    uint64_t sum = sums[at + len] - sums[at] * crowd->lengths.items[k].power;
    for (uint32_t i = crowd->slots[slot_of(crowd, sum, len)]; i; i = self->next[i - 1])
      if (self->words[i - 1].len == len && !memcmp(self->words[i - 1].ptr, text.ptr + at, len))
        hit(ctx, i - 1, at);
  }
}

static void look_at(const Finder *self, const uint64_t *sums, Str text, size_t at, Hit hit, void *ctx)
{
  for (int k = 0; k < self->used_len; k++) {
    int w = self->used[k];
    if (text.len - at < g_widths[w]) continue;
    const Table *table = &self->tables[w];
    uint64_t hash = hash_at(text.ptr + at, w);
    if (!has_bit(table->filter, filter_bit(hash))) continue;
    uint32_t first = table->heads[hash & table->mask];
    uint32_t crowd = first && self->crowd_of ? self->crowd_of[first - 1] : 0;
    if (crowd) {
      look_in_crowd(self, &self->crowds.items[crowd - 1], sums, text, at, hit, ctx);
      continue;
    }
    for (uint32_t i = first; i; i = self->next[i - 1])
      if (str_starts(str_slice(text, at, text.len), self->words[i - 1])) hit(ctx, i - 1, at);
  }
}

// [at] the sum of the text's first `at` bytes. The caller frees it.
static uint64_t *sums_of(Str text)
{
  uint64_t *sums = xcalloc(text.len + 1, sizeof *sums);
  for (size_t i = 0; i < text.len; i++) sums[i + 1] = sums[i] * PRIME + (unsigned char)text.ptr[i] + 1;
  return sums;
}

void finder_run(const Finder *self, Str text, Hit hit, void *ctx)
{
  if (!self->used_len || !text.len) return;
  uint64_t *sums = self->crowds.len ? sums_of(text) : NULL;
  for (size_t at = 0; at + 1 < text.len; at++)
    if (has_bit(self->starts, two_bytes(text.ptr + at))) look_at(self, sums, text, at, hit, ctx);
  look_at(self, sums, text, text.len - 1, hit, ctx);
  free(sums);
}
