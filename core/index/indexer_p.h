// indexer_p: what the indexer's threads share. For core/index/ alone.
//
//   loop's thread   indexer.c: owns the Indexer, hears by uv_async
//   scout           session.c: own loop; starts and ends the others
//                   scout.c: owns the tree, the crawl and the watches
//   workers         worker.c: take jobs from one queue, one at a time for each path, so that what happens to
//                   one file stays in order
//   writer          writer.c: owns the Store
#pragma once

#include "human/registry.h"
#include "index/indexer.h"
#include "index/queue.h"
#include "index/store.h"

#include <stdatomic.h>

// What may wait for the workers, and for the writer while it fills the tables from what it gathered or puts
// runs together: for a second or two, in which the workers are to go on.
enum { WORKERS_MAX = QUEUE_RECEIVERS, JOBS_BYTES = 64 << 10, RESULTS_BYTES = 32 << 20 };

typedef enum ResultKind {
  RESULT_PUT,
  RESULT_TOUCH, // same bytes
  RESULT_GONE,
  RESULT_SKIP,  // could not be read: what is stored stays
  RESULT_FLUSH, // the scan has ended: commit
} ResultKind;

typedef struct Job { // from scout to worker
  char *path;
  FileStamp stamp;
  uint64_t hash;
  uint64_t settings; // TreeDir.settings
  size_t max_bytes;  // of a file; 0: the usual
  bool gone;
} Job;

typedef struct Result { // from worker to writer
  ResultKind kind;
  char *path;
  FileStamp stamp;
  Record *record; // RESULT_PUT
} Result;

typedef struct Worker {
  Indexer *indexer;
  uv_thread_t thread;
  void *tagger;       // its own
  Analysis *analysis; // of the article at hand
  Arena scratch;      // likewise
} Worker;

typedef struct Problem {
  char *path, *why;
} Problem;

struct Indexer {
  const Pipeline *pipeline;
  IndexerOptions options;
  Folder folder;
  char maker[64];    // which program annotates: its version and file
  uv_async_t notify; // to the loop's thread
  uv_thread_t scout_thread;
  void (*closed)(void *ud);

  _Atomic(bool) stop;   // indexer_close() was called
  _Atomic(bool) cancel; // stop, or the writer failed: workers drop what they do
  _Atomic(bool) rescan; // indexer_rescan() was called
  // clock_ns() when rules or scripts may have changed last (0: not since they were read), and until when
  // workers rest.
  _Atomic(uint64_t) renew_ns, quiet_ns;
  _Atomic(bool) scout_ended; // join it
  _Atomic(int) state;        // IndexState
  _Atomic(bool) scanning;    // the scout may still send jobs
  _Atomic(size_t) seen, expected, queued, done, removed, problem_count;
  _Atomic(size_t) pending; // jobs sent and not yet committed

  uv_mutex_t lock; // guards problems, missed and wake_open
  VEC_OF(Problem) problems;
  VEC_OF(char *) missed; // files that were gone when they were to be read
  bool wake_open;        // `wake` may be sent to

  // The scout's, for the length of a session; workers and writer use their ends of the queues.
  uv_loop_t scout_loop;
  uv_async_t wake; // to the scout
  Worker workers[WORKERS_MAX];
  int worker_count;
  CrawlRules rules; // at the root; constant while workers run
  Queue *jobs, *results;
  uv_thread_t writer_thread;
  const Registry *registry; // what people say of the folder's names; constant while workers run
  Store *store;             // the writer's while its thread runs
  Error store_error;        // the writer's until it is joined
  bool stored_all;          // likewise: at least once, since the last session that failed
};

// Tell the loop's thread of a file that could not be used. Any thread.
void indexer_problem(Indexer *self, Str path, const char *why);
// Tell the loop's thread that something changed. Any thread.
void indexer_notify(Indexer *self);
// Wake the scout, if it still listens. Any thread.
void indexer_wake(Indexer *self);
// Give this thread the lowest priority, where the options ask for it.
void indexer_lower_priority(const Indexer *self);

void session_main(void *indexer); // the scout's
void worker_main(void *worker);
void writer_main(void *indexer);
void job_free(Job *job);
void result_free(Result *result);
size_t result_bytes(const Result *result); // of memory, about
