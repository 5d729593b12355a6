// What is asked about people's decisions: who may be speaking, what was decided, how far the review is, what
// comes next, what may be done here, and where words stand.
#define _GNU_SOURCE // memmem
#include "server/features.h"
#include "server/people_p.h"

#include "base/map.h"
#include "config/paths.h"
#include "human/registry.h"
#include "parse/htmltext.h"
#include "server/poscodec.h"
#include "server/publish.h"
#include "server/uri.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { ROWS_MAX = 1000, AROUND = 60, SPEAKERS_MAX = 9, FILE_MAX_BYTES = 16 << 20, DEPTH_MAX = 32 };

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

typedef struct Person {
  const Span *span; // the mention nearest in front of the place, else the first
  size_t mentions;
  size_t distance;
} Person;
typedef VEC_OF(Person) Persons;

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
static void list_people(const Document *doc, size_t at, Persons *people)
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

bool people_candidates(Lsp *lsp, Document *doc, const cJSON *params, StrBuf *out, Error *err)
{
  size_t at = SIZE_MAX;
  Persons people = {0};
  (void)err;
  place(lsp, doc, params, &at);
  list_people(doc, at, &people);
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

bool people_decisions(Lsp *lsp, Document *doc, const cJSON *params, StrBuf *out, Error *err)
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

bool people_review(Lsp *lsp, Document *doc, const cJSON *params, StrBuf *out, Error *err)
{
  ReviewCounts counts = people_counts(doc);
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

static bool in_list(const cJSON *list, Str value)
{
  const cJSON *item;
  if (!cJSON_IsArray(list)) return true; // no such condition
  cJSON_ArrayForEach(item, list) if (cJSON_IsString(item) && str_is(value, item->valuestring)) return true;
  return false;
}

static bool is_reviewed(const Annotations *found, const Span *span)
{
  Verdict verdict = span->human ? found->human[span->human - 1].verdict : VERDICT_NONE;
  return verdict == VERDICT_MADE || verdict == VERDICT_ACCEPTED || verdict == VERDICT_RULE;
}

static bool passes(const Annotations *found, const Span *span, const cJSON *filter)
{
  const char *by = span->by == BY_HUMAN    ? "human"
                   : span->by == BY_SCRIPT ? "script"
                   : span->by == BY_MODEL  ? "model"
                   : span->by == BY_LIST   ? "list"
                                           : "rule";
  const cJSON *reviewed = json_get(filter, "reviewed");
  if (!filter) return !is_reviewed(found, span);
  if (cJSON_IsBool(reviewed) && cJSON_IsTrue(reviewed) != is_reviewed(found, span)) return false;
  double confidence = (double)span->confidence;
  return in_list(json_get(filter, "kinds"), str_of(span_kind_name(span->kind))) &&
         in_list(json_get(filter, "types"), span_type_name(span)) &&
         in_list(json_get(filter, "by"), str_of(by)) && confidence < json_get_number(filter, "below", 2) &&
         confidence >= json_get_number(filter, "above", 0);
}

bool people_next(Lsp *lsp, Document *doc, const cJSON *params, StrBuf *out, Error *err)
{
  size_t at;
  const Annotations *found = doc->found->found;
  bool back = json_get_bool(params, "back", false);
  const cJSON *filter = json_get(params, "filter");
  if (!place(lsp, doc, params, &at)) return error_set(err, ERR_USAGE, "position is missing");
  const Span *best = NULL, *round = NULL; // round: the one past the article's end
  for (size_t i = 0; i < found->spans.len; i++) {
    const Span *span = &found->spans.items[i];
    if (!passes(found, span, filter)) continue;
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

// --- code actions

typedef struct Actions {
  Lsp *lsp;
  Document *doc;
  StrBuf *out;
  const cJSON *only; // kinds the client wants; NULL: all
  size_t count;
} Actions;

static bool wanted(const Actions *self, const char *kind)
{
  const cJSON *item;
  if (!cJSON_IsArray(self->only)) return true;
  cJSON_ArrayForEach(item, self->only)
  {
    if (!cJSON_IsString(item)) continue;
    size_t len = strlen(item->valuestring);
    if (!strncmp(kind, item->valuestring, len) && (kind[len] == '\0' || kind[len] == '.')) return true;
  }
  return false;
}

// One action: `more` are members behind the document and the range.
static void add_action(Actions *self, const char *kind, const char *command, Str title, size_t start,
                       size_t end, Str more)
{
  if (!wanted(self, kind)) return;
  PositionWalk walk = position_walk(self->doc->found->text, enc_of(self->lsp));
  StrBuf *out = self->out;
  strbuf_add(out, self->count++ ? STR(",{") : STR("{"));
  json_write_member(out, "title", title);
  json_write_member(out, "kind", str_of(kind));
  strbuf_add(out, STR(",\"command\":{"));
  json_write_member(out, "title", title);
  json_write_member(out, "command", str_of(command));
  strbuf_add(out, STR(",\"arguments\":[{\"textDocument\":{"));
  json_write_member(out, "uri", str_of(self->doc->uri));
  strbuf_byte(out, '}');
  if (start < end) {
    json_write_key(out, "range");
    poscodec_write_range(out, &walk, start, end);
  }
  strbuf_add(out, more);
  strbuf_add(out, STR("}]}}"));
}

static void offer_verdicts(Actions *self, const Span *span, Str words, Arena *arena)
{
  Str kind = arena_printf(arena, ",\"kind\":\"%s\"", span_kind_name(span->kind));
  Str type = span_type_name(span);
  if (!is_reviewed(self->doc->found->found, span)) {
    add_action(self, "quickfix.newsmark.accept", "newsmark.accept",
               arena_printf(arena, "Accept " STR_FMT " as " STR_FMT, STR_ARG(words), STR_ARG(type)),
               span->start, span->end, kind);
    add_action(self, "quickfix.newsmark.reject", "newsmark.reject",
               arena_printf(arena, "Reject " STR_FMT " as " STR_FMT, STR_ARG(words), STR_ARG(type)),
               span->start, span->end, kind);
  } else if (span->human && self->doc->found->found->human[span->human - 1].record.len) {
    add_action(self, "refactor.newsmark.forget", "newsmark.forget",
               arena_printf(arena, "Forget what was decided about " STR_FMT, STR_ARG(words)), span->start,
               span->end, kind);
  }
  add_action(self, "refactor.newsmark.untag", "newsmark.untag",
             arena_printf(arena, "Untag " STR_FMT, STR_ARG(words)), span->start, span->end, kind);
  if (span->kind == SPAN_ENTITY)
    add_action(self, "refactor.newsmark.untag", "newsmark.untag",
               arena_printf(arena, "Untag " STR_FMT " everywhere in this article", STR_ARG(words)),
               span->start, span->end, arena_printf(arena, STR_FMT ",\"scope\":\"article\"", STR_ARG(kind)));
}

static void offer_tags(Actions *self, size_t start, size_t end, Str words, const Span *span, Arena *arena)
{
  static const char *const types[] = {"PER", "ORG", "LOC", "DATE", "direct"};
  static const char *const names[] = {"person", "organisation", "place", "date", "quotation"};
  static const char *const scopes[] = {"here", "article", "folder"};
  static const char *const where[] = {"", " everywhere in this article", " everywhere in the folder"};
  for (size_t t = 0; t < ARRAY_LEN(types); t++) {
    if (span && str_is(span_type_name(span), types[t]) && is_reviewed(self->doc->found->found, span))
      continue;
    for (size_t s = 0; s < (t < 3 ? ARRAY_LEN(scopes) : 1); s++)
      add_action(self, "refactor.newsmark.tag", "newsmark.tag",
                 arena_printf(arena, "Tag " STR_FMT " as %s%s", STR_ARG(words), names[t], where[s]), start,
                 end, arena_printf(arena, ",\"type\":\"%s\",\"scope\":\"%s\"", types[t], scopes[s]));
  }
}

static void offer_speakers(Actions *self, const Span *quote, Arena *arena)
{
  Persons people = {0};
  list_people(self->doc, quote->start, &people);
  for (size_t i = 0; i < people.len && i < SPEAKERS_MAX; i++) {
    const Span *span = people.items[i].span;
    StrBuf more = {0};
    PositionWalk walk = position_walk(self->doc->found->text, enc_of(self->lsp));
    strbuf_add(&more, STR(",\"kind\":\"quote\""));
    json_write_member(&more, "name", span->entity->name);
    json_write_member(&more, "entity", span->entity->entity);
    json_write_key(&more, "mention");
    poscodec_write_range(&more, &walk, span->start, span->end);
    if (!str_eq(span->entity->entity, quote->quote->speaker.entity))
      add_action(self, "refactor.newsmark.speaker", "newsmark.setSpeaker",
                 arena_printf(arena, "Speaker: " STR_FMT, STR_ARG(span->entity->name)), quote->start,
                 quote->end, strbuf_str(&more));
    strbuf_release(&more);
  }
  if (quote->quote->speaker.name.len)
    add_action(self, "refactor.newsmark.speaker", "newsmark.setSpeaker", STR("Speaker: nobody"), quote->start,
               quote->end, STR(",\"kind\":\"quote\",\"none\":true"));
  vec_release(&people);
}

bool people_code_actions(Lsp *lsp, Document *doc, const cJSON *params, StrBuf *out, Error *err)
{
  size_t start, end;
  Arena arena = {0};
  Actions self = {lsp, doc, out, json_get(json_get(params, "context"), "only"), 0};
  if (!poscodec_range(json_get(params, "range"), doc->found->text, enc_of(lsp), &start, &end))
    return error_set(err, ERR_USAGE, "range is missing");
  strbuf_byte(out, '[');
  if (doc->desk) {
    SpansAt here = features_at(doc->found, start);
    const Span *span = features_innermost(&here);
    bool selected = start < end && (!span || span->start != start || span->end != end);
    if (span && !selected) start = span->start, end = span->end;
    Str words = snapshot_read(doc->found->text, start, end, &arena);
    if (words.len > 40) words = STR("this");
    if (span && !selected) offer_verdicts(&self, span, words, &arena);
    if (here.kinds[SPAN_QUOTE]) offer_speakers(&self, here.kinds[SPAN_QUOTE], &arena);
    if (start < end) offer_tags(&self, start, end, words, selected ? NULL : span, &arena);
    add_action(&self, "source.newsmark.acceptAll", "newsmark.acceptAll",
               STR("Accept all of this article's annotations"), 0, 0, (Str){0});
  }
  strbuf_byte(out, ']');
  arena_release(&arena);
  return true;
}

bool people_prepare_rename(Lsp *lsp, Document *doc, const cJSON *params, StrBuf *out, Error *err)
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

// --- previews

typedef struct Preview {
  uv_work_t req;
  Lsp *lsp;
  char *id, *words, *root, *skip; // owned; skip: the open article, relative
  Encoding enc;
  size_t count, articles, rows;
  StrBuf out; // rows
} Preview;

static size_t back_from(Str text, size_t at)
{
  size_t from = at;
  while (from > 0 && at - from < AROUND && text.ptr[from - 1] != '\n') from--;
  while (from < at && ((unsigned char)text.ptr[from] & 0xC0) == 0x80) from++;
  return from;
}

static size_t forth_from(Str text, size_t at)
{
  size_t to = at;
  while (to < text.len && to - at < AROUND && text.ptr[to] != '\n') to++;
  while (to > at && to < text.len && ((unsigned char)text.ptr[to] & 0xC0) == 0x80) to--;
  return to;
}

static void write_row(Preview *self, const char *path, const Snapshot *text, Str bytes, size_t start,
                      size_t end, Str was)
{
  StrBuf uri = {0}, whole = {0};
  PositionWalk walk = position_walk(text, self->enc);
  if (self->rows++ >= ROWS_MAX) return;
  strbuf_addf(&whole, "%s/%s", self->root, path);
  uri_write(&uri, strbuf_str(&whole));
  strbuf_add(&self->out, self->rows > 1 ? STR(",{") : STR("{"));
  json_write_member(&self->out, "uri", strbuf_str(&uri));
  json_write_member(&self->out, "path", str_of(path));
  json_write_key(&self->out, "range");
  poscodec_write_range(&self->out, &walk, start, end);
  json_write_member(&self->out, "left", str_slice(bytes, back_from(bytes, start), start));
  json_write_member(&self->out, "text", str_slice(bytes, start, end));
  json_write_member(&self->out, "right", str_slice(bytes, end, forth_from(bytes, end)));
  json_write_member(&self->out, "was", was);
  strbuf_byte(&self->out, '}');
  strbuf_release(&uri);
  strbuf_release(&whole);
}

// `found`: what is marked there, where it is known; NULL. `only`: this place alone; SIZE_MAX: all.
static void list_places(Preview *self, const char *path, const Snapshot *text, Str bytes,
                        const Findings *found, size_t only)
{
  Str words = str_of(self->words);
  size_t before = self->count;
  for (size_t at = 0; at + words.len <= bytes.len; at += words.len) {
    const char *hit = memmem(bytes.ptr + at, bytes.len - at, words.ptr, words.len);
    if (!hit) break;
    at = (size_t)(hit - bytes.ptr);
    if ((only != SIZE_MAX && at != only) || (only == SIZE_MAX && !whole_words(bytes, at, at + words.len)))
      continue;
    Str was = {0};
    for (size_t i = found ? findings_first_from(found, at) : 0;
         found && i < found->found->spans.len && found->found->spans.items[i].start == at; i++)
      if (found->found->spans.items[i].end == at + words.len)
        was = span_type_name(&found->found->spans.items[i]);
    self->count++;
    write_row(self, path, text, bytes, at, at + words.len, was);
  }
  self->articles += self->count > before;
}

static bool is_article(const char *name)
{
  static const char *const ends[] = {".txt", ".text", ".md", ".markdown", ".html", ".htm"};
  for (size_t i = 0; i < ARRAY_LEN(ends); i++)
    if (str_ends(str_of(name), str_of(ends[i]))) return true;
  return false;
}

static void list_file(Preview *self, const char *path)
{
  char *whole = path_join(self->root, path);
  StrBuf bytes = {0};
  if (file_read(whole, FILE_MAX_BYTES, &bytes, NULL) &&
      memmem(bytes.ptr, bytes.len, self->words, strlen(self->words))) {
    Snapshot *text = snapshot_new(strbuf_str(&bytes));
    list_places(self, path, text, strbuf_str(&bytes), NULL, SIZE_MAX);
    snapshot_unref(text);
  }
  strbuf_release(&bytes);
  free(whole);
}

static void list_folder(Preview *self, const char *below, int depth)
{
  char *whole = *below ? path_join(self->root, below) : str_dup(str_of(self->root));
  struct dirent **entries = NULL;
  int count = depth < DEPTH_MAX ? scandir(whole, &entries, NULL, alphasort) : 0;
  for (int i = 0; i < count; i++) {
    const char *name = entries[i]->d_name;
    char *path = *below ? path_join(below, name) : str_dup(str_of(name)), *full = path_join(whole, name);
    struct stat info;
    if (*name != '.' && lstat(full, &info) == 0) {
      if (S_ISDIR(info.st_mode))
        list_folder(self, path, depth + 1);
      else if (S_ISREG(info.st_mode) && is_article(name) && strcmp(path, self->skip) != 0)
        list_file(self, path);
    }
    free(path);
    free(full);
    free(entries[i]);
  }
  free(entries);
  free(whole);
}

static void preview_work(uv_work_t *req)
{
  list_folder(container_of(req, Preview, req), "", 0);
}

static void preview_answer(Preview *self)
{
  StrBuf result = {0};
  strbuf_byte(&result, '{');
  json_write_uint(&result, "count", self->count);
  json_write_uint(&result, "articles", self->articles);
  strbuf_add(&result, STR(",\"rows\":["));
  strbuf_add(&result, strbuf_str(&self->out));
  strbuf_add(&result, STR("]}"));
  lsp_reply(self->lsp, self->id, &result);
  strbuf_release(&self->out);
  free(self->id);
  free(self->words);
  free(self->root);
  free(self->skip);
  free(self);
}

static void preview_done(uv_work_t *req, int status)
{
  (void)status;
  preview_answer(container_of(req, Preview, req));
}

void people_preview(Desk *desk, const char *id, Str words, PreviewScope scope, size_t at)
{
  Preview *self = xcalloc(1, sizeof *self);
  *self = (Preview){.lsp = desk->people->lsp,
                    .id = xstrdup(id),
                    .words = str_dup(words),
                    .root = xstrdup(desk->paths.root),
                    .skip = xstrdup(desk->paths.article),
                    .enc = enc_of(desk->people->lsp)};
  const Findings *found = desk->doc->found;
  Snapshot *prose = desk->doc->html ? htmltext_snapshot(found->text) : snapshot_ref(found->text);
  Arena arena = {0};
  list_places(self, desk->paths.article, found->text, snapshot_read(prose, 0, snapshot_len(prose), &arena),
              found, scope == PREVIEW_HERE ? at : SIZE_MAX);
  arena_release(&arena);
  snapshot_unref(prose);
  if (scope == PREVIEW_FOLDER)
    uv_queue_work(lsp_loop(self->lsp), &self->req, preview_work, preview_done);
  else
    preview_answer(self);
}
