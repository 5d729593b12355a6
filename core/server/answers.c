// A row has `uri`, and a `range` in the client's encoding, null where the file is not what was indexed.
#include "server/answers.h"

#include "base/json.h"
#include "server/uri.h"

typedef struct Writer {
  const char *root;
  StrBuf *out;
  StrBuf uri; // scratch
  size_t rows;
  size_t most; // rows; one more was asked for
  bool more;   // it was there
} Writer;

// How many of `len` rows are written.
static size_t cut(Writer *self, size_t len)
{
  self->more = len > self->most;
  return self->more ? self->most : len;
}

static void begin_row(Writer *self)
{
  strbuf_add(self->out, self->rows++ ? STR(",{") : STR("{"));
}

static void write_range(StrBuf *out, const Place *at)
{
  json_write_key(out, "range");
  if (at->line)
    strbuf_addf(out, "{\"start\":{\"line\":%zu,\"character\":%zu},\"end\":{\"line\":%zu,\"character\":%zu}}",
                at->line - 1, at->column - 1, at->end_line - 1, at->end_column - 1);
  else
    strbuf_add(out, STR("null"));
}

static void write_uri(Writer *self, const Place *at)
{
  StrBuf path = {0};
  strbuf_addf(&path, "%s/", self->root);
  strbuf_add(&path, at->path);
  strbuf_reset(&self->uri);
  uri_write(&self->uri, strbuf_str(&path));
  strbuf_release(&path);
  json_write_member(self->out, "uri", strbuf_str(&self->uri));
}

static void write_place(Writer *self, const Place *at)
{
  write_uri(self, at);
  json_write_member(self->out, "path", at->path);
  json_write_member(self->out, "title", at->title);
  json_write_member(self->out, "author", at->author.len ? at->author : (Str){0});
  json_write_member(self->out, "lang", at->lang);
  json_write_member(self->out, "date", at->date.len ? at->date : (Str){0});
  write_range(self->out, at);
  json_write_member(self->out, "left", at->left.ptr ? at->left : STR(""));
  json_write_member(self->out, "text", at->text.ptr ? at->text : STR(""));
  json_write_member(self->out, "right", at->right.ptr ? at->right : STR(""));
}

static void write_or_null(Writer *self, const char *key, Str value)
{
  json_write_member(self->out, key, value.len ? value : (Str){0});
}

static void write_type(Writer *self, SpanKind kind, int type)
{
  Span span = {.kind = kind, .type = (uint8_t)type};
  json_write_member(self->out, "type", span_type_name(&span));
}

static bool entities(Writer *self, Query *query, const QueryFilter *filter, Arena *arena, Error *err)
{
  EntityRows rows = {0};
  if (!query_entities(query, filter, arena, &rows, err)) return false;
  for (size_t i = 0, len = cut(self, rows.len); i < len; i++) {
    const EntityRow *row = &rows.items[i];
    begin_row(self);
    json_write_member(self->out, "entity", row->entity);
    json_write_member(self->out, "name", row->name);
    write_type(self, SPAN_ENTITY, row->type);
    json_write_number(self->out, "mentions", (double)row->mentions);
    json_write_number(self->out, "articles", (double)row->articles);
    json_write_number(self->out, "quotes", (double)row->quotes);
    write_or_null(self, "first", row->first);
    write_or_null(self, "last", row->last);
    strbuf_byte(self->out, '}');
  }
  return true;
}

static bool mentions(Writer *self, Query *query, const QueryFilter *filter, Arena *arena, Error *err)
{
  MentionRows rows = {0};
  if (!query_mentions(query, filter, arena, &rows, err)) return false;
  for (size_t i = 0, len = cut(self, rows.len); i < len; i++) {
    const MentionRow *row = &rows.items[i];
    begin_row(self);
    write_place(self, &row->at);
    write_or_null(self, "entity", row->entity);
    write_or_null(self, "name", row->name);
    json_write_member(self->out, "type", row->type);
    strbuf_byte(self->out, '}');
  }
  return true;
}

