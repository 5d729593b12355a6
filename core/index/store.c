// Statements are prepared once. Records wait until a batch of them is put into the tables in the tables' own
// order (store_put.c). Entities are looked up through a cache for the length of a few batches, and their
// counts are summed there and written once a commit: a batch of 1,000 articles names some thousand entities
// tens of times each.
#include "index/store_p.h"

#include <stdio.h>

// What is remembered of entities and names from one commit to the next.
enum { CACHE_MAX = 30000, CACHE_BYTES_MAX = 8 << 20, NAMES_MAX = 60000, PENDING_BYTES_MAX = 24 << 20 };

#define ENTITY_TOTAL "per + org + loc"

static const char *const g_sql[STMT_COUNT] = {
    [STMT_FILES] = "SELECT path, mtime_ns, size, inode, hash FROM files ORDER BY path",
    [STMT_FIND_ARTICLE] = "SELECT article, words FROM files WHERE path = ?1",
    [STMT_LAST_NUMBER] =
        "SELECT max((SELECT ifnull(max(id), ?1 - 1) FROM text_docsize WHERE id >= ?1 AND id < ?2),"
        " (SELECT ifnull(max(id), ?1 - 1) FROM articles WHERE id >= ?1 AND id < ?2))",
    [STMT_PUT_FILE] = "INSERT INTO files(path, article, mtime_ns, size, inode, hash, words) VALUES(?1, ?2, "
                      "?3, ?4, ?5, ?6, ?7)",
    [STMT_PUT_ARTICLE] =
        "INSERT INTO articles(id, path, lang, dct, title, author) VALUES(?1, ?2, ?3, ?4, ?5, ?6)",
    [STMT_PUT_FACTS] = "INSERT INTO facts(article, run, found, quotes, entities) VALUES(?1, ?2, ?3, ?4, ?5)",
    [STMT_PUT_FOUND] = "INSERT INTO found(dates, quotes) VALUES(?1, ?2)",
    [STMT_PUT_TEXT] = "INSERT INTO text(rowid, body, said) VALUES(?1, ?2, ?3)",
    [STMT_TOUCH] = "UPDATE files SET mtime_ns = ?2, size = ?3, inode = ?4 WHERE path = ?1",
    [STMT_READ_AGAIN] = "UPDATE files SET hash = 0, mtime_ns = -1 WHERE path = ?1",
    [STMT_READ_AGAIN_ID] =
        "UPDATE files SET hash = 0, mtime_ns = -1 WHERE path = (SELECT path FROM articles WHERE id = ?1)",
    [STMT_PEOPLE_NS] = "INSERT OR REPLACE INTO meta VALUES('people_ns', ?1)",
    [STMT_FIND_ENTITY] = "SELECT id, name, votes FROM entities WHERE key = ?1",
    [STMT_PUT_ENTITY] = "INSERT INTO entities(key, name, votes, per, org, loc, articles, quotes, total)"
                        " VALUES(?1, ?2, 0, 0, 0, 0, 0, 0, 0)",
    [STMT_ADD_COUNTS] =
        "UPDATE entities SET name = ?2, votes = ?3, per = per + ?4, org = org + ?5, loc = loc + ?6,"
        " articles = articles + ?7, quotes = quotes + ?8, total = total + ?4 + ?5 + ?6 WHERE id = ?1",
    [STMT_PUT_NAME] = "INSERT OR IGNORE INTO names(form, entity) VALUES(?1, ?2)",
    [STMT_PUT_TAG] =
        "INSERT OR IGNORE INTO tags(tag, article, start, end, value, script) VALUES(?1, ?2, ?3, ?4, ?5, ?6)",
    [STMT_GET_FACTS] = "SELECT f.run, f.entities, t.dates FROM facts f LEFT JOIN found t ON t.id = f.found"
                       " WHERE f.article = ?1",
    [STMT_LESS_COUNTS] =
        "UPDATE entities SET per = per - ?2, org = org - ?3, loc = loc - ?4, articles = articles - ?5,"
        " quotes = quotes - ?6, total = total - ?2 - ?3 - ?4 WHERE id = ?1",
    [STMT_DROP_FILE] = "DELETE FROM files WHERE path = ?1",
    [STMT_DROP_ARTICLE] = "DELETE FROM articles WHERE id = ?1",
    [STMT_DROP_FACTS] = "DELETE FROM facts WHERE article = ?1",
    [STMT_DROP_FOUND] = "DELETE FROM found WHERE id = (SELECT found FROM facts WHERE article = ?1)",
    [STMT_DROP_TAGS] = "DELETE FROM tags WHERE article = ?1",
    [STMT_DROP_ENTITY] = "DELETE FROM entities WHERE id = ?1 AND articles <= 0 AND quotes <= 0",
    [STMT_DROP_NAMES] = "DELETE FROM names WHERE entity = ?1",
};

