// The side of the loop's thread: starts the scout, drains what it tells, and joins it. uv_async_send()
// coalesces, so each call drains everything. The scout is joined only after it said that it ended, so that
// the loop does not wait.
#define _GNU_SOURCE // syscall
#include "index/indexer_p.h"

#include "base/clock.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#ifdef __linux__
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

void indexer_notify(Indexer *self)
{
  uv_async_send(&self->notify);
}

void indexer_wake(Indexer *self)
{
  uv_mutex_lock(&self->lock);
  if (self->wake_open) uv_async_send(&self->wake);
  uv_mutex_unlock(&self->lock);
}

void indexer_problem(Indexer *self, Str path, const char *why)
{
  atomic_fetch_add(&self->problem_count, 1);
  uv_mutex_lock(&self->lock);
  vec_push(&self->problems, (Problem){.path = str_dup(path), .why = xstrdup(why)});
  uv_mutex_unlock(&self->lock);
  indexer_notify(self);
}

#ifdef __linux__
typedef struct SchedAttr { // of sched_setattr(2), which Debian 12's C library has no function for
  uint32_t size, policy;
  uint64_t flags;
  int32_t nice;
  uint32_t priority;
  uint64_t runtime, deadline, period; // ns
} SchedAttr;

// The least share of a busy processor, and long slices of it: whoever wakes up and wants a shorter one, as
// who answers a key does, has the processor at once (Linux 6.12 and later; before, the low share does that).
// SCHED_IDLE would, too, but a file that is saved while compilers run would then wait for seconds.
void indexer_lower_priority(const Indexer *self)
{
  const SchedAttr attr = {.size = sizeof attr, .nice = 19, .runtime = 100000000};
  if (!self->options.background) return;
  if (syscall(SYS_sched_setattr, 0, &attr, 0) != 0) setpriority(PRIO_PROCESS, 0, 19); // of this thread alone
}
#else
void indexer_lower_priority(const Indexer *self)
{
  (void)self;
}
#endif

static void tell_problems(Indexer *self)
{
  uv_mutex_lock(&self->lock);
  Problem *items = self->problems.items;
  size_t len = self->problems.len;
  self->problems.items = NULL;
  self->problems.len = self->problems.cap = 0;
  uv_mutex_unlock(&self->lock);
  for (size_t i = 0; i < len; i++) {
    if (self->options.problem)
      self->options.problem(self->options.ud, str_of(items[i].path), str_of(items[i].why));
    free(items[i].path);
    free(items[i].why);
  }
  free(items);
}

static void on_notify_closed(uv_handle_t *handle)
{
  Indexer *self = container_of(handle, Indexer, notify);
  void (*closed)(void *) = self->closed;
  void *ud = self->options.ud;
  for (size_t i = 0; i < self->missed.len; i++) free(self->missed.items[i]);
  vec_release(&self->missed);
  uv_mutex_destroy(&self->lock);
  folder_release(&self->folder);
  free(self);
  if (closed) closed(ud);
}

static void end(Indexer *self)
{
  if (uv_is_closing((uv_handle_t *)&self->notify)) return;
  uv_thread_join(&self->scout_thread);
  tell_problems(self);
  uv_close((uv_handle_t *)&self->notify, on_notify_closed);
}

static void on_notify(uv_async_t *async)
{
  Indexer *self = container_of(async, Indexer, notify);
  tell_problems(self);
  if (self->options.changed && !atomic_load(&self->stop)) self->options.changed(self->options.ud);
  if (atomic_load(&self->stop) && atomic_load(&self->scout_ended)) end(self);
}

static void on_wake(uv_async_t *async)
{
  uv_stop(async->loop);
}

// Two builds of one version annotate differently: the program's own file tells them apart.
static void name_maker(char *maker, size_t size)
{
  char path[4096];
  size_t len = sizeof path;
  uv_fs_t req;
  long long bytes = 0, changed = 0;
  if (uv_exepath(path, &len) == 0 && uv_fs_stat(NULL, &req, path, NULL) == 0) {
    bytes = (long long)req.statbuf.st_size;
    changed = req.statbuf.st_mtim.tv_sec;
    uv_fs_req_cleanup(&req);
  }
  snprintf(maker, size, NEWSMARK_VERSION " %lld %lld", bytes, changed);
}

static int worker_count(const IndexerOptions *options)
{
  uv_cpu_info_t *info;
  int cores = 1;
  if (uv_cpu_info(&info, &cores) == 0) uv_free_cpu_info(info, cores);
  int wanted = options->workers > 0 ? options->workers : cores < 4 ? cores : 4;
  return wanted < 1 ? 1 : wanted < WORKERS_MAX ? wanted : WORKERS_MAX;
}

Indexer *indexer_new(uv_loop_t *loop, const Pipeline *pipeline, const char *root,
                     const IndexerOptions *options, Error *err)
{
  Folder folder;
  if (!folder_find(&folder, root, err) || !folder_make_home(&folder, err)) {
    folder_release(&folder);
    return NULL;
  }
  Indexer *self = xcalloc(1, sizeof *self);
  self->pipeline = pipeline;
  self->options = *options;
  self->folder = folder;
  self->worker_count = worker_count(options);
  name_maker(self->maker, sizeof self->maker);
  atomic_store(&self->state, INDEX_SCANNING);
  atomic_store(&self->scanning, true);
  self->wake_open = true;
  if (uv_mutex_init(&self->lock) || uv_async_init(loop, &self->notify, on_notify) ||
      uv_loop_init(&self->scout_loop) || uv_async_init(&self->scout_loop, &self->wake, on_wake) ||
      uv_thread_create(&self->scout_thread, session_main, self))
    abort(); // out of memory or of descriptors before anything began
  return self;
}

const Folder *indexer_folder(const Indexer *self)
{
  return &self->folder;
}

double index_progress_part(const IndexProgress *now)
{
  size_t waiting = now->queued > now->done ? now->queued - now->done : 0;
  size_t looked_at = now->seen > waiting ? now->seen - waiting : 0;
  size_t all = now->expected > now->seen ? now->expected : now->seen;
  return all ? (double)looked_at / (double)all : 0;
}

IndexProgress indexer_progress(const Indexer *self)
{
  IndexState state = (IndexState)atomic_load(&self->state);
  if (state == INDEX_SCANNING && !atomic_load(&self->scanning) && !atomic_load(&self->pending))
    state = INDEX_READY;
  return (IndexProgress){.state = state,
                         .seen = atomic_load(&self->seen),
                         .expected = atomic_load(&self->expected),
                         .queued = atomic_load(&self->queued),
                         .done = atomic_load(&self->done),
                         .removed = atomic_load(&self->removed),
                         .problems = atomic_load(&self->problem_count)};
}

void indexer_rescan(Indexer *self)
{
  atomic_store(&self->rescan, true);
  indexer_wake(self);
}

void indexer_renew(Indexer *self)
{
  atomic_store(&self->renew_ns, clock_ns());
  indexer_wake(self);
}

void indexer_give_way(Indexer *self, unsigned ms)
{
  atomic_store(&self->quiet_ns, clock_ns() + ms * (uint64_t)1000000);
}

void indexer_close(Indexer *self, void (*closed)(void *ud))
{
  assert(!atomic_load(&self->stop));
  self->closed = closed;
  atomic_store(&self->stop, true);
  atomic_store(&self->cancel, true);
  indexer_wake(self);
  indexer_notify(self); // it may have ended before
}
