// Questions about a place are answered by one pass over the spans: an article has thousands at most, and
// nothing has to be kept up to date between keys.
#include "server/features.h"

#include "server/poscodec.h"

static bool has_mention(const Mention *mention)
{
  return mention->start < mention->end;
}

// Whether `a` answers for byte `at` better than `b`: it goes on behind it, and is the shorter.
static bool nearer(const Span *a, const Span *b, size_t at)
{
  if (!b) return true;
  bool a_on = a->end > at, b_on = b->end > at;
  return a_on != b_on ? a_on : a->end - a->start <= b->end - b->start;
}

SpansAt features_at(const Findings *found, size_t at)
{
  SpansAt here = {0};
  for (size_t i = 0; i < found->found->spans.len && found->found->spans.items[i].start <= at; i++) {
    const Span *span = &found->found->spans.items[i];
    if (span->end >= at && nearer(span, here.kinds[span->kind], at)) here.kinds[span->kind] = span;
  }
  return here;
}

const Span *features_innermost(const SpansAt *here)
{
  static const SpanKind order[] = {SPAN_ENTITY, SPAN_DATE, SPAN_TAG, SPAN_QUOTE};
  for (size_t i = 0; i < SPAN_KINDS; i++)
    if (here->kinds[order[i]]) return here->kinds[order[i]];
  return NULL;
}

bool features_same(const Span *a, const Span *b)
{
  if (a->kind != b->kind) return false;
  switch (a->kind) {
  case SPAN_ENTITY:
    return a->entity->cluster == b->entity->cluster;
  case SPAN_DATE:
    return a->date->value.len && str_eq(a->date->value, b->date->value);
  case SPAN_QUOTE:
    return a->quote->group == b->quote->group;
  default:
    return str_eq(a->tag->tag, b->tag->tag) && str_eq(a->tag->value, b->tag->value);
  }
}

// Whether a quotation's speaker is the entity of `span`, and is said by words of its own ("ministern",
// "han").
static bool speaks(const Span *quote, const Span *span)
{
  return quote->kind == SPAN_QUOTE && span->kind == SPAN_ENTITY && has_mention(&quote->quote->speaker) &&
         span->entity->entity.len && str_eq(quote->quote->speaker.entity, span->entity->entity);
}

// --- documentHighlight

enum { HIGHLIGHT_TEXT = 1, HIGHLIGHT_WRITE = 3 };

typedef struct Marks {
  StrBuf *out;
  PositionWalk walk;
  size_t count;
} Marks;

static void add_mark(Marks *self, size_t start, size_t end, int kind)
{
  if (self->count++) strbuf_byte(self->out, ',');
  strbuf_add(self->out, STR("{\"range\":"));
  poscodec_write_range(self->out, &self->walk, start, end);
  strbuf_addf(self->out, ",\"kind\":%d}", kind);
}

static int by_size(const void *a, const void *b)
{
  size_t left = *(const size_t *)a, right = *(const size_t *)b;
  return (left > right) - (left < right);
}

// Where speakers are named, sorted: a mention that is both is told once, as the speaker.
static IndexVec speaker_starts(const Findings *found)
{
  IndexVec starts = {0};
  for (size_t i = 0; i < found->found->spans.len; i++)
    if (found->found->spans.items[i].kind == SPAN_QUOTE &&
        has_mention(&found->found->spans.items[i].quote->speaker))
      vec_push(&starts, found->found->spans.items[i].quote->speaker.start);
  if (starts.len) qsort(starts.items, starts.len, sizeof *starts.items, by_size);
  return starts;
}

static bool is_speaker(const IndexVec *starts, const Span *entity)
{
  return entity->kind == SPAN_ENTITY && starts->len &&
         bsearch(&entity->start, starts->items, starts->len, sizeof *starts->items, by_size);
}

static bool entity_at(const Findings *found, const Mention *mention)
{
  for (size_t i = findings_first_from(found, mention->start);
       i < found->found->spans.len && found->found->spans.items[i].start == mention->start; i++)
    if (found->found->spans.items[i].kind == SPAN_ENTITY && found->found->spans.items[i].end == mention->end)
      return true;
  return false;
}

