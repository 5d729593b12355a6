// A buffer is its newest snapshot. An edit cuts anew the chunks it touches, and those beside it whose edges
// it might have moved into a character or a line end; it works in place where nobody else holds the snapshot,
// else on a copy of the slots.
#include "text/buffer.h"

#include "text/snapshot_p.h"

struct Buffer {
  Snapshot *now; // counted
};

Buffer *buffer_new(Str text, EolRule eol)
{
  Buffer *self = xmalloc(sizeof *self);
  self->now = snapshot_empty(eol);
  slots_cut(text, eol, &self->now->slots);
  snapshot_count(self->now, 0);
  return self;
}

void buffer_free(Buffer *self)
{
  if (!self) return;
  snapshot_unref(self->now);
  free(self);
}

size_t buffer_len(const Buffer *self)
{
  return self->now->total.bytes;
}

Snapshot *buffer_snapshot(Buffer *self)
{
  return snapshot_ref(self->now);
}

static size_t slot_end(const Slot *slot)
{
  return slot->before.bytes + slot->chunk->size.bytes;
}

// The slots [*first, *last) to cut anew for an edit of [start, end). Whether a chunk may end at p depends on
// the bytes p-3 to p; and chunks that became small take their neighbours in.
static void touched(const Snapshot *text, size_t start, size_t end, size_t added, size_t *first, size_t *last)
{
  const Slot *slots = text->slots.items;
  size_t count = text->slots.len;
  *first = *last = 0;
  if (!count) return;
  size_t from = (size_t)(snapshot_slot(text, start) - slots),
         to = (size_t)(snapshot_slot(text, end) - slots) + 1;
  if (from && slots[from].before.bytes == start) from--;
  while (to < count && slot_end(&slots[to - 1]) < end + 3) to++;
  for (;;) {
    size_t left = slot_end(&slots[to - 1]) - slots[from].before.bytes - (end - start) + added;
    if (left >= BUFFER_CHUNK / 2 || (to == count && !from)) break;
    if (to < count)
      to++;
    else
      from--;
  }
  *first = from;
  *last = to;
}

// Make the snapshot ours alone.
static void own(Buffer *self)
{
  if (atomic_load_explicit(&self->now->refs, memory_order_acquire) == 1) return;
  Snapshot *copy = snapshot_empty(self->now->eol);
  for (size_t i = 0; i < self->now->slots.len; i++) {
    vec_push(&copy->slots, self->now->slots.items[i]);
    chunk_ref(copy->slots.items[i].chunk);
  }
  copy->total = self->now->total;
  snapshot_unref(self->now);
  self->now = copy;
}

// Put `fresh` in the place of slots [first, last); their chunks change hands.
static void splice(SlotVec *slots, size_t first, size_t last, const SlotVec *fresh)
{
  for (size_t i = first; i < last; i++) chunk_unref(slots->items[i].chunk);
  size_t behind = slots->len - last, len = first + fresh->len + behind;
  if (len > slots->cap) {
    slots->cap = len + len / 2;
    slots->items = xrealloc(slots->items, size_mul(slots->cap, sizeof *slots->items));
  }
  if (behind) memmove(slots->items + first + fresh->len, slots->items + last, behind * sizeof *slots->items);
  if (fresh->len) memcpy(slots->items + first, fresh->items, fresh->len * sizeof *slots->items);
  slots->len = len;
}

bool buffer_replace(Buffer *self, size_t start, size_t end, Str text, Error *err)
{
  size_t len = buffer_len(self);
  if (start > end || end > len)
    return error_set(err, ERR_USAGE, "bytes %zu to %zu lie outside a text of %zu", start, end, len);
  if (start == end && !text.len) return true;
  size_t first, last;
  touched(self->now, start, end, text.len, &first, &last);
  Arena arena = {0};
  size_t from = last ? self->now->slots.items[first].before.bytes : 0;
  size_t to = last ? slot_end(&self->now->slots.items[last - 1]) : 0;
  StrBuf bytes = {0};
  strbuf_grow(&bytes, (to - from) - (end - start) + text.len);
  strbuf_add(&bytes, snapshot_read(self->now, from, start, &arena));
  strbuf_add(&bytes, text);
  strbuf_add(&bytes, snapshot_read(self->now, end, to, &arena));
  SlotVec fresh = {0};
  slots_cut(strbuf_str(&bytes), self->now->eol, &fresh);
  own(self);
  splice(&self->now->slots, first, last, &fresh);
  snapshot_count(self->now, first);
  vec_release(&fresh);
  strbuf_release(&bytes);
  arena_release(&arena);
  return true;
}
