// Every question is: which entities does the name mean, then rows by an index, then the words around them
// from the files. Values are always bound, never written into the SQL.
#include "index/query.h"

#include "base/map.h"
#include "index/fold.h"
#include "index/query_p.h"
#include "index/schema.h"

#include <stdio.h>

enum { QUOTE_LINE_MAX = 4000 };

struct Query {
  sqlite3 *db;
  char *root;
};

typedef struct Rows { // one question while it runs
  Query *query;
  const QueryFilter *filter;
  Arena *arena;
  Error *err;
  Source source;
  int64_t source_of; // the article that `source` holds; -1: none
} Rows;

static void in_block(sqlite3_context *context, int count, sqlite3_value **values);

Query *query_new(const Folder *folder, Error *err)
{
  sqlite3 *db = schema_open_reader(folder->db, err);
  if (!db) return NULL;
  sqlite3_create_function(db, "in_block", 2, SQLITE_UTF8 | SQLITE_DETERMINISTIC, NULL, in_block, NULL, NULL);
  Query *self = xcalloc(1, sizeof *self);
  self->db = db;
  self->root = xstrdup(folder->root);
  return self;
}

void query_free(Query *self)
{
  if (!self) return;
  sqlite3_close(self->db);
  free(self->root);
  free(self);
}

void query_interrupt(Query *self)
{
  sqlite3_interrupt(self->db);
}

// --- statements ---

static sqlite3_stmt *prepare(Query *self, const char *sql, Error *err)
{
  sqlite3_stmt *stmt = NULL;
  if (sqlite3_prepare_v2(self->db, sql, -1, &stmt, NULL) != SQLITE_OK) schema_error(self->db, err);
  return stmt;
}

static void bind_name(sqlite3_stmt *stmt, const char *parameter, Str value)
{
  int at = sqlite3_bind_parameter_index(stmt, parameter);
  if (at) sqlite3_bind_text(stmt, at, value.ptr ? value.ptr : "", (int)value.len, SQLITE_TRANSIENT);
}

static void bind_number(sqlite3_stmt *stmt, const char *parameter, int64_t value)
{
  int at = sqlite3_bind_parameter_index(stmt, parameter);
  if (at) sqlite3_bind_int64(stmt, at, value);
}

static Str column(sqlite3_stmt *stmt, int at, Arena *arena)
{
  const char *text = (const char *)sqlite3_column_text(stmt, at);
  return arena_dup(arena, (Str){text, (size_t)sqlite3_column_bytes(stmt, at)});
}

// The next row; false at the end and on failure, which *ok tells apart.
static bool step(Rows *rows, sqlite3_stmt *stmt, bool *ok)
{
  int code = sqlite3_step(stmt);
  if (code == SQLITE_ROW) return true;
  *ok = code == SQLITE_DONE || schema_error(rows->query->db, rows->err);
  return false;
}

static void bind_range(sqlite3_stmt *stmt, const QueryFilter *filter)
{
  bind_number(stmt, ":from", day_of(filter->from));
  bind_number(stmt, ":until", filter->until.len ? day_until(filter->until) : 99999999);
  bind_number(stmt, ":limit", filter->limit ? (int64_t)filter->limit : -1);
  bind_name(stmt, ":path", filter->path);
}

const char *query_sqlite_version(void)
{
  return sqlite3_libversion();
}

bool query_ready(Query *self)
{
  Error err;
  sqlite3_stmt *stmt = prepare(self, "SELECT value FROM meta WHERE key = 'ready'", &err);
  bool ready = stmt && sqlite3_step(stmt) == SQLITE_ROW && sqlite3_column_int(stmt, 0) == 1;
  sqlite3_finalize(stmt);
  return ready;
}

// --- which entities ---

// Entities that `:name` (an id), or the folded `:form`, means: the form itself up to `:high`, as one name or
// as the end of one. Where the name is not a full one ("Petrova"), it means all who bear it.
#define NAMED                                                                                                \
  "(SELECT id FROM entities WHERE key = :name"                                                               \
  " UNION SELECT entity FROM names WHERE form >= :form AND form < :high)"

static void bind_names(sqlite3_stmt *stmt, const QueryFilter *filter, Arena *arena)
{
  Str form = fold_words(arena, filter->name);
  // Everything that begins with the form sorts below form + 0xFF; the form alone below form + 0x01, as 0x20
  // is the next byte used.
  Str high = arena_printf(arena, STR_FMT "%s", STR_ARG(form), filter->prefix ? "\xFF" : "\x01");
  bind_name(stmt, ":name", filter->name);
  bind_name(stmt, ":form", form);
  bind_name(stmt, ":high", form.len ? high : form);
}

