// Every question is: which entities does the name mean, which numbers may articles have (they begin with the
// day, see schema.c), then rows in the order of an index until the page is full, then the words around them
// from the files. Values are always bound, never written into the SQL.
#include "index/query_p.h"

#include "index/fold.h"

enum { NAMES_MAX = 20000 };

const char *const query_entity_types[] = {"PER", "ORG", "LOC"};
const char *const query_quote_types[] = {"direct", "mixed", "indirect"};
const char *const query_date_types[] = {"DATE", "TIME", "DURATION", "SET"};

Query *query_new(const Folder *folder, Error *err)
{
  sqlite3 *db = schema_open_reader(folder->db, err);
  if (!db) return NULL;
  Query *self = xcalloc(1, sizeof *self);
  self->db = db;
  self->root = xstrdup(folder->root);
  self->bits = schema_bits(db);
  return self;
}

void query_free(Query *self)
{
  if (!self) return;
  if (self->drafts) drafts_lift(self->drafts);
  sqlite3_close(self->db);
  free(self->root);
  free(self);
}

void query_interrupt(Query *self)
{
  sqlite3_interrupt(self->db);
}

const char *query_sqlite_version(void)
{
  return sqlite3_libversion();
}

bool query_ready(Query *self)
{
  sqlite3_stmt *stmt = NULL;
  bool ready = sqlite3_prepare_v2(self->db, "SELECT value FROM meta WHERE key = 'ready'", -1, &stmt, NULL) ==
                   SQLITE_OK &&
               sqlite3_step(stmt) == SQLITE_ROW && sqlite3_column_int(stmt, 0) == 1;
  sqlite3_finalize(stmt);
  return ready;
}

// --- statements ---

sqlite3_stmt *asked_prepare(Asked *self, const char *sql)
{
  sqlite3_stmt *stmt = NULL;
  if (sqlite3_prepare_v2(self->query->db, sql, -1, &stmt, NULL) != SQLITE_OK)
    schema_error(self->query->db, self->err);
  return stmt;
}

bool asked_step(Asked *self, sqlite3_stmt *stmt, bool *ok)
{
  int code = sqlite3_step(stmt);
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) *ok = schema_error(self->query->db, self->err);
  return false;
}

static Str column_of(sqlite3_stmt *stmt, int column)
{
  const char *bytes = sqlite3_column_blob(stmt, column);
  return (Str){bytes, (size_t)sqlite3_column_bytes(stmt, column)};
}

Str asked_column(Asked *self, sqlite3_stmt *stmt, int column)
{
  return arena_dup(self->arena, column_of(stmt, column));
}

static void bind_text(sqlite3_stmt *stmt, int at, Str value)
{
  sqlite3_bind_text(stmt, at, value.ptr ? value.ptr : "", (int)value.len, SQLITE_TRANSIENT);
}

int64_t asked_limit(const Asked *self)
{
  size_t passed_over = 0; // of articles that are drafts
  while (self->query->drafts && drafts_path(self->query->drafts, passed_over)) passed_over++;
  return self->filter->limit ? (int64_t)(self->filter->limit + passed_over) : -1;
}

bool asked_full(const Asked *self, size_t rows)
{
  return self->filter->limit && rows >= self->filter->limit;
}

// --- what the filter says ---

static int type_number(Str type, const char *const *names, int count)
{
  for (int i = 0; i < count; i++)
    if (str_is(type, names[i])) return i;
  return -1;
}

// Bounds of articles' numbers: those of days, or of the one article at filter->path.
static bool find_bounds(Asked *self)
{
  const QueryFilter *filter = self->filter;
  int bits = self->query->bits;
  self->first = filter->from.len ? schema_article_of(day_index(day_of(filter->from)), bits) : INT64_MIN;
  self->last =
      filter->until.len ? schema_article_of(day_index(day_until(filter->until)) + 1, bits) - 1 : INT64_MAX;
  if (!filter->path.len) return true;
  sqlite3_stmt *stmt = asked_prepare(self, "SELECT article FROM files WHERE path = ?1");
  if (!stmt) return false;
  bind_text(stmt, 1, filter->path);
  bool ok = true, found = asked_step(self, stmt, &ok);
  int64_t id = found ? sqlite3_column_int64(stmt, 0) : 0;
  if (!found || id < self->first || id > self->last)
    self->first = 1, self->last = 0;
  else
    self->first = self->last = id;
  sqlite3_finalize(stmt);
  return ok;
}