static bool quotes(Writer *self, Query *query, const QueryFilter *filter, Arena *arena, Error *err)
{
  QuoteRows rows = {0};
  if (!query_quotes(query, filter, arena, &rows, err)) return false;
  for (size_t i = 0, len = cut(self, rows.len); i < len; i++) {
    const QuoteRow *row = &rows.items[i];
    begin_row(self);
    write_place(self, &row->at);
    write_type(self, SPAN_QUOTE, row->type);
    write_or_null(self, "speaker", row->speaker);
    write_or_null(self, "entity", row->entity);
    write_or_null(self, "source", row->source);
    json_write_number(self->out, "group", row->group);
    strbuf_byte(self->out, '}');
  }
  return true;
}

static bool timeline(Writer *self, Query *query, const QueryFilter *filter, Arena *arena, Error *err)
{
  DateRows rows = {0};
  if (!query_timeline(query, filter, arena, &rows, err)) return false;
  for (size_t i = 0, len = cut(self, rows.len); i < len; i++) {
    const DateRow *row = &rows.items[i];
    begin_row(self);
    write_place(self, &row->at);
    write_type(self, SPAN_DATE, row->type);
    json_write_member(self->out, "value", row->value);
    write_or_null(self, "begin", row->begin);
    write_or_null(self, "until", row->until);
    strbuf_byte(self->out, '}');
  }
  return true;
}

static bool search(Writer *self, Query *query, const QueryFilter *filter, Arena *arena, Error *err)
{
  SearchRows rows = {0};
  if (!query_search(query, filter, arena, &rows, err)) return false;
  for (size_t i = 0, len = cut(self, rows.len); i < len; i++) {
    begin_row(self);
    write_place(self, &rows.items[i].at);
    json_write_number(self->out, "score", rows.items[i].score);
    strbuf_byte(self->out, '}');
  }
  return true;
}

static void write_symbol(Writer *self, const EntityRow *row, const Place *at)
{
  static const int kinds[] = {5, 2, 14}; // Class, Module, Constant: as documentSymbol has them
  Arena scratch = {0};
  begin_row(self);
  json_write_member(self->out, "name", row->name);
  json_write_number(self->out, "kind", kinds[row->type]);
  json_write_member(self->out, "containerName",
                    arena_printf(&scratch, "%zu in %zu articles", row->mentions, row->articles));
  arena_release(&scratch);
  strbuf_add(self->out, STR(",\"location\":{"));
  write_uri(self, at);
  write_range(self->out, at);
  strbuf_add(self->out, STR("}}"));
}

static bool symbols(Writer *self, Query *query, const QueryFilter *filter, Arena *arena, Error *err)
{
  EntityRows rows = {0};
  if (!query_entities(query, filter, arena, &rows, err)) return false;
  for (size_t i = 0; i < rows.len; i++) {
    MentionRows first = {0};
    QueryFilter one = {.name = rows.items[i].entity, .limit = 1, .enc = filter->enc};
    if (!query_mentions(query, &one, arena, &first, err)) return false;
    if (first.len && first.items[0].at.line) write_symbol(self, &rows.items[i], &first.items[0].at);
  }
  return true;
}

// --- LSP's own questions

enum { LIST_MAX = 1000 };

static bool is_among(const StrVec *list, Str path)
{
  for (size_t i = 0; i < list->len; i++)
    if (str_eq(list->items[i], path)) return true;
  return false;
}

static void write_listed(Writer *self, const Place *at, const StrVec *skip)
{
  if (!at->line || is_among(skip, at->path)) return;
  begin_row(self);
  write_uri(self, at);
  write_range(self->out, at);
  strbuf_byte(self->out, '}');
}

