// The scout's thread. A session is: open the store, load the tree, start the others, scan, and where it
// watches go on until it is told to stop. Sessions follow each other under one lock. A damaged database ends
// the session; it is set aside and a second one begins from nothing. One that was deleted is made again,
// under a new lock. What the disk refuses is tried again from time to time, as soon as there is more room on
// it.
#include "human/kept.h"
#include "index/scout.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum {
  WAIT_MS = 500,  // for the lock
  LOOK_MS = 1000, // for room on the disk
  STACK_BYTES = 8 << 20,
  SESSIONS_MORE = 2, // after one that failed
  PATIENCE_MIN_MS = 30000,
  PATIENCE_MAX_MS = 960000,
  ROOM = 256 << 10, // bytes more than before, and an eighth of the database
};

typedef enum SessionEnd {
  SESSION_DONE,   // or it was stopped
  SESSION_AGAIN,  // another one is to take up what changed (Scout)
  SESSION_MOVED,  // the database is no longer where it was
  SESSION_FAILED, // with *err
} SessionEnd;

// Run what handles that were closed still have to do, so that their memory may go. A call of uv_stop() may be
// waiting.
static void run_dry(Indexer *indexer)
{
  uv_unref((uv_handle_t *)&indexer->wake);
  while (uv_run(&indexer->scout_loop, UV_RUN_DEFAULT) != 0) {
  }
  uv_ref((uv_handle_t *)&indexer->wake);
}

// --- one session ---

static void start_thread(uv_thread_t *thread, void (*entry)(void *), void *arg)
{
  uv_thread_options_t options = {.flags = UV_THREAD_HAS_STACK_SIZE, .stack_size = STACK_BYTES};
  if (uv_thread_create_ex(thread, &options, entry, arg) != 0) abort(); // out of memory
}

static void start_threads(Indexer *indexer)
{
  indexer->store_error = (Error){0};
  atomic_store(&indexer->pending, 0);
  atomic_store(&indexer->queued, 0);
  atomic_store(&indexer->done, 0);
  indexer->jobs = queue_new(JOBS_BYTES);
  indexer->results = queue_new(RESULTS_BYTES);
  for (int i = 0; i < indexer->worker_count; i++) {
    Worker *worker = &indexer->workers[i];
    worker->indexer = indexer;
    start_thread(&worker->thread, worker_main, worker);
  }
  start_thread(&indexer->writer_thread, writer_main, indexer);
}

// What is in the queues is finished first, unless `cancel` is set.
static void end_threads(Indexer *indexer)
{
  queue_close(indexer->jobs);
  for (int i = 0; i < indexer->worker_count; i++) uv_thread_join(&indexer->workers[i].thread);
  queue_free(indexer->jobs);
  queue_close(indexer->results);
  uv_thread_join(&indexer->writer_thread);
  queue_free(indexer->results);
}

// Open the store; one with more waste than content is swept first.
static bool open_store(Indexer *indexer, const Scout *scout, Error *err)
{
  char maker[sizeof indexer->maker + 20]; // what annotates in this session
  snprintf(maker, sizeof maker, "%s %016" PRIx64, indexer->maker, scout->scripts);
  indexer->store = store_open(indexer->folder.db, maker, err);
  if (!indexer->store) return false;
  size_t dead, articles;
  store_waste(indexer->store, &dead, &articles);
  return dead <= articles / 2 + 1000 || store_sweep(indexer->store, err);
}

