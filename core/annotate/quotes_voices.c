// Numbers that stay while the text around changes. A speaker's voice is where its name hashes to, or the next
// that is free, and likewise a group's number.
#include "annotate/quotes_p.h"

#include "base/utf8.h"

uint8_t voices_of(Voices *self, const Mention *speaker, Arena *arena)
{
  if (!speaker->name.len) return 0;
  Str key = speaker->entity.len ? speaker->entity : utf8_lower_in(arena, speaker->name);
  bool is_new;
  uint64_t *voice = map_slot(&self->known, key, &is_new);
  if (!is_new) return (uint8_t)*voice;
  size_t at = str_hash(key) % QUOTE_VOICES;
  for (size_t tried = 0; tried < QUOTE_VOICES && self->taken[at]; tried++) at = (at + 1) % QUOTE_VOICES;
  self->taken[at] = true;
  return (uint8_t)(*voice = at + 1);
}

void voices_release(Voices *self)
{
  map_release(&self->known);
}

#define GROUPS_MOST ((1u << 24) - 1u) // more than an article can hold

static Str number_key(const uint32_t *number)
{
  return (Str){(const char *)number, sizeof *number};
}

uint32_t groups_next(Groups *self, uint32_t seed, Arena *arena)
{
  uint32_t again[2] = {seed, 0}; // the same words, how often
  for (;;) {
    uint32_t number = 1 + (uint32_t)(str_hash((Str){(const char *)again, sizeof again}) % GROUPS_MOST);
    bool is_new;
    uint64_t *count = map_slot(&self->taken, number_key(arena_copy(arena, &number, sizeof number)), &is_new);
    if (is_new) return number;
    again[1] = (uint32_t)++ * count; // the next free one is found at once, however often these words come
  }
}

void groups_release(Groups *self)
{
  map_release(&self->taken);
}
