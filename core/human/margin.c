// Notes lie sorted by start, so an edit is one walk from the first that it touches; how long the longest is
// says how far in front of it that may begin. By its id a note is found near where it was last put. An edit
// inside a mark widens or narrows it; one at its edge does not. One that takes all of it, or crosses its
// edge, makes it loose: just before, its anchor is made anew from the text as it still is, so that it is
// known again when an undo or a paste brings the words back. Words can come back only through an edit, so
// only what an edit made is searched.
#define _GNU_SOURCE // memmem
#include "human/margin.h"

#include "base/alloc.h"
#include "base/map.h"

#include <assert.h>

struct Margin {
  VEC_OF(MarginNote) notes; // with a place first, by start
  size_t placed;            // so many of them
  size_t longest;           // bytes of the longest there has been
  Shelf *shelf;             // of what is placed; NULL: to be made, as decisions came, went or changed
  MarginCounts counts;      // made with the shelf
  Map ids;                  // of every id that was ever here: its index then. Keys are in `arena`
  Arena arena;
};

Margin *margin_new(void)
{
  return xcalloc(1, sizeof(Margin));
}

void margin_free(Margin *self)
{
  if (!self) return;
  for (size_t i = 0; i < self->notes.len; i++) decision_unref(self->notes.items[i].decision);
  vec_release(&self->notes);
  shelf_unref(self->shelf);
  map_release(&self->ids);
  arena_release(&self->arena);
  free(self);
}

const MarginNote *margin_notes(const Margin *self, size_t *count)
{
  *count = self->notes.len;
  return self->notes.items;
}

bool margin_has_loose(const Margin *self)
{
  return self->placed < self->notes.len;
}

// Decisions are about to change.
static void clear_shelf(Margin *self)
{
  shelf_unref(self->shelf);
  self->shelf = NULL;
}

static bool is_note(const Margin *self, size_t i, Str id)
{
  return i < self->notes.len && str_eq(self->notes.items[i].decision->id, id);
}

// The note of this id, looked for outwards from where it was; notes.len: none.
static size_t index_of(const Margin *self, Str id)
{
  uint64_t was;
  if (!map_get(&self->ids, id, &was)) return self->notes.len;
  size_t at = was < self->notes.len ? (size_t)was : self->notes.len;
  for (size_t away = 0; away <= at || at + away < self->notes.len; away++) {
    if (is_note(self, at + away, id)) return at + away;
    if (away <= at && is_note(self, at - away, id)) return at - away;
  }
  return self->notes.len;
}

static void remember(Margin *self, size_t i)
{
  const MarginNote *note = &self->notes.items[i];
  Str id = note->decision->id;
  if (note->end - note->start > self->longest) self->longest = note->end - note->start;
  uint64_t was;
  map_put(&self->ids, map_get(&self->ids, id, &was) ? id : arena_dup(&self->arena, id), i);
}

const MarginNote *margin_find(const Margin *self, Str id)
{
  size_t i = index_of(self, id);
  return i < self->notes.len ? &self->notes.items[i] : NULL;
}

