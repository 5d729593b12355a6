// How it works: the thread says under the lock which tagger it is about to enter, with its own clock's time.
// Who waits looks at that clock when the limit may be over: time in which the thread did not run does not
// count. A thread cannot be killed, so one that does not come back is left alone: it holds its job and the
// tagger it is in, and touches nothing else.
#include "script/runner.h"

#include "base/clock.h"
#include "script/search.h"

#include <errno.h>
#include <lauxlib.h>
#include <pthread.h>
#include <time.h>

#define HARD_EXTRA_MS 250 // beyond twice the budget

struct Runner {
  pthread_t thread;
  pthread_mutex_t lock; // guards what follows
  pthread_cond_t wake, done;
  Job *job; // NULL: idle
  bool stop, given_up;
  size_t at;               // tagger at work
  uint64_t entered_cpu_ns; // by the thread's clock
  uint32_t hard_ms;        // for the tagger at work
  Tagger *orphan;          // the one it was given up in
};

Job *job_new(const Snapshot *text, const Annotations *found, Str path, bool live, const Needles *needles,
             Tagger *const *taggers, size_t tagger_count)
{
  Job *job = xcalloc(1, sizeof *job);
  job->refs = 1;
  job->text = snapshot_ref(text);
  job->needles = needles_ref(needles);
  job->count = tagger_count;
  job->taggers = arena_alloc(&job->arena, size_mul(tagger_count, sizeof *job->taggers));
  memcpy(job->taggers, taggers, tagger_count * sizeof *job->taggers);
  job->outcomes = arena_zalloc(&job->arena, size_mul(tagger_count, sizeof *job->outcomes));
  job->early = arena_zalloc(&job->arena, size_mul(tagger_count, sizeof *job->early));
  Annotations *result = job->result = xcalloc(1, sizeof *result);
  result->blocks = found->blocks;
  result->block_count = found->block_count;
  result->lang = found->lang;
  result->dct = found->dct;
  result->title = found->title;
  result->prose = snapshot_ref(found->prose);
  result->base = annotations_ref(found);
  result->refs = 1;
  job->run = (Run){.text = snapshot_read(text, 0, snapshot_len(text), &job->arena),
                   .path = arena_dup(&job->arena, path),
                   .found = found,
                   .snapshot = text,
                   .live = live,
                   .needles = needles,
                   .machine = found->spans.len,
                   .arena = &result->arena,
                   .scratch = &job->scratch};
  size_t count = found->spans.len, room = count + count / 8 + 16; // tags come behind
  Span *spans = arena_alloc(&result->arena, size_mul(room, sizeof *spans));
  if (count) memcpy(spans, found->spans.items, count * sizeof *spans);
  job->run.spans = (SpanVec){spans, count, room};
  return job;
}

void job_unref(Job *job)
{
  if (!job || __atomic_sub_fetch(&job->refs, 1, __ATOMIC_ACQ_REL)) return;
  annotations_unref(job->result);
  snapshot_unref(job->text);
  needles_unref(job->needles);
  article_free(job->run.article);
  arena_release(&job->arena);
  arena_release(&job->scratch);
  free(job);
}

// --- what needs no thread

static void finish_tagging(Job *job, size_t i, bool ok, size_t before)
{
  job->outcomes[i].ok = ok;
  job->outcomes[i].spans = job->run.spans.len - before;
}

static bool needs_thread(const Job *job)
{
  for (size_t i = 0; i < job->count; i++) {
    const Tagger *tagger = job->taggers[i];
    if (job->outcomes[i].needs_lua || tagger_filters(tagger, &job->run.spans)) return true;
    for (size_t k = 0; k < job->count; k++)
      if (tagger_filters(tagger, &job->early[k].spans)) return true;
  }
  return false;
}

bool job_begin(Job *job)
{
  uint64_t began = clock_thread_ns();
  for (size_t i = 0; i < job->count; i++) {
    Outcome *out = &job->outcomes[i];
    search_early(job->taggers[i], &job->run, &job->early[i]);
    out->needs_lua = tagger_needs_lua(job->taggers[i], &job->early[i]);
    out->filters = job->taggers[i]->filter_ref != LUA_NOREF;
    uint64_t now = clock_thread_ns();
    out->spent_ns = now - began;
    began = now;
  }
  if (needs_thread(job)) return false;
  for (size_t i = 0; i < job->count; i++) {
    size_t before = job->run.spans.len;
    finish_tagging(job, i, tagger_tag_article(job->taggers[i], &job->run, &job->early[i], NULL), before);
  }
  return true;
}

// --- the thread's side