// What a batch has many rows of. A statement of many rows takes a third less time than as many of one.
static const struct {
  const char *into, *tail;
  int columns;
} g_bulk[BULK_COUNT] = {
    [BULK_WORDS] = {"words(word, articles)",
                    " ON CONFLICT(word) DO UPDATE SET articles = articles + excluded.articles", 2},
};

// --- statements ---

static sqlite3_stmt *prepare_bulk(Store *self, Bulk which, size_t rows, Error *err)
{
  StrBuf sql = {0};
  // A statement of many rows that may have to be undone halfway would have FTS5 write out all it holds.
  strbuf_addf(&sql, "INSERT OR FAIL INTO %s VALUES", g_bulk[which].into);
  for (size_t i = 0; i < rows; i++) {
    strbuf_add(&sql, i ? STR(",(?") : STR("(?"));
    for (int column = 1; column < g_bulk[which].columns; column++) strbuf_add(&sql, STR(",?"));
    strbuf_byte(&sql, ')');
  }
  strbuf_add(&sql, str_of(g_bulk[which].tail));
  sqlite3_stmt *stmt = NULL;
  if (sqlite3_prepare_v3(self->db, sql.ptr, (int)sql.len, SQLITE_PREPARE_PERSISTENT, &stmt, NULL) !=
      SQLITE_OK)
    schema_error(self->db, err);
  strbuf_release(&sql);
  return stmt;
}

bool store_put_rows(Store *self, Bulk which, size_t count, StoreBindFn bind, const void *ud, Error *err)
{
  for (size_t at = 0; at < count;) {
    size_t rows = count - at < BULK_ROWS ? 1 : BULK_ROWS;
    sqlite3_stmt **stmt = &self->bulk[which][rows > 1];
    if (!*stmt) *stmt = prepare_bulk(self, which, rows, err);
    if (!*stmt) return false;
    for (size_t i = 0; i < rows; i++) bind(ud, at + i, *stmt, (int)i * g_bulk[which].columns);
    if (!store_run(self, *stmt, err)) return false;
    at += rows;
  }
  return true;
}

sqlite3_stmt *store_stmt(Store *self, Stmt which, Error *err)
{
  if (!self->stmts[which] && sqlite3_prepare_v3(self->db, g_sql[which], -1, SQLITE_PREPARE_PERSISTENT,
                                                &self->stmts[which], NULL) != SQLITE_OK)
    schema_error(self->db, err);
  return self->stmts[which];
}

void store_bind(sqlite3_stmt *stmt, int at, Str s)
{
  sqlite3_bind_text(stmt, at, s.ptr ? s.ptr : "", (int)s.len,
                    SQLITE_STATIC); // the ceiling on a file keeps it under 2 GB
}

void store_bind_blob(sqlite3_stmt *stmt, int at, Str bytes)
{
  if (bytes.len)
    sqlite3_bind_blob(stmt, at, bytes.ptr, (int)bytes.len, SQLITE_STATIC);
  else
    sqlite3_bind_null(stmt, at);
}

bool store_run(Store *self, sqlite3_stmt *stmt, Error *err)
{
  bool ok = sqlite3_step(stmt) == SQLITE_DONE || schema_error(self->db, err);
  sqlite3_reset(stmt);
  return ok;
}

