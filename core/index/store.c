// Statements are prepared once. Entities are looked up through a cache for the length of a few batches, and
// their counts are summed there and written once a commit: a batch of 1,000 articles names some thousand
// entities tens of times each.
#include "index/store.h"

#include "base/map.h"
#include "index/schema.h"

#include <assert.h>

enum { CACHE_MAX = 100000 }; // entities, and as many names again

typedef enum Stmt {
  STMT_FILES,
  STMT_FIND_ARTICLE,
  STMT_PUT_ARTICLE,
  STMT_TOUCH,
  STMT_DROP_ARTICLE,
  STMT_PUT_TEXT,
  STMT_FIND_ENTITY,
  STMT_PUT_ENTITY,
  STMT_ADD_COUNTS,
  STMT_PUT_NAME,
  STMT_PUT_MENTION,
  STMT_PUT_QUOTE,
  STMT_PUT_DATE,
  STMT_PUT_TAG,
  STMT_LESS_MENTIONS,
  STMT_LESS_QUOTES,
  STMT_GONE_ENTITIES,
  STMT_DROP_MENTIONS,
  STMT_DROP_QUOTES,
  STMT_DROP_DATES,
  STMT_DROP_TAGS,
  STMT_DROP_ENTITY,
  STMT_DROP_NAMES,
  STMT_COUNT
} Stmt;

static const char *const g_sql[STMT_COUNT] = {
    [STMT_FILES] = "SELECT path, mtime_ns, size, inode, hash FROM articles ORDER BY path",
    [STMT_FIND_ARTICLE] = "SELECT id FROM articles WHERE path = ?1",
    [STMT_PUT_ARTICLE] = "INSERT INTO articles(path, mtime_ns, size, inode, hash, lang, dct, day, title)"
                         " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    [STMT_TOUCH] = "UPDATE articles SET mtime_ns = ?2, size = ?3, inode = ?4 WHERE path = ?1",
    [STMT_DROP_ARTICLE] = "DELETE FROM articles WHERE id = ?1",
    [STMT_PUT_TEXT] = "INSERT INTO text(rowid, body) VALUES(?1, ?2)",
    [STMT_FIND_ENTITY] = "SELECT id, name, votes FROM entities WHERE key = ?1",
    [STMT_PUT_ENTITY] = "INSERT INTO entities(key, name, votes, per, org, loc, articles, quotes)"
                        " VALUES(?1, ?2, 0, 0, 0, 0, 0, 0)",
    [STMT_ADD_COUNTS] =
        "UPDATE entities SET name = ?2, votes = ?3, per = per + ?4, org = org + ?5, loc = loc + ?6,"
        " articles = articles + ?7, quotes = quotes + ?8 WHERE id = ?1",
    [STMT_PUT_NAME] = "INSERT OR IGNORE INTO names(form, entity) VALUES(?1, ?2)",
    [STMT_PUT_MENTION] =
        "INSERT INTO mentions(entity, day, article, type, count, spots) VALUES(?1, ?2, ?3, ?4, ?5, ?6)",
    [STMT_PUT_QUOTE] =
        "INSERT INTO quotes(article, start, end, type, grp, speaker, day, speaker_name, source, text)"
        " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    [STMT_PUT_DATE] = "INSERT OR IGNORE INTO dates(article, start, end, block, type, value, begin, until)"
                      " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    [STMT_PUT_TAG] =
        "INSERT OR IGNORE INTO tags(article, start, tag, end, value, script) VALUES(?1, ?2, ?3, ?4, ?5, ?6)",
    [STMT_LESS_MENTIONS] =
        "UPDATE entities SET articles = articles - 1, per = per - (m.type = 0) * m.count, org = org - "
        "(m.type = 1) * m.count,"
        " loc = loc - (m.type = 2) * m.count FROM mentions m WHERE m.article = ?1 AND m.entity = entities.id",
    [STMT_LESS_QUOTES] =
        "UPDATE entities SET quotes = quotes - q.n"
        " FROM (SELECT speaker, count(*) n FROM quotes WHERE article = ?1 GROUP BY speaker) q"
        " WHERE q.speaker = entities.id",
    [STMT_GONE_ENTITIES] = "SELECT entity FROM mentions WHERE article = ?1 UNION SELECT speaker FROM quotes"
                           " WHERE article = ?1 AND speaker IS NOT NULL",
    // The primary key of mentions begins with the entity, so that the rows of an article are named one by
    // one.
    [STMT_DROP_MENTIONS] = "DELETE FROM mentions WHERE (entity, day, article) IN"
                           " (SELECT entity, day, article FROM mentions WHERE article = ?1)",
    [STMT_DROP_QUOTES] = "DELETE FROM quotes WHERE article = ?1",
    [STMT_DROP_DATES] = "DELETE FROM dates WHERE article = ?1",
    [STMT_DROP_TAGS] = "DELETE FROM tags WHERE article = ?1",
    [STMT_DROP_ENTITY] = "DELETE FROM entities WHERE id = ?1 AND articles <= 0 AND quotes <= 0",
    [STMT_DROP_NAMES] = "DELETE FROM names WHERE entity = ?1",
};

