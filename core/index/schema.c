// Offsets are bytes in the file, days are numbers such as 20230417 (record.h: day_of).
//
// mentions has a row for each pair of entity and article, in the order of the first question asked of it:
// this person, by date. text is FTS5 without content: the file itself is the content, read again for words in
// context. Such a table cannot delete without the old text, so an article that changed gets a new id and its
// old row in text points nowhere; ids are never used twice (AUTOINCREMENT). store.c counts these and sweeps
// when they are many.
#include "index/schema.h"

#include "base/str.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define APPLICATION_ID 0x4e77736d // "Nwsm"
#define SCHEMA_VERSION 3

static const char g_tables[] =
    "CREATE TABLE meta(key TEXT PRIMARY KEY, value) WITHOUT ROWID;"
    "CREATE TABLE articles(id INTEGER PRIMARY KEY AUTOINCREMENT, path TEXT NOT NULL UNIQUE, mtime_ns "
    "INTEGER, size INTEGER,"
    "  inode INTEGER, hash INTEGER, lang TEXT, dct TEXT, day INTEGER, title TEXT);"
    "CREATE INDEX articles_day ON articles(day, path);"
    "CREATE TABLE entities(id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE, name TEXT, votes "
    "INTEGER,"
    "  per INTEGER, org INTEGER, loc INTEGER, articles INTEGER, quotes INTEGER);"
    // Every name an entity goes by, folded, and what is left of it behind each of its words: "li shangfu" and
    // "shangfu".
    "CREATE TABLE names(form TEXT, entity INTEGER, PRIMARY KEY(form, entity)) WITHOUT ROWID;"
    "CREATE INDEX names_entity ON names(entity);"
    "CREATE TABLE mentions(entity INTEGER, day INTEGER, article INTEGER, type INTEGER, count INTEGER, spots "
    "BLOB,"
    "  PRIMARY KEY(entity, day, article)) WITHOUT ROWID;"
    "CREATE INDEX mentions_article ON mentions(article);"
    "CREATE TABLE quotes(id INTEGER PRIMARY KEY, article INTEGER, start INTEGER, end INTEGER, type INTEGER, "
    "grp INTEGER,"
    "  speaker INTEGER, day INTEGER, speaker_name TEXT, source TEXT, text TEXT);"
    "CREATE INDEX quotes_article ON quotes(article);"
    "CREATE INDEX quotes_speaker ON quotes(speaker, day);"
    "CREATE TABLE dates(article INTEGER, start INTEGER, end INTEGER, block INTEGER, type INTEGER, value "
    "TEXT, begin INTEGER,"
    "  until INTEGER, PRIMARY KEY(article, start)) WITHOUT ROWID;"
    "CREATE INDEX dates_begin ON dates(begin);"
    "CREATE TABLE tags(article INTEGER, start INTEGER, tag TEXT, end INTEGER, value TEXT, script TEXT,"
    "  PRIMARY KEY(article, start, tag)) WITHOUT ROWID;"
    "CREATE VIRTUAL TABLE text USING fts5(body, content='', tokenize='ascii');"
    "INSERT INTO text(text, rank) VALUES('hashsize', 8388608);";

bool schema_error(sqlite3 *db, Error *err)
{
  int code = sqlite3_errcode(db) & 0xFF;
  ErrorCode kind = ERR_IO;
  if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB || code == SQLITE_ERROR)
    kind = ERR_FORMAT; // ERROR: no such table
  if (code == SQLITE_INTERRUPT) kind = ERR_CANCELLED;
  return error_set(err, kind, "the index: %s", sqlite3_errmsg(db));
}

bool schema_exec(sqlite3 *db, const char *sql, Error *err)
{
  return sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK || schema_error(db, err);
}

static bool read_text(sqlite3 *db, const char *sql, char *out, size_t size, Error *err)
{
  sqlite3_stmt *stmt = NULL;
  bool ok = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) == SQLITE_OK;
  int step = ok ? sqlite3_step(stmt) : SQLITE_ERROR;
  ok = ok && (step == SQLITE_ROW || step == SQLITE_DONE);
  const char *text = step == SQLITE_ROW ? (const char *)sqlite3_column_text(stmt, 0) : "";
  snprintf(out, size, "%s", text ? text : "");
  if (!ok) schema_error(db, err);
  sqlite3_finalize(stmt);
  return ok;
}