static int type_number(Str type, const char *const *names, int count)
{
  for (int i = 0; i < count; i++)
    if (str_is(type, names[i])) return i;
  return -1;
}

static const char *const g_entity_types[] = {"PER", "ORG", "LOC"};
static const char *const g_quote_types[] = {"direct", "mixed", "indirect"};
static const char *const g_date_types[] = {"DATE", "TIME", "DURATION", "SET"};

// Bind `:type`, -1 for any. ERR_USAGE where there is no such type.
static bool bind_type(Rows *rows, sqlite3_stmt *stmt, const char *const *names, int count)
{
  Str type = rows->filter->type;
  int number = type_number(type, names, count);
  if (type.len && number < 0)
    return error_set(rows->err, ERR_USAGE, "no type '" STR_FMT "' here", STR_ARG(type));
  bind_number(stmt, ":type", number);
  return true;
}

static Str day_text(Arena *arena, int day)
{
  int year = day / 10000, month = day / 100 % 100, number = day % 100;
  if (!day) return (Str){0};
  if (month < 1 || month > 12) return arena_printf(arena, "%04d", year);
  if (number < 1 || number > 31) return arena_printf(arena, "%04d-%02d", year, month);
  return arena_printf(arena, "%04d-%02d-%02d", year, month, number);
}

#define MOST_FREQUENT_TYPE "CASE max(per, org, loc) WHEN per THEN 0 WHEN org THEN 1 ELSE 2 END"

// The sums at hand, and the first and last date of those rows alone that are wanted.
#define ALL_TIME                                                                                             \
  "SELECT id, key, name, per, org, loc, articles, quotes,"                                                   \
  " (SELECT min(day) FROM mentions WHERE entity = id AND day > 0),"                                          \
  " (SELECT max(day) FROM mentions WHERE entity = id) FROM (SELECT * FROM entities WHERE articles > 0"       \
  " AND (:type < 0 OR :type = " MOST_FREQUENT_TYPE ") %s ORDER BY per + org + loc DESC, key LIMIT :limit)"
// How often within a range has to be counted.
#define IN_RANGE                                                                                             \
  "SELECT e.id, key, name, sum((m.type = 0) * count), sum((m.type = 1) * count), sum((m.type = 2) * count)," \
  " count(*), quotes, min(nullif(day, 0)), max(day) FROM mentions m JOIN entities e ON e.id = m.entity"      \
  " WHERE day BETWEEN max(:from, 1) AND :until %s GROUP BY e.id"                                             \
  " HAVING :type < 0 OR :type = " MOST_FREQUENT_TYPE " ORDER BY sum(count) DESC, key LIMIT :limit"

static const char *entities_sql(const QueryFilter *filter, Arena *arena)
{
  if (filter->from.len || filter->until.len)
    return arena_printf(arena, IN_RANGE, filter->name.len ? "AND m.entity IN " NAMED : "").ptr;
  return arena_printf(arena, ALL_TIME, filter->name.len ? "AND id IN " NAMED : "").ptr;
}

bool query_entities(Query *self, const QueryFilter *filter, Arena *arena, EntityRows *out, Error *err)
{
  Rows rows = {.query = self, .filter = filter, .arena = arena, .err = err};
  const char *sql = entities_sql(filter, arena);
  sqlite3_stmt *stmt = prepare(self, sql, err);
  if (!stmt) return false;
  bind_names(stmt, filter, arena);
  bind_range(stmt, filter);
  bool ok = bind_type(&rows, stmt, g_entity_types, ENTITY_TYPES);
  while (ok && step(&rows, stmt, &ok)) {
    EntityRow row = {.entity = column(stmt, 1, arena), .name = column(stmt, 2, arena)};
    int64_t most = -1;
    for (int i = 0; i < ENTITY_TYPES; i++) {
      int64_t n = sqlite3_column_int64(stmt, 3 + i);
      row.mentions += (size_t)n;
      if (n > most) most = n, row.type = (EntityType)i;
    }
    row.articles = (size_t)sqlite3_column_int64(stmt, 6);
    row.quotes = (size_t)sqlite3_column_int64(stmt, 7);
    row.first = day_text(arena, sqlite3_column_int(stmt, 8));
    row.last = day_text(arena, sqlite3_column_int(stmt, 9));
    vec_push_in(arena, out, row);
  }
  sqlite3_finalize(stmt);
  return ok;
}

