// What may be done at a place, as code actions.
#include "server/features.h"
#include "server/poscodec.h"
#include "server/review_p.h"

enum { SPEAKERS_MAX = 9 };

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

static void offer_verdicts(Actions *self, const Span *span, Str words, Arena *arena)
{
  Str kind = arena_printf(arena, ",\"kind\":\"%s\"", span_kind_name(span->kind));
  Str type = span_type_name(span);
  if (span->by != BY_HUMAN) {
    add_action(self, "quickfix.newsmark.accept", "newsmark.accept",
               arena_printf(arena, "Accept " STR_FMT " as " STR_FMT, STR_ARG(words), STR_ARG(type)),
               span->start, span->end, kind);
    add_action(self, "quickfix.newsmark.reject", "newsmark.reject",
               arena_printf(arena, "Reject " STR_FMT " as " STR_FMT, STR_ARG(words), STR_ARG(type)),
               span->start, span->end, kind);
  } else if (span->human && self->doc->found->found->human[span->human - 1]->record.len) {
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
    if (span && str_is(span_type_name(span), types[t]) && span->by == BY_HUMAN) continue;
    for (size_t s = 0; s < (t < 3 ? ARRAY_LEN(scopes) : 1); s++)
      add_action(self, "refactor.newsmark.tag", "newsmark.tag",
                 arena_printf(arena, "Tag " STR_FMT " as %s%s", STR_ARG(words), names[t], where[s]), start,
                 end, arena_printf(arena, ",\"type\":\"%s\",\"scope\":\"%s\"", types[t], scopes[s]));
  }
}

static void offer_speakers(Actions *self, const Span *quote, Arena *arena)
{
  Persons people = {0};
  review_list_people(self->doc, quote->start, &people);
  for (size_t i = 0; i < people.len && i < SPEAKERS_MAX; i++) {
    const Span *span = people.items[i].span;
    StrBuf more = {0};
    PositionWalk walk = position_walk(self->doc->found->text, self->enc);
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
    if (here.kinds[SPAN_QUOTE]) offer_speakers(&self, here.kinds[SPAN_QUOTE], &arena);
    if (start < end) offer_tags(&self, start, end, words, selected ? NULL : span, &arena);
    add_action(&self, "source.newsmark.acceptAll", "newsmark.acceptAll",
               STR("Accept all of this article's annotations"), 0, 0, (Str){0});
  }
  strbuf_byte(out, ']');
  arena_release(&arena);
  return true;
}