// What postings.c puts together moves from one row to another: all that a question reads is of one commit.
static bool find_runs(Asked *self)
{
  if (sqlite3_get_autocommit(self->query->db)) {
    if (!schema_exec(self->query->db, "BEGIN", self->err)) return false;
    self->snapshot = true;
  }
  sqlite3_stmt *stmt = asked_prepare(self, "SELECT id FROM runs WHERE live");
  if (!stmt) return false;
  bool ok = true;
  while (asked_step(self, stmt, &ok)) vec_push(&self->runs, sqlite3_column_int64(stmt, 0));
  sqlite3_finalize(stmt);
  return ok;
}

bool asked_begin(Asked *self, const char *const *types, int type_count)
{
  Str type = self->filter->type;
  self->source_of = INT64_MIN;
  if (!find_runs(self)) return false;
  self->type = type_number(type, types, type_count);
  if (type.len && self->type < 0)
    return error_set(self->err, ERR_USAGE, "no type '" STR_FMT "' here", STR_ARG(type));
  return find_bounds(self);
}

void asked_end(Asked *self)
{
  sqlite3_finalize(self->article_stmt);
  sqlite3_finalize(self->list_stmt);
  if (self->snapshot) sqlite3_exec(self->query->db, "END", NULL, NULL, NULL);
  source_release(&self->source);
  vec_release(&self->ids);
  vec_release(&self->runs);
}

// --- lists ---

// From the row that holds self->first, or would, on.
#define LIST                                                                                                 \
  "SELECT article, entries, earliest FROM postings WHERE run = ?1 AND list = ?2 AND article <= ?4 AND "      \
  "article >="                                                                                               \
  " ifnull((SELECT max(article) FROM postings WHERE run = ?1 AND list = ?2 AND article <= ?3), ?3)"          \
  " ORDER BY article"

// Whether the row tells of a day that begins by then.
static bool tells_by(sqlite3_stmt *stmt, int latest)
{
  return sqlite3_column_type(stmt, 2) != SQLITE_NULL && sqlite3_column_int(stmt, 2) <= latest;
}

bool asked_postings(Asked *self, int64_t list, int64_t limit, PostingFn each, void *ud)
{
  if (!self->list_stmt) self->list_stmt = asked_prepare(self, LIST);
  sqlite3_stmt *stmt = self->list_stmt;
  bool ok = stmt;
  for (size_t i = 0; ok && i < self->runs.len; i++) {
    sqlite3_bind_int64(stmt, 1, self->runs.items[i]);
    sqlite3_bind_int64(stmt, 2, list);
    sqlite3_bind_int64(stmt, 3, self->first);
    sqlite3_bind_int64(stmt, 4, self->last);
    int64_t taken = 0, article;
    while ((limit < 0 || taken < limit) && asked_step(self, stmt, &ok)) {
      if (self->latest && !tells_by(stmt, *self->latest)) continue;
      Entries entries = {.left = column_of(stmt, 1), .article = sqlite3_column_int64(stmt, 0)};
      for (Str facts; (limit < 0 || taken < limit) && unpack_posting(&entries, &article, &facts);)
        if (article >= self->first && article <= self->last) taken += each(ud, article, facts);
    }
    sqlite3_reset(stmt);
  }
  return ok;
}

// --- which entities ---

void asked_forms(const Asked *self, Str *form, Str *high)
{
  *form = fold_words(self->arena, self->filter->name);
  // Everything that begins with the form sorts below form + 0xFF; the form alone below form + 0x01, as 0x20
  // is the next byte used.
  *high = form->len ? arena_printf(self->arena, STR_FMT "%s", STR_ARG(*form),
                                   self->filter->prefix ? "\xFF" : "\x01")
                    : *form;
}

