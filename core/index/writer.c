// The writer stores results in batches: a transaction lasts until much is in it, two seconds went by, or
// nothing more is on its way, so that a file just saved can be found at once.
#include "index/indexer_p.h"

#include "base/clock.h"

#include <stdlib.h>

enum { BATCH_MAX = 4000, RUNS_MOST = 48, RUNS_KEPT = 4, LAST_BUT_ONE = 200 };
#define BATCH_NS 2000000000u

typedef struct Batch {
  size_t len, removed;
  uint64_t since_ns;
} Batch;

static bool store_result(Indexer *self, Result *result, Batch *batch)
{
  Error *err = &self->store_error;
  Record *record = result->record;
  switch (result->kind) {
  case RESULT_PUT:
    result->record = NULL; // the store's from now on
    return store_put(self->store, record, err);
  case RESULT_TOUCH:
    return store_touch(self->store, str_of(result->path), result->stamp, err);
  case RESULT_GONE:
    batch->removed++;
    return store_remove(self->store, str_of(result->path), err);
  case RESULT_SKIP:
  case RESULT_FLUSH:
    break;
  }
  return true;
}

// Whether this batch is all there still was to do.
static bool all_stored(const Indexer *self, const Batch *batch)
{
  return !atomic_load(&self->scanning) && atomic_load(&self->pending) == batch->len;
}

// Where the crawl has ended much is stored at once, while workers still read the last files: they would be
// waited for, and then the writer.
static bool due(const Indexer *self, const Batch *batch, ResultKind kind)
{
  if (batch->len >= BATCH_MAX || clock_ns() - batch->since_ns > BATCH_NS) return true;
  return all_stored(self, batch) || (kind == RESULT_FLUSH && batch->len >= LAST_BUT_ONE);
}

// Put together what was written in batches, so that questions look into few: where they are many, and at the
// end. Then in steps between which comes what somebody saves meanwhile; that commit goes on here.
static bool settle(Indexer *self, bool end)
{
  bool ok = true, more = true;
  while (ok && more && !atomic_load(&self->cancel) && !(end && queue_filled(self->results)))
    ok = store_settle(self->store, end ? RUNS_KEPT : RUNS_MOST, &more, &self->store_error);
  more = end;
  while (ok && more && !atomic_load(&self->cancel) && !queue_filled(self->results))
    ok = store_settle_text(self->store, &more, &self->store_error);
  return ok;
}

static bool commit(Indexer *self, Batch *batch)
{
  Error *err = &self->store_error;
  if (!store_commit(self->store, err) || !settle(self, all_stored(self, batch))) return false;
  if (all_stored(self, batch)) {
    if (!store_set_ready(self->store, true, err)) return false;
    self->stored_all = true;
  }
  if (!store_commit(self->store, err)) return false;
  atomic_fetch_add(&self->done, batch->len - batch->removed);
  atomic_fetch_add(&self->removed, batch->removed);
  atomic_fetch_sub(&self->pending, batch->len);
  *batch = (Batch){.since_ns = clock_ns()};
  indexer_notify(self);
  return true;
}

// The queue goes on being emptied after a failure, so that nobody waits for room in it.
static void fail(Indexer *self)
{
  atomic_store(&self->cancel, true);
  indexer_wake(self);
}

void writer_main(void *arg)
{
  Indexer *self = arg;
  indexer_lower_priority(self);
  Batch batch = {.since_ns = clock_ns()};
  bool ok = true;
  for (Result *result; (result = queue_pop(self->results, 0)); result_free(result)) {
    if (!ok) continue;
    if (!batch.len) batch.since_ns = clock_ns();
    batch.len += result->kind != RESULT_FLUSH;
    ok = store_result(self, result, &batch) && (!due(self, &batch, result->kind) || commit(self, &batch));
    if (!ok) fail(self);
  }
  if (ok && !commit(self, &batch)) fail(self);
}