typedef struct Known { // an entity in the cache
  int64_t id;
  Str name;
  int64_t votes; // for `name`: a majority vote in constant space (Boyer and Moore 1981)
  int64_t mentions[ENTITY_TYPES], articles, quotes; // to be added at the next commit
  bool dirty;
} Known;

struct Store {
  sqlite3 *db;
  sqlite3_stmt *stmts[STMT_COUNT];
  bool open;             // a transaction
  size_t dead, articles; // see store_waste()
  int64_t swept;         // articles up to this number have no row in the full-text table
  VEC_OF(Known) known;
  VEC_OF(int64_t) maybe_gone; // entities that lost an article since the last commit
  Map by_key, seen_names;     // key → place in known; "entity form" → nothing
  Arena cache;                // owns the keys and names of the three above
};

// --- statements ---

static sqlite3_stmt *stmt_of(Store *self, Stmt which, Error *err)
{
  if (!self->stmts[which] && sqlite3_prepare_v3(self->db, g_sql[which], -1, SQLITE_PREPARE_PERSISTENT,
                                                &self->stmts[which], NULL) != SQLITE_OK)
    schema_error(self->db, err);
  return self->stmts[which];
}

static void bind_str(sqlite3_stmt *stmt, int at, Str s)
{
  sqlite3_bind_text(stmt, at, s.ptr ? s.ptr : "", (int)s.len,
                    SQLITE_STATIC); // the ceiling on a file keeps it under 2 GB
}

// Run to the end and make ready for the next time. What was bound may go away then.
static bool run(Store *self, sqlite3_stmt *stmt, Error *err)
{
  bool ok = sqlite3_step(stmt) == SQLITE_DONE || schema_error(self->db, err);
  sqlite3_reset(stmt);
  return ok;
}

static bool run_id(Store *self, Stmt which, int64_t id, Error *err)
{
  sqlite3_stmt *stmt = stmt_of(self, which, err);
  if (!stmt) return false;
  sqlite3_bind_int64(stmt, 1, id);
  return run(self, stmt, err);
}

static Str column_str(sqlite3_stmt *stmt, int column)
{
  const char *text = (const char *)sqlite3_column_text(stmt, column);
  return (Str){text, (size_t)sqlite3_column_bytes(stmt, column)};
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
  map_reset(&self->seen_names);
  arena_reset(&self->cache);
}

static bool begin(Store *self, Error *err)
{
  if (!self->open) self->open = schema_exec(self->db, "BEGIN IMMEDIATE", err);
  return self->open;
}

static bool roll_back(Store *self)
{
  if (self->open) sqlite3_exec(self->db, "ROLLBACK", NULL, NULL, NULL);
  self->open = false;
  forget(self);
  return false;
}

void store_free(Store *self)
{
  if (!self) return;
  roll_back(self);
  for (size_t i = 0; i < STMT_COUNT; i++) sqlite3_finalize(self->stmts[i]);
  sqlite3_close(self->db);
  vec_release(&self->known);
  vec_release(&self->maybe_gone);
  map_release(&self->by_key);
  map_release(&self->seen_names);
  arena_release(&self->cache);
  free(self);
}

