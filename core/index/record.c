// One pass over the spans, in which everything but what is said of entities is packed; then a pass over the
// places of each entity. All that needs no number of the database is done here, by the worker: the writer
// copies bytes. Until the end a record borrows from what it is made of; then it is moved into one piece of
// memory, as large as it has to be: thousands wait for the writer.
#include "index/record.h"

#include "annotate/names/namekey.h"
#include "base/map.h"
#include "index/fold.h"

#include <stddef.h>
#include <stdlib.h>

enum {
  FEW_DAYS = 32, // sorted by a handful of moves
  MET = 64,
};

typedef struct Place { // a mention
  size_t entity, block;
  Spot spot;
} Place;

typedef struct Builder {
  Record *record;
  Arena *arena; // for what is neither in the text nor in the notes
  const Annotations *notes;
  const Identities *people;
  Str text;
  Map by_key;              // entity's key → place in Record.entities
  Map by_id[ENTITY_TYPES]; // an id as the annotators give it → the same: a name is looked into once an
                           // article
  Map written;             // words → 1 + the entity they were last added to as a form
  size_t block;            // the block that holds the span at hand
  size_t last_date;        // the start of the last one packed
  Quotes quotes;           // as packed until now
  StrBuf packed_dates, packed_quotes, words, said;
  StrBuf form;          // scratch
  VEC_OF(Place) places; // in order
  struct {
    const EntityFacts *facts;
    size_t type, at;
  } met[MET]; // entities of mentions, by where their facts are: most share them with others
} Builder;

// --- spans ---

Str record_key(Arena *arena, Str entity)
{
  Str name = str_slice(entity, 5, entity.len), key = namekey_of(arena, name);
  return str_eq(key, name) ? entity : arena_printf(arena, "name:" STR_FMT, STR_ARG(key));
}

static void add_form(Builder *b, RecordEntity *entity, Str name)
{
  strbuf_reset(&b->form);
  fold_words_to(&b->form, name);
  Str form = strbuf_str(&b->form);
  if (!form.len) return;
  for (size_t i = 0; i < entity->forms.len; i++)
    if (str_eq(entity->forms.items[i], form)) return;
  vec_push_in(b->arena, &entity->forms, arena_dup(b->arena, form));
}

// The entity with this key, which is not empty.
static size_t entity_of(Builder *b, Str key, Str name, EntityType type)
{
  key = identities_same(b->people, key);
  if (type == ENTITY_PER && str_starts(key, STR("name:")) && !identities_alone(b->people, key))
    key = record_key(b->arena, key);
  bool is_new;
  uint64_t *at = map_slot(&b->by_key, key, &is_new);
  if (!is_new) return (size_t)*at;
  *at = b->record->entities.len;
  Str called = identities_name(b->people, key);
  if (called.len) name = called;
  vec_push_in(b->arena, &b->record->entities, (RecordEntity){.key = key, .name = name, .type = type});
  size_t index = b->record->entities.len - 1;
  add_form(b, &b->record->entities.items[index], name);
  IdentityNames aliases = {0};
  identities_aliases(b->people, key, b->arena, &aliases);
  for (size_t i = 0; i < aliases.len; i++) add_form(b, &b->record->entities.items[index], aliases.items[i]);
  return index;
}

// The entity with this id, or with the folded name where there is none. SIZE_MAX where neither says anything.
static size_t entity_at(Builder *b, Str id, Str name, EntityType type)
{
  bool is_new;
  if (id.len) {
    uint64_t *at = map_slot(&b->by_id[type], id, &is_new);
    if (is_new) *at = entity_of(b, id, name, type);
    return (size_t)*at;
  }
  Str form = fold_words(b->arena, name);
  if (!form.len) return SIZE_MAX;
  return entity_of(b, arena_printf(b->arena, "name:" STR_FMT, STR_ARG(form)), name, type);
}

// The same of an entity that is there already; SIZE_MAX: it is not.
static size_t entity_known(Builder *b, Str id, EntityType type)
{
  uint64_t at;
  if (!id.len || map_get(&b->by_id[type], id, &at)) return id.len ? (size_t)at : SIZE_MAX;
  Str key = identities_same(b->people, id);
  if (type == ENTITY_PER && str_starts(key, STR("name:")) && !identities_alone(b->people, key))
    key = record_key(b->arena, key);
  return map_get(&b->by_key, key, &at) ? (size_t)at : SIZE_MAX;
}