static uint64_t timespec_ns(struct timespec t)
{
  return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

// Before anything is done with a tagger. False once given up: the taggers, but for the one it was given up
// in, may be gone. Without Lua nobody needs to look at the clock.
static bool enter(Runner *self, const Job *job, size_t at, bool lua)
{
  uint64_t now = lua ? clock_thread_ns() : 0;
  pthread_mutex_lock(&self->lock);
  bool go_on = !self->given_up;
  if (go_on && lua) {
    self->at = at;
    self->entered_cpu_ns = now;
    self->hard_ms = tagger_budget_ms(job->taggers[at], &job->run) * 2 + HARD_EXTRA_MS;
  }
  pthread_mutex_unlock(&self->lock);
  return go_on;
}

static bool tag_all(Runner *self, Job *job)
{
  for (size_t i = 0; i < job->count; i++) {
    Outcome *out = &job->outcomes[i];
    size_t before = job->run.spans.len;
    if (!enter(self, job, i, out->needs_lua)) return false;
    job->run.spent_ns = 0;
    finish_tagging(job, i, tagger_tag_article(job->taggers[i], &job->run, &job->early[i], &out->fault),
                   before);
    out->spent_ns += job->run.spent_ns;
  }
  return true;
}

static void filter_all(Runner *self, Job *job)
{
  for (size_t i = 0; i < job->count; i++) {
    Outcome *out = &job->outcomes[i];
    if (!out->ok || !out->filters) continue;
    if (!enter(self, job, i, true)) return;
    job->run.spent_ns = 0;
    out->ok = tagger_filter_article(job->taggers[i], &job->run, &out->fault);
    out->spent_ns += job->run.spent_ns;
  }
}

static void *runner_main(void *arg)
{
  Runner *self = arg;
  pthread_mutex_lock(&self->lock);
  while (!self->stop && !self->given_up) {
    Job *job = self->job;
    if (!job) {
      pthread_cond_wait(&self->wake, &self->lock);
      continue;
    }
    pthread_mutex_unlock(&self->lock);
    uint64_t began = clock_thread_ns();
    if (tag_all(self, job)) filter_all(self, job);
    job->spent_ns = clock_thread_ns() - began;
    pthread_mutex_lock(&self->lock);
    self->job = NULL;
    pthread_cond_signal(&self->done);
    if (self->given_up) job_unref(job);
  }
  bool given_up = self->given_up;
  pthread_mutex_unlock(&self->lock);
  if (given_up) { // nobody else knows of us
    tagger_free(self->orphan);
    pthread_cond_destroy(&self->wake);
    pthread_cond_destroy(&self->done);
    pthread_mutex_destroy(&self->lock);
    free(self);
  }
  return NULL;
}

// --- the other side

Runner *runner_new(void)
{
  Runner *self = xcalloc(1, sizeof *self);
  pthread_condattr_t attr;
  pthread_mutex_init(&self->lock, NULL);
  pthread_condattr_init(&attr);
  pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
  pthread_cond_init(&self->wake, &attr);
  pthread_cond_init(&self->done, &attr);
  pthread_condattr_destroy(&attr);
  if (pthread_create(&self->thread, NULL, runner_main, self) == 0) return self;
  abort(); // as for memory: nothing sensible is left to do
}

void runner_free(Runner *self)
{
  if (!self) return;
  pthread_mutex_lock(&self->lock);
  self->stop = true;
  pthread_cond_signal(&self->wake);
  pthread_mutex_unlock(&self->lock);
  pthread_join(self->thread, NULL);
  pthread_cond_destroy(&self->wake);
  pthread_cond_destroy(&self->done);
  pthread_mutex_destroy(&self->lock);
  free(self);
}

// Milliseconds of the thread's time until the tagger at work is over its limit; 0: it is.
static uint64_t left_ms(Runner *self)
{
  clockid_t clock;
  struct timespec now;
  if (pthread_getcpuclockid(self->thread, &clock) || clock_gettime(clock, &now)) return self->hard_ms;
  uint64_t spent = (timespec_ns(now) - self->entered_cpu_ns) / 1000000u;
  return spent < self->hard_ms ? self->hard_ms - spent : 0;
}

static struct timespec from_now(uint64_t ms)
{
  uint64_t ns = clock_ns() + (ms + 1) * 1000000u;
  return (struct timespec){(time_t)(ns / 1000000000u), (long)(ns % 1000000000u)};
}

size_t runner_run(Runner *self, Job *job)
{
  size_t stuck = SIZE_MAX;
  pthread_mutex_lock(&self->lock);
  self->job = job;
  self->hard_ms = HARD_EXTRA_MS * 4; // until the first tagger is entered
  clockid_t clock;
  struct timespec now = {0};
  if (!pthread_getcpuclockid(self->thread, &clock)) clock_gettime(clock, &now);
  self->entered_cpu_ns = timespec_ns(now);
  pthread_cond_signal(&self->wake);
  while (self->job && stuck == SIZE_MAX) {
    struct timespec until = from_now(left_ms(self));
    if (pthread_cond_timedwait(&self->done, &self->lock, &until) != ETIMEDOUT || !self->job || left_ms(self))
      continue;
    stuck = self->at;
    self->given_up = true;
    self->orphan = job->taggers[stuck];
    __atomic_add_fetch(&job->refs, 1, __ATOMIC_RELAXED);
    pthread_detach(self->thread);
  }
  pthread_mutex_unlock(&self->lock);
  return stuck;
}