// What made the database: "application version"; a new, empty file says "0 0".
static bool read_stamp(sqlite3 *db, char *stamp, size_t size, Error *err)
{
  char id[16], version[16];
  if (!read_text(db, "PRAGMA application_id", id, sizeof id, err)) return false;
  if (!read_text(db, "PRAGMA user_version", version, sizeof version, err)) return false;
  snprintf(stamp, size, "%s %s", id, version);
  return true;
}

static const char *stamp_wanted(char *buf, size_t size)
{
  snprintf(buf, size, "%d %d", APPLICATION_ID, SCHEMA_VERSION);
  return buf;
}

static bool make_tables(sqlite3 *db, Error *err)
{
  char pragmas[128];
  snprintf(pragmas, sizeof pragmas, "PRAGMA application_id = %d; PRAGMA user_version = %d", APPLICATION_ID,
           SCHEMA_VERSION);
  if (!schema_exec(db, "BEGIN IMMEDIATE", err)) return false;
  if (schema_exec(db, g_tables, err) && schema_exec(db, pragmas, err) && schema_exec(db, "COMMIT", err))
    return true;
  sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
  return false;
}

static sqlite3 *connect_to(const char *path, int flags, Error *err)
{
  sqlite3 *db = NULL;
  if (sqlite3_open_v2(path, &db, flags | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK) {
    error_set(err, ERR_IO, "%s: %s", path, db ? sqlite3_errmsg(db) : "out of memory");
    sqlite3_close(db);
    return NULL;
  }
  sqlite3_busy_timeout(db, 5000);
  return db;
}

static bool remove_files(const char *path, Error *err)
{
  static const char *const tails[] = {"", "-wal", "-shm"};
  for (size_t i = 0; i < sizeof tails / sizeof *tails; i++) {
    StrBuf name = {0};
    strbuf_addf(&name, "%s%s", path, tails[i]);
    bool ok = unlink(name.ptr) == 0 || errno == ENOENT;
    if (!ok) error_set(err, ERR_IO, "%s: %s", name.ptr, strerror(errno));
    strbuf_release(&name);
    if (!ok) return false;
  }
  return true;
}

sqlite3 *schema_open_writer(const char *path, Error *err)
{
  char stamp[128] = "", wanted[128];
  for (int attempt = 0; attempt < 2; attempt++) {
    sqlite3 *db = connect_to(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, err);
    if (!db) return NULL;
    bool ok =
        schema_exec(db,
                    "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA temp_store = MEMORY;"
                    "PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 8192;",
                    err) &&
        read_stamp(db, stamp, sizeof stamp, err);
    if (ok && !strcmp(stamp, "0 0")) ok = make_tables(db, err) && read_stamp(db, stamp, sizeof stamp, err);
    if (ok && !strcmp(stamp, stamp_wanted(wanted, sizeof wanted))) return db;
    sqlite3_close(db);
    if (!ok || !remove_files(path, err)) return NULL; // of another version: once more, from nothing
  }
  error_set(err, ERR_IO, "%s: cannot be made anew", path);
  return NULL;
}

sqlite3 *schema_open_reader(const char *path, Error *err)
{
  if (access(path, F_OK) != 0) {
    error_set(err, ERR_NOT_FOUND, "no index yet");
    return NULL;
  }
  sqlite3 *db =
      connect_to(path, SQLITE_OPEN_READWRITE, err); // a reader in WAL mode writes the shared memory file
  if (!db) return NULL;
  char stamp[128], wanted[128];
  bool ok = read_stamp(db, stamp, sizeof stamp, err) &&
            schema_exec(db, "PRAGMA query_only = 1; PRAGMA cache_size = -16384", err);
  if (ok && strcmp(stamp, stamp_wanted(wanted, sizeof wanted)) != 0)
    ok = error_set(err, ERR_STATE, "the index was made by another version");
  if (ok) return db;
  sqlite3_close(db);
  return NULL;
}

bool schema_set_aside(const char *path, Error *err)
{
  StrBuf aside = {0};
  strbuf_addf(&aside, "%s.damaged", path);
  bool ok = rename(path, aside.ptr) == 0 || errno == ENOENT;
  if (!ok) error_set(err, ERR_IO, "%s: %s", aside.ptr, strerror(errno));
  strbuf_release(&aside);
  return ok && remove_files(path, err);
}