// --- places ---

// Columns that every question about places selects first.
#define ARTICLE "a.id, a.path, a.title, a.lang, a.dct, a.mtime_ns, a.size"
enum { AFTER_ARTICLE = 7 };
#define IN_ARTICLE " AND (:path = '' OR a.path = :path) "

static Place place_of(Rows *rows, sqlite3_stmt *stmt)
{
  Place place = {.path = column(stmt, 1, rows->arena),
                 .title = column(stmt, 2, rows->arena),
                 .lang = column(stmt, 3, rows->arena),
                 .date = column(stmt, 4, rows->arena)};
  int64_t article = sqlite3_column_int64(stmt, 0);
  if (article != rows->source_of) {
    FileStamp stamp = {.mtime_ns = sqlite3_column_int64(stmt, 5),
                       .size = (uint64_t)sqlite3_column_int64(stmt, 6)};
    source_read(&rows->source, rows->query->root, place.path, stamp);
    rows->source_of = article;
  }
  return place;
}

static void locate(Rows *rows, Place *place, size_t start, size_t end)
{
  place->start = start;
  place->end = end;
  source_place(&rows->source, place, rows->filter->enc, rows->arena);
}

bool query_mentions(Query *self, const QueryFilter *filter, Arena *arena, MentionRows *out, Error *err)
{
  Rows rows = {.query = self, .filter = filter, .arena = arena, .err = err, .source_of = -1};
  if (!filter->name.len) return error_set(err, ERR_USAGE, "mentions of whom? a name is needed");
  sqlite3_stmt *stmt = prepare(
      self,
      "SELECT " ARTICLE ", m.spots, m.type, e.key, e.name FROM mentions m JOIN articles a ON a.id = m.article"
      " JOIN entities e ON e.id = m.entity WHERE m.entity IN " NAMED " AND m.day BETWEEN :from AND :until"
      " AND (:type < 0 OR m.type = :type)" IN_ARTICLE "ORDER BY m.day, a.path, m.entity",
      err);
  if (!stmt) return false;
  bind_names(stmt, filter, arena);
  bind_range(stmt, filter);
  bool ok = bind_type(&rows, stmt, g_entity_types, ENTITY_TYPES);
  while (ok && (!filter->limit || out->len < filter->limit) && step(&rows, stmt, &ok)) {
    Place article = place_of(&rows, stmt);
    MentionRow row = {.type = (EntityType)sqlite3_column_int(stmt, AFTER_ARTICLE + 1),
                      .entity = column(stmt, AFTER_ARTICLE + 2, arena),
                      .name = column(stmt, AFTER_ARTICLE + 3, arena)};
    SpotReader spots = {.left = {sqlite3_column_blob(stmt, AFTER_ARTICLE),
                                 (size_t)sqlite3_column_bytes(stmt, AFTER_ARTICLE)}};
    for (Spot spot; (!filter->limit || out->len < filter->limit) && spot_next(&spots, &spot);) {
      row.at = article;
      locate(&rows, &row.at, spot.start, spot.end);
      vec_push_in(arena, out, row);
    }
  }
  source_release(&rows.source);
  sqlite3_finalize(stmt);
  return ok;
}

// Whether every word of `words` (folded, from the caller) begins a word of `text`.
static bool holds_words(Str text, Str words, Arena *arena)
{
  Str folded = fold_words(arena, text);
  while (words.len) {
    Str want = str_cut(&words, ' '), rest = folded;
    bool found = false;
    while (rest.len && !found) found = str_starts(str_cut(&rest, ' '), want);
    if (!found) return false;
  }
  return true;
}

// What people type as an FTS5 expression: words are folded and quoted, so that none is taken for an operator;
// what they put in quotes stays a phrase. Empty where there is no word.
static Str match_of(Arena *arena, Str words, bool prefix, Str *first)
{
  StrBuf match = {0};
  bool phrase = false;
  while (words.len) {
    Str part = fold_words(arena, str_cut(&words, '"'));
    bool last = !words.len;
    if (!first->len) *first = part;
    if (phrase && part.len) strbuf_addf(&match, "\"" STR_FMT "\" ", STR_ARG(part));
    while (!phrase && part.len) {
      Str word = str_cut(&part, ' ');
      strbuf_addf(&match, "\"" STR_FMT "\"%s ", STR_ARG(word), prefix && last && !part.len ? "*" : "");
    }
    phrase = !phrase;
  }
  Str result = arena_dup(arena, strbuf_str(&match));
  strbuf_release(&match);
  return result;
}

