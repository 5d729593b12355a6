// store_p: the store's inside, for store.c (opening, transactions, removing) and store_put.c (adding). For
// core/index/ alone. The writer's thread.
#pragma once

#include "base/digest.h"
#include "base/digestmap.h"
#include "base/map.h"
#include "index/postings.h"
#include "index/schema.h"
#include "index/store.h"

typedef enum Stmt {
  STMT_FILES,
  STMT_FIND_ARTICLE,
  STMT_LAST_NUMBER,
  STMT_PUT_FILE,
  STMT_PUT_ARTICLE,
  STMT_PUT_FACTS,
  STMT_PUT_FOUND,
  STMT_PUT_TEXT,
  STMT_TOUCH,
  STMT_READ_AGAIN,
  STMT_READ_AGAIN_ID,
  STMT_PEOPLE_NS,
  STMT_FIND_ENTITY,
  STMT_PUT_ENTITY,
  STMT_ADD_COUNTS,
  STMT_PUT_NAME,
  STMT_PUT_TAG,
  STMT_GET_FACTS,
  STMT_LESS_COUNTS,
  STMT_DROP_FILE,
  STMT_DROP_ARTICLE,
  STMT_DROP_FACTS,
  STMT_DROP_FOUND,
  STMT_DROP_TAGS,
  STMT_DROP_ENTITY,
  STMT_DROP_NAMES,
  STMT_COUNT
} Stmt;

typedef enum Bulk { BULK_WORDS, BULK_COUNT } Bulk;
enum { BULK_ROWS = 16 }; // that a statement puts at once

typedef struct Known { // an entity in the cache
  int64_t id;
  Str name;
  int64_t votes; // for `name`: a majority vote in constant space (Boyer and Moore 1981)
  int64_t mentions[ENTITY_TYPES], articles, quotes; // to be added at the next commit
  bool dirty;
} Known;

typedef struct Pending {
  Record *record; // owned
  bool has_text;  // its words are in the full-text table, under `number`
  int64_t number;
} Pending;

struct Store {
  sqlite3 *db;
  sqlite3_stmt *stmts[STMT_COUNT];
  sqlite3_stmt *bulk[BULK_COUNT][2]; // [table][one row or many]
  Postings *postings;
  int bits;                // below the day in an article's number
  bool open;               // a transaction
  size_t dead, articles;   // see store_waste()
  VEC_OF(Pending) pending; // put, and not yet in the tables
  size_t pending_bytes;
  Map pending_paths; // → nothing
  VEC_OF(Known) known;
  VEC_OF(int64_t) maybe_gone; // entities that lost an article since the last commit
  Map by_key;                 // key → place in known
  DigestMap seen_names;       // entity and form → 1
  Arena cache;                // owns the keys and names of entities
};

// A statement, prepared once. NULL with *err.
sqlite3_stmt *store_stmt(Store *self, Stmt which, Error *err);
// Bind; the bytes are borrowed until the statement has run.
void store_bind(sqlite3_stmt *stmt, int at, Str s);
void store_bind_blob(sqlite3_stmt *stmt, int at, Str bytes);
Str store_column(sqlite3_stmt *stmt, int column); // borrowed until the next step
// Run to the end and make ready for the next time.
bool store_run(Store *self, sqlite3_stmt *stmt, Error *err);
bool store_run_id(Store *self, Stmt which, int64_t id, Error *err);
// Put `count` rows: `bind` binds the one at `row`, its first column to parameter `behind` + 1. All columns,
// as what is not bound is what the row before had. Bytes bound are borrowed until the end.
typedef void (*StoreBindFn)(const void *ud, size_t row, sqlite3_stmt *stmt, int behind);
bool store_put_rows(Store *self, Bulk which, size_t count, StoreBindFn bind, const void *ud, Error *err);
bool store_begin(Store *self, Error *err);
bool store_roll_back(Store *self); // false
bool store_put_pending(Store *self, Error *err);
// Whether an article with this number is of this day (0: of none).
bool store_is_of_day(const Store *self, int64_t id, int day);
void store_drop_pending(Store *self);
