// An article's number begins with its day, so that rows kept by it lie in the order of time: of mentions, of
// quotations, in the full-text table. A question for the first page of a name, a speaker or a word, in a
// range of days or not, reads that page and stops. Bits below the day count the articles of one day; those
// without a day have numbers far below all others (schema.h).
//
// postings has the lists of articles that mention an entity or let it speak, and of those that tell of a day,
// those that last longer apart by how long, so that what reaches into a range is found without looking at all
// that began before (postings.c). What must be known to take an article out again is packed in `facts`: an
// index by article would cost more than what it finds. What is read only for a row that is shown lies in
// `found`, in the order in which articles were read, so that a first index writes it from front to back.
//
// text is FTS5 without content: the file itself is the content, read again for words in context. Such a table
// cannot delete without the old text, so an article whose words changed gets a new number and its old row in
// text points nowhere; numbers are never used twice as long as text has their row. store.c counts these and
// sweeps when they are many. Where the words are the same (files.words is their hash) and something else is
// found in them, by other scripts or people, the number stays. `words` has how many articles hold a word, or
// held it: a beginning of a word is completed from there.
#include "index/schema.h"

#include "base/str.h"
#include "index/cutter.h"
#include "index/pack.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define APPLICATION_ID 0x4e77736d // "Nwsm"
#define SCHEMA_VERSION 12

static const char g_tables[] =
    "CREATE TABLE meta(key TEXT PRIMARY KEY, value) WITHOUT ROWID;"
    "CREATE TABLE files(path TEXT PRIMARY KEY, article INTEGER, mtime_ns INTEGER, size INTEGER, inode "
    "INTEGER,"
    "  hash INTEGER, words INTEGER) WITHOUT ROWID;"
    "CREATE TABLE articles(id INTEGER PRIMARY KEY, path TEXT, lang TEXT, dct TEXT, title TEXT, author TEXT);"
    "CREATE TABLE facts(article INTEGER PRIMARY KEY, run INTEGER, found INTEGER, quotes INTEGER, entities "
    "BLOB);"
    "CREATE TABLE found(id INTEGER PRIMARY KEY, dates BLOB, quotes BLOB);"
    "CREATE TABLE runs(id INTEGER PRIMARY KEY, articles INTEGER, heir INTEGER, live INTEGER);"
    "INSERT INTO runs VALUES(0, 0, NULL, 1);"
    "CREATE TABLE postings(run INTEGER, list INTEGER, article INTEGER, earliest INTEGER, entries BLOB,"
    "  PRIMARY KEY(run, list, article)) WITHOUT ROWID;"
    "CREATE TABLE entities(id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE, name TEXT,"
    "  votes INTEGER, per INTEGER, org INTEGER, loc INTEGER, articles INTEGER, quotes INTEGER, total "
    "INTEGER);"
    "CREATE INDEX entities_total ON entities(total DESC, key);"
    // Every name an entity goes by, folded, and what is left of it behind each of its words: "li shangfu" and
    // "shangfu".
    "CREATE TABLE names(form TEXT, entity INTEGER, PRIMARY KEY(form, entity)) WITHOUT ROWID;"
    "CREATE INDEX names_entity ON names(entity);"
    "CREATE TABLE tags(tag TEXT, article INTEGER, start INTEGER, end INTEGER, value TEXT, script TEXT,"
    "  PRIMARY KEY(tag, article, start)) WITHOUT ROWID;"
    "CREATE INDEX tags_article ON tags(article);"
    "CREATE TABLE words(word TEXT PRIMARY KEY, articles INTEGER) WITHOUT ROWID;"
    "CREATE VIRTUAL TABLE text USING fts5(body, said, content='', tokenize='ascii');"
    // Few and great segments: what a batch holds in one, and merged sixteen at a time, not four. They are
    // merged in steps (store_settle_text), a few with each batch; a crisis is all of a size at once, which
    // lets what is saved meanwhile wait for a second.
    "INSERT INTO text(text, rank) VALUES('hashsize', 12582912);"
    "INSERT INTO text(text, rank) VALUES('automerge', 16);"
    "INSERT INTO text(text, rank) VALUES('usermerge', 16);"
    "INSERT INTO text(text, rank) VALUES('crisismerge', 200);";

// Days are counted from 1900, as small numbers take fewer bytes.
int64_t schema_article_of(int index, int bits)
{
  return ((int64_t)index - day_index(19000000)) * ((int64_t)1 << bits);
}

int schema_index_of(int64_t article, int bits)
{
  if (article < schema_article_of(0, SCHEMA_BITS_WIDE)) return 0;
  return (int)(article >> bits) + day_index(19000000);
}

int schema_bits(sqlite3 *db)
{
  sqlite3_stmt *stmt = NULL;
  int bits = SCHEMA_BITS;
  if (sqlite3_prepare_v2(db, "SELECT value FROM meta WHERE key = 'bits'", -1, &stmt, NULL) == SQLITE_OK &&
      sqlite3_step(stmt) == SQLITE_ROW)
    bits = sqlite3_column_int(stmt, 0);
  sqlite3_finalize(stmt);
  return bits;
}

// A day, a month, a year and anything.
const int schema_span_most[SCHEMA_SPANS] = {0, 40, 440, INT_MAX / 2};

int schema_span(int begin, int until)
{
  int span = 0;
  while (until - begin > schema_span_most[span]) span++;
  return span;
}

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
    bool ok = schema_exec(
                  db,
                  "PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
                  "PRAGMA temp_store = MEMORY; PRAGMA cache_size = -32768; PRAGMA wal_autocheckpoint = 4096;",
                  err) &&
              cutter_register(db, err) && read_stamp(db, stamp, sizeof stamp, err);
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
    ok = error_set(err, ERR_STATE,
                   strcmp(stamp, "0 0") ? "the index was made by another version"
                                        : "the index is not begun yet; the log says why, if it stays so");
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
