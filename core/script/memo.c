// An open table of keys with linear probing. Most paragraphs hold nothing of a tagger's, so an entry without
// spans costs its place in the table alone. There is no removing: a full table is built anew out of what was
// asked for lately; where that is most of it, or takes too many bytes, everything is forgotten.
#include "script/memo.h"

#define ENTRIES_MAX ((size_t)1 << 16)
#define BYTES_MAX ((size_t)8 << 20)
#define LATELY 64u // articles

typedef struct Place {
  uint64_t key;
  uint32_t seen; // Memo.article when it was last asked for; 0: free
  MemoEntry entry;
} Place;

struct Memo {
  Place *places; // [size], a power of two
  size_t size, used, bytes;
  uint32_t article;
};

Memo *memo_new(void)
{
  Memo *self = xcalloc(1, sizeof *self);
  self->size = 64;
  self->places = xcalloc(self->size, sizeof *self->places);
  self->article = 1;
  return self;
}

static void forget(Place *place)
{
  free((void *)(uintptr_t)place->entry.spans);
  *place = (Place){0};
}

void memo_free(Memo *self)
{
  if (!self) return;
  for (size_t i = 0; i < self->size; i++) forget(&self->places[i]);
  free(self->places);
  free(self);
}

void memo_begin(Memo *self)
{
  self->article++;
}

static Place *place_of(Place *places, size_t size, uint64_t key)
{
  size_t at = key & (size - 1);
  while (places[at].seen && places[at].key != key) at = (at + 1) & (size - 1);
  return &places[at];
}

const MemoEntry *memo_get(Memo *self, uint64_t key)
{
  Place *place = place_of(self->places, self->size, key);
  if (!place->seen) return NULL;
  place->seen = self->article;
  return &place->entry;
}

static size_t entry_bytes(const MemoEntry *entry)
{
  size_t bytes = entry->count * sizeof *entry->spans;
  for (size_t i = 0; i < entry->count; i++) bytes += entry->spans[i].value.len;
  return bytes;
}

// One block: the spans, then the bytes of their values.
static const MemoSpan *copy_spans(const MemoEntry *entry, size_t bytes)
{
  if (!entry->count) return NULL;
  MemoSpan *spans = xmalloc(bytes);
  char *text = (char *)(spans + entry->count);
  for (size_t i = 0; i < entry->count; i++) {
    spans[i] = entry->spans[i];
    if (!spans[i].value.len) continue;
    memcpy(text, spans[i].value.ptr, spans[i].value.len);
    spans[i].value.ptr = text;
    text += spans[i].value.len;
  }
  return spans;
}

static bool is_late(const Memo *self, const Place *place)
{
  return place->seen && self->article - place->seen < LATELY;
}

// Room for one more.
static void make_room(Memo *self)
{
  bool full = self->used >= ENTRIES_MAX || self->bytes > BYTES_MAX;
  if (!full && self->used * 4 < self->size * 3) return;
  size_t late = 0, bytes = 0;
  for (size_t i = 0; i < self->size; i++) {
    if (!is_late(self, &self->places[i])) continue;
    late++;
    bytes += entry_bytes(&self->places[i].entry);
  }
  bool keep = late < ENTRIES_MAX / 2 && bytes < BYTES_MAX / 2;
  size_t size = 64;
  while (keep && size < late * 2) size *= 2;
  Place *places = xcalloc(size, sizeof *places);
  for (size_t i = 0; i < self->size; i++) {
    Place *place = &self->places[i];
    if (keep && is_late(self, place))
      *place_of(places, size, place->key) = *place;
    else
      forget(place);
  }
  free(self->places);
  self->places = places;
  self->size = size;
  self->used = keep ? late : 0;
  self->bytes = keep ? bytes : 0;
}

void memo_put(Memo *self, uint64_t key, const MemoEntry *entry)
{
  make_room(self);
  Place *place = place_of(self->places, self->size, key);
  size_t bytes = entry_bytes(entry);
  if (place->seen) {
    self->bytes -= entry_bytes(&place->entry);
    forget(place);
  } else {
    self->used++;
  }
  *place = (Place){key, self->article, *entry};
  place->entry.spans = copy_spans(entry, bytes);
  self->bytes += bytes;
}
