// What may be done at a place, as code actions.
#include "base/map.h"
#include "server/desk_p.h"
#include "server/features.h"
#include "server/poscodec.h"
#include "server/review_p.h"

#include <stdio.h>

enum { SPEAKERS_MAX = 9, TAGS_MAX = 9 };

typedef struct Actions {
  const Document *doc;
  Encoding enc;
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
  PositionWalk walk = position_walk(self->doc->found->text, self->enc);
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

typedef struct Scope {
  const char *name, *where;
} Scope;
static const Scope g_scopes[] = {
    {"here", ""}, {"article", " everywhere in this article"}, {"folder", " everywhere in the folder"}};

// One action in as many scopes as its kind has: a date means another day elsewhere, a quotation stands once.
static void add_scopes(Actions *self, const char *kind, const char *command, Str title, const Span *span,
                       Arena *arena)
{
  static const size_t scopes[SPAN_KINDS] = {
      [SPAN_ENTITY] = 3, [SPAN_DATE] = 2, [SPAN_QUOTE] = 1, [SPAN_TAG] = 3};
  for (size_t s = 0; s < scopes[span->kind]; s++)
    add_action(self, kind, command, arena_printf(arena, STR_FMT "%s", STR_ARG(title), g_scopes[s].where),
               span->start, span->end,
               arena_printf(arena, ",\"kind\":\"%s\",\"scope\":\"%s\"", span_kind_name(span->kind),
                            g_scopes[s].name));
}

static void offer_verdicts(Actions *self, const Span *span, Str words, Arena *arena)
{
  Str type = span_type_name(span);
  if (span->by != BY_HUMAN) {
    add_scopes(self, "quickfix.newsmark.accept", "newsmark.accept",
               arena_printf(arena, "Accept " STR_FMT " as " STR_FMT, STR_ARG(words), STR_ARG(type)), span,
               arena);
    add_scopes(self, "quickfix.newsmark.reject", "newsmark.reject",
               arena_printf(arena, "Reject " STR_FMT " as " STR_FMT, STR_ARG(words), STR_ARG(type)), span,
               arena);
  } else if (span->human && self->doc->found->found->human[span->human - 1]->record.len) {
    add_action(self, "refactor.newsmark.forget", "newsmark.forget",
               arena_printf(arena, "Forget what was decided about " STR_FMT, STR_ARG(words)), span->start,
               span->end, arena_printf(arena, ",\"kind\":\"%s\"", span_kind_name(span->kind)));
  }
  add_scopes(self, "refactor.newsmark.untag", "newsmark.untag",
             arena_printf(arena, "Untag " STR_FMT, STR_ARG(words)), span, arena);
}

static void offer_tag(Actions *self, size_t start, size_t end, Str words, const char *type, const char *name,
                      size_t scopes, Arena *arena)
{
  for (size_t s = 0; s < scopes; s++)
    add_action(self, "refactor.newsmark.tag", "newsmark.tag",
               arena_printf(arena, "Tag " STR_FMT " as %s%s", STR_ARG(words), name, g_scopes[s].where), start,
               end, arena_printf(arena, ",\"type\":\"%s\",\"scope\":\"%s\"", type, g_scopes[s].name));
}

// The tags that this article has already, each once.
static void offer_used_tags(Actions *self, size_t start, size_t end, Str words, Arena *arena)
{
  const SpanVec *spans = &self->doc->found->found->spans;
  Map offered = {0};
  bool fresh;
  for (size_t i = 0; i < spans->len && offered.len < TAGS_MAX; i++) {
    if (spans->items[i].kind != SPAN_TAG) continue;
    Str tag = spans->items[i].tag->tag;
    map_slot(&offered, tag, &fresh);
    if (fresh && !memchr(tag.ptr, '"', tag.len) && !memchr(tag.ptr, '\\', tag.len))
      offer_tag(self, start, end, words, arena_dup(arena, tag).ptr, arena_dup(arena, tag).ptr, 3, arena);
  }
  map_release(&offered);
}

static void offer_tags(Actions *self, size_t start, size_t end, Str words, const Span *span, Arena *arena)
{
  static const struct {
    const char *type, *name;
    size_t scopes;
  } types[] = {{"PER", "person", 3},
               {"ORG", "organisation", 3},
               {"LOC", "place", 3},
               {"DATE", "date", 1},
               {"direct", "quotation", 1}};
  for (size_t t = 0; t < ARRAY_LEN(types); t++) {
    if (span && str_is(span_type_name(span), types[t].type) && span->by == BY_HUMAN) continue;
    offer_tag(self, start, end, words, types[t].type, types[t].name, types[t].scopes, arena);
  }
  offer_used_tags(self, start, end, words, arena);
}

// Who may have said it, or be its source.
static void offer_party(Actions *self, const Span *quote, const Persons *people, bool source, Arena *arena)
{
  const Mention *now = source ? &quote->quote->source : &quote->quote->speaker;
  const char *kind = source ? "refactor.newsmark.source" : "refactor.newsmark.speaker",
             *command = source ? "newsmark.setSource" : "newsmark.setSpeaker",
             *title = source ? "Source" : "Speaker";
  for (size_t i = 0; i < people->len && i < SPEAKERS_MAX; i++) {
    const Span *span = people->items[i].span;
    StrBuf more = {0};
    PositionWalk walk = position_walk(self->doc->found->text, self->enc);
    strbuf_add(&more, STR(",\"kind\":\"quote\""));
    json_write_member(&more, "name", span->entity->name);
    json_write_member(&more, "entity", span->entity->entity);
    json_write_key(&more, "mention");
    poscodec_write_range(&more, &walk, span->start, span->end);
    if (!str_eq(span->entity->entity, now->entity))
      add_action(self, kind, command, arena_printf(arena, "%s: " STR_FMT, title, STR_ARG(span->entity->name)),
                 quote->start, quote->end, strbuf_str(&more));
    strbuf_release(&more);
  }
  if (now->name.len)
    add_action(self, kind, command, arena_printf(arena, "%s: nobody", title), quote->start, quote->end,
               STR(",\"kind\":\"quote\",\"none\":true"));
}

static void offer_parties(Actions *self, const Span *quote, Arena *arena)
{
  Persons people = {0};
  review_list_people(self->doc, quote->start, &people);
  offer_party(self, quote, &people, false, arena);
  offer_party(self, quote, &people, true, arena);
  vec_release(&people);
}

// Others of the article who may be the same one.
static void offer_joins(Actions *self, const Span *span, Arena *arena)
{
  const SpanVec *spans = &self->doc->found->found->spans;
  Map offered = {0};
  bool fresh;
  map_put(&offered, span->entity->entity, 1);
  for (size_t i = 0; i < spans->len && offered.len <= SPEAKERS_MAX; i++) {
    const Span *other = &spans->items[i];
    if (other->kind != SPAN_ENTITY || other->type != span->type) continue;
    map_slot(&offered, other->entity->entity, &fresh);
    if (!fresh) continue;
    StrBuf more = {0};
    strbuf_add(&more, STR(",\"kind\":\"entity\""));
    json_write_member(&more, "into", other->entity->entity);
    add_action(self, "refactor.newsmark.join", "newsmark.joinEntities",
               arena_printf(arena, STR_FMT " is " STR_FMT, STR_ARG(span->entity->name),
                            STR_ARG(other->entity->name)),
               span->start, span->end, strbuf_str(&more));
    strbuf_release(&more);
  }
  map_release(&offered);
}

// About the article as a whole.
static void offer_article(Actions *self)
{
  const Desk *desk = self->doc->desk;
  static const char *const states[] = {"unread", "work", "done"};
  static const char *const titles[] = {"This article: unread", "This article: in work", "This article: done"};
  add_action(self, "source.newsmark.acceptAll", "newsmark.acceptAll",
             STR("Accept all of this article's annotations"), 0, 0, (Str){0});
  if (desk->undo.len)
    add_action(self, "source.newsmark.undo", "newsmark.undo", STR("Take back what was decided last"), 0, 0,
               (Str){0});
  if (desk->redo.len)
    add_action(self, "source.newsmark.redo", "newsmark.redo", STR("Decide again what was taken back"), 0, 0,
               (Str){0});
  for (size_t i = 0; i < ARRAY_LEN(states); i++) {
    char more[32];
    snprintf(more, sizeof more, ",\"state\":\"%s\"", states[i]);
    if (strcmp(desk->state, states[i]) != 0)
      add_action(self, "source.newsmark.state", "newsmark.setState", str_of(titles[i]), 0, 0, str_of(more));
  }
}

static const Span *entity_at(const Document *doc, size_t at)
{
  return features_at(doc->found, at).kinds[SPAN_ENTITY];
}

bool offers_may_be_another(const Document *doc, const cJSON *params, size_t at)
{
  Actions self = {.only = json_get(json_get(params, "context"), "only")};
  const Span *span = entity_at(doc, at);
  return doc->desk && span && span->type == ENTITY_PER && span->by != BY_HUMAN &&
         wanted(&self, "refactor.newsmark.entity");
}

void offers_write_another(StrBuf *out, const Document *doc, Encoding enc, size_t at, bool more, Str name,
                          Str entity, Str about)
{
  Actions self = {.doc = doc, .enc = enc, .out = out, .count = more};
  Arena arena = {0};
  StrBuf facts = {0};
  const Span *span = entity_at(doc, at);
  Str words = span ? snapshot_read(doc->found->text, span->start, span->end, &arena) : (Str){0};
  strbuf_add(&facts, STR(",\"type\":\"PER\",\"scope\":\"article\""));
  json_write_member(&facts, "name", name);
  json_write_member(&facts, "entity", entity);
  if (span)
    add_action(&self, "refactor.newsmark.entity", "newsmark.tag",
               arena_printf(&arena, STR_FMT " is " STR_FMT ", in this article (" STR_FMT ")", STR_ARG(words),
                            STR_ARG(name), STR_ARG(about)),
               span->start, span->end, strbuf_str(&facts));
  strbuf_release(&facts);
  arena_release(&arena);
}

bool offers_code_actions(Lsp *lsp, Document *doc, const cJSON *params, StrBuf *out, Error *err)
{
  size_t start, end;
  Arena arena = {0};
  Actions self = {doc, docs_encoding(lsp_docs(lsp)), out, json_get(json_get(params, "context"), "only"), 0};
  if (!poscodec_range(json_get(params, "range"), doc->found->text, self.enc, &start, &end))
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
    if (here.kinds[SPAN_QUOTE]) offer_parties(&self, here.kinds[SPAN_QUOTE], &arena);
    if (start < end) offer_tags(&self, start, end, words, selected ? NULL : span, &arena);
    if (span && span->kind == SPAN_ENTITY && !selected) offer_joins(&self, span, &arena);
    offer_article(&self);
  }
  strbuf_byte(out, ']');
  arena_release(&arena);
  return true;
}