// The first note with a place that starts at or behind `at`.
static size_t first_from(const Margin *self, size_t at)
{
  size_t low = 0, high = self->placed;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (self->notes.items[middle].start < at)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

size_t margin_near(const Margin *self, size_t at)
{
  return first_from(self, at > self->longest ? at - self->longest : 0);
}

static MarginNote take_out(Margin *self, size_t i)
{
  clear_shelf(self);
  MarginNote note = self->notes.items[i];
  self->placed -= i < self->placed;
  memmove(&self->notes.items[i], &self->notes.items[i + 1], (--self->notes.len - i) * sizeof note);
  return note;
}

static void put_in(Margin *self, MarginNote note)
{
  clear_shelf(self);
  size_t at = note.loose ? self->notes.len : first_from(self, note.start);
  vec_push(&self->notes, note);
  memmove(&self->notes.items[at + 1], &self->notes.items[at], (self->notes.len - 1 - at) * sizeof note);
  self->notes.items[at] = note;
  self->placed += !note.loose;
  remember(self, at);
}

void margin_remove(Margin *self, Str id)
{
  size_t i = index_of(self, id);
  if (i == self->notes.len) return;
  MarginNote note = take_out(self, i);
  decision_unref(note.decision);
}

static void put(Margin *self, MarginNote note)
{
  size_t i = index_of(self, note.decision->id);
  decision_ref(note.decision);
  if (i < self->placed && !note.loose && self->notes.items[i].start == note.start) {
    clear_shelf(self);
    decision_unref(self->notes.items[i].decision);
    self->notes.items[i] = note;
    remember(self, i);
    return;
  }
  margin_remove(self, note.decision->id);
  put_in(self, note);
}

static int note_order(const void *left, const void *right)
{
  const MarginNote *a = left, *b = right;
  return (a->start > b->start) - (a->start < b->start);
}

void margin_fill(Margin *self, Kept *kept)
{
  assert(!self->notes.len);
  clear_shelf(self);
  for (size_t i = 0; i < kept->places.len; i++) {
    const Placed *place = &kept->places.items[i];
    vec_push(&self->notes,
             (MarginNote){.decision = place->decision, .start = place->start, .end = place->end});
  }
  if (self->notes.len) qsort(self->notes.items, self->notes.len, sizeof *self->notes.items, note_order);
  self->placed = self->notes.len;
  for (size_t i = 0; i < kept->orphans.len; i++)
    vec_push(&self->notes, (MarginNote){.decision = kept->orphans.items[i].decision,
                                        .loose = true,
                                        .why = kept->orphans.items[i].why});
  kept->places.len = kept->orphans.len = 0;
  for (size_t i = 0; i < self->notes.len; i++) remember(self, i);
}

void margin_put(Margin *self, const Decision *decision, size_t start, size_t end)
{
  put(self, (MarginNote){.decision = decision, .start = start, .end = end});
}

void margin_put_loose(Margin *self, const Decision *decision, AnchorState why)
{
  put(self, (MarginNote){.decision = decision, .loose = true, .why = why});
}

void margin_refresh(Margin *self, const Decision *was, const Decision *is)
{
  size_t i = index_of(self, was->id);
  if (i == self->notes.len || self->notes.items[i].decision != was) return;
  clear_shelf(self);
  self->notes.items[i].decision = decision_ref(is);
  decision_unref(was);
}

// --- edits

typedef enum Effect { EFFECT_NONE, EFFECT_MOVED, EFFECT_INSIDE, EFFECT_SWALLOWED } Effect;

static Effect effect_of(const MarginNote *note, size_t start, size_t old_end)
{
  if (note->end <= start) return EFFECT_NONE;
  if (note->start >= old_end) return EFFECT_MOVED;
  bool all = start <= note->start && old_end >= note->end;
  return !all && start >= note->start && old_end <= note->end ? EFFECT_INSIDE : EFFECT_SWALLOWED;
}

bool margin_swallows(const Margin *self, size_t start, size_t end)
{
  for (size_t i = margin_near(self, start); i < self->placed && self->notes.items[i].start < end; i++)
    if (effect_of(&self->notes.items[i], start, end) == EFFECT_SWALLOWED) return true;
  return false;
}

// Make the anchors of the notes that are about to come loose, in the text that still has them.
static void anchor_swallowed(Margin *self, size_t start, size_t end, const Snapshot *before)
{
  Plain plain;
  Arena arena = {0};
  VEC_OF(Anchor) anchors = {0};
  VEC_OF(size_t) which = {0};
  plain_init(&plain, before);
  for (size_t i = margin_near(self, start); i < self->placed && self->notes.items[i].start < end; i++) {
    const MarginNote *note = &self->notes.items[i];
    if (effect_of(note, start, end) != EFFECT_SWALLOWED) continue;
    vec_push(&which, i);
    vec_push(&anchors, (Anchor){.start = plain_from_byte(&plain, note->start),
                                .end = plain_from_byte(&plain, note->end)});
  }
  anchor_make(&plain, anchors.items, anchors.len, &arena);
  for (size_t i = 0; i < which.len; i++) {
    MarginNote *note = &self->notes.items[which.items[i]];
    Decision copy = decision_value(note->decision);
    copy.anchor = anchors.items[i];
    const Decision *was = note->decision; // whose strings the copy is made of
    note->decision = decision_new(&copy);
    decision_unref(was);
  }
  vec_release(&anchors);
  vec_release(&which);
  plain_release(&plain);
  arena_release(&arena);
}

void margin_edit(Margin *self, TextEdit edit, const Snapshot *before)
{
  size_t grown = edit.new_end - edit.old_end; // may wrap, and unwraps
  if (before) anchor_swallowed(self, edit.start, edit.old_end, before);
  for (size_t i = margin_near(self, edit.start); i < self->placed;) {
    MarginNote *note = &self->notes.items[i];
    switch (effect_of(note, edit.start, edit.old_end)) {
    case EFFECT_NONE:
      break;
    case EFFECT_MOVED:
      note->start += grown;
      note->end += grown;
      break;
    case EFFECT_INSIDE:
      note->end += grown;
      if (note->end - note->start > self->longest) self->longest = note->end - note->start;
      break;
    case EFFECT_SWALLOWED: {
      MarginNote loose = take_out(self, i);
      loose.loose = true;
      loose.why = ANCHOR_GONE;
      put_in(self, loose);
      continue;
    }
    }
    i++;
  }
}

// Whether the words of a loose note stand where the edits were.
static bool may_be_back(Str window, const MarginNote *note)
{
  Str words = note->decision->anchor.words;
  return words.len && memmem(window.ptr, window.len, words.ptr, words.len) != NULL;
}

static size_t longest_loose(const Margin *self)
{
  size_t longest = 0;
  for (size_t i = self->placed; i < self->notes.len; i++) {
    size_t len = self->notes.items[i].decision->anchor.words.len;
    if (len > longest) longest = len;
  }
  return 2 * longest; // \r\n counts twice in the text
}

typedef VEC_OF(size_t) NoteNumbers;

// The loose notes whose words stand in or around [start, end): those that may be back.
static void choose_loose(const Margin *self, const Snapshot *text, size_t start, size_t end, Arena *arena,
                         NoteNumbers *which)
{
  size_t around = longest_loose(self), len = snapshot_len(text);
  size_t from = start > around ? start - around : 0, to = end + around < len ? end + around : len;
  Plain window = {0};
  Snapshot *part = snapshot_new(snapshot_read(text, from, to, arena));
  plain_init(&window, part);
  snapshot_unref(part);
  for (size_t i = self->placed; i < self->notes.len; i++)
    if (may_be_back(window.text, &self->notes.items[i])) vec_push(which, i);
  plain_release(&window);
}

// Take those that are found out of the loose ones, and put them into their places.
static bool place_found(Margin *self, const NoteNumbers *which, const Plain *plain, const AnchorPlace *places)
{
  VEC_OF(MarginNote) found = {0};
  for (size_t i = which->len; i-- > 0;) { // from the end, so that the numbers stay true
    if (places[i].state != ANCHOR_FOUND) continue;
    MarginNote note = take_out(self, which->items[i]);
    note.loose = false;
    note.start = plain_to_byte(plain, places[i].start);
    note.end = plain_to_byte(plain, places[i].end);
    vec_push(&found, note);
  }
  for (size_t i = 0; i < found.len; i++) put_in(self, found.items[i]);
  bool any = found.len > 0;
  vec_release(&found);
  return any;
}

bool margin_settle(Margin *self, const Snapshot *text, size_t start, size_t end)
{
  if (self->placed == self->notes.len) return false;
  Arena arena = {0};
  NoteNumbers which = {0};
  bool back = false;
  choose_loose(self, text, start, end, &arena, &which);
  if (which.len) {
    Plain plain;
    const Anchor **anchors = arena_alloc(&arena, which.len * sizeof *anchors);
    AnchorPlace *places = arena_alloc(&arena, which.len * sizeof *places);
    for (size_t i = 0; i < which.len; i++) anchors[i] = &self->notes.items[which.items[i]].decision->anchor;
    plain_init(&plain, text);
    anchor_find(&plain, anchors, which.len, places);
    back = place_found(self, &which, &plain, places);
    plain_release(&plain);
  }
  vec_release(&which);
  arena_release(&arena);
  return back;
}

static void fill_shelf(Margin *self)
{
  self->shelf = shelf_new();
  self->counts = (MarginCounts){0};
  for (size_t i = 0; i < self->notes.len; i++) {
    const Decision *decision = self->notes.items[i].decision;
    if (decision->gone) continue;
    if (i < self->placed) shelf_add(self->shelf, decision_ref(decision));
    self->counts.loose += i >= self->placed;
    self->counts.rejected += i < self->placed && decision->verdict == VERDICT_REJECTED;
    self->counts.notes += i < self->placed && decision->note.len > 0;
  }
}

MarginCounts margin_counts(Margin *self)
{
  if (!self->shelf) fill_shelf(self);
  return self->counts;
}

// What is on the shelf is in order, so an edit costs no look at any decision.
const HumanLayer *margin_layer(Margin *self, const Registry *registry)
{
  PlacedVec places = {0};
  if (!self->shelf) fill_shelf(self);
  size_t count = self->shelf->items.len;
  places = (PlacedVec){.items = xmalloc(size_mul(count + 1, sizeof *places.items)), .cap = count + 1};
  for (size_t i = 0, next = 0; i < self->placed && next < count; i++) {
    const MarginNote *note = &self->notes.items[i];
    if (note->decision != self->shelf->items.items[next].decision) continue; // a tombstone
    if (note->start < note->end)
      places.items[places.len++] = (Placed){note->start, note->end, note->decision, next};
    next++;
  }
  if (places.len || !registry_empty(registry)) return layer_new(&places, self->shelf, registry);
  vec_release(&places);
  return NULL;
}
