// Numbers that stay while the text around changes. A speaker's voice is where its name hashes to, or the next
// that is free, and likewise a group's number.
#include "annotate/quotes/quotes_p.h"

#include "base/alloc.h"
#include "base/utf8.h"

#include <stdlib.h>

static uint8_t voice_of_key(Voices *self, Str key)
{
  bool is_new;
  uint64_t *voice = map_slot(&self->known, key, &is_new);
  if (!is_new) return (uint8_t)*voice;
  size_t at = str_hash(key) % QUOTE_VOICES;
  for (size_t tried = 0; tried < QUOTE_VOICES && self->taken[at]; tried++) at = (at + 1) % QUOTE_VOICES;
  self->taken[at] = true;
  return (uint8_t)(*voice = at + 1);
}

uint8_t voices_of(Voices *self, const Mention *speaker, Arena *arena)
{
  if (!speaker->name.len) return 0;
  if (!speaker->entity.len) return voice_of_key(self, utf8_lower_in(arena, speaker->name));
  size_t at = ((uintptr_t)speaker->entity.ptr >> 4) % ARRAY_LEN(self->lately);
  if (self->lately[at].entity != speaker->entity.ptr) {
    self->lately[at].voice = voice_of_key(self, speaker->entity);
    self->lately[at].entity = speaker->entity.ptr;
  }
  return self->lately[at].voice;
}

void voices_release(Voices *self)
{
  map_release(&self->known);
}

void quotes_renumber(SpanVec *spans, Arena *arena)
{
  Voices voices = {0};
  for (size_t i = 0; i < spans->len; i++) {
    Span *span = &spans->items[i];
    if (span->kind != SPAN_QUOTE) continue;
    uint8_t voice = voices_of(&voices, &span->quote->speaker, arena);
    if (voice == span->quote->voice) continue;
    QuoteFacts *facts = arena_copy(arena, span->quote, sizeof *facts);
    facts->voice = voice;
    span->quote = facts;
  }
  voices_release(&voices);
}

#define GROUPS_MOST ((1u << 24) - 1u) // more than an article can hold

// Where `number` is, or would be.
static Group *find(const Groups *self, uint32_t number)
{
  size_t at = number & (self->size - 1);
  while (self->taken[at].number && self->taken[at].number != number) at = (at + 1) & (self->size - 1);
  return &self->taken[at];
}

void groups_reserve(Groups *self, size_t count)
{
  Groups wider = {.size = 64, .used = self->used};
  while (wider.size < 2 * (count + 1)) wider.size *= 2;
  if (wider.size <= self->size) return;
  wider.taken = xcalloc(wider.size, sizeof *wider.taken);
  for (size_t i = 0; i < self->size; i++) {
    if (self->taken[i].number) *find(&wider, self->taken[i].number) = self->taken[i];
  }
  free(self->taken);
  *self = wider;
}

static uint32_t number_of(uint32_t seed, uint64_t again)
{
  uint64_t hash = (seed ^ again << 32) * 0x9e3779b97f4a7c15u;
  hash = (hash ^ hash >> 29) * 0xbf58476d1ce4e5b9u;
  return 1 + (uint32_t)((hash >> 32) * GROUPS_MOST >> 32);
}

// How often the same first words came is counted where they came first, so that the next number is free
// nearly always, however often they come.
uint32_t groups_next(Groups *self, uint32_t seed)
{
  if (2 * (self->used + 1) > self->size) groups_reserve(self, self->used + 1);
  uint32_t number = number_of(seed, 0);
  Group *first = find(self, number), *group = first;
  while (group->number) {
    number = number_of(seed, ++first->again);
    group = find(self, number);
  }
  *group = (Group){.number = number};
  self->used++;
  return number;
}

void groups_release(Groups *self)
{
  free(self->taken);
}