static SessionEnd run_session(Indexer *indexer, Error *err)
{
  Scout scout;
  scout_init(&scout, indexer);
  atomic_store(&indexer->cancel, false);
  if (atomic_load(&indexer->stop)) atomic_store(&indexer->cancel, true);
  atomic_store(&indexer->expected, 0);
  bool ok = open_store(indexer, &scout, err) && scout_load(&scout, err);
  if (ok) {
    KeptPaths kept = {0};
    kept_paths_in(&kept, indexer->folder.root, "");
    indexer->registry = kept_registry(kept.entities);
    kept_paths_release(&kept);
    start_threads(indexer);
    scout_run(&scout);
    end_threads(indexer);
    registry_unref(indexer->registry);
    ok = indexer->store_error.code == ERR_NONE;
    if (!ok) *err = indexer->store_error;
  }
  SessionEnd end = !ok                                           ? SESSION_FAILED
                   : !scout.again || atomic_load(&indexer->stop) ? SESSION_DONE
                   : scout.moved                                 ? SESSION_MOVED
                                                                 : SESSION_AGAIN;
  store_free(indexer->store);
  indexer->store = NULL;
  scout_release(&scout);
  run_dry(indexer);
  return end;
}

// --- sessions ---

static bool set_aside(Indexer *indexer, const Error *why)
{
  Error err = {0};
  char text[700];
  if (!store_set_aside(indexer->folder.db, &err)) {
    indexer_problem(indexer, (Str){0}, err.text);
    return false;
  }
  snprintf(text, sizeof text, "%.500s: damaged, kept as index.db.damaged and built anew", why->text);
  indexer_problem(indexer, (Str){0}, text);
  return true;
}

static void on_wait_over(uv_timer_t *timer)
{
  uv_stop(timer->loop);
}

// Until then, or somebody wakes the scout.
static void wait_for(Indexer *indexer, uint64_t ms)
{
  uv_timer_t timer;
  uv_timer_init(&indexer->scout_loop, &timer);
  uv_timer_start(&timer, on_wait_over, ms, 0);
  uv_run(&indexer->scout_loop, UV_RUN_DEFAULT);
  uv_close((uv_handle_t *)&timer, NULL);
  run_dry(indexer);
}

// When the database's log, which every commit goes to, was written last; 0: there is none.
static int64_t last_commit(const Indexer *indexer)
{
  StrBuf log = {0};
  strbuf_addf(&log, "%s-wal", indexer->folder.db);
  uv_fs_t req;
  int64_t ns = 0;
  if (uv_fs_stat(NULL, &req, log.ptr, NULL) == 0)
    ns = (int64_t)req.statbuf.st_mtim.tv_sec * 1000000000 + req.statbuf.st_mtim.tv_nsec;
  uv_fs_req_cleanup(&req);
  strbuf_release(&log);
  return ns;
}

// Wait for the writer's lock as long as another process has it, and tell when that stored something. -1 when
// stopped, or with *err where it cannot be made.
static int wait_for_lock(Indexer *indexer, Error *err)
{
  int64_t seen = -1;
  for (bool told = false; !atomic_load(&indexer->stop); told = true) {
    *err = (Error){0};
    int lock = folder_make_home(&indexer->folder, err) ? folder_lock(&indexer->folder, err) : -1;
    if (lock >= 0 || err->code != ERR_STATE) return lock;
    atomic_store(&indexer->state, INDEX_WAITING);
    if (!told) indexer_problem(indexer, (Str){0}, err->text);
    int64_t now = last_commit(indexer);
    if (now != seen) indexer_notify(indexer);
    seen = now;
    *err = (Error){0};
    wait_for(indexer, WAIT_MS);
  }
  return -1;
}

static void close_loop(Indexer *indexer)
{
  uv_mutex_lock(&indexer->lock);
  indexer->wake_open = false;
  uv_close((uv_handle_t *)&indexer->wake, NULL);
  uv_mutex_unlock(&indexer->lock);
  while (uv_run(&indexer->scout_loop, UV_RUN_DEFAULT) != 0) {
  }
  if (uv_loop_close(&indexer->scout_loop) != 0) abort(); // a handle was left: a bug
}