// Every word of `folded` begins a word of the article.
static Str match_beginnings(Arena *arena, Str folded)
{
  StrBuf match = {0};
  while (folded.len) {
    Str word = str_cut(&folded, ' ');
    strbuf_addf(&match, "\"" STR_FMT "\"* ", STR_ARG(word));
  }
  Str result = arena_dup(arena, strbuf_str(&match));
  strbuf_release(&match);
  return result;
}

#define QUOTES                                                                                               \
  "SELECT " ARTICLE ", q.start, q.end, q.type, q.grp, q.speaker_name, e.key, q.source, q.text FROM"          \
  " %s LEFT JOIN entities e ON e.id = q.speaker WHERE a.day BETWEEN :from AND :until"                        \
  " AND (:type < 0 OR q.type = :type)" IN_ARTICLE "%s %s ORDER BY a.day, a.path, q.start"

// A speaker's quotations by their index; everybody's by that of the articles, which is in the order wanted.
static const char *quotes_sql(const QueryFilter *filter, Str words, Arena *arena)
{
  bool named = filter->name.len > 0;
  return arena_printf(arena, QUOTES,
                      named ? "quotes q CROSS JOIN articles a ON a.id = q.article"
                            : "articles a CROSS JOIN quotes q ON q.article = a.id",
                      named ? "AND q.speaker IN " NAMED : "",
                      words.len ? "AND +a.id IN (SELECT rowid FROM text WHERE text MATCH :match)" : "")
      .ptr;
}

bool query_quotes(Query *self, const QueryFilter *filter, Arena *arena, QuoteRows *out, Error *err)
{
  Rows rows = {.query = self, .filter = filter, .arena = arena, .err = err, .source_of = -1};
  Str words = fold_words(arena, filter->words);
  sqlite3_stmt *stmt = prepare(self, quotes_sql(filter, words, arena), err);
  if (!stmt) return false;
  bind_names(stmt, filter, arena);
  bind_range(stmt, filter);
  bind_name(stmt, ":match", match_beginnings(arena, words));
  Arena scratch = {0};
  bool ok = bind_type(&rows, stmt, g_quote_types, QUOTE_TYPES);
  while (ok && (!filter->limit || out->len < filter->limit) && step(&rows, stmt, &ok)) {
    Str text = {(const char *)sqlite3_column_text(stmt, AFTER_ARTICLE + 7),
                (size_t)sqlite3_column_bytes(stmt, AFTER_ARTICLE + 7)};
    arena_reset(&scratch);
    if (words.len && !holds_words(text, words, &scratch)) continue;
    QuoteRow row = {.at = place_of(&rows, stmt),
                    .type = (QuoteType)sqlite3_column_int(stmt, AFTER_ARTICLE + 2),
                    .group = (unsigned)sqlite3_column_int(stmt, AFTER_ARTICLE + 3),
                    .speaker = column(stmt, AFTER_ARTICLE + 4, arena),
                    .entity = column(stmt, AFTER_ARTICLE + 5, arena),
                    .source = column(stmt, AFTER_ARTICLE + 6, arena)};
    row.at.text = source_line(arena, text, QUOTE_LINE_MAX);
    locate(&rows, &row.at, (size_t)sqlite3_column_int64(stmt, AFTER_ARTICLE),
           (size_t)sqlite3_column_int64(stmt, AFTER_ARTICLE + 1));
    vec_push_in(arena, out, row);
  }
  arena_release(&scratch);
  source_release(&rows.source);
  sqlite3_finalize(stmt);
  return ok;
}

// --- timeline ---

// in_block(spots, block): whether one of the packed places lies in that block.
static void in_block(sqlite3_context *context, int count, sqlite3_value **values)
{
  (void)count;
  SpotReader spots = {.left = {sqlite3_value_blob(values[0]), (size_t)sqlite3_value_bytes(values[0])}};
  size_t block = (size_t)sqlite3_value_int64(values[1]);
  bool found = false;
  for (Spot spot; !found && spot_next(&spots, &spot);) found = spot.block == block;
  sqlite3_result_int(context, found);
}

// A name in few articles: their dates are sorted. One in many, and a page of rows is wanted: dates are walked
// in their order until the page is full.
enum { MANY_ARTICLES = 500 };