static bool write_counts(Store *self, Known *known, Error *err)
{
  sqlite3_stmt *stmt = stmt_of(self, STMT_ADD_COUNTS, err);
  if (!stmt) return false;
  sqlite3_bind_int64(stmt, 1, known->id);
  bind_str(stmt, 2, known->name);
  sqlite3_bind_int64(stmt, 3, known->votes);
  for (int i = 0; i < ENTITY_TYPES; i++) sqlite3_bind_int64(stmt, 4 + i, known->mentions[i]);
  sqlite3_bind_int64(stmt, 7, known->articles);
  sqlite3_bind_int64(stmt, 8, known->quotes);
  memset(known->mentions, 0, sizeof known->mentions);
  known->articles = known->quotes = 0;
  known->dirty = false;
  return run(self, stmt, err);
}

// Entities without any mention or quotation left go, with their names.
static bool drop_gone(Store *self, Error *err)
{
  bool dropped = false;
  for (size_t i = 0; i < self->maybe_gone.len; i++) {
    if (!run_id(self, STMT_DROP_ENTITY, self->maybe_gone.items[i], err)) return false;
    if (!sqlite3_changes(self->db)) continue;
    dropped = true;
    if (!run_id(self, STMT_DROP_NAMES, self->maybe_gone.items[i], err)) return false;
  }
  self->maybe_gone.len = 0;
  if (dropped) forget(self);
  return true;
}

bool store_commit(Store *self, Error *err)
{
  if (!self->open) return true;
  bool ok = true;
  for (size_t i = 0; ok && i < self->known.len; i++)
    if (self->known.items[i].dirty) ok = write_counts(self, &self->known.items[i], err);
  ok = ok && drop_gone(self, err) && schema_exec(self->db, "COMMIT", err);
  if (!ok) return roll_back(self);
  self->open = false;
  if (self->known.len > CACHE_MAX || self->seen_names.len > CACHE_MAX) forget(self);
  return true;
}

static void count_rows(Store *self)
{
  self->articles = (size_t)count_of(self, "SELECT count(*) FROM articles");
  self->swept = count_of(self, "SELECT value FROM meta WHERE key = 'swept'");
  int64_t given = count_of(self, "SELECT seq FROM sqlite_sequence WHERE name = 'articles'") - self->swept;
  self->dead = given > (int64_t)self->articles ? (size_t)given - self->articles : 0;
}

static bool sweep(Store *self, Error *err)
{
  return schema_exec(
      self->db,
      "INSERT INTO text(text) VALUES('delete-all');"
      "UPDATE articles SET hash = 0, mtime_ns = -1;"
      "INSERT OR REPLACE INTO meta SELECT 'swept', seq FROM sqlite_sequence WHERE name = 'articles'",
      err);
}