bool store_run_id(Store *self, Stmt which, int64_t id, Error *err)
{
  sqlite3_stmt *stmt = store_stmt(self, which, err);
  if (!stmt) return false;
  sqlite3_bind_int64(stmt, 1, id);
  return store_run(self, stmt, err);
}

static bool run_path(Store *self, Stmt which, Str path, Error *err)
{
  sqlite3_stmt *stmt = store_stmt(self, which, err);
  if (!stmt) return false;
  store_bind(stmt, 1, path);
  return store_run(self, stmt, err);
}

Str store_column(sqlite3_stmt *stmt, int column)
{
  const char *bytes = sqlite3_column_blob(stmt, column);
  return (Str){bytes, (size_t)sqlite3_column_bytes(stmt, column)};
}

// --- opening, transactions ---

static int64_t count_of(Store *self, const char *sql)
{
  sqlite3_stmt *stmt = NULL;
  int64_t n = 0;
  if (sqlite3_prepare_v2(self->db, sql, -1, &stmt, NULL) == SQLITE_OK && sqlite3_step(stmt) == SQLITE_ROW)
    n = sqlite3_column_int64(stmt, 0);
  sqlite3_finalize(stmt);
  return n;
}

static void forget(Store *self)
{
  self->known.len = self->maybe_gone.len = 0;
  map_reset(&self->by_key);
  digestmap_release(&self->seen_names);
  arena_reset(&self->cache);
}

bool store_begin(Store *self, Error *err)
{
  if (!self->open) self->open = schema_exec(self->db, "BEGIN IMMEDIATE", err);
  return self->open;
}

bool store_roll_back(Store *self)
{
  if (self->open) sqlite3_exec(self->db, "ROLLBACK", NULL, NULL, NULL);
  self->open = false;
  store_drop_pending(self);
  postings_forget(self->postings);
  forget(self);
  return false;
}

void store_free(Store *self)
{
  if (!self) return;
  store_roll_back(self);
  postings_free(self->postings);
  for (size_t i = 0; i < STMT_COUNT; i++) sqlite3_finalize(self->stmts[i]);
  for (size_t i = 0; i < BULK_COUNT; i++)
    for (size_t many = 0; many < 2; many++) sqlite3_finalize(self->bulk[i][many]);
  sqlite3_close(self->db);
  vec_release(&self->pending);
  map_release(&self->pending_paths);
  vec_release(&self->known);
  vec_release(&self->maybe_gone);
  map_release(&self->by_key);
  digestmap_release(&self->seen_names);
  arena_release(&self->cache);
  free(self);
}

static bool write_counts(Store *self, Known *known, Error *err)
{
  sqlite3_stmt *stmt = store_stmt(self, STMT_ADD_COUNTS, err);
  if (!stmt) return false;
  sqlite3_bind_int64(stmt, 1, known->id);
  store_bind(stmt, 2, known->name);
  sqlite3_bind_int64(stmt, 3, known->votes);
  for (int i = 0; i < ENTITY_TYPES; i++) sqlite3_bind_int64(stmt, 4 + i, known->mentions[i]);
  sqlite3_bind_int64(stmt, 7, known->articles);
  sqlite3_bind_int64(stmt, 8, known->quotes);
  memset(known->mentions, 0, sizeof known->mentions);
  known->articles = known->quotes = 0;
  known->dirty = false;
  return store_run(self, stmt, err);
}

// Entities without any mention or quotation left go, with their names.
static bool drop_gone(Store *self, Error *err)
{
  bool dropped = false;
  for (size_t i = 0; i < self->maybe_gone.len; i++) {
    if (!store_run_id(self, STMT_DROP_ENTITY, self->maybe_gone.items[i], err)) return false;
    if (!sqlite3_changes(self->db)) continue;
    dropped = true;
    if (!store_run_id(self, STMT_DROP_NAMES, self->maybe_gone.items[i], err)) return false;
  }
  self->maybe_gone.len = 0;
  if (dropped) forget(self);
  return true;
}

