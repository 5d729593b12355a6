// One walk over the spans, in which what was asked once about an entity is not asked again.
#include "annotate/doubts.h"

#include "base/map.h"

typedef struct Doubting {
  const Annotations *found;
  Arena *arena;
  DoubtVec *out;
  Map asked[2];   // [0] single names, [1] names that may be none: entities by id or name
  uint32_t group; // of the last quotation: the parts of one are asked about once
  bool written;   // it was asked when the article was
} Doubting;

const char *doubt_code(DoubtKind kind)
{
  static const char *const codes[DOUBT_KINDS] = {"no-speaker", "speaker", "who", "name", "written", "date"};
  return codes[kind];
}

static void doubt(Doubting *self, const Span *span, DoubtKind kind, Str question)
{
  vec_push_in(self->arena, self->out, ((Doubt){span, kind, question}));
}

static bool is_doubtful(const Span *span)
{
  return span->confidence < DOUBTFUL_BELOW;
}

// Words in a reporter's sentence are often nobody's, and reported speech has no marks to ask about.
static void look_at_quote(Doubting *self, const Span *span)
{
  const QuoteFacts *quote = span->quote;
  bool another = quote->group != self->group, said = quote->speaker.name.len > 0;
  self->group = quote->group;
  if (span->type == QUOTE_INDIRECT || !another) return;
  if (!said && span->type == QUOTE_DIRECT)
    doubt(self, span, DOUBT_NO_SPEAKER, STR("who said it?"));
  else if (said && is_doubtful(span))
    doubt(self, span, DOUBT_SPEAKER,
          arena_printf(self->arena, "did " STR_FMT " say it?", STR_ARG(quote->speaker.name)));
}

static bool is_new(Doubting *self, int which, const EntityFacts *entity)
{
  bool fresh;
  map_slot(&self->asked[which], entity->entity.len ? entity->entity : entity->name, &fresh);
  return fresh;
}

static void look_at_entity(Doubting *self, const Span *span)
{
  static const char *const types[ENTITY_TYPES] = {"a person", "an organisation", "a place"};
  const EntityFacts *entity = span->entity;
  bool single = span->type == ENTITY_PER && str_starts(entity->entity, STR("name:")) &&
                !memchr(entity->name.ptr, ' ', entity->name.len);
  if (is_doubtful(span)) {
    if (is_new(self, 1, entity))
      doubt(self, span, DOUBT_NAME, arena_printf(self->arena, "is it %s?", types[span->type]));
  } else if (single && is_new(self, 0, entity)) {
    doubt(self, span, DOUBT_WHO, STR("who is it (one name only)?"));
  }
}

// A day, a week, a month or a year that has an unknown part. Of decades and centuries ("198X") all is known.
static bool is_open(const Span *span)
{
  Str value = span->date->value;
  bool point = span->type == DATE_DATE || span->type == DATE_TIME, years = value.len <= 4 && value.len > 0;
  return point && value.len && memchr(value.ptr, 'X', value.len) && (!years || value.ptr[0] == 'X');
}

static void look_at_date(Doubting *self, const Span *span)
{
  Str value = span->date->value;
  if (is_open(span)) {
    bool dated = self->found->dct.value.len > 0;
    if (dated)
      doubt(self, span, DOUBT_DATE, arena_printf(self->arena, "when is it (" STR_FMT ")?", STR_ARG(value)));
    else if (!self->written)
      doubt(self, span, DOUBT_WRITTEN, STR("when was this written (no date)?"));
    self->written |= !dated;
  } else if (is_doubtful(span) && value.len) {
    doubt(self, span, DOUBT_DATE, arena_printf(self->arena, "is it " STR_FMT "?", STR_ARG(value)));
  }
}

void doubts_find(const Annotations *found, Arena *arena, DoubtVec *out)
{
  Doubting self = {.found = found, .arena = arena, .out = out};
  for (size_t i = 0; i < found->spans.len; i++) {
    const Span *span = &found->spans.items[i];
    if (span->by == BY_HUMAN) continue;
    if (span->kind == SPAN_QUOTE) look_at_quote(&self, span);
    if (span->kind == SPAN_ENTITY) look_at_entity(&self, span);
    if (span->kind == SPAN_DATE) look_at_date(&self, span);
  }
  for (size_t i = 0; i < ARRAY_LEN(self.asked); i++) map_release(&self.asked[i]);
}