// After a session that failed: make the index such that another one can go on. False where that is no use.
static bool start_again(Indexer *indexer, const Error *why)
{
  if (atomic_load(&indexer->stop)) return false;
  if (why->code == ERR_FORMAT) return set_aside(indexer, why);
  if (why->code != ERR_LIMIT) return false;
  Error err = {0};
  Store *store =
      store_open(indexer->folder.db, indexer->maker, &err); // the maker of no session: all is read again
  bool ok = store && store_widen(store, &err);
  if (!ok) indexer_problem(indexer, (Str){0}, err.text);
  store_free(store);
  return ok;
}

// Sessions until one has nothing to take up again.
static SessionEnd run_sessions(Indexer *indexer, Error *err)
{
  SessionEnd end;
  do {
    *err = (Error){0};
    end = run_session(indexer, err);
  } while (end == SESSION_AGAIN);
  return end;
}

static SessionEnd run_locked(Indexer *indexer, Error *err)
{
  int lock = wait_for_lock(indexer, err);
  if (lock < 0) return err->code == ERR_NONE ? SESSION_DONE : SESSION_FAILED;
  SessionEnd end = run_sessions(indexer, err);
  for (int more = 0; end == SESSION_FAILED && more < SESSIONS_MORE && start_again(indexer, err); more++)
    end = run_sessions(indexer, err);
  folder_unlock(lock);
  return end;
}

// --- after a failure

// Bytes that the disk of the database has left, and those that are to come before another try.
static void look_at_disk(const Indexer *indexer, uint64_t *left, uint64_t *more)
{
  uv_fs_t req;
  *left = 0;
  *more = ROOM;
  if (uv_fs_statfs(NULL, &req, indexer->folder.home, NULL) == 0) {
    const uv_statfs_t *disk = req.ptr;
    *left = disk->f_bavail * disk->f_bsize;
  }
  uv_fs_req_cleanup(&req);
  if (uv_fs_stat(NULL, &req, indexer->folder.db, NULL) == 0) *more += req.statbuf.st_size / 8;
  uv_fs_req_cleanup(&req);
}

// Wait until another try is worth it, longer after each that was in vain. False: the indexer is to end.
static bool wait_for_better(Indexer *indexer, uint64_t *patience_ms)
{
  if (!indexer->options.watch) return false;
  uint64_t before, left, more, waited_ms = 0;
  if (indexer->stored_all) *patience_ms = PATIENCE_MIN_MS;
  indexer->stored_all = false;
  atomic_store(&indexer->state, INDEX_FAILED);
  indexer_notify(indexer);
  look_at_disk(indexer, &before, &more);
  for (left = before; waited_ms < *patience_ms && left < before + more; waited_ms += LOOK_MS) {
    if (atomic_load(&indexer->stop)) return false;
    wait_for(indexer, LOOK_MS);
    look_at_disk(indexer, &left, &more);
  }
  *patience_ms = *patience_ms < PATIENCE_MAX_MS ? 2 * *patience_ms : PATIENCE_MAX_MS;
  return true;
}

// The same trouble is told once, until the index was good in between.
static void tell_failure(Indexer *indexer, const Error *err, Error *told)
{
  bool is_new = indexer->stored_all || strcmp(err->text, told->text) != 0;
  if (err->code != ERR_NONE && is_new) indexer_problem(indexer, (Str){0}, err->text);
  *told = *err;
}

void session_main(void *arg)
{
  Indexer *indexer = arg;
  indexer_lower_priority(indexer);
  SessionEnd end;
  Error told = {0};
  uint64_t patience_ms = PATIENCE_MIN_MS;
  do {
    Error err = {0};
    end = run_locked(indexer, &err);
    if (end == SESSION_FAILED) tell_failure(indexer, &err, &told);
  } while (!atomic_load(&indexer->stop) &&
           (end == SESSION_MOVED || (end == SESSION_FAILED && wait_for_better(indexer, &patience_ms))));
  close_loop(indexer);
  atomic_store(&indexer->state, end == SESSION_FAILED ? INDEX_FAILED : INDEX_READY);
  atomic_store(&indexer->scout_ended, true);
  indexer_notify(indexer);
}