bool store_commit(Store *self, Error *err)
{
  if (!self->open) return true;
  bool ok = store_put_pending(self, err);
  for (size_t i = 0; ok && i < self->known.len; i++)
    if (self->known.items[i].dirty) ok = write_counts(self, &self->known.items[i], err);
  ok = ok && drop_gone(self, err) && schema_exec(self->db, "COMMIT", err);
  if (!ok) return store_roll_back(self);
  self->open = false;
  if (self->known.len > CACHE_MAX || arena_bytes(&self->cache) > CACHE_BYTES_MAX ||
      self->seen_names.len > NAMES_MAX)
    forget(self);
  return true;
}

static void count_rows(Store *self)
{
  self->bits = schema_bits(self->db);
  self->articles = (size_t)count_of(self, "SELECT count(*) FROM files");
  size_t rows = (size_t)count_of(self, "SELECT count(*) FROM text_docsize");
  self->dead = rows > self->articles ? rows - self->articles : 0;
}

#define READ_ALL_AGAIN "UPDATE files SET hash = 0, mtime_ns = -1"

// The full-text table and what is counted of it begin anew; every file is to be read again.
static bool sweep(Store *self, Error *err)
{
  return schema_exec(
      self->db,
      "INSERT INTO text(text) VALUES('delete-all'); DELETE FROM words;" READ_ALL_AGAIN ", words = 0", err);
}

// Where other annotators made the index, everything is to be annotated again. What is there can be asked
// until something better comes.
static bool check_maker(Store *self, const char *maker, Error *err)
{
  sqlite3_stmt *same = NULL, *put = NULL;
  bool ok = sqlite3_prepare_v2(self->db, "SELECT 1 FROM meta WHERE key = 'maker' AND value = ?1", -1, &same,
                               NULL) == SQLITE_OK &&
            sqlite3_prepare_v2(self->db, "INSERT OR REPLACE INTO meta VALUES('maker', ?1)", -1, &put, NULL) ==
                SQLITE_OK;
  if (!ok) schema_error(self->db, err);
  if (ok) {
    store_bind(same, 1, str_of(maker));
    store_bind(put, 1, str_of(maker));
    if (sqlite3_step(same) != SQLITE_ROW)
      ok = store_begin(self, err) && schema_exec(self->db, READ_ALL_AGAIN, err) &&
           store_run(self, put, err) && store_commit(self, err);
  }
  sqlite3_finalize(same);
  sqlite3_finalize(put);
  return ok;
}

Store *store_open(const char *path, const char *maker, Error *err)
{
  sqlite3 *db = schema_open_writer(path, err);
  if (!db) return NULL;
  Store *self = xcalloc(1, sizeof *self);
  self->db = db;
  self->postings = postings_new(db);
  if (check_maker(self, maker, err)) {
    count_rows(self);
    return self;
  }
  store_free(self);
  return NULL;
}

// --- removing ---

typedef struct Kept { // what there is of an article
  bool found;
  int64_t id;
  uint64_t words; // files.words
} Kept;

static bool find_article(Store *self, Str path, Kept *kept, Error *err)
{
  sqlite3_stmt *stmt = store_stmt(self, STMT_FIND_ARTICLE, err);
  if (!stmt) return false;
  store_bind(stmt, 1, path);
  int step = sqlite3_step(stmt);
  *kept = (Kept){.found = step == SQLITE_ROW};
  if (kept->found) kept->id = sqlite3_column_int64(stmt, 0);
  if (kept->found) kept->words = (uint64_t)sqlite3_column_int64(stmt, 1);
  bool ok = kept->found || step == SQLITE_DONE || schema_error(self->db, err);
  sqlite3_reset(stmt);
  return ok;
}

static bool less_counts(Store *self, int64_t entity, const int64_t mentions[ENTITY_TYPES], int64_t articles,
                        int64_t quotes, Error *err)
{
  sqlite3_stmt *stmt = store_stmt(self, STMT_LESS_COUNTS, err);
  if (!stmt) return false;
  sqlite3_bind_int64(stmt, 1, entity);
  for (int i = 0; i < ENTITY_TYPES; i++) sqlite3_bind_int64(stmt, 2 + i, mentions[i]);
  sqlite3_bind_int64(stmt, 5, articles);
  sqlite3_bind_int64(stmt, 6, quotes);
  vec_push(&self->maybe_gone, entity);
  return store_run(self, stmt, err);
}