bool answers_list(Query *query, Str entity, bool quotes, Encoding enc, const char *root, const StrVec *skip,
                  bool more, StrBuf *out, Error *err)
{
  Writer writer = {.root = root, .out = out, .rows = more};
  QueryFilter filter = {.name = entity, .limit = LIST_MAX, .enc = enc};
  Arena arena = {0};
  MentionRows mentions = {0};
  QuoteRows said = {0};
  bool ok = quotes ? query_quotes(query, &filter, &arena, &said, err)
                   : query_mentions(query, &filter, &arena, &mentions, err);
  for (size_t i = 0; ok && i < mentions.len; i++) write_listed(&writer, &mentions.items[i].at, skip);
  for (size_t i = 0; ok && i < said.len; i++) write_listed(&writer, &said.items[i].at, skip);
  strbuf_release(&writer.uri);
  arena_release(&arena);
  return ok;
}

static Str counted(Arena *arena, size_t n, const char *what)
{
  return arena_printf(arena, "%zu %s%s", n, what, n == 1 ? "" : "s");
}

static Str count_all(Query *query, Str entity, Arena *arena, Error *err)
{
  EntityRows rows = {0};
  QueryFilter filter = {.name = entity, .limit = 1};
  if (!query_entities(query, &filter, arena, &rows, err) || !rows.len) return (Str){0};
  const EntityRow *row = &rows.items[0];
  Str line = arena_printf(arena, STR_FMT " in " STR_FMT " of this folder",
                          STR_ARG(counted(arena, row->mentions, "mention")),
                          STR_ARG(counted(arena, row->articles, "article")));
  if (row->first.len && str_eq(row->first, row->last))
    line = arena_printf(arena, STR_FMT " (" STR_FMT ")", STR_ARG(line), STR_ARG(row->first));
  else if (row->first.len)
    line = arena_printf(arena, STR_FMT " (" STR_FMT " to " STR_FMT ")", STR_ARG(line), STR_ARG(row->first),
                        STR_ARG(row->last));
  if (row->quotes)
    line = arena_printf(arena, STR_FMT ", " STR_FMT, STR_ARG(line),
                        STR_ARG(counted(arena, row->quotes, "quotation")));
  return line;
}

Str answers_counts(Query *query, Str entity, Arena *arena, Error *err)
{
  Str line = count_all(query, entity, arena, err);
  EntityRow maybe;
  if (!query_namesake(query, entity, arena, &maybe, err)) return line;
  return arena_printf(arena, STR_FMT "%sperhaps " STR_FMT ", named in " STR_FMT, STR_ARG(line),
                      line.len ? "; " : "", STR_ARG(maybe.name),
                      STR_ARG(counted(arena, maybe.articles, "article")));
}

bool answers_write(Query *query, AnswerKind kind, const QueryFilter *filter, const char *root, StrBuf *out,
                   Error *err)
{
  static bool (*const kinds[])(Writer *, Query *, const QueryFilter *, Arena *,
                               Error *) = {entities, mentions, quotes, timeline, search, symbols};
  Writer writer = {.root = root, .out = out};
  Arena arena = {0};
  bool rows = kind != ANSWER_SYMBOLS;
  if (rows) {
    uri_write(&writer.uri, str_of(root));
    strbuf_byte(out, '{');
    json_write_member(out, "folder", strbuf_str(&writer.uri));
    strbuf_add(out,
               query_ready(query) ? STR(",\"ready\":true,\"rows\":") : STR(",\"ready\":false,\"rows\":"));
  }
  strbuf_byte(out, '[');
  QueryFilter ask = *filter;
  if (rows && filter->limit) ask.limit++;
  writer.most = filter->limit ? filter->limit : SIZE_MAX;
  bool ok = kinds[kind](&writer, query, &ask, &arena, err);
  strbuf_byte(out, ']');
  if (rows) strbuf_add(out, writer.more ? STR(",\"more\":true}") : STR(",\"more\":false}"));
  strbuf_release(&writer.uri);
  arena_release(&arena);
  return ok;
}
