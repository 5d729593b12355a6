// host_p: the host's state, for host.c (articles and reports) and host_load.c (scripts and their files).
// Any thread; what is locked by which mutex stands beside it.
#pragma once

#include "script/host.h"
#include "script/runner.h"

#include <pthread.h>

#define SAMPLES 256 // articles whose times are kept

// A script. It is changed only while Host.running is held, and then, as others read it, under Host.lock.
typedef struct Slot {
  char *id, *path;
  char *root; // of a project's script: the folder whose articles it sees; NULL: all
  ScriptOrigin origin;
  Budget budget;
  uint64_t stamp;    // of its files when they were last read; 0: never
  Tagger *tagger;    // NULL: it failed to load, was given up, or is not trusted
  bool quiet;        // only what fails in an article is logged
  bool waits;        // its newest version is not trusted
  bool trusted;      // an older one was
  bool stopped;      // until it is loaded again
  unsigned overruns; // in a row
  uint64_t articles, failures, spans;
  uint32_t took_us[SAMPLES];
  char *issue, *trace; // the last; NULL: none
  size_t issue_line;
} Slot;
typedef VEC_OF(Slot *) SlotVec;

struct Host {
  const Manifest *manifest;
  const Pipeline *pipeline;
  Settings *settings; // NULL: the defaults
  char *data_dir, *user_dir, *trust_list, *prelude;
  HostFolder folder;
  bool test, remember, background;
  pthread_mutex_t running; // one article, or a reload; taken before `lock`
  Runner *runner;          // guarded by `running`
  Needles *needles;        // of all slots' taggers; likewise
  pthread_mutex_t lock;    // guards what follows
  SlotVec slots;
  VEC_OF(char *) projects;
  uint64_t generation;
};

void slot_free(Slot *slot);
bool slot_runs(const Slot *slot);
// Under the lock: the slot's issue is `fault`, in the article `about` (NULL: in none); NULL clears it.
void slot_set_issue(Slot *slot, const Fault *fault, const char *about);