// What `stmt`, STMT_GET_FACTS, stands at goes from the lists.
static bool drop_postings(Store *self, sqlite3_stmt *stmt, int64_t article, Error *err)
{
  int64_t run = sqlite3_column_int64(stmt, 0);
  Str entities = store_column(stmt, 1);
  PackedDates dates = {.left = store_column(stmt, 2)};
  PackedEntity entity;
  while (unpack_entity(&entities, &entity)) {
    int64_t mentions[ENTITY_TYPES] = {0};
    mentions[entity.type] = (int64_t)entity.mentions;
    if (!postings_remove(self->postings, run, entity.id, article, err) ||
        !less_counts(self, entity.id, mentions, entity.mentions > 0, (int64_t)entity.quotes, err))
      return false;
  }
  for (PackedDate date; unpack_date(&dates, &date);) {
    int begin = day_index(date.begin), span = schema_span(begin, day_index(date.until));
    if (!postings_remove(self->postings, run, postings_of_day(span, begin), article, err)) return false;
  }
  return true;
}

static bool drop_facts(Store *self, int64_t article, Error *err)
{
  sqlite3_stmt *stmt = store_stmt(self, STMT_GET_FACTS, err);
  if (!stmt) return false;
  sqlite3_bind_int64(stmt, 1, article);
  int step = sqlite3_step(stmt);
  bool ok = step == SQLITE_ROW ? drop_postings(self, stmt, article, err)
                               : step == SQLITE_DONE || schema_error(self->db, err);
  sqlite3_reset(stmt);
  return ok && store_run_id(self, STMT_DROP_FOUND, article, err) &&
         store_run_id(self, STMT_DROP_FACTS, article, err);
}

// All but the row of its words, which the full-text table keeps.
static bool drop_article(Store *self, Str path, int64_t id, Error *err)
{
  bool ok = drop_facts(self, id, err) && store_run_id(self, STMT_DROP_TAGS, id, err) &&
            store_run_id(self, STMT_DROP_ARTICLE, id, err) && run_path(self, STMT_DROP_FILE, path, err);
  if (!ok) return false;
  self->articles--;
  self->dead++;
  return true;
}

// What was put under this path goes to the tables first.
static bool settle(Store *self, Str path, Error *err)
{
  uint64_t at;
  return !map_get(&self->pending_paths, path, &at) || store_put_pending(self, err);
}

// Take out what there is at `path`, if anything: *kept.
static bool take_out(Store *self, Str path, Kept *kept, Error *err)
{
  if (!store_begin(self, err)) return false;
  bool ok = settle(self, path, err) && find_article(self, path, kept, err);
  return (ok && (!kept->found || drop_article(self, path, kept->id, err))) || store_roll_back(self);
}

bool store_remove(Store *self, Str path, Error *err)
{
  Kept kept;
  return take_out(self, path, &kept, err);
}

// --- adding ---

bool store_put(Store *self, Record *record, Error *err)
{
  Kept kept;
  if (!take_out(self, record->path, &kept, err)) {
    record_free(record);
    return false;
  }
  bool same = kept.found && kept.words == record->words_hash && store_is_of_day(self, kept.id, record->day);
  self->dead -= same;
  vec_push(&self->pending, (Pending){record, same, kept.id});
  map_put(&self->pending_paths, record->path, 0);
  self->pending_bytes += record->bytes;
  return self->pending_bytes < PENDING_BYTES_MAX || store_put_pending(self, err) || store_roll_back(self);
}

