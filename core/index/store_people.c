// Lines that stand in one of the two texts alone are what changed. What a line is about: ids, and words.
#include "index/store_p.h"

#include "base/json.h"
#include "index/fold.h"

#define READ_AGAIN "UPDATE files SET hash = 0, mtime_ns = -1 WHERE article IN "

typedef struct People {
  Store *store;
  Error *err;
  Arena arena;
} People;

static bool mark(People *self, const char *sql, Str value)
{
  sqlite3_stmt *stmt = NULL;
  if (sqlite3_prepare_v2(self->store->db, sql, -1, &stmt, NULL) != SQLITE_OK)
    return schema_error(self->store->db, self->err);
  store_bind(stmt, 1, value);
  bool ok = store_run(self->store, stmt, self->err);
  sqlite3_finalize(stmt);
  return ok;
}

// Of the articles that `stmt` finds lists of.
static bool mark_articles(People *self, sqlite3_stmt *stmt)
{
  bool ok = true;
  while (ok && sqlite3_step(stmt) == SQLITE_ROW) {
    Entries entries = {.left = store_column(stmt, 1), .article = sqlite3_column_int64(stmt, 0)};
    int64_t article;
    for (Str facts; ok && unpack_posting(&entries, &article, &facts);)
      ok = store_run_id(self->store, STMT_READ_AGAIN_ID, article, self->err);
  }
  return ok && (sqlite3_reset(stmt) == SQLITE_OK || schema_error(self->store->db, self->err));
}

// Its names come back with its articles, those that still hold.
static bool mark_key(People *self, Str key)
{
  if (!mark(self, "DELETE FROM names WHERE entity = (SELECT id FROM entities WHERE key = ?1)", key))
    return false;
  sqlite3_stmt *stmt = NULL;
  if (sqlite3_prepare_v2(self->store->db,
                         "SELECT p.article, p.entries FROM runs r CROSS JOIN postings p ON p.run = r.id AND"
                         " p.list = (SELECT id FROM entities WHERE key = ?1) WHERE r.live",
                         -1, &stmt, NULL) != SQLITE_OK)
    return schema_error(self->store->db, self->err);
  store_bind(stmt, 1, key);
  bool ok = mark_articles(self, stmt);
  sqlite3_finalize(stmt);
  return ok;
}

static bool mark_entity(People *self, Str id)
{
  if (!str_starts(id, STR("name:"))) return mark_key(self, id);
  return mark_key(self, id) && mark_key(self, record_key(&self->arena, id));
}

static bool mark_words(People *self, Str words)
{
  Str folded = fold_words(&self->arena, words);
  if (!folded.len) return true;
  return mark(self, READ_AGAIN "(SELECT rowid FROM text WHERE text MATCH ?1)",
              arena_printf(&self->arena, "\"" STR_FMT "\"", STR_ARG(folded)));
}

static bool mark_each(People *self, const cJSON *list, bool (*mark_one)(People *, Str))
{
  bool ok = true;
  const cJSON *item;
  cJSON_ArrayForEach(item, list) if (ok && cJSON_IsString(item)) ok =
      mark_one(self, str_of(item->valuestring));
  return ok;
}

static bool mark_line(People *self, Str line)
{
  cJSON *root = json_parse(line, NULL);
  Str entity = json_get_str(root, "entity"), words = json_get_str(root, "words");
  bool ok = (!entity.len || mark_entity(self, entity)) && (!words.len || mark_words(self, words)) &&
            mark_each(self, json_get(root, "same"), mark_entity) &&
            mark_each(self, json_get(root, "apart"), mark_entity) &&
            mark_each(self, json_get(root, "aliases"), mark_words);
  cJSON_Delete(root);
  return ok;
}

// Mark what the lines of `text` are about that `other` has not.
static bool mark_news(People *self, Str text, Str other)
{
  Map known = {0};
  bool ok = true, is_new;
  while (other.len) map_slot(&known, str_trim(str_cut(&other, '\n')), &is_new);
  while (ok && text.len) {
    Str line = str_trim(str_cut(&text, '\n'));
    uint64_t value;
    if (line.len && !map_get(&known, line, &value)) ok = mark_line(self, line);
  }
  map_release(&known);
  return ok;
}

static bool read_known(People *self, Str *known)
{
  sqlite3_stmt *stmt = NULL;
  if (sqlite3_prepare_v2(self->store->db, "SELECT value FROM meta WHERE key = 'people'", -1, &stmt, NULL) !=
      SQLITE_OK)
    return schema_error(self->store->db, self->err);
  if (sqlite3_step(stmt) == SQLITE_ROW) *known = arena_dup(&self->arena, store_column(stmt, 0));
  sqlite3_finalize(stmt);
  return true;
}

bool store_people(Store *store, Str text, Error *err)
{
  People self = {.store = store, .err = err};
  Str known = {0};
  bool ok = read_known(&self, &known);
  if (ok && !str_eq(known, text))
    ok =
        (store_begin(store, err) && mark_news(&self, text, known) && mark_news(&self, known, text) &&
         mark(&self, "INSERT OR REPLACE INTO meta VALUES('people', ?1)", text) && store_commit(store, err)) ||
        store_roll_back(store);
  arena_release(&self.arena);
  return ok;
}
