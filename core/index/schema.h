// schema: the index's tables, and how a database file is opened, checked and set aside. For core/index/
// alone.
#pragma once

#include "base/error.h"

#include <sqlite3.h>

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
