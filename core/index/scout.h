// scout: finds out, for the length of a session (session.c), which files, decisions of people, settings and
// scripts are others than the store knows, and sends the workers jobs. For core/index/ alone. The scout's
// thread (indexer_p.h).
#pragma once

#include "index/crawl.h"
#include "index/indexer_p.h"
#include "index/watch.h"

typedef struct Scout {
  Indexer *indexer;
  TreeDir *tree;
  Crawl *crawl;
  Watch *watch;
  uv_timer_t settle, slow, renew, look;
  VEC_OF(TreeDir *) by_number; // [watch's number]; NULL: no longer watched
  VEC_OF(int) dirty;           // numbers of folders that changed
  VEC_OF(int) renamed;         // of those that were renamed: all below is looked at
  bool overflow, partial;      // events were lost; some folders are not watched
  bool lost;                   // the folder itself is not where it was
  VEC_OF(int) people_numbers;  // of folders of the human layer
  bool people;                 // something in it changed
  int64_t people_ns;           // when it was looked through last
  StrBuf who;                  // entities.jsonl
  Arena arena;                 // of the indexer's rules
  uint64_t rules, scripts;     // what they were when the session began
  size_t sent;                 // files to be read
  bool again;                  // who is who, rules or scripts are others: another session is to begin
  int home_number;             // of the folder that holds the database; -1: not watched
  uint64_t database[2];        // device and inode of the one that is open
  bool check_home, moved;      // something went from that folder; and that was the database
} Scout;

// Begin a scan: from here on the indexer has not ended. Reads the rules that hold in this session.
void scout_init(Scout *self, Indexer *indexer);
// Load what the store knows of the folder's files, those to be read again that people have decided about
// since; and tell the store who is who.
bool scout_load(Scout *self, Error *err);
// Scan the folder, and where the options ask for it watch it, until the indexer is stopped or `again` is set.
void scout_run(Scout *self);
// Closes handles of the scout's loop, which has to run once more while `self` still is there.
void scout_release(Scout *self);