bool store_touch(Store *self, Str path, FileStamp stamp, Error *err)
{
  bool ok = store_begin(self, err) && settle(self, path, err);
  sqlite3_stmt *stmt = ok ? store_stmt(self, STMT_TOUCH, err) : NULL;
  if (!stmt) return store_roll_back(self);
  store_bind(stmt, 1, path);
  sqlite3_bind_int64(stmt, 2, stamp.mtime_ns);
  sqlite3_bind_int64(stmt, 3, (int64_t)stamp.size);
  sqlite3_bind_int64(stmt, 4, (int64_t)stamp.inode);
  return store_run(self, stmt, err) || store_roll_back(self);
}

bool store_set_ready(Store *self, bool ready, Error *err)
{
  if (ready == (count_of(self, "SELECT value FROM meta WHERE key = 'ready'") == 1)) return true;
  return (store_begin(self, err) && schema_exec(self->db,
                                                ready ? "INSERT OR REPLACE INTO meta VALUES('ready', 1)"
                                                      : "INSERT OR REPLACE INTO meta VALUES('ready', 0)",
                                                err)) ||
         store_roll_back(self);
}

bool store_read_again(Store *self, Str path, Error *err)
{
  return (store_begin(self, err) && run_path(self, STMT_READ_AGAIN, path, err)) || store_roll_back(self);
}

int64_t store_people_ns(Store *self)
{
  return count_of(self, "SELECT value FROM meta WHERE key = 'people_ns'");
}

bool store_set_people_ns(Store *self, int64_t ns, Error *err)
{
  return (store_begin(self, err) && store_run_id(self, STMT_PEOPLE_NS, ns, err)) || store_roll_back(self);
}

// --- reading for the crawler, sweeping ---

bool store_each_file(Store *self, StoreFileFn each, void *ud, Error *err)
{
  sqlite3_stmt *stmt = store_stmt(self, STMT_FILES, err);
  if (!stmt) return false;
  int step;
  while ((step = sqlite3_step(stmt)) == SQLITE_ROW) {
    FileStamp stamp = {.mtime_ns = sqlite3_column_int64(stmt, 1),
                       .size = (uint64_t)sqlite3_column_int64(stmt, 2),
                       .inode = (uint64_t)sqlite3_column_int64(stmt, 3)};
    each(ud, store_column(stmt, 0), stamp, (uint64_t)sqlite3_column_int64(stmt, 4));
  }
  bool ok = step == SQLITE_DONE || schema_error(self->db, err);
  sqlite3_reset(stmt);
  return ok;
}

void store_waste(const Store *self, size_t *dead, size_t *articles)
{
  *dead = self->dead;
  *articles = self->articles;
}

bool store_sweep(Store *self, Error *err)
{
  bool ok = store_begin(self, err) && sweep(self, err) && store_commit(self, err);
  if (!ok) return store_roll_back(self);
  count_rows(self);
  return true;
}

bool store_widen(Store *self, Error *err)
{
  char sql[96];
  snprintf(sql, sizeof sql, "INSERT OR REPLACE INTO meta VALUES('bits', %d)", SCHEMA_BITS_WIDE);
  return (store_begin(self, err) && schema_exec(self->db, sql, err) &&
          schema_exec(self->db,
                      "DELETE FROM files; DELETE FROM articles; DELETE FROM facts; DELETE FROM entities;"
                      "DELETE FROM names; DELETE FROM found; DELETE FROM tags",
                      err) &&
          postings_clear(self->postings, err) && store_sweep(self, err)) ||
         store_roll_back(self);
}

bool store_set_aside(const char *path, Error *err)
{
  return schema_set_aside(path, err);
}

bool store_settle(Store *self, size_t most, bool *more, Error *err)
{
  bool ok =
      store_begin(self, err) && postings_settle(self->postings, most, more, err) && store_commit(self, err);
  return ok || store_roll_back(self);
}

bool store_settle_text(Store *self, bool *more, Error *err)
{
  if (!store_begin(self, err)) return false;
  int before = sqlite3_total_changes(self->db);
  bool ok = schema_exec(self->db, "INSERT INTO text(text, rank) VALUES('merge', 128)", err); // pages of 4 KB
  *more = sqlite3_total_changes(self->db) - before >= 2; // FTS5: less where there was nothing to do
  return (ok && store_commit(self, err)) || store_roll_back(self);
}
