// store: the writing side of the index: one connection, one thread (the writer's), batches in a transaction.
// A process that dies at any moment leaves the state of the last store_commit().
#pragma once

#include "base/error.h"
#include "index/record.h"

typedef struct Store Store;

// Open or make the database at `path`; the folder's lock must be held. `maker` names the annotators: where
// others filled it, every file is to be read again (store_each_file() gives no hash). NULL with *err as
// schema_open_writer() gives it.
Store *store_open(const char *path, const char *maker, Error *err);
void store_free(Store *self); // what was not committed is dropped; NULL is fine

// What the index holds of each file, in the order of their paths. `path` is borrowed for the call.
typedef void (*StoreFileFn)(void *ud, Str path, FileStamp stamp, uint64_t hash);
bool store_each_file(Store *self, StoreFileFn each, void *ud, Error *err);

// Each begins a transaction where none is open. After a failure nothing since the last commit is kept.
// In place of what was there. `record` is taken.
bool store_put(Store *self, Record *record, Error *err);
bool store_touch(Store *self, Str path, FileStamp stamp, Error *err); // same bytes, new stamp
bool store_remove(Store *self, Str path, Error *err);                 // nothing where it is not there
// Whether all that the last scan found is stored: told to readers, in the next commit.
bool store_set_ready(Store *self, bool ready, Error *err);
// ERR_LIMIT where the folder has more articles of one day than there are numbers: store_widen(), then put
// everything again.
bool store_commit(Store *self, Error *err);
// Empty the index and make its numbers wider.
bool store_widen(Store *self, Error *err);

// What people say of the folder's names is now `text`, the bytes of entities.jsonl: files of articles that a
// line is about which is new or gone are to be read again (as after store_open() by another maker).
bool store_people(Store *self, Str text, Error *err);

// The article at `path` is to be read again, as people decided something about it.
bool store_read_again(Store *self, Str path, Error *err);
// When the human layer was looked through last (people.h); 0: never.
int64_t store_people_ns(Store *self);
bool store_set_people_ns(Store *self, int64_t ns, Error *err);

// Rows of the full-text table whose article is gone, and articles. Where the first are many, store_sweep()
// empties that table; the caller then has every file read again.
void store_waste(const Store *self, size_t *dead, size_t *articles);
bool store_sweep(Store *self, Error *err);
// Bring what was put in great batches together where there are more than `most` of them: a part of it, in a
// transaction. *more: call again.
bool store_settle(Store *self, size_t most, bool *more, Error *err);
// The same for segments of the full-text table, of which there are many once sixteen are of a size.
bool store_settle_text(Store *self, bool *more, Error *err);
// Move the damaged database at `path` out of the way: it becomes `path`.damaged. False with ERR_IO.
bool store_set_aside(const char *path, Error *err);
