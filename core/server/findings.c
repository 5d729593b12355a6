// Old spans, moved to where they are in the new text, and new spans are both in order of their starts, so one
// walk over the two lists pairs them. Where several begin at one byte the pair that is the same in kind, type
// and end goes first, then the same kind. A pair of which nothing was touched and nothing differs is left out
// of the delta. After a key in a long article that is nearly all of them: they are read once, and nothing is
// kept of them.
#include "server/findings.h"

#include "base/alloc.h"
#include "base/refs.h"

typedef struct Moved { // an old span in the new text
  size_t start, end;
  bool untouched;
} Moved;

typedef struct Equal { // the last two facts of a cluster that were found equal; NULL: none yet
  const EntityFacts *was, *is;
} Equal;

typedef struct Follow {
  const SpanVec *old;
  const HumanFacts *const *old_human, *const *human;
  Equal *equal; // [cluster of old]; NULL: not asked for yet
  const Changes *changes;
  size_t first, last; // old bytes: where the changes begin and end
  size_t shift;       // of all behind them, modulo
  Span *spans;        // the fresh ones, ids to be set
  size_t count;
  uint32_t *next_id;
  Delta *delta;
  IdVec gone; // old ones that no fresh one follows
} Follow;

Findings *findings_new(const Snapshot *text, Annotations *found, Annotations *base, const Annotations *under,
                       uint64_t serial)
{
  Findings *self = xcalloc(1, sizeof *self);
  *self = (Findings){.text = snapshot_ref(text),
                     .found = found,
                     .base = base,
                     .under = under,
                     .serial = serial,
                     .next_id = 1,
                     .refs = 1};
  return self;
}

const Findings *findings_ref(const Findings *self)
{
  if (self) refs_add(&self->refs);
  return self;
}

void findings_unref(const Findings *self)
{
  if (!self || !refs_drop(&self->refs)) return;
  Findings *counted = (Findings *)(uintptr_t)self;
  snapshot_unref(counted->text);
  annotations_unref(counted->found);
  annotations_unref(counted->base);
  annotations_unref(counted->under);
  free(counted);
}

// --- tags of the text before

static void add_moved_tags(Annotations *to, const Findings *old, const Changes *changes)
{
  size_t hint = 0;
  for (size_t i = 0; old && i < old->under->spans.len; i++) {
    Span tag = old->under->spans.items[i];
    if (tag.kind != SPAN_TAG || !changes_map(changes, &tag.start, &tag.end, &hint)) continue;
    TagFacts *own = span_own_tag(&tag, &to->arena);
    own->tag = arena_dup(&to->arena, own->tag);
    own->value = arena_dup(&to->arena, own->value);
    own->fields = arena_dup(&to->arena, own->fields);
    own->script = arena_dup(&to->arena, own->script);
    vec_push_in(&to->arena, &to->spans, tag);
  }
}

Annotations *findings_carry_tags(const Annotations *found, const Findings *old, const Changes *changes)
{
  Annotations *all = xcalloc(1, sizeof *all);
  *all = (Annotations){.blocks = found->blocks,
                       .block_count = found->block_count,
                       .lang = found->lang,
                       .dct = found->dct,
                       .title = found->title,
                       .prose = snapshot_ref(found->prose),
                       .refs = 1};
  add_moved_tags(all, old, changes);
  if (!all->spans.len) {
    annotations_unref(all);
    return annotations_ref(found);
  }
  SpanVec tags = all->spans;
  size_t count = found->spans.len + tags.len, a = 0, b = 0;
  Span *spans = arena_alloc(&all->arena, size_mul(count, sizeof *spans));
  while (a + b < count) {
    bool tag_next =
        a == found->spans.len || (b < tags.len && span_order(&tags.items[b], &found->spans.items[a]) < 0);
    spans[a + b] = tag_next ? tags.items[b] : found->spans.items[a];
    if (tag_next)
      b++;
    else
      a++;
  }
  all->spans = (SpanVec){.items = spans, .len = count, .cap = count};
  return all;
}

// --- what changed

void delta_release(Delta *delta)
{
  vec_release(&delta->removed);
  vec_release(&delta->added);
}

// As changes_map(), most quickly for what lies in front of all changes or behind them.
static bool map_stretch(const Follow *self, size_t *start, size_t *end, size_t *hint)
{
  if (*end < self->first) return true;
  if (*start <= self->last) return changes_map(self->changes, start, end, hint);
  *start += self->shift;
  *end += self->shift;
  return true;
}

