// people: the files of the human layer (doc/human.md) as the index hears of them: which articles people
// decided something about since a time, and which folders to watch for more. One thread.
#pragma once

#include "base/str.h"

typedef struct PeopleEvents {
  void *ud;
  void (*decided)(void *ud, Str path); // an article, relative to the root; borrowed
  void (*folder)(void *ud, const char *full_path);
} PeopleEvents;

// Look through root/.newsmark/annotations: tell of each file written at `since_ns` (real time) or later, and
// of every folder, root/.newsmark too. Nothing where there is none.
void people_walk(const char *root, int64_t since_ns, const PeopleEvents *events);
int64_t people_now_ns(void); // for the next `since_ns`
// The bytes of root/.newsmark/entities.jsonl, appended to `out`; nothing where it cannot be
// read, is no file or larger than a ledger may be.
void people_read(const char *root, StrBuf *out);
