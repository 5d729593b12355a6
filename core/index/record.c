// One pass over the spans. Mentions of an entity become one row (most questions are "which articles, how
// often", and one row for each pair of entity and article is a third of the rows and of the bytes); where
// they stand is packed beside it.
#include "index/record.h"

#include "annotate/namekey.h"
#include "base/map.h"
#include "index/fold.h"

typedef struct Writing { // of an entity
  Spot last;
  size_t last_block; // that its days were added of; SIZE_MAX: none yet
  int last_day;
} Writing;

typedef struct Place { // a mention, until the dates of the article are known
  size_t entity, block;
} Place;

typedef struct Builder {
  Record *record;
  const Annotations *notes;
  const Identities *people;
  Str text;
  Map by_key;              // entity's key → place in Record.entities
  Map by_id[ENTITY_TYPES]; // an id as the annotators give it → the same: a name is looked into once an
                           // article
  Map written;             // words → 1 + the entity they were last added to as a form
  size_t block;            // the block that holds the span at hand
  VEC_OF(Writing) writing; // [entity]
  VEC_OF(Place) places;    // in order
} Builder;

// --- spans ---

static Str keep(Builder *b, Str s)
{
  return arena_dup(&b->record->arena, s);
}

Str record_key(Arena *arena, Str entity)
{
  Str name = str_slice(entity, 5, entity.len), key = namekey_of(arena, name);
  return str_eq(key, name) ? entity : arena_printf(arena, "name:" STR_FMT, STR_ARG(key));
}

static void add_form(Builder *b, RecordEntity *entity, Str name)
{
  Str form = fold_words(&b->record->arena, name);
  if (!form.len) return;
  for (size_t i = 0; i < entity->forms.len; i++)
    if (str_eq(entity->forms.items[i], form)) return;
  vec_push(&entity->forms, form);
}