static int by_id(const void *a, const void *b)
{
  int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
  return (x > y) - (x < y);
}

static void sort_ids(IdVec *ids)
{
  if (!ids->len) return;
  qsort(ids->items, ids->len, sizeof *ids->items, by_id);
  size_t len = 1;
  for (size_t i = 1; i < ids->len; i++)
    if (ids->items[i] != ids->items[len - 1]) ids->items[len++] = ids->items[i];
  ids->len = len;
}

bool asked_names(Asked *self)
{
  Str form, high;
  asked_forms(self, &form, &high);
  sqlite3_stmt *stmt =
      asked_prepare(self, "SELECT id FROM entities WHERE key IN (?1, ?5) UNION ALL"
                          " SELECT entity FROM names WHERE form >= ?2 AND form < ?3 LIMIT ?4");
  if (!stmt) return false;
  bind_text(stmt, 1, self->filter->name);
  bind_text(stmt, 2, form);
  bind_text(stmt, 3, high);
  sqlite3_bind_int(stmt, 4, NAMES_MAX);
  Str name = self->filter->name;
  bind_text(stmt, 5, str_starts(name, STR("name:")) ? record_key(self->arena, name) : name);
  bool ok = true;
  while (asked_step(self, stmt, &ok)) vec_push(&self->ids, sqlite3_column_int64(stmt, 0));
  sqlite3_finalize(stmt);
  sort_ids(&self->ids);
  return ok;
}

// --- articles ---

bool asked_article(Asked *self, int64_t id, Place *place, bool *ok)
{
  if (id == self->source_of) {
    *place = self->article;
    return true;
  }
  if (!self->article_stmt)
    self->article_stmt =
        asked_prepare(self, "SELECT a.path, title, lang, dct, mtime_ns, size, author FROM articles a"
                            " JOIN files f ON f.path = a.path WHERE a.id = ?1");
  sqlite3_stmt *stmt = self->article_stmt;
  if (!stmt) return *ok = false;
  sqlite3_reset(stmt);
  sqlite3_bind_int64(stmt, 1, id);
  if (!asked_step(self, stmt, ok)) return false;
  if (self->query->drafts && drafts_have(self->query->drafts, column_of(stmt, 0))) return false;
  self->article = (Place){.path = asked_column(self, stmt, 0),
                          .title = asked_column(self, stmt, 1),
                          .author = asked_column(self, stmt, 6),
                          .lang = asked_column(self, stmt, 2),
                          .date = asked_column(self, stmt, 3)};
  FileStamp stamp = {.mtime_ns = sqlite3_column_int64(stmt, 4),
                     .size = (uint64_t)sqlite3_column_int64(stmt, 5)};
  if (self->query->of)
    source_take(&self->source, self->query->of, self->article.path);
  else
    source_read(&self->source, self->query->root, self->article.path, stamp);
  self->source_of = id;
  *place = self->article;
  return true;
}

void asked_locate(Asked *self, Place *place, size_t start, size_t end)
{
  place->start = start;
  place->end = end;
  source_place(&self->source, place, self->filter->enc, self->arena);
}

// --- small things ---

Str query_day_text(Arena *arena, int day)
{
  int year = day / 10000, month = day / 100 % 100, number = day % 100;
  if (!day) return (Str){0};
  if (month < 1 || month > 12) return arena_printf(arena, "%04d", year);
  if (number < 1 || number > 31) return arena_printf(arena, "%04d-%02d", year, month);
  return arena_printf(arena, "%04d-%02d-%02d", year, month, number);
}

static bool holds_word(Str folded, Str want, bool prefix)
{
  while (folded.len) {
    Str word = str_cut(&folded, ' ');
    if (prefix ? str_starts(word, want) : str_eq(word, want)) return true;
  }
  return false;
}

bool query_holds_words(Str text, Str words, bool prefix, Arena *scratch)
{
  Str folded = fold_words(scratch, text);
  while (words.len) {
    Str want = str_cut(&words, ' ');
    if (!holds_word(folded, want, prefix && !words.len)) return false;
  }
  return true;
}