static bool same_mention(const Follow *self, const Mention *was, const Mention *is)
{
  size_t start = was->start, end = was->end;
  bool none = start == end;
  if (none != (is->start == is->end)) return false;
  if (!none && (!map_stretch(self, &start, &end, NULL) || start != is->start || end != is->end)) return false;
  return str_eq(was->name, is->name) && str_eq(was->entity, is->entity);
}

static size_t clusters_of(const SpanVec *spans)
{
  size_t count = 0;
  for (size_t i = 0; i < spans->len; i++) {
    const Span *span = &spans->items[i];
    if (span->kind == SPAN_ENTITY && span->entity->cluster >= count)
      count = (size_t)span->entity->cluster + 1;
  }
  return count;
}

// Compared once a cluster, as its mentions share their facts (but those that people have decided about).
static bool same_entity(Follow *self, const EntityFacts *was, const EntityFacts *is)
{
  if (was == is) return true;
  if (!self->equal) self->equal = xcalloc(clusters_of(self->old), sizeof *self->equal);
  Equal *equal = &self->equal[was->cluster];
  if (equal->was == was && equal->is == is) return true;
  if (!str_eq(was->name, is->name) || !str_eq(was->entity, is->entity)) return false;
  *equal = (Equal){was, is};
  return true;
}

static bool same_date(const DateFacts *was, const DateFacts *is)
{
  return was == is ||
         (str_eq(was->value, is->value) && str_eq(was->begin, is->begin) && str_eq(was->until, is->until) &&
          str_eq(was->mod, is->mod) && str_eq(was->quant, is->quant) && str_eq(was->freq, is->freq) &&
          str_eq(was->anchor, is->anchor));
}

// Nor may a change have touched what they refer to.
static bool same_quote(const Follow *self, const QuoteFacts *was, const QuoteFacts *is)
{
  return was->group == is->group && was->voice == is->voice && str_eq(was->why, is->why) &&
         same_mention(self, &was->cue, &is->cue) && same_mention(self, &was->speaker, &is->speaker) &&
         same_mention(self, &was->source, &is->source);
}

// What people said of them, and their notes.
static bool same_human(const Follow *self, const Span *was, const Span *is)
{
  if (!was->human || !is->human) return was->human == is->human;
  const HumanFacts *a = self->old_human[was->human - 1], *b = self->human[is->human - 1];
  return a == b || (a->verdict == b->verdict && str_eq(a->record, b->record) && str_eq(a->note, b->note));
}

static bool same_facts(Follow *self, const Span *was, const Span *is)
{
  if (!same_human(self, was, is)) return false;
  if (was->kind != is->kind || was->type != is->type || was->by != is->by ||
      was->confidence != is->confidence)
    return false;
  switch (is->kind) {
  case SPAN_ENTITY:
    return same_entity(self, was->entity, is->entity);
  case SPAN_DATE:
    return same_date(was->date, is->date);
  case SPAN_QUOTE:
    return same_quote(self, was->quote, is->quote);
  default:
    return was->tag == is->tag ||
           (str_eq(was->tag->tag, is->tag->tag) && str_eq(was->tag->value, is->tag->value) &&
            str_eq(was->tag->fields, is->tag->fields) && str_eq(was->tag->script, is->tag->script));
  }
}

static void bound(Follow *self)
{
  const Changes *changes = self->changes;
  size_t count = changes->hunks.len;
  self->first = self->last = SIZE_MAX;
  if (!count) return;
  const Hunk *last = &changes->hunks.items[count - 1];
  self->first = changes->hunks.items[0].old_start;
  self->last = last->old_end;
  self->shift = last->new_end - last->old_end;
}

// `hint` as for changes_map(): not NULL where spans are moved in order.
static Moved move(const Follow *self, size_t a, size_t *hint)
{
  const Span *was = &self->old->items[a];
  Moved to = {.start = was->start, .end = was->end};
  to.untouched = map_stretch(self, &to.start, &to.end, hint);
  return to;
}

static void pair(Follow *self, size_t a, const Moved *from, size_t b)
{
  const Span *was = &self->old->items[a];
  Span *is = &self->spans[b];
  is->id = was->id;
  if (from->untouched && from->end == is->end && same_facts(self, was, is)) return;
  vec_push(&self->delta->removed, is->id);
  vec_push(&self->delta->added, b);
}

static void end_old(Follow *self, size_t a)
{
  vec_push(&self->gone, self->old->items[a].id);
}

static void begin_new(Follow *self, size_t b)
{
  self->spans[b].id = (*self->next_id)++;
  vec_push(&self->delta->added, b);
}

static bool same_label(const Span *a, const Span *b)
{
  return a->kind == b->kind && a->type == b->type &&
         (a->kind != SPAN_TAG || a->tag == b->tag || str_eq(a->tag->tag, b->tag->tag));
}