// Add what the article calls the entity at `at`.
static void add_written(Builder *b, size_t at, Str written)
{
  bool is_new;
  uint64_t *last = map_slot(&b->written, written, &is_new);
  if (*last == at + 1) return;
  *last = at + 1;
  add_form(b, &b->record->entities.items[at], written);
}

// The entity that a mention is of; SIZE_MAX: none.
static size_t entity_of_mention(Builder *b, const Span *span, Str written)
{
  const EntityFacts *facts = span->entity;
  size_t slot = ((uintptr_t)facts >> 5) % MET, type = span->type;
  if (b->met[slot].facts == facts && b->met[slot].type == type) return b->met[slot].at;
  size_t at = entity_at(b, facts->entity, facts->name.len ? facts->name : written, (EntityType)type);
  if (facts->entity.len) { // else each is what its words say
    b->met[slot].facts = facts;
    b->met[slot].type = type;
    b->met[slot].at = at;
  }
  return at;
}

static void add_mention(Builder *b, const Span *span)
{
  Str written = str_slice(b->text, span->start, span->end);
  size_t at = entity_of_mention(b, span, written);
  if (at == SIZE_MAX) return;
  RecordEntity *entity = &b->record->entities.items[at];
  vec_push(&b->places, (Place){at, b->block, {span->start, span->end}});
  if (!entity->mentions++) entity->type = (EntityType)span->type; // until now perhaps only a speaker
  add_written(b, at, written);
}

static void add_quote(Builder *b, const Span *span)
{
  const QuoteFacts *facts = span->quote;
  bool reported = span->type == QUOTE_INDIRECT;
  if (b->record->quote_count == RECORD_QUOTES_MAX) return;
  PackedQuote quote = {.start = span->start,
                       .end = span->end,
                       .type = (QuoteType)span->type,
                       .group = facts->group,
                       .speaker = SIZE_MAX,
                       .speaker_name = facts->speaker.name,
                       .source = facts->source.name,
                       .text = str_slice(b->text, span->start, span->end)};
  // Reported speech makes nobody an entity, and does not count as a quotation.
  if (facts->speaker.name.len)
    quote.speaker = reported ? entity_known(b, facts->speaker.entity, ENTITY_PER)
                             : entity_at(b, facts->speaker.entity, facts->speaker.name, ENTITY_PER);
  if (quote.speaker != SIZE_MAX) {
    RecordEntity *speaker = &b->record->entities.items[quote.speaker];
    speaker->quotes += !reported;
    speaker->reported |= reported;
  }
  pack_quote(&b->packed_quotes, &b->quotes, &quote);
  b->record->quote_count++;
  strbuf_add(&b->said, STR(" " RECORD_GAP " "));
  fold_words_to(&b->said, quote.text);
}

static void add_date(Builder *b, const Span *span)
{
  int begin = day_of(span->date->begin), until = day_until(span->date->until);
  DateOpen open = !begin ? OPEN_BEGIN : !until ? OPEN_UNTIL : OPEN_NEITHER;
  if (!begin && !until) return; // no place on a timeline
  if (!begin) begin = day_of(span->date->until);
  if (until < begin) until = begin;
  Str value = span->date->value;
  bool plain = value.len == 10 && begin == until && day_of(value) == begin;
  PackedDate date = {.start = span->start,
                     .end = span->end,
                     .type = (DateType)span->type,
                     .value = plain ? (Str){0} : value,
                     .begin = begin,
                     .until = until,
                     .open = open};
  pack_date(&b->packed_dates, &b->last_date, &date);
  vec_push_in(b->arena, &b->record->dates,
              (RecordDate){b->block, date.type, day_index(begin), day_index(until)});
}

static void add_tag(Builder *b, const Span *span)
{
  vec_push_in(b->arena, &b->record->tags,
              (RecordTag){.start = span->start,
                          .end = span->end,
                          .tag = span->tag->tag,
                          .value = span->tag->value,
                          .script = span->tag->script});
}