// Where other annotators made the index, everything is to be annotated again.
static bool check_maker(Store *self, const char *maker, Error *err)
{
  sqlite3_stmt *same = NULL, *put = NULL;
  bool ok = sqlite3_prepare_v2(self->db, "SELECT 1 FROM meta WHERE key = 'maker' AND value = ?1", -1, &same,
                               NULL) == SQLITE_OK &&
            sqlite3_prepare_v2(self->db, "INSERT OR REPLACE INTO meta VALUES('maker', ?1)", -1, &put, NULL) ==
                SQLITE_OK;
  if (!ok) schema_error(self->db, err);
  if (ok) {
    bind_str(same, 1, str_of(maker));
    bind_str(put, 1, str_of(maker));
    if (sqlite3_step(same) != SQLITE_ROW)
      ok = begin(self, err) && sweep(self, err) && run(self, put, err) && store_commit(self, err);
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
  if (check_maker(self, maker, err)) {
    count_rows(self);
    return self;
  }
  store_free(self);
  return NULL;
}

// --- removing ---

static int64_t find_article(Store *self, Str path, Error *err)
{
  sqlite3_stmt *stmt = stmt_of(self, STMT_FIND_ARTICLE, err);
  if (!stmt) return -1;
  bind_str(stmt, 1, path);
  int step = sqlite3_step(stmt);
  int64_t id = step == SQLITE_ROW ? sqlite3_column_int64(stmt, 0) : 0;
  if (step != SQLITE_ROW && step != SQLITE_DONE) {
    schema_error(self->db, err);
    id = -1;
  }
  sqlite3_reset(stmt);
  return id;
}

static bool note_losers(Store *self, int64_t article, Error *err)
{
  sqlite3_stmt *stmt = stmt_of(self, STMT_GONE_ENTITIES, err);
  if (!stmt) return false;
  sqlite3_bind_int64(stmt, 1, article);
  int step;
  while ((step = sqlite3_step(stmt)) == SQLITE_ROW)
    vec_push(&self->maybe_gone, sqlite3_column_int64(stmt, 0));
  bool ok = step == SQLITE_DONE || schema_error(self->db, err);
  sqlite3_reset(stmt);
  return ok;
}

static bool drop_article(Store *self, int64_t id, Error *err)
{
  if (!note_losers(self, id, err)) return false;
  static const Stmt steps[] = {STMT_LESS_MENTIONS, STMT_LESS_QUOTES, STMT_DROP_MENTIONS, STMT_DROP_QUOTES,
                               STMT_DROP_DATES,    STMT_DROP_TAGS,   STMT_DROP_ARTICLE};
  for (size_t i = 0; i < ARRAY_LEN(steps); i++)
    if (!run_id(self, steps[i], id, err)) return false;
  self->articles--;
  self->dead += id > self->swept;
  return true;
}

bool store_remove(Store *self, Str path, Error *err)
{
  if (!begin(self, err)) return false;
  int64_t id = find_article(self, path, err);
  if (id == 0) return true;
  return (id > 0 && drop_article(self, id, err)) || roll_back(self);
}

// --- adding ---

// The entity with this key: from the cache, the table, or new. NULL on failure; valid until the next call.
static Known *entity_of(Store *self, const RecordEntity *entity, Error *err)
{
  uint64_t at;
  if (map_get(&self->by_key, entity->key, &at)) return &self->known.items[at];
  sqlite3_stmt *find = stmt_of(self, STMT_FIND_ENTITY, err), *put = stmt_of(self, STMT_PUT_ENTITY, err);
  if (!find || !put) return NULL;
  Known known = {0};
  bind_str(find, 1, entity->key);
  int step = sqlite3_step(find);
  if (step == SQLITE_ROW)
    known = (Known){.id = sqlite3_column_int64(find, 0),
                    .name = arena_dup(&self->cache, column_str(find, 1)),
                    .votes = sqlite3_column_int64(find, 2)};
  bool ok = step == SQLITE_ROW || step == SQLITE_DONE || schema_error(self->db, err);
  sqlite3_reset(find);
  if (ok && step == SQLITE_DONE) {
    bind_str(put, 1, entity->key);
    bind_str(put, 2, entity->name);
    ok = run(self, put, err);
    known = (Known){.id = sqlite3_last_insert_rowid(self->db), .name = arena_dup(&self->cache, entity->name)};
  }
  if (!ok) return NULL;
  map_put(&self->by_key, arena_dup(&self->cache, entity->key), self->known.len);
  vec_push(&self->known, known);
  return &self->known.items[self->known.len - 1];
}

static void count_in(Store *self, Known *known, const RecordEntity *entity)
{
  if (str_eq(known->name, entity->name))
    known->votes++;
  else if (--known->votes < 0) {
    known->name = arena_dup(&self->cache, entity->name);
    known->votes = 1;
  }
  known->mentions[entity->type] += entity->mentions;
  known->articles += entity->mentions > 0;
  known->quotes += entity->quotes;
  known->dirty = true;
}

// `form` and what is left of it behind each word, so that a surname finds its bearer by an index.
static bool put_name(Store *self, int64_t entity, Str form, Error *err)
{
  sqlite3_stmt *stmt = stmt_of(self, STMT_PUT_NAME, err);
  if (!stmt) return false;
  bool is_new;
  map_slot(&self->seen_names, arena_printf(&self->cache, "%lld " STR_FMT, (long long)entity, STR_ARG(form)),
           &is_new);
  while (is_new && form.len) {
    bind_str(stmt, 1, form);
    sqlite3_bind_int64(stmt, 2, entity);
    if (!run(self, stmt, err)) return false;
    str_cut(&form, ' ');
  }
  return true;
}

static bool put_entity(Store *self, const Record *record, const RecordEntity *entity, int64_t article,
                       int64_t *id, Error *err)
{
  Known *known = entity_of(self, entity, err);
  sqlite3_stmt *stmt = stmt_of(self, STMT_PUT_MENTION, err);
  if (!known || !stmt) return false;
  *id = known->id;
  count_in(self, known, entity);
  for (size_t i = 0; i < entity->forms.len; i++)
    if (!put_name(self, *id, entity->forms.items[i], err)) return false;
  if (!entity->mentions) return true;
  sqlite3_bind_int64(stmt, 1, *id);
  sqlite3_bind_int(stmt, 2, record->day);
  sqlite3_bind_int64(stmt, 3, article);
  sqlite3_bind_int(stmt, 4, (int)entity->type);
  sqlite3_bind_int64(stmt, 5, entity->mentions);
  sqlite3_bind_blob(stmt, 6, entity->spots.ptr, (int)entity->spots.len, SQLITE_STATIC);
  return run(self, stmt, err);
}

static bool put_quote(Store *self, const Record *record, const RecordQuote *quote, int64_t article,
                      const int64_t *ids, Error *err)
{
  sqlite3_stmt *stmt = stmt_of(self, STMT_PUT_QUOTE, err);
  if (!stmt) return false;
  sqlite3_bind_int64(stmt, 1, article);
  sqlite3_bind_int64(stmt, 2, (int64_t)quote->start);
  sqlite3_bind_int64(stmt, 3, (int64_t)quote->end);
  sqlite3_bind_int(stmt, 4, (int)quote->type);
  sqlite3_bind_int64(stmt, 5, quote->group);
  if (quote->speaker == SIZE_MAX)
    sqlite3_bind_null(stmt, 6);
  else
    sqlite3_bind_int64(stmt, 6, ids[quote->speaker]);
  sqlite3_bind_int(stmt, 7, record->day);
  bind_str(stmt, 8, quote->speaker_name);
  bind_str(stmt, 9, quote->source);
  bind_str(stmt, 10, quote->text);
  return run(self, stmt, err);
}

static bool put_date(Store *self, const RecordDate *date, int64_t article, Error *err)
{
  sqlite3_stmt *stmt = stmt_of(self, STMT_PUT_DATE, err);
  if (!stmt) return false;
  sqlite3_bind_int64(stmt, 1, article);
  sqlite3_bind_int64(stmt, 2, (int64_t)date->start);
  sqlite3_bind_int64(stmt, 3, (int64_t)date->end);
  sqlite3_bind_int64(stmt, 4, (int64_t)date->block);
  sqlite3_bind_int(stmt, 5, (int)date->type);
  bool plain = date->value.len == 10 && date->begin == date->until && day_of(date->value) == date->begin;
  if (plain)
    sqlite3_bind_null(stmt, 6);
  else
    bind_str(stmt, 6, date->value);
  sqlite3_bind_int(stmt, 7, date->begin);
  sqlite3_bind_int(stmt, 8, date->until);
  return run(self, stmt, err);
}

static bool put_tag(Store *self, const RecordTag *tag, int64_t article, Error *err)
{
  sqlite3_stmt *stmt = stmt_of(self, STMT_PUT_TAG, err);
  if (!stmt) return false;
  sqlite3_bind_int64(stmt, 1, article);
  sqlite3_bind_int64(stmt, 2, (int64_t)tag->start);
  bind_str(stmt, 3, tag->tag);
  sqlite3_bind_int64(stmt, 4, (int64_t)tag->end);
  bind_str(stmt, 5, tag->value);
  bind_str(stmt, 6, tag->script);
  return run(self, stmt, err);
}

// The article's row and its words; *id is its number.
static bool put_article(Store *self, const Record *record, int64_t *id, Error *err)
{
  sqlite3_stmt *stmt = stmt_of(self, STMT_PUT_ARTICLE, err), *text = stmt_of(self, STMT_PUT_TEXT, err);
  if (!stmt || !text) return false;
  bind_str(stmt, 1, record->path);
  sqlite3_bind_int64(stmt, 2, record->stamp.mtime_ns);
  sqlite3_bind_int64(stmt, 3, (int64_t)record->stamp.size);
  sqlite3_bind_int64(stmt, 4, (int64_t)record->stamp.inode);
  sqlite3_bind_int64(stmt, 5, (int64_t)record->hash);
  bind_str(stmt, 6, record->lang);
  bind_str(stmt, 7, record->dct);
  sqlite3_bind_int(stmt, 8, record->day);
  bind_str(stmt, 9, record->title);
  if (!run(self, stmt, err)) return false;
  *id = sqlite3_last_insert_rowid(self->db);
  self->articles++;
  sqlite3_bind_int64(text, 1, *id);
  bind_str(text, 2, strbuf_str(&record->words));
  return run(self, text, err);
}

static bool put_rows(Store *self, const Record *record, Error *err)
{
  int64_t article, *ids = xcalloc(record->entities.len + 1, sizeof *ids); // [entity]
  bool ok = put_article(self, record, &article, err);
  for (size_t i = 0; ok && i < record->entities.len; i++)
    ok = put_entity(self, record, &record->entities.items[i], article, &ids[i], err);
  for (size_t i = 0; ok && i < record->quotes.len; i++)
    ok = put_quote(self, record, &record->quotes.items[i], article, ids, err);
  for (size_t i = 0; ok && i < record->dates.len; i++)
    ok = put_date(self, &record->dates.items[i], article, err);
  for (size_t i = 0; ok && i < record->tags.len; i++)
    ok = put_tag(self, &record->tags.items[i], article, err);
  free(ids);
  return ok;
}

bool store_put(Store *self, const Record *record, Error *err)
{
  return (store_remove(self, record->path, err) && put_rows(self, record, err)) || roll_back(self);
}

bool store_touch(Store *self, Str path, FileStamp stamp, Error *err)
{
  sqlite3_stmt *stmt = begin(self, err) ? stmt_of(self, STMT_TOUCH, err) : NULL;
  if (!stmt) return roll_back(self);
  bind_str(stmt, 1, path);
  sqlite3_bind_int64(stmt, 2, stamp.mtime_ns);
  sqlite3_bind_int64(stmt, 3, (int64_t)stamp.size);
  sqlite3_bind_int64(stmt, 4, (int64_t)stamp.inode);
  return run(self, stmt, err) || roll_back(self);
}

bool store_set_ready(Store *self, bool ready, Error *err)
{
  if (ready == (count_of(self, "SELECT value FROM meta WHERE key = 'ready'") == 1)) return true;
  return (begin(self, err) && schema_exec(self->db,
                                          ready ? "INSERT OR REPLACE INTO meta VALUES('ready', 1)"
                                                : "INSERT OR REPLACE INTO meta VALUES('ready', 0)",
                                          err)) ||
         roll_back(self);
}

// --- reading for the crawler, sweeping ---

bool store_each_file(Store *self, StoreFileFn each, void *ud, Error *err)
{
  sqlite3_stmt *stmt = stmt_of(self, STMT_FILES, err);
  if (!stmt) return false;
  int step;
  while ((step = sqlite3_step(stmt)) == SQLITE_ROW) {
    FileStamp stamp = {.mtime_ns = sqlite3_column_int64(stmt, 1),
                       .size = (uint64_t)sqlite3_column_int64(stmt, 2),
                       .inode = (uint64_t)sqlite3_column_int64(stmt, 3)};
    each(ud, column_str(stmt, 0), stamp, (uint64_t)sqlite3_column_int64(stmt, 4));
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
  bool ok = begin(self, err) && sweep(self, err) && store_commit(self, err);
  if (!ok) return roll_back(self);
  count_rows(self);
  return true;
}

bool store_set_aside(const char *path, Error *err)
{
  return schema_set_aside(path, err);
}
