// From quotation to quotation: one pass over the spans keeps the nearest behind the place and the first (or
// last) of all, where the search goes on past the end.
#include "server/features.h"
#include "server/publish.h"

static bool same_name(const Mention *a, const Mention *b)
{
  if (a->entity.len && b->entity.len) return str_eq(a->entity, b->entity);
  return a->name.len && str_eq(a->name, b->name);
}

// Whose quotations are looked for. False: nobody speaks or is named at the place.
static bool speaker_at(const SpansAt *here, Mention *speaker)
{
  const Span *quote = here->kinds[SPAN_QUOTE], *entity = here->kinds[SPAN_ENTITY];
  *speaker = (Mention){0};
  if (quote)
    *speaker = quote->quote->speaker;
  else if (entity)
    *speaker = (Mention){.name = entity->entity->name, .entity = entity->entity->entity};
  return speaker->name.len > 0;
}

typedef struct Search {
  size_t at;
  bool back;
  const Span *next; // the nearest on the far side
  const Span *edge; // where it goes on past the end
} Search;

static void weigh(Search *self, const Span *span)
{
  bool beyond = self->back ? span->end <= self->at && span->start < self->at : span->start > self->at;
  if (beyond && (!self->next || self->back)) self->next = span;
  if (!self->edge || self->back) self->edge = span;
}

void features_next_quote(StrBuf *out, const Document *doc, const FeatureOptions *options, size_t at,
                         bool back, bool same_speaker)
{
  const SpanVec *spans = &doc->found->found->spans;
  SpansAt here = features_at(doc->found, at);
  const Span *quote = here.kinds[SPAN_QUOTE];
  Mention speaker;
  bool known = speaker_at(&here, &speaker);
  Search search = {.at = quote && back ? quote->start : at, .back = back};
  for (size_t i = 0; i < spans->len && (known || !same_speaker); i++) {
    const Span *span = &spans->items[i];
    if (span->kind != SPAN_QUOTE || (quote && features_same(quote, span))) continue;
    if (!same_speaker || same_name(&speaker, &span->quote->speaker)) weigh(&search, span);
  }
  const Span *found = search.next ? search.next : search.edge;
  if (!found) {
    strbuf_add(out, STR("null"));
    return;
  }
  publish_write_one(out, doc->found, found, options->enc);
  if (search.next) return;
  out->len--; // the closing brace
  strbuf_add(out, STR(",\"wrapped\":true}"));
}