static bool in_many_articles(Rows *rows)
{
  sqlite3_stmt *stmt =
      prepare(rows->query, "SELECT sum(articles) FROM entities WHERE id IN " NAMED, rows->err);
  if (!stmt) return false;
  bind_names(stmt, rows->filter, rows->arena);
  bool many = sqlite3_step(stmt) == SQLITE_ROW && sqlite3_column_int64(stmt, 0) > MANY_ARTICLES;
  sqlite3_finalize(stmt);
  return many;
}

#define DATES                                                                                                \
  "SELECT " ARTICLE ", d.start, d.end, d.type, d.value, d.begin, d.until FROM dates d"                       \
  " JOIN articles a ON a.id = d.article"                                                                     \
  " WHERE d.begin <= :until AND d.until >= :from AND (:type < 0 OR d.type = :type)" IN_ARTICLE
#define WITH_NAME                                                                                            \
  "AND EXISTS (SELECT 1 FROM mentions m WHERE m.entity IN " NAMED                                            \
  " AND m.day = a.day AND m.article = a.id AND in_block(m.spots, d.block)) "
#define IN_ITS_ARTICLES "AND d.article IN (SELECT article FROM mentions WHERE entity IN " NAMED ") "
#define BY_DATE "ORDER BY d.begin, d.until DESC, a.path, d.start LIMIT :limit"

bool query_timeline(Query *self, const QueryFilter *filter, Arena *arena, DateRows *out, Error *err)
{
  Rows rows = {.query = self, .filter = filter, .arena = arena, .err = err, .source_of = -1};
  const char *sql = DATES BY_DATE;
  if (filter->name.len) sql = DATES IN_ITS_ARTICLES WITH_NAME BY_DATE;
  if (filter->name.len && filter->limit && in_many_articles(&rows)) sql = DATES WITH_NAME BY_DATE;
  sqlite3_stmt *stmt = prepare(self, sql, err);
  if (!stmt) return false;
  bind_names(stmt, filter, arena);
  bind_range(stmt, filter);
  bool ok = bind_type(&rows, stmt, g_date_types, DATE_TYPES);
  while (ok && step(&rows, stmt, &ok)) {
    DateRow row = {.at = place_of(&rows, stmt),
                   .type = (DateType)sqlite3_column_int(stmt, AFTER_ARTICLE + 2),
                   .value = column(stmt, AFTER_ARTICLE + 3, arena),
                   .begin = day_text(arena, sqlite3_column_int(stmt, AFTER_ARTICLE + 4)),
                   .until = day_text(arena, sqlite3_column_int(stmt, AFTER_ARTICLE + 5))};
    if (!row.value.len) row.value = row.begin;
    locate(&rows, &row.at, (size_t)sqlite3_column_int64(stmt, AFTER_ARTICLE),
           (size_t)sqlite3_column_int64(stmt, AFTER_ARTICLE + 1));
    vec_push_in(arena, out, row);
  }
  source_release(&rows.source);
  sqlite3_finalize(stmt);
  return ok;
}

// --- search ---

bool query_search(Query *self, const QueryFilter *filter, Arena *arena, SearchRows *out, Error *err)
{
  Rows rows = {.query = self, .filter = filter, .arena = arena, .err = err, .source_of = -1};
  Str first = {0}, match = match_of(arena, filter->words, filter->prefix, &first);
  if (!match.len) return error_set(err, ERR_USAGE, "search for what? a word is needed");
  sqlite3_stmt *stmt =
      prepare(self,
              "SELECT " ARTICLE ", -bm25(text) FROM text JOIN articles a ON a.id = text.rowid"
              " WHERE text MATCH :match AND a.day BETWEEN :from AND :until" IN_ARTICLE
              "ORDER BY bm25(text), a.path LIMIT :limit",
              err);
  if (!stmt) return false;
  bind_name(stmt, ":match", match);
  bind_range(stmt, filter);
  bool ok = true;
  while (step(&rows, stmt, &ok)) {
    SearchRow row = {.at = place_of(&rows, stmt), .score = sqlite3_column_double(stmt, AFTER_ARTICLE)};
    size_t start, end;
    if (source_find(&rows.source, first, &start, &end)) locate(&rows, &row.at, start, end);
    vec_push_in(arena, out, row);
  }
  source_release(&rows.source);
  sqlite3_finalize(stmt);
  return ok;
}
