// One pass over the spans. Mentions of an entity become one row (most questions are "which articles, how
// often", and one row for each pair of entity and article is a third of the rows and of the bytes); where
// they stand is packed beside it.
#include "index/record.h"

#include "base/map.h"
#include "index/fold.h"

typedef struct Builder {
  Record *record;
  const Annotations *notes;
  Str text;
  Map by_key;        // entity's key → place in Record.entities
  size_t block;      // the block that holds the span at hand
  VEC_OF(Spot) last; // of each entity
} Builder;

// --- packed numbers ---

static void varint_add(StrBuf *out, uint64_t n)
{
  for (; n >= 0x80; n >>= 7) strbuf_byte(out, (char)(n | 0x80));
  strbuf_byte(out, (char)n);
}

static bool varint_take(Str *from, uint64_t *n)
{
  *n = 0;
  for (unsigned shift = 0; from->len && shift < 63; shift += 7) {
    unsigned char byte = (unsigned char)*from->ptr++;
    from->len--;
    *n |= (uint64_t)(byte & 0x7F) << shift;
    if (byte < 0x80) return true;
  }
  return false;
}

bool spot_next(SpotReader *reader, Spot *spot)
{
  uint64_t start, len, block;
  if (!varint_take(&reader->left, &start) || !varint_take(&reader->left, &len) ||
      !varint_take(&reader->left, &block))
    return false;
  reader->last.start += start;
  reader->last.end = reader->last.start + len;
  reader->last.block += block;
  *spot = reader->last;
  return true;
}

static int digits(Str s, size_t at, size_t count)
{
  int n = 0;
  for (size_t i = at; i < at + count; i++) {
    if (i >= s.len || s.ptr[i] < '0' || s.ptr[i] > '9') return -1;
    n = n * 10 + (s.ptr[i] - '0');
  }
  return n;
}

static int day_number(Str iso, int otherwise)
{
  int year = digits(iso, 0, 4), month = digits(iso, 5, 2), day = digits(iso, 8, 2);
  if (year < 0) return 0;
  if (month < 1 || month > 12) return year * 10000 + otherwise * 101;
  return year * 10000 + month * 100 + (day < 1 || day > 31 ? otherwise : day);
}

int day_of(Str iso)
{
  return day_number(iso, 0);
}
int day_until(Str iso)
{
  return day_number(iso, 99);
}

// --- spans ---

static Str keep(Builder *b, Str s)
{
  return arena_dup(&b->record->arena, s);
}

static void add_form(Builder *b, RecordEntity *entity, Str name)
{
  Str form = fold_words(&b->record->arena, name);
  if (!form.len) return;
  for (size_t i = 0; i < entity->forms.len; i++)
    if (str_eq(entity->forms.items[i], form)) return;
  vec_push(&entity->forms, form);
}

// The entity with this key, or with the folded name where there is none. SIZE_MAX where neither says
// anything.
static size_t entity_at(Builder *b, Str key, Str name, EntityType type)
{
  Arena *arena = &b->record->arena;
  if (!key.len) {
    Str form = fold_words(arena, name);
    if (!form.len) return SIZE_MAX;
    key = arena_printf(arena, "name:" STR_FMT, STR_ARG(form));
  }
  bool is_new;
  uint64_t *at = map_slot(&b->by_key, keep(b, key), &is_new);
  if (!is_new) return (size_t)*at;
  *at = b->record->entities.len;
  vec_push(&b->record->entities, (RecordEntity){.key = keep(b, key), .name = keep(b, name), .type = type});
  vec_push(&b->last, (Spot){0});
  size_t index = b->record->entities.len - 1;
  add_form(b, &b->record->entities.items[index], name);
  return index;
}

static void add_mention(Builder *b, const Span *span)
{
  Str written = str_slice(b->text, span->start, span->end);
  Str name = span->entity->name.len ? span->entity->name : written;
  size_t at = entity_at(b, span->entity->entity, name, (EntityType)span->type);
  if (at == SIZE_MAX) return;
  RecordEntity *entity = &b->record->entities.items[at];
  Spot *last = &b->last.items[at];
  if (entity->mentions && span->start < last->start) return; // spans come in order
  varint_add(&entity->spots, span->start - last->start);
  varint_add(&entity->spots, span->end - span->start);
  varint_add(&entity->spots, b->block - last->block);
  *last = (Spot){span->start, span->end, b->block};
  if (!entity->mentions++) entity->type = (EntityType)span->type; // until now perhaps only a speaker
  add_form(b, entity, written);
}

static void add_quote(Builder *b, const Span *span)
{
  const QuoteFacts *facts = span->quote;
  RecordQuote quote = {.start = span->start,
                       .end = span->end,
                       .block = b->block,
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
}

static void add_date(Builder *b, const Span *span)
{
  int begin = day_of(span->date->begin);
  if (!begin) return; // no place on a timeline
  int until = day_until(span->date->until);
  vec_push(&b->record->dates, (RecordDate){.start = span->start,
                                           .end = span->end,
                                           .block = b->block,
                                           .type = (DateType)span->type,
                                           .value = keep(b, span->date->value),
                                           .begin = begin,
                                           .until = until < begin ? begin : until});
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

Record *record_new(Str path, Str text, const Annotations *notes)
{
  Record *self = xcalloc(1, sizeof *self);
  Builder b = {.record = self, .notes = notes, .text = text};
  self->path = keep(&b, path);
  self->lang = str_of(lang_code(notes->lang));
  self->title = keep(&b, notes->title);
  self->dct = keep(&b, notes->dct.value);
  self->day = day_of(notes->dct.value);
  for (size_t i = 0; i < notes->spans.len; i++) add_span(&b, &notes->spans.items[i]);
  fold_words_to(&self->words, text);
  map_release(&b.by_key);
  vec_release(&b.last);
  return self;
}

void record_free(Record *self)
{
  if (!self) return;
  for (size_t i = 0; i < self->entities.len; i++) {
    strbuf_release(&self->entities.items[i].spots);
    vec_release(&self->entities.items[i].forms);
  }
  vec_release(&self->entities);
  vec_release(&self->quotes);
  vec_release(&self->dates);
  vec_release(&self->tags);
  strbuf_release(&self->words);
  arena_release(&self->arena);
  free(self);
}
