// Three passes, each over what the one before gives:
//   coref_link()      names -> entities. Any name may hang on any other, so it runs whole; it is quick, and
//   the
//                     facts of an entity that stays as it is stay in their place (cast.h).
//   dates_resolve()   reads a block's dates, the article's, and the date before.
//   quotes_walk()     reads blocks, their entities, a few blocks ahead, and what it knows of those before.
//
// The last two go by stretches of some sixty blocks. A stretch is kept from run to run with what was found in
// it and two digests: `inputs`, of all that is read in its blocks, and `arrival`, of all that the passes
// bring to it from the blocks before. Where both are as they were the passes would find the same and leave
// the same behind, and go past. So a key costs the stretch that it is typed in, and those behind it until the
// passes arrive with what they arrived with before, mostly the next. Nothing is said of edits here, and
// nothing can be forgotten: an undone edit, or a paragraph moved, finds its old stretch too.
//
// Stretches end where the hash of a block says so, so that they are the same again behind blocks put in or
// taken out. What was found is counted, as results borrow it, and stays as it is: a result has its own list
// of spans, where they are now, and its own copy of a quotation's facts where its place or number is another.
#include "annotate/passes.h"

#include "annotate/entities/roster.h"
#include "base/alloc.h"
#include "base/digest.h"
#include "base/map.h"
#include "base/refs.h"

#define BLOCKS_LEAST 32 // in a stretch; on average as many more
#define BLOCKS_MOST 96
#define FACTS_AHEAD 16  // spans, whose facts are fetched: they lie all over the memory
#define CAST_SPARE 1000 // entities that are not in the article any more

typedef struct Stretch {
  int refs; // atomic
  uint64_t inputs, arrival;
  size_t start; // of its first block, bytes, when it was made
  SpanVec spans;
  QuoteStretch *quotes;
  DateMemory memory; // what dates behind it count from
  Arena arena;       // of the above
} Stretch;
typedef VEC_OF(Stretch *) StretchVec;

typedef struct Held { // what a result's spans refer to
  Cast *cast;
  StretchVec stretches;
} Held;

struct Passes {
  const Names *names;
  const Dates *dates;
  const Quotes *quotes;
  Cast *cast;
  Roster roster;
  StretchVec stretches; // of the last run
  SpanVec rooms[3];     // heap: where entities, dates and quotations are gathered, kept for the next run
};

typedef struct Run {
  Passes *passes;
  const Passages *article;
  Annotations *found;
  SpanVec entities;
  uint64_t *blocks;     // [block] digest of what is read of it
  size_t *entity_of;    // [block] its first entity; behind the last: how many there are
  StretchVec stretches; // so far
  QuoteWalk *walk;
  DateMemory memory;
  Arena scratch;
} Run;

typedef struct Part {  // a stretch in the article as it is now
  size_t first, count; // blocks
  uint64_t inputs;
} Part;
typedef VEC_OF(Part) PartVec;

// --- what is kept

static Stretch *stretch_ref(Stretch *self)
{
  refs_add(&self->refs);
  return self;
}

static void stretch_unref(Stretch *self)
{
  if (!refs_drop(&self->refs)) return;
  arena_release(&self->arena);
  free(self);
}

static void stretches_release(StretchVec *self)
{
  for (size_t i = 0; i < self->len; i++) stretch_unref(self->items[i]);
  vec_release(self);
}

static void let_go(const void *held)
{
  Held *self = (Held *)(uintptr_t)held;
  stretches_release(&self->stretches);
  cast_unref(self->cast);
  free(self);
}

static void hold(const Run *self)
{
  Held *held = xcalloc(1, sizeof *held);
  held->cast = cast_ref(self->passes->cast);
  for (size_t i = 0; i < self->stretches.len; i++)
    vec_push(&held->stretches, stretch_ref(self->stretches.items[i]));
  self->found->held = held;
  self->found->let_go = let_go;
}

Passes *passes_new(const Names *names, const Dates *dates, const Quotes *quotes)
{
  Passes *self = xcalloc(1, sizeof *self);
  *self = (Passes){.names = names, .dates = dates, .quotes = quotes, .cast = cast_new()};
  return self;
}

void passes_free(Passes *self)
{
  if (!self) return;
  stretches_release(&self->stretches);
  cast_unref(self->cast);
  roster_release(&self->roster);
  for (size_t i = 0; i < ARRAY_LEN(self->rooms); i++) vec_release(&self->rooms[i]);
  free(self);
}

// An empty vector with room for as many spans as any run before had; beyond its room it grows in an arena.
static SpanVec room_of(const Passes *self, SpanKind kind)
{
  return (SpanVec){.items = self->rooms[kind].items, .cap = self->rooms[kind].cap};
}

