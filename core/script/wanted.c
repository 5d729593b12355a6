// What the machine finds is numbered by kind and type, so that one of ten thousand is told by a bit.
#include "script/wanted.h"

enum { ENTITIES = ENTITY_TYPES, DATES = ENTITIES + DATE_TYPES, QUOTES = DATES + 1, NUMBERS = QUOTES };

static const char *const g_names[NUMBERS] = {
    [ENTITY_PER] = "person",         [ENTITY_ORG] = "org",
    [ENTITY_LOC] = "place",          [ENTITIES + DATE_DATE] = "date",
    [ENTITIES + DATE_TIME] = "time", [ENTITIES + DATE_DURATION] = "duration",
    [ENTITIES + DATE_SET] = "set",   [DATES] = "quote",
};

static unsigned number_of(const Span *span) // of one that is no tag
{
  switch (span->kind) {
  case SPAN_ENTITY:
    return span->type;
  case SPAN_DATE:
    return ENTITIES + span->type;
  default:
    return DATES;
  }
}

void wanted_add(Wanted *self, Arena *arena, Str name)
{
  for (unsigned i = 0; i < NUMBERS; i++)
    if (str_is(name, g_names[i])) self->machine |= 1u << i;
  if (str_is(name, "entity")) self->machine |= (1u << ENTITIES) - 1;
  if (str_is(name, "date")) self->machine |= (1u << DATES) - (1u << ENTITIES);
  vec_push_in(arena, &self->tags, arena_dup(arena, name));
}

bool wanted_has(const Wanted *self, const Span *span)
{
  if (span->kind != SPAN_TAG) return self->machine >> number_of(span) & 1;
  for (size_t i = 0; i < self->tags.len; i++)
    if (str_eq(self->tags.items[i], span->tag->tag)) return true;
  return false;
}

Str span_script_tag(const Span *span)
{
  return span->kind == SPAN_TAG ? span->tag->tag : str_of(g_names[number_of(span)]);
}
