// The blocks in front of a change and those behind it are the same: their names are copied in two pieces.
// Forms get a number when they are met first. Half typed names leave theirs behind; when these are the most,
// all begins anew.
#include "annotate/entities/roster.h"

#include "annotate/notes.h"
#include "base/digest.h"

#define SPARE 1000u // forms that are not in the article any more

void roster_release(Roster *self)
{
  vec_release(&self->forms);
  vec_release(&self->names);
  vec_release(&self->blocks);
  digestmap_release(&self->by_record);
  *self = (Roster){0};
}

// Not 0.
static uint64_t record_of(const CorefMention *mention, Lang lang)
{
  return digest_add(coref_mention_digest(mention), lang) | 1;
}

static uint32_t form_of(Roster *self, const CorefMention *mention, Lang lang)
{
  uint64_t *at = digestmap_slot(&self->by_record, record_of(mention, lang));
  if (!*at) {
    vec_push(&self->forms, (RosterForm){*mention, lang});
    *at = self->forms.len;
  }
  return (uint32_t)*at - 1;
}

static void read_block(Roster *self, const Notes *notes)
{
  size_t parts = 0; // of the last name, still to come
  for (size_t i = 0; i < notes->mentions.len; i++) {
    const CorefMention *mention = &notes->mentions.items[i];
    RosterRole role = parts ? ROSTER_PART : mention->flags & COREF_PARTS ? ROSTER_WHOLE : ROSTER_ALONE;
    parts = role == ROSTER_PART ? parts - 1 : role == ROSTER_WHOLE ? 2 : 0;
    uint32_t form = form_of(self, mention, notes->lang);
    vec_push(&self->names, (RosterName){form, mention->start, mention->end - mention->start, (uint8_t)role});
  }
}

// Append what the old blocks [first, last) had.
static void copy_blocks(Roster *self, const Roster *old, size_t first, size_t last)
{
  const RosterBlock *blocks = old->blocks.items;
  uint32_t shift = (uint32_t)self->names.len - blocks[first].first; // modulo
  for (size_t i = first; i < last; i++)
    vec_push(&self->blocks, (RosterBlock){blocks[i].made, blocks[i].first + shift});
  size_t count = blocks[last].first - blocks[first].first;
  if (count)
    memcpy(self->names.items + self->names.len, old->names.items + blocks[first].first,
           count * sizeof *self->names.items);
  self->names.len += count;
}

static bool same(const RosterBlock *was, const Passage *is)
{
  return is->made && was->made == is->made;
}

void roster_read(Roster *self, const struct Passages *article)
{
  if (self->forms.len > 2 * (size_t)self->used + SPARE) roster_release(self);
  Roster old = *self;
  size_t len = article->len, old_len = old.blocks.len ? old.blocks.len - 1 : 0, front = 0, back = 0;
  size_t least = old_len < len ? old_len : len;
  while (front < least && same(&old.blocks.items[front], &article->items[front])) front++;
  while (back < least - front && same(&old.blocks.items[old_len - 1 - back], &article->items[len - 1 - back]))
    back++;
  size_t room = old.names.len;
  for (size_t i = front; i < len - back; i++) room += article->items[i].notes->mentions.len;
  self->names = (RosterNameVec){xmalloc(size_mul(room + 1, sizeof(RosterName))), 0, room + 1};
  self->blocks = (RosterBlockVec){xmalloc(size_mul(len + 1, sizeof(RosterBlock))), 0, len + 1};
  if (front) copy_blocks(self, &old, 0, front);
  for (size_t i = front; i < len - back; i++) {
    vec_push(&self->blocks, (RosterBlock){article->items[i].made, (uint32_t)self->names.len});
    read_block(self, article->items[i].notes);
  }
  if (back) copy_blocks(self, &old, old_len - back, old_len);
  vec_push(&self->blocks, (RosterBlock){0, (uint32_t)self->names.len});
  vec_release(&old.names);
  vec_release(&old.blocks);
}