static void widen_room(Passes *self, SpanKind kind, size_t used)
{
  SpanVec *room = &self->rooms[kind];
  if (used <= room->cap) return;
  room->cap = used + used / 8;
  room->items = xrealloc(room->items, size_mul(room->cap, sizeof *room->items));
}

// --- entities

static void link_names(Run *self)
{
  Passes *passes = self->passes;
  self->entities = room_of(passes, SPAN_ENTITY);
  size_t cast = coref_link(passes->names, self->article, &passes->roster, passes->cast, &self->scratch,
                           &self->entities);
  if (passes->cast->len <= 2 * cast + CAST_SPARE) return;
  // Names that were half typed fill it. With new facts in new places no stretch is as it was.
  cast_unref(passes->cast);
  passes->cast = cast_new();
  self->entities.len = 0;
  coref_link(passes->names, self->article, &passes->roster, passes->cast, &self->scratch, &self->entities);
}

// --- stretches

// Its parts are mixed side by side, as there are many entities, and only their mixture by turns.
static uint64_t digest_entity(uint64_t digest, const Span *span, size_t start)
{
  uint32_t confidence;
  memcpy(&confidence, &span->confidence, sizeof confidence);
  uint64_t place = (uint64_t)(span->start - start) << 32 | (span->end - start);
  uint64_t label = (uint64_t)confidence << 16 | (uint64_t)span->type << 8 | span->by;
  return digest_add(digest,
                    digest_add(place, label) + digest_add(DIGEST_EMPTY, digest_pointer(span->entity)));
}

static void digest_blocks(Run *self)
{
  const Annotations *found = self->found;
  size_t entity = 0;
  self->blocks = arena_alloc(&self->scratch, size_mul(found->block_count, sizeof *self->blocks));
  self->entity_of = arena_alloc(&self->scratch, size_mul(found->block_count + 1, sizeof *self->entity_of));
  for (size_t i = 0; i < found->block_count; i++) {
    const BlockSpan *block = &found->blocks[i];
    uint64_t digest = digest_pair(block->hash, block->end - block->start);
    digest = digest_add(digest, (uint64_t)block->kind << 8 | block->lang);
    self->entity_of[i] = entity;
    for (; entity < self->entities.len && self->entities.items[entity].start < block->end; entity++)
      digest = digest_entity(digest, &self->entities.items[entity], block->start);
    self->blocks[i] = digest;
  }
  self->entity_of[found->block_count] = entity;
}

static uint64_t digest_part(const Run *self, size_t first, size_t count)
{
  const Annotations *found = self->found;
  size_t last = first + count + QUOTES_AHEAD;
  if (last > found->block_count) last = found->block_count;
  uint64_t digest = digest_pair(first == 0, last - first);
  for (size_t i = first; i < last; i++) {
    digest = digest_add(digest, self->blocks[i]);
    digest = digest_add(digest, found->blocks[i].start - found->blocks[first].start);
  }
  return digest;
}

static PartVec cut_parts(Run *self)
{
  const Annotations *found = self->found;
  PartVec parts = {0};
  for (size_t i = 0, first = 0; i < found->block_count; i++) {
    size_t count = i + 1 - first;
    bool ends = count >= BLOCKS_LEAST && !(found->blocks[i].hash >> 40 & (BLOCKS_LEAST - 1));
    if (!ends && count < BLOCKS_MOST && i + 1 < found->block_count) continue;
    vec_push_in(&self->scratch, &parts, (Part){first, count, digest_part(self, first, count)});
    first = i + 1;
  }
  return parts;
}

static Str inputs_key(const uint64_t *inputs)
{
  return (Str){(const char *)inputs, sizeof *inputs};
}

static Stretch *stretch_new(Run *self, const Part *part)
{
  Stretch *stretch = xcalloc(1, sizeof *stretch);
  stretch->refs = 1;
  stretch->inputs = part->inputs;
  stretch->start = self->found->blocks[part->first].start;
  stretch->quotes = quotes_stretch_new(self->walk, part->first, part->count, &stretch->arena);
  return stretch;
}

// The stretches of the last run with the same inputs, mostly in the same order; new ones elsewhere.
static void match(Run *self, const PartVec *parts)
{
  const StretchVec *old = &self->passes->stretches;
  Map by_inputs = {0};
  for (size_t i = 0; i < old->len; i++) map_put(&by_inputs, inputs_key(&old->items[i]->inputs), i);
  for (size_t i = 0, next = 0; i < parts->len; i++) {
    const Part *part = &parts->items[i];
    uint64_t at = next;
    bool kept = (next < old->len && old->items[next]->inputs == part->inputs) ||
                map_get(&by_inputs, inputs_key(&part->inputs), &at);
    if (kept) next = at + 1;
    vec_push(&self->stretches, kept ? stretch_ref(old->items[at]) : stretch_new(self, part));
    quotes_hear_titles(self->walk, self->stretches.items[i]->quotes);
  }
  map_release(&by_inputs);
}

