// runner: the thread that scripts run on, and the limit after which it is given up.
#pragma once

#include "script/tagger.h"

typedef struct Outcome { // of one tagger with one article
  bool ok;
  bool needs_lua; // to tag
  bool filters;   // it has a filter
  Fault fault;
  uint64_t spent_ns;
  size_t spans;
} Outcome;

// One article. Shared by the one who waits and the thread; the thread keeps it alive when it is given up.
typedef struct Job {
  const Snapshot *text;
  const Needles *needles;
  Annotations *result; // being filled: spans in its arena
  Run run;
  Tagger **taggers;
  Early *early;      // [tagger]
  Outcome *outcomes; // [tagger]
  size_t count;
  uint64_t spent_ns; // of the thread's time, once it is done
  Arena arena, scratch;
  int refs; // atomic
} Job;

// References to `text`, `found` and `needles`, which are those of all `taggers`, are taken; `live` is
// HostLive.typed. `taggers` is copied.
Job *job_new(const Snapshot *text, const Annotations *found, Str path, bool live, const Needles *needles,
             Tagger *const *taggers, size_t count);
void job_unref(Job *job); // NULL is fine
// What can be done in this thread, without Lua. True: that was all.
bool job_begin(Job *job);

typedef struct Runner Runner;

Runner *runner_new(void);
// Waits for the thread, which is idle.
void runner_free(Runner *self);
// Run all taggers of `job`, which was begun, over its article and wait. SIZE_MAX: done. Else the number of a
// tagger that did not stop: it belongs to the runner from now on, which must not be used or freed any more
// (it cleans up after itself should the tagger ever return), and job->result is lost.
size_t runner_run(Runner *self, Job *job);
