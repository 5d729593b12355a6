// Who may be speaking, what was decided, how far the review is, what comes next.
#include "server/review_p.h"

#include "annotate/doubts.h"
#include "base/map.h"
#include "server/desk_p.h"
#include "server/features.h"
#include "server/poscodec.h"
#include "server/publish.h"

#include <stdlib.h>

static Encoding enc_of(Lsp *lsp)
{
  return docs_encoding(lsp_docs(lsp));
}

static bool place(Lsp *lsp, const Document *doc, const cJSON *params, size_t *at)
{
  Position pos;
  if (!poscodec_position(json_get(params, "position"), &pos)) return false;
  *at = position_to_byte(doc->found->text, pos, enc_of(lsp));
  return true;
}

// --- newsmark/people

static size_t distance_to(const Span *span, size_t at)
{
  if (span->end <= at) return at - span->end;
  return span->start >= at ? 2 * (span->start - at) + 40 : 0; // who was named before is likelier
}

static void add_person(Persons *people, Map *known, const Span *span, size_t at, bool nearest)
{
  bool fresh;
  uint64_t *index = map_slot(known, span->entity->entity, &fresh);
  if (fresh) {
    *index = people->len;
    vec_push(people, (Person){span, 0, distance_to(span, at)});
  }
  Person *person = &people->items[*index];
  person->mentions++;
  size_t distance = distance_to(span, at);
  if (nearest && distance < person->distance) {
    person->span = span;
    person->distance = distance;
  }
}

static int by_distance(const void *left, const void *right)
{
  const Person *a = left, *b = right;
  return (a->distance > b->distance) - (a->distance < b->distance);
}

static int by_mentions(const void *left, const void *right)
{
  const Person *a = left, *b = right;
  if (a->mentions != b->mentions) return a->mentions > b->mentions ? -1 : 1;
  return (a->span->start > b->span->start) - (a->span->start < b->span->start);
}

// The article's persons and organisations; likeliest for the quotation at `at` first (SIZE_MAX: by mentions).
void review_list_people(const Document *doc, size_t at, Persons *people)
{
  const SpanVec *spans = &doc->found->found->spans;
  Map known = {0};
  SpansAt here = {0};
  if (at != SIZE_MAX) here = features_at(doc->found, at);
  const Span *quote = here.kinds[SPAN_QUOTE];
  for (size_t i = 0; i < spans->len; i++) {
    const Span *span = &spans->items[i];
    bool inside = quote && span->start >= quote->start && span->end <= quote->end;
    if (span->kind == SPAN_ENTITY && span->type != ENTITY_LOC && !inside)
      add_person(people, &known, span, quote ? quote->end : at, at != SIZE_MAX);
  }
  map_release(&known);
  if (people->len)
    qsort(people->items, people->len, sizeof *people->items, at == SIZE_MAX ? by_mentions : by_distance);
}

bool review_people(Lsp *lsp, Document *doc, const cJSON *params, StrBuf *out, Error *err)
{
  size_t at = SIZE_MAX;
  Persons people = {0};
  (void)err;
  place(lsp, doc, params, &at);
  review_list_people(doc, at, &people);
  strbuf_byte(out, '[');
  for (size_t i = 0; i < people.len; i++) {
    const Span *span = people.items[i].span;
    PositionWalk walk = position_walk(doc->found->text, enc_of(lsp));
    strbuf_add(out, i ? STR(",{") : STR("{"));
    json_write_member(out, "name", span->entity->name);
    json_write_member(out, "entity", span->entity->entity);
    json_write_member(out, "type", span_type_name(span));
    json_write_uint(out, "mentions", people.items[i].mentions);
    json_write_key(out, "range");
    poscodec_write_range(out, &walk, span->start, span->end);
    strbuf_byte(out, '}');
  }
  strbuf_byte(out, ']');
  vec_release(&people);
  return true;
}

// --- newsmark/decisions

static void write_some(StrBuf *out, const char *key, Str value)
{
  if (value.len) json_write_member(out, key, value);
}

bool review_decisions(Lsp *lsp, Document *doc, const cJSON *params, StrBuf *out, Error *err)
{
  size_t count, written = 0;
  const MarginNote *notes = margin_notes(doc->margin, &count);
  Snapshot *text = buffer_snapshot(doc->buffer);
  PositionWalk walk = position_walk(text, enc_of(lsp));
  Arena arena = {0};
  (void)params, (void)err;
  strbuf_byte(out, '[');
  for (size_t i = 0; i < count; i++) {
    const Decision *decision = notes[i].decision;
    if (decision->gone) continue;
    strbuf_add(out, written++ ? STR(",{") : STR("{"));
    json_write_member(out, "record", decision->id);
    json_write_member(out, "verdict", str_of(verdict_name(decision->verdict)));
    json_write_member(out, "kind", str_of(span_kind_name(decision->kind)));
    json_write_member(out, "type", decision->type.len ? decision->type : (Str){0});
    json_write_key(out, "range");
    if (notes[i].loose) {
      strbuf_add(out, STR("null"));
      json_write_member(out, "text", decision->anchor.words);
      json_write_member(out, "left", decision->anchor.before);
      json_write_member(out, "right", decision->anchor.after);
      json_write_member(out, "why", str_of(anchor_state_text(notes[i].why)));
    } else {
      poscodec_write_range(out, &walk, notes[i].start, notes[i].end);
      json_write_member(out, "text", snapshot_read(text, notes[i].start, notes[i].end, &arena));
    }
    write_some(out, "name", decision->name);
    write_some(out, "note", decision->note);
    json_write_member(out, "time", decision->time);
    strbuf_byte(out, '}');
  }
  strbuf_byte(out, ']');
  arena_release(&arena);
  snapshot_unref(text);
  return true;
}