// --- dates and quotations

static uint64_t arrive(const Run *self, const Part *part)
{
  uint64_t digest = digest_pair(quotes_arrive(self->walk, part->first), dates_memory_digest(&self->memory));
  return digest_add(digest, str_hash(self->found->dct.value));
}

// Find what there is in a stretch, and put it in order with the entities.
static void annotate(Run *self, const Part *part, Stretch *stretch)
{
  Passes *passes = self->passes;
  const Passage *first = &self->article->items[part->first];
  Passages blocks = {first, part->count, self->article->lang};
  SpanVec entities = {0}, dates = room_of(passes, SPAN_DATE), quotes = room_of(passes, SPAN_QUOTE);
  entities.items = self->entities.items + self->entity_of[part->first];
  entities.len = self->entity_of[part->first + part->count] - self->entity_of[part->first];
  dates_resolve(passes->dates, &blocks, &self->found->dct, &self->memory, &stretch->arena, &dates);
  quotes_walk(self->walk, part->first, part->count, stretch->quotes, &stretch->arena, &quotes);
  stretch->memory = self->memory;
  spans_merge(&stretch->arena, &entities, &dates, &quotes, &stretch->spans);
  widen_room(passes, SPAN_DATE, dates.len);
  widen_room(passes, SPAN_QUOTE, quotes.len);
}

// Quotations' facts lie all over the memory, in three lines of a cache.
static void fetch_facts(const Span *span)
{
  if (span->kind != SPAN_QUOTE) return;
  for (size_t at = 0; at < sizeof *span->quote; at += 64) __builtin_prefetch((const char *)span->quote + at);
}

// Append the stretch's spans to the result. `fresh`: nobody else has seen its facts.
static void place(Run *self, const Stretch *stretch, size_t start, bool fresh)
{
  SpanVec *out = &self->found->spans;
  size_t shift = start - stretch->start, nth = 0; // modulo
  for (size_t i = 0; i < stretch->spans.len; i++) {
    Span *span = &out->items[out->len++];
    if (i + FACTS_AHEAD < stretch->spans.len) fetch_facts(&stretch->spans.items[i + FACTS_AHEAD]);
    *span = stretch->spans.items[i];
    span->start += shift;
    span->end += shift;
    if (span->kind == SPAN_QUOTE)
      quotes_place(self->walk, stretch->quotes, nth++, shift, fresh, out->items, out->len - 1,
                   &self->found->arena);
  }
}

static bool *annotate_all(Run *self, const PartVec *parts)
{
  bool *fresh = arena_zalloc(&self->scratch, parts->len);
  for (size_t i = 0; i < parts->len; i++) {
    const Part *part = &parts->items[i];
    Stretch **stretch = &self->stretches.items[i];
    uint64_t arrival = arrive(self, part);
    bool known = (*stretch)->arrival != 0;
    if (known && (*stretch)->arrival == arrival && quotes_answered(self->walk, (*stretch)->quotes)) {
      quotes_pass(self->walk, (*stretch)->quotes);
      self->memory = (*stretch)->memory;
      continue;
    }
    if (known) {
      stretch_unref(*stretch);
      *stretch = stretch_new(self, part);
    }
    annotate(self, part, *stretch);
    (*stretch)->arrival = arrival;
    fresh[i] = true;
  }
  return fresh;
}

static void place_all(Run *self, const PartVec *parts, const bool *fresh)
{
  size_t count = 0;
  for (size_t i = 0; i < parts->len; i++) count += self->stretches.items[i]->spans.len;
  self->found->spans = (SpanVec){arena_alloc(&self->found->arena, size_mul(count, sizeof(Span))), 0, count};
  for (size_t i = 0; i < parts->len; i++)
    place(self, self->stretches.items[i], self->found->blocks[parts->items[i].first].start, fresh[i]);
}

void passes_run(Passes *self, const Passages *article, Annotations *found)
{
  Run run = {.passes = self, .article = article, .found = found, .memory = dates_memory(&found->dct)};
  link_names(&run);
  digest_blocks(&run);
  PartVec parts = cut_parts(&run);
  run.walk = quotes_walk_new(self->quotes, article, &run.entities);
  match(&run, &parts);
  bool *fresh = annotate_all(&run, &parts);
  place_all(&run, &parts, fresh);
  quotes_walk_free(run.walk);
  hold(&run);
  stretches_release(&self->stretches);
  self->stretches = run.stretches;
  widen_room(self, SPAN_ENTITY, run.entities.len);
  arena_release(&run.scratch);
}
