// A speaker's voice is where its name hashes to, or the next that is free.
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