static void add_span(Builder *b, const Span *span)
{
  if (span->end > b->text.len || span->start >= span->end) return;
  while (b->block + 1 < b->notes->block_count && b->notes->blocks[b->block + 1].start <= span->start)
    b->block++;
  switch (span->kind) {
  case SPAN_ENTITY:
    add_mention(b, span);
    break;
  case SPAN_QUOTE: // when all names are known
    break;
  case SPAN_DATE:
    add_date(b, span);
    break;
  case SPAN_TAG:
    add_tag(b, span);
    break;
  case SPAN_KINDS:
    break;
  }
}

// --- what is said of entities

typedef struct Facts { // of one entity
  StrBuf spots, near;
  VEC_OF(Near) days; // told beside it
  Spot last_spot;
  size_t last_block; // that its days were added of; SIZE_MAX: none yet
} Facts;

// The dates of a block, once a block.
static void add_near(const Builder *b, Facts *facts, size_t block)
{
  if (facts->last_block == block) return;
  facts->last_block = block;
  const RecordDate *dates = b->record->dates.items;
  size_t low = 0, high = b->record->dates.len;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (dates[middle].block < block)
      low = middle + 1;
    else
      high = middle;
  }
  for (; low < b->record->dates.len && dates[low].block == block; low++) {
    Near near = {dates[low].begin, dates[low].until, dates[low].type, low};
    vec_push(&facts->days, near);
  }
}

static int by_begin(const void *a, const void *b)
{
  const Near *x = a, *y = b;
  if (x->begin != y->begin) return x->begin > y->begin ? 1 : -1;
  return (x->nth > y->nth) - (x->nth < y->nth);
}

// Pack the days in their order, so that a question need not look at those behind what it wants. Mostly they
// are a handful.
static void pack_days(Facts *facts)
{
  Near *days = facts->days.items;
  size_t count = facts->days.len;
  int last = 0;
  if (count > FEW_DAYS) qsort(days, count, sizeof *days, by_begin);
  for (size_t i = 1; i < count && count <= FEW_DAYS; i++) {
    Near day = days[i];
    size_t at = i;
    for (; at > 0 && by_begin(&days[at - 1], &day) > 0; at--) days[at] = days[at - 1];
    days[at] = day;
  }
  for (size_t i = 0; i < count; i++) pack_near(&facts->near, &last, &days[i]);
}

// The places of each entity, in order: [behind[entity - 1], behind[entity]).
static const Place *places_by_entity(const Builder *b, size_t **behind)
{
  size_t count = b->record->entities.len;
  size_t *next = arena_zalloc(b->arena, (count + 1) * sizeof *next);
  for (size_t i = 0; i < b->places.len; i++) next[b->places.items[i].entity + 1]++;
  for (size_t i = 1; i <= count; i++) next[i] += next[i - 1];
  Place *places = arena_alloc(b->arena, b->places.len * sizeof *places);
  for (size_t i = 0; i < b->places.len; i++) places[next[b->places.items[i].entity]++] = b->places.items[i];
  *behind = next;
  return places;
}

static void pack_entities(Builder *b)
{
  size_t *behind, at = 0;
  const Place *places = places_by_entity(b, &behind);
  Facts facts = {0};
  StrBuf packed = {0};
  for (size_t i = 0; i < b->record->entities.len; i++) {
    RecordEntity *entity = &b->record->entities.items[i];
    facts = (Facts){.spots = {facts.spots.ptr, 0, facts.spots.cap},
                    .near = {facts.near.ptr, 0, facts.near.cap},
                    .days = {facts.days.items, 0, facts.days.cap},
                    .last_block = SIZE_MAX};
    for (; at < behind[i]; at++) {
      pack_spot(&facts.spots, &facts.last_spot, places[at].spot);
      add_near(b, &facts, places[at].block);
    }
    pack_days(&facts);
    Mentions mentions = {.type = entity->type,
                         .count = entity->mentions,
                         .said = entity->quotes,
                         .reported = entity->reported,
                         .spots = strbuf_str(&facts.spots),
                         .near = strbuf_str(&facts.near)};
    strbuf_reset(&packed);
    pack_mentions(&packed, &mentions);
    entity->facts = arena_dup(b->arena, strbuf_str(&packed));
  }
  strbuf_release(&facts.spots);
  strbuf_release(&facts.near);
  vec_release(&facts.days);
  strbuf_release(&packed);
}

// --- the whole

// Without the mark of a heading in Markdown.
static Str title_of(Str headline)
{
  while (headline.len && headline.ptr[0] == '#') headline = str_slice(headline, 1, headline.len);
  return str_trim(headline);
}

