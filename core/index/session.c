// The scout's thread. A session is: lock, open the store, load the tree, start the others, scan, and where it
// watches go on until it is told to stop. A damaged database ends the session; it is set aside and a second
// one begins from nothing.
#include "human/kept.h"
#include "index/scout.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum {
  WAIT_MS = 500, // for the lock
  STACK_BYTES = 8 << 20,
  SESSIONS_MORE = 2, // after one that failed
};

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

// *again: another session is to take up what changed (Scout).
static bool run_session(Indexer *indexer, bool *again, Error *err)
{
  Scout scout;
  scout_init(&scout, indexer);
  atomic_store(&indexer->cancel, atomic_load(&indexer->stop));
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
  *again = ok && scout.again && !atomic_load(&indexer->stop);
  store_free(indexer->store);
  indexer->store = NULL;
  scout_release(&scout);
  run_dry(indexer);
  return ok;
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

// Wait for the writer's lock as long as another process has it. -1 when stopped, or where it cannot be made.
static int wait_for_lock(Indexer *indexer)
{
  uv_timer_t timer;
  uv_timer_init(&indexer->scout_loop, &timer);
  int lock = -1;
  bool told = false;
  while (!atomic_load(&indexer->stop)) {
    Error err = {0};
    lock = folder_lock(&indexer->folder, &err);
    if (lock >= 0) break;
    if (err.code == ERR_STATE) atomic_store(&indexer->state, INDEX_WAITING);
    if (!told) indexer_problem(indexer, (Str){0}, err.text);
    told = true;
    if (err.code != ERR_STATE) break;
    indexer_notify(indexer);
    uv_timer_start(&timer, on_wait_over, WAIT_MS, 0);
    uv_run(&indexer->scout_loop, UV_RUN_DEFAULT);
  }
  uv_close((uv_handle_t *)&timer, NULL);
  run_dry(indexer);
  return lock;
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
static bool run_sessions(Indexer *indexer, Error *err)
{
  bool ok, again;
  do {
    ok = run_session(indexer, &again, err);
  } while (again);
  return ok;
}

void session_main(void *arg)
{
  Indexer *indexer = arg;
  indexer_lower_priority(indexer);
  int lock = wait_for_lock(indexer);
  Error err = {0};
  bool ok = lock >= 0 && run_sessions(indexer, &err);
  for (int more = 0; !ok && more < SESSIONS_MORE && err.code != ERR_NONE && start_again(indexer, &err);
       more++) {
    err = (Error){0};
    ok = run_sessions(indexer, &err);
  }
  if (!ok && err.code != ERR_NONE) indexer_problem(indexer, (Str){0}, err.text);
  folder_unlock(lock);
  close_loop(indexer);
  atomic_store(&indexer->state, ok ? INDEX_READY : INDEX_FAILED);
  atomic_store(&indexer->scout_ended, true);
  indexer_notify(indexer);
}