// The entity with this key, which is not empty.
static size_t entity_of(Builder *b, Str key, Str name, EntityType type)
{
  Arena *arena = &b->record->arena;
  key = identities_same(b->people, key);
  if (type == ENTITY_PER && str_starts(key, STR("name:")) && !identities_alone(b->people, key))
    key = record_key(arena, key);
  bool is_new;
  uint64_t *at = map_slot(&b->by_key, keep(b, key), &is_new);
  if (!is_new) return (size_t)*at;
  *at = b->record->entities.len;
  Str called = identities_name(b->people, key);
  if (called.len) name = called;
  vec_push(&b->record->entities, (RecordEntity){.key = keep(b, key), .name = keep(b, name), .type = type});
  vec_push(&b->writing, (Writing){.last_block = SIZE_MAX});
  size_t index = b->record->entities.len - 1;
  add_form(b, &b->record->entities.items[index], name);
  IdentityNames aliases = {0};
  identities_aliases(b->people, key, arena, &aliases);
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
  Str form = fold_words(&b->record->arena, name);
  if (!form.len) return SIZE_MAX;
  return entity_of(b, arena_printf(&b->record->arena, "name:" STR_FMT, STR_ARG(form)), name, type);
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

static void add_mention(Builder *b, const Span *span)
{
  Str written = str_slice(b->text, span->start, span->end);
  Str name = span->entity->name.len ? span->entity->name : written;
  size_t at = entity_at(b, span->entity->entity, name, (EntityType)span->type);
  if (at == SIZE_MAX) return;
  RecordEntity *entity = &b->record->entities.items[at];
  Writing *writing = &b->writing.items[at];
  if (entity->mentions && span->start < writing->last.start) return; // spans come in order
  pack_spot(&entity->spots, &writing->last, (Spot){span->start, span->end});
  vec_push(&b->places, (Place){at, b->block});
  if (!entity->mentions++) entity->type = (EntityType)span->type; // until now perhaps only a speaker
  add_written(b, at, written);
}

static void add_quote(Builder *b, const Span *span)
{
  const QuoteFacts *facts = span->quote;
  if (span->type == QUOTE_INDIRECT && span->by != BY_HUMAN) return; // the index is of what is quoted
  RecordQuote quote = {.start = span->start,
                       .end = span->end,
                       .type = (QuoteType)span->type,
                       .group = facts->group,
                       .speaker = SIZE_MAX,
                       .speaker_name = keep(b, facts->speaker.name),
                       .source = keep(b, facts->source.name),
                       .text = keep(b, str_slice(b->text, span->start, span->end))};
  if (facts->speaker.name.len)
    quote.speaker = entity_at(b, facts->speaker.entity, facts->speaker.name, ENTITY_PER);
  if (quote.speaker != SIZE_MAX) b->record->entities.items[quote.speaker].quotes++;
  vec_push(&b->record->quotes, quote);
  strbuf_add(&b->record->said, STR(" " RECORD_GAP " "));
  fold_words_to(&b->record->said, quote.text);
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
  vec_push(&b->record->dates, (RecordDate){.start = span->start,
                                           .end = span->end,
                                           .block = b->block,
                                           .type = (DateType)span->type,
                                           .value = plain ? (Str){0} : keep(b, value),
                                           .begin = begin,
                                           .until = until,
                                           .open = open});
}

static void add_tag(Builder *b, const Span *span)
{
  vec_push(&b->record->tags, (RecordTag){.start = span->start,
                                         .end = span->end,
                                         .tag = keep(b, span->tag->tag),
                                         .value = keep(b, span->tag->value),
                                         .script = keep(b, span->tag->script)});
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
  case SPAN_QUOTE:
    add_quote(b, span);
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

// Each mention gives its entity the dates of its block, once a block.
static void add_nears(Builder *b)
{
  const Record *record = b->record;
  size_t first = 0; // date of the block at hand, or behind it
  for (size_t i = 0; i < b->places.len; i++) {
    Place place = b->places.items[i];
    while (first < record->dates.len && record->dates.items[first].block < place.block) first++;
    RecordEntity *entity = &b->record->entities.items[place.entity];
    Writing *writing = &b->writing.items[place.entity];
    if (writing->last_block == place.block) continue;
    writing->last_block = place.block;
    for (size_t nth = first; nth < record->dates.len && record->dates.items[nth].block == place.block;
         nth++) {
      const RecordDate *date = &record->dates.items[nth];
      Near near = {day_index(date->begin), day_index(date->until), date->type, nth};
      pack_near(&entity->near, &writing->last_day, &near);
    }
  }
}

// Without the mark of a heading in Markdown.
static Str title_of(Str headline)
{
  while (headline.len && headline.ptr[0] == '#') headline = str_slice(headline, 1, headline.len);
  return str_trim(headline);
}

Record *record_new(Str path, Str text, const Annotations *notes, const Identities *people)
{
  Record *self = xcalloc(1, sizeof *self);
  Builder b = {.record = self, .notes = notes, .people = people, .text = text};
  self->path = keep(&b, path);
  self->lang = str_of(lang_code(notes->lang));
  self->title = keep(&b, title_of(notes->title));
  self->dct = keep(&b, notes->dct.value);
  self->day = day_of(notes->dct.value);
  for (size_t i = 0; i < notes->spans.len; i++) add_span(&b, &notes->spans.items[i]);
  add_nears(&b);
  fold_words_to(&self->words, text);
  self->words_hash = (str_hash(strbuf_str(&self->words)) ^ str_hash(strbuf_str(&self->said)) << 1) | 1;
  map_release(&b.by_key);
  map_release(&b.written);
  for (size_t i = 0; i < ENTITY_TYPES; i++) map_release(&b.by_id[i]);
  vec_release(&b.writing);
  vec_release(&b.places);
  return self;
}

void record_set_about(Record *self, const About *about)
{
  if (about->title.len) self->title = arena_dup(&self->arena, about->title);
  self->author = arena_dup(&self->arena, about->author);
}

void record_free(Record *self)
{
  if (!self) return;
  for (size_t i = 0; i < self->entities.len; i++) {
    strbuf_release(&self->entities.items[i].spots);
    strbuf_release(&self->entities.items[i].near);
    vec_release(&self->entities.items[i].forms);
  }
  vec_release(&self->entities);
  vec_release(&self->quotes);
  vec_release(&self->dates);
  vec_release(&self->tags);
  strbuf_release(&self->words);
  strbuf_release(&self->said);
  arena_release(&self->arena);
  free(self);
}

size_t record_bytes(const Record *self)
{
  size_t of_entity = sizeof *self->entities.items + 128; // with its lists
  return sizeof *self + arena_bytes(&self->arena) + self->words.cap + self->said.cap +
         self->entities.len * of_entity + self->quotes.cap * sizeof *self->quotes.items +
         self->dates.cap * sizeof *self->dates.items + self->tags.cap * sizeof *self->tags.items;
}
