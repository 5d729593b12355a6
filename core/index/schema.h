// schema: the index's tables, and how a database file is opened, checked and set aside. For core/index/
// alone. A connection is one thread's.
#pragma once

#include "base/error.h"

#include <sqlite3.h>
#include <stddef.h>
#include <stdint.h>

// Open `db` to write: made where it is missing, made anew where it is of another version of newsmark. NULL
// with *err: ERR_FORMAT where its bytes are damaged, ERR_IO where the disk says no.
sqlite3 *schema_open_writer(const char *db, Error *err);
// Open `db` to read. NULL with ERR_NOT_FOUND (no index), ERR_STATE (of another version), ERR_FORMAT, ERR_IO.
sqlite3 *schema_open_reader(const char *db, Error *err);
// Move a damaged database out of the way: `db` becomes `db`.damaged. False with ERR_IO.
bool schema_set_aside(const char *db, Error *err);
// Fill *err from what the connection says last: ERR_FORMAT for damage, ERR_CANCELLED for an interrupt, else
// ERR_IO.
bool schema_error(sqlite3 *db, Error *err);
bool schema_exec(sqlite3 *db, const char *sql, Error *err);

// --- numbers of articles

// Bits below the day in an article's number: at first for 4,096 articles of one day; where a folder has more
// the index is made anew with room for 16 million.
enum { SCHEMA_BITS = 12, SCHEMA_BITS_WIDE = 24 };
#define SCHEMA_UNDATED (-((int64_t)1 << 47)) // and above, up to the first day's: articles without a day

// The first number of articles of the day with this day_index() (pack.h).
int64_t schema_article_of(int index, int bits);
// Back; 0: without a day.
int schema_index_of(int64_t article, int bits);

// The bits of this index.
int schema_bits(sqlite3 *db);

// How long a date lasts, as days.span: what lasts longest in each of them, in steps of day_index().
enum { SCHEMA_SPANS = 4 };
extern const int schema_span_most[SCHEMA_SPANS];
int schema_span(int begin, int until);