static void add_spans(Builder *b)
{
  const Span *spans = b->notes->spans.items;
  size_t count = b->notes->spans.len;
  for (size_t i = 0; i < count; i++) add_span(b, &spans[i]);
  for (size_t i = 0; i < count; i++)
    if (spans[i].kind == SPAN_QUOTE && spans[i].start < spans[i].end && spans[i].end <= b->text.len)
      add_quote(b, &spans[i]);
}

typedef struct Move { // into memory of its own
  char *to;           // NULL: it is only counted
  size_t len;         // until now
} Move;

// The `size` bytes at `from`, where they are now.
static void *move(Move *self, const void *from, size_t size, size_t align)
{
  size_t start = (self->len + align - 1) & ~(align - 1);
  self->len = start + size;
  if (!self->to || !size) return (void *)from;
  return memcpy(self->to + start, from, size);
}

static void move_str(Move *self, Str *s)
{
  s->ptr = move(self, s->ptr, s->len, 1);
}

#define MOVE_VEC(self, vec)                                                                                  \
  ((vec)->items = move(self, (vec)->items, (vec)->len * sizeof *(vec)->items, _Alignof(max_align_t)),        \
   (vec)->cap = (vec)->len)

static void move_entity(Move *self, RecordEntity *entity)
{
  move_str(self, &entity->key);
  move_str(self, &entity->name);
  move_str(self, &entity->facts);
  MOVE_VEC(self, &entity->forms);
  for (size_t i = 0; i < entity->forms.len; i++) move_str(self, &entity->forms.items[i]);
}

static void move_all(Move *self, Record *record)
{
  Str *const strings[] = {&record->path,  &record->title, &record->author,       &record->dct,
                          &record->words, &record->said,  &record->packed_dates, &record->packed_quotes};
  MOVE_VEC(self, &record->entities);
  MOVE_VEC(self, &record->dates);
  MOVE_VEC(self, &record->tags);
  for (size_t i = 0; i < sizeof strings / sizeof *strings; i++) move_str(self, strings[i]);
  for (size_t i = 0; i < record->entities.len; i++) move_entity(self, &record->entities.items[i]);
  for (size_t i = 0; i < record->tags.len; i++) {
    move_str(self, &record->tags.items[i].tag);
    move_str(self, &record->tags.items[i].value);
    move_str(self, &record->tags.items[i].script);
  }
}

static Record *move_out(Record *built)
{
  Move move = {0};
  move_all(&move, built);
  built->bytes = sizeof *built + move.len;
  Record *self = xmalloc(built->bytes);
  *self = *built;
  move = (Move){.to = (char *)(self + 1)};
  move_all(&move, self);
  return self;
}

static void release_builder(Builder *b)
{
  strbuf_release(&b->packed_dates);
  strbuf_release(&b->packed_quotes);
  strbuf_release(&b->said);
  strbuf_release(&b->words);
  strbuf_release(&b->form);
  map_release(&b->by_key);
  map_release(&b->written);
  for (size_t i = 0; i < ENTITY_TYPES; i++) map_release(&b->by_id[i]);
  vec_release(&b->places);
  arena_reset(b->arena);
}

Record *record_new(Str path, Str text, const Annotations *notes, const About *about, const Identities *people,
                   Arena *scratch)
{
  Record built = {.path = path,
                  .lang = str_of(lang_code(notes->lang)),
                  .title = about->title.len ? about->title : title_of(notes->title),
                  .author = about->author,
                  .dct = notes->dct.value,
                  .day = day_of(notes->dct.value)};
  Builder b = {.record = &built,
               .arena = scratch,
               .notes = notes,
               .people = people,
               .text = text,
               .quotes.arena = scratch};
  add_spans(&b);
  pack_entities(&b);
  fold_words_to(&b.words, text);
  built.packed_dates = strbuf_str(&b.packed_dates);
  built.packed_quotes = strbuf_str(&b.packed_quotes);
  built.words = strbuf_str(&b.words);
  built.said = strbuf_str(&b.said);
  built.words_hash = (str_hash(built.words) ^ str_hash(built.said) << 1) | 1;
  Record *self = move_out(&built);
  release_builder(&b);
  return self;
}

void record_free(Record *self)
{
  free(self);
}