// --- newsmark/review and newsmark/next

bool review_counts(Lsp *lsp, Document *doc, const cJSON *params, StrBuf *out, Error *err)
{
  ReviewCounts counts = desk_counts(doc);
  (void)lsp, (void)params, (void)err;
  strbuf_byte(out, '{');
  json_write_member(out, "state", doc->desk ? str_of(doc->desk->state) : STR("unread"));
  json_write_uint(out, "reviewed", counts.reviewed);
  json_write_uint(out, "unreviewed", counts.unreviewed);
  json_write_uint(out, "doubtful", counts.doubtful);
  json_write_uint(out, "rejected", counts.rejected);
  json_write_uint(out, "orphans", counts.orphans);
  json_write_uint(out, "notes", counts.notes);
  strbuf_byte(out, '}');
  return true;
}

// --- newsmark/doubts

bool review_doubts(Lsp *lsp, Document *doc, const cJSON *params, StrBuf *out, Error *err)
{
  Arena arena = {0};
  DoubtVec doubts = {0};
  PositionWalk walk = position_walk(doc->found->text, enc_of(lsp));
  (void)params, (void)err;
  doubts_find(doc->found->found, &arena, &doubts);
  strbuf_byte(out, '[');
  for (size_t i = 0; i < doubts.len; i++) {
    const Doubt *doubt = &doubts.items[i];
    const Span *span = doubt->span;
    strbuf_add(out, i ? STR(",{") : STR("{"));
    json_write_member(out, "code", str_of(doubt_code(doubt->kind)));
    json_write_member(out, "question", doubt->question);
    json_write_member(out, "kind", str_of(span_kind_name(span->kind)));
    json_write_member(out, "type", span_type_name(span));
    json_write_key(out, "range");
    poscodec_write_range(out, &walk, span->start, span->end);
    json_write_member(out, "text", snapshot_read(doc->found->text, span->start, span->end, &arena));
    strbuf_byte(out, '}');
  }
  strbuf_byte(out, ']');
  arena_release(&arena);
  return true;
}

static bool in_list(const cJSON *list, Str value)
{
  const cJSON *item;
  if (!cJSON_IsArray(list)) return true; // no such condition
  cJSON_ArrayForEach(item, list) if (cJSON_IsString(item) && str_is(value, item->valuestring)) return true;
  return false;
}

// Without a filter: what no person decided about.
static bool passes(const Span *span, const cJSON *filter)
{
  const char *by = span->by == BY_HUMAN    ? "human"
                   : span->by == BY_SCRIPT ? "script"
                   : span->by == BY_MODEL  ? "model"
                   : span->by == BY_LIST   ? "list"
                                           : "rule";
  const cJSON *wanted = json_get(filter, "reviewed");
  bool reviewed = span->by == BY_HUMAN;
  if (!filter) return !reviewed;
  if (cJSON_IsBool(wanted) && cJSON_IsTrue(wanted) != reviewed) return false;
  double confidence = (double)span->confidence;
  return in_list(json_get(filter, "kinds"), str_of(span_kind_name(span->kind))) &&
         in_list(json_get(filter, "types"), span_type_name(span)) &&
         in_list(json_get(filter, "by"), str_of(by)) && confidence < json_get_number(filter, "below", 2) &&
         confidence >= json_get_number(filter, "above", 0);
}

bool review_next(Lsp *lsp, Document *doc, const cJSON *params, StrBuf *out, Error *err)
{
  size_t at;
  const Annotations *found = doc->found->found;
  bool back = json_get_bool(params, "back", false);
  const cJSON *filter = json_get(params, "filter");
  if (!place(lsp, doc, params, &at)) return error_set(err, ERR_USAGE, "position is missing");
  const Span *best = NULL, *round = NULL; // round: the one past the article's end
  for (size_t i = 0; i < found->spans.len; i++) {
    const Span *span = &found->spans.items[i];
    if (!passes(span, filter)) continue;
    if (!back) {
      if (!round) round = span;
      if (span->start > at && !best) best = span;
    } else {
      round = span;
      if (span->start < at) best = span;
    }
  }
  if (!best) best = round;
  if (!best) {
    strbuf_add(out, STR("null"));
    return true;
  }
  publish_write_one(out, doc->found, best, enc_of(lsp));
  return true;
}
bool review_prepare_rename(Lsp *lsp, Document *doc, const cJSON *params, StrBuf *out, Error *err)
{
  size_t at;
  if (!place(lsp, doc, params, &at)) return error_set(err, ERR_USAGE, "position is missing");
  SpansAt here = features_at(doc->found, at);
  const Span *span = here.kinds[SPAN_ENTITY];
  if (!span || !doc->desk) {
    strbuf_add(out, STR("null"));
    return true;
  }
  PositionWalk walk = position_walk(doc->found->text, enc_of(lsp));
  strbuf_byte(out, '{');
  json_write_key(out, "range");
  poscodec_write_range(out, &walk, span->start, span->end);
  json_write_member(out, "placeholder", span->entity->name);
  strbuf_byte(out, '}');
  return true;
}
