#include "annotate/span.h"

#include <assert.h>

static const char *const g_kinds[SPAN_KINDS] = {"entity", "date", "quote", "tag"};
static const char *const g_entities[ENTITY_TYPES] = {"PER", "ORG", "LOC"};
static const char *const g_dates[DATE_TYPES] = {"DATE", "TIME", "DURATION", "SET"};
static const char *const g_quotes[QUOTE_TYPES] = {"direct", "mixed", "indirect"};
static const char *const g_makers[] = {"rule", "list", "model", "script", "human"};

const char *verdict_name(Verdict verdict)
{
  static const char *const names[VERDICTS] = {NULL, "made", "accepted", "rejected", "noted", "rule"};
  return names[verdict];
}

const char *span_kind_name(SpanKind kind)
{
  return g_kinds[kind];
}

Str span_type_name(const Span *span)
{
  switch (span->kind) {
  case SPAN_ENTITY:
    return str_of(g_entities[span->type]);
  case SPAN_DATE:
    return str_of(g_dates[span->type]);
  case SPAN_QUOTE:
    return str_of(g_quotes[span->type]);
  default:
    return span->tag->tag;
  }
}

Str span_by_name(const Span *span, Arena *arena)
{
  if (span->kind == SPAN_TAG && span->by == BY_SCRIPT)
    return arena_printf(arena, "script:" STR_FMT, STR_ARG(span->tag->script));
  return str_of(g_makers[span->by]);
}

int span_order(const void *left, const void *right)
{
  const Span *a = left, *b = right;
  if (a->start != b->start) return a->start < b->start ? -1 : 1;
  if (a->end != b->end) return a->end > b->end ? -1 : 1;
  if (a->kind != b->kind) return a->kind < b->kind ? -1 : 1;
  if (a->kind == SPAN_TAG) return str_cmp(a->tag->tag, b->tag->tag);
  return (int)a->type - (int)b->type;
}

TagFacts *span_own_tag(Span *span, Arena *arena)
{
  TagFacts *own = arena_copy(arena, span->tag, sizeof *own);
  span->tag = own;
  return own;
}

static bool in_order(const SpanVec *spans)
{
  for (size_t i = 1; i < spans->len; i++) {
    if (span_order(&spans->items[i - 1], &spans->items[i]) > 0) return false;
  }
  return true;
}

void spans_merge(Arena *arena, const SpanVec *a, const SpanVec *b, const SpanVec *c, SpanVec *out)
{
  const SpanVec *lists[] = {a, b, c};
  size_t at[3] = {0, 0, 0}, total = a->len + b->len + c->len;
  assert(in_order(a) && in_order(b) && in_order(c));
  *out = (SpanVec){arena_alloc(arena, size_mul(total, sizeof(Span))), 0, total};
  while (out->len < total) {
    int next = -1;
    for (int i = 0; i < 3; i++) {
      if (at[i] == lists[i]->len) continue;
      if (next < 0 || span_order(&lists[i]->items[at[i]], &lists[next]->items[at[next]]) < 0) next = i;
    }
    out->items[out->len++] = lists[next]->items[at[next]++];
  }
}

size_t spans_from(const SpanVec *spans, size_t at)
{
  size_t low = 0, high = spans->len;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (spans->items[middle].start < at)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}