// Pair the old spans [a, a_end) with the new ones [b, b_end), which all begin at one byte.
static void pair_group(Follow *self, size_t a, size_t a_end, size_t b, size_t b_end)
{
  bool *old_done = xcalloc(a_end - a, sizeof *old_done), *new_done = xcalloc(b_end - b, sizeof *new_done);
  for (int strict = 1; strict >= 0; strict--)
    for (size_t i = a; i < a_end; i++) {
      Moved from = move(self, i, NULL);
      for (size_t j = b; j < b_end && !old_done[i - a]; j++) {
        const Span *was = &self->old->items[i], *is = &self->spans[j];
        if (new_done[j - b] || was->kind != is->kind) continue;
        if (strict && (from.end != is->end || !same_label(was, is))) continue;
        old_done[i - a] = new_done[j - b] = true;
        pair(self, i, &from, j);
      }
    }
  for (size_t i = a; i < a_end; i++)
    if (!old_done[i - a]) end_old(self, i);
  for (size_t j = b; j < b_end; j++)
    if (!new_done[j - b]) begin_new(self, j);
  free(old_done);
  free(new_done);
}

// Give new spans from number `b` on the ids of the old ones from `a` on as long as they are the same but for
// their place, and no change touched them; how many. These are nearly all, so as little as can be is looked
// at: quotations apart, facts that are in one place.
static size_t pair_same(Follow *self, size_t a, size_t b)
{
  const Span *was = self->old->items + a;
  Span *is = self->spans + b;
  size_t least = self->old->len - a < self->count - b ? self->old->len - a : self->count - b, n = 0;
  bool behind = least && was->start > self->last;
  size_t shift = behind ? self->shift : 0, before = behind ? SIZE_MAX : self->first;
  for (; n < least && was[n].end < before && was[n].start + shift == is[n].start; n++) {
    bool same = was[n].end + shift == is[n].end && was[n].kind == is[n].kind && was[n].type == is[n].type &&
                was[n].by == is[n].by && was[n].confidence == is[n].confidence;
    if (!same || was[n].human || is[n].human) break;
    if (was[n].kind == SPAN_QUOTE ? !same_quote(self, was[n].quote, is[n].quote)
                                  : was[n].entity != is[n].entity)
      break;
    is[n].id = was[n].id;
  }
  return n;
}

static void pair_all(Follow *self)
{
  size_t a = 0, b = 0, hint = 0;
  while (a < self->old->len && b < self->count) {
    size_t same = pair_same(self, a, b);
    a += same;
    b += same;
    if (a == self->old->len || b == self->count) break;
    Moved from = move(self, a, &hint);
    const Span *is = &self->spans[b];
    if (from.start < is->start) {
      end_old(self, a++);
    } else if (from.start > is->start) {
      begin_new(self, b++);
    } else if (from.end == is->end && same_label(&self->old->items[a], is)) {
      pair(self, a++, &from, b++);
    } else {
      size_t a_end = a + 1, b_end = b + 1;
      while (a_end < self->old->len && move(self, a_end, NULL).start == from.start) a_end++;
      while (b_end < self->count && self->spans[b_end].start == from.start) b_end++;
      pair_group(self, a, a_end, b, b_end);
      a = a_end;
      b = b_end;
    }
  }
  while (a < self->old->len) end_old(self, a++);
  while (b < self->count) begin_new(self, b++);
}

static int by_index(const void *a, const void *b)
{
  size_t left = *(const size_t *)a, right = *(const size_t *)b;
  return (left > right) - (left < right);
}

void findings_follow(Findings *fresh, const Findings *old, const Changes *changes, Delta *delta)
{
  static const SpanVec nothing = {0};
  const SpanVec *was = old ? &old->found->spans : &nothing, *is = &fresh->found->spans;
  Follow self = {.old = was, .changes = changes, .spans = is->items, .count = is->len, .delta = delta};
  self.human = fresh->found->human;
  self.old_human = old ? old->found->human : NULL;
  fresh->next_id = old ? old->next_id : 1;
  self.next_id = &fresh->next_id;
  bound(&self);
  pair_all(&self);
  for (size_t i = 0; i < self.gone.len; i++) vec_push(&delta->removed, self.gone.items[i]);
  if (delta->added.len) qsort(delta->added.items, delta->added.len, sizeof *delta->added.items, by_index);
  vec_release(&self.gone);
  free(self.equal);
}

size_t findings_first_from(const Findings *self, size_t at)
{
  return spans_from(&self->found->spans, at);
}