void features_highlight(StrBuf *out, const Document *doc, const FeatureOptions *options, size_t at)
{
  const Findings *found = doc->found;
  SpansAt here = features_at(found, at);
  const Span *span = features_innermost(&here);
  Marks marks = {out, position_walk(found->text, options->enc), 0};
  IndexVec starts = speaker_starts(found);
  strbuf_byte(out, '[');
  for (size_t i = 0; span && i < found->found->spans.len; i++) {
    const Span *other = &found->found->spans.items[i];
    const Mention *speaker = &other->quote->speaker;
    bool same = features_same(span, other);
    if (same)
      add_mark(&marks, other->start, other->end,
               is_speaker(&starts, other) ? HIGHLIGHT_WRITE : HIGHLIGHT_TEXT);
    bool speaker_too = other->kind == SPAN_QUOTE && has_mention(speaker) &&
                       (same || (speaks(other, span) && !entity_at(found, speaker)));
    if (speaker_too) add_mark(&marks, speaker->start, speaker->end, HIGHLIGHT_WRITE);
  }
  strbuf_byte(out, ']');
  vec_release(&starts);
}

// --- definition and references

static void write_location(Marks *self, const char *uri, size_t start, size_t end)
{
  if (self->count++) strbuf_byte(self->out, ',');
  strbuf_byte(self->out, '{');
  json_write_member(self->out, "uri", str_of(uri));
  json_write_key(self->out, "range");
  poscodec_write_range(self->out, &self->walk, start, end);
  strbuf_byte(self->out, '}');
}

static const Span *first_same(const Findings *found, const Span *span)
{
  for (size_t i = 0; i < found->found->spans.len; i++)
    if (features_same(span, &found->found->spans.items[i])) return &found->found->spans.items[i];
  return span;
}

void features_definition(StrBuf *out, const Document *doc, const FeatureOptions *options, size_t at)
{
  const Findings *found = doc->found;
  SpansAt here = features_at(found, at);
  const Span *span = features_innermost(&here);
  Marks marks = {out, position_walk(found->text, options->enc), 0};
  strbuf_byte(out, '[');
  if (span && span->kind == SPAN_ENTITY) {
    const Span *first = first_same(found, span);
    write_location(&marks, doc->uri, first->start, first->end);
  } else if (span && span->kind == SPAN_QUOTE && has_mention(&span->quote->speaker)) {
    write_location(&marks, doc->uri, span->quote->speaker.start, span->quote->speaker.end);
  }
  strbuf_byte(out, ']');
}

void features_references(StrBuf *out, const Document *doc, const FeatureOptions *options, size_t at,
                         bool with_first)
{
  const Findings *found = doc->found;
  SpansAt here = features_at(found, at);
  const Span *span = features_innermost(&here), *first = span ? first_same(found, span) : NULL;
  Marks marks = {out, position_walk(found->text, options->enc), 0};
  strbuf_byte(out, '[');
  for (size_t i = 0; span && i < found->found->spans.len; i++) {
    const Span *other = &found->found->spans.items[i];
    if (features_same(span, other) && (with_first || other != first))
      write_location(&marks, doc->uri, other->start, other->end);
  }
  strbuf_byte(out, ']');
}

// --- one entity in several documents

Str features_entity_at(const Findings *found, size_t at)
{
  SpansAt here = features_at(found, at);
  const Span *entity = here.kinds[SPAN_ENTITY], *quote = here.kinds[SPAN_QUOTE];
  if (entity) return entity->entity->entity;
  return quote ? quote->quote->speaker.entity : (Str){0};
}

bool features_list(StrBuf *out, const Document *doc, const FeatureOptions *options, Str entity, bool quotes,
                   bool more)
{
  const Findings *found = doc->found;
  Marks marks = {out, position_walk(found->text, options->enc), more};
  for (size_t i = 0; i < found->found->spans.len; i++) {
    const Span *span = &found->found->spans.items[i];
    bool wanted = quotes ? span->kind == SPAN_QUOTE && str_eq(span->quote->speaker.entity, entity)
                         : span->kind == SPAN_ENTITY && str_eq(span->entity->entity, entity);
    if (wanted) write_location(&marks, doc->uri, span->start, span->end);
  }
  return marks.count > 0;
}
