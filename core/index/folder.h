// folder: which folders have an index, and where it lies: $XDG_CACHE_HOME/newsmark/<name>-<hash of the real
// path>/. Any thread.
#pragma once

#include "base/error.h"
#include "base/str.h"

typedef struct Folder {
  char *root; // the folder's real path, absolute, no '/' at its end
  char *home; // what is kept for it: a folder of its own in the user's cache
  char *db;   // home/index.db
  char *lock; // home/lock: held by the one process that writes
} Folder;     // = {0} to begin

// Find the folder that `path` names. False with ERR_NOT_FOUND or ERR_USAGE (no folder), ERR_STATE (the user's
// home, one that holds it, or "/": never indexed).
bool folder_find(Folder *self, const char *path, Error *err);
void folder_release(Folder *self);
// Make `home`, readable by the user alone.
bool folder_make_home(const Folder *self, Error *err);
// Whether people marked `root` as newsmark's: it has .newsmark.toml or .newsmark/.
bool folder_is_marked(const char *root);
// The nearest folder upwards from `path` that is marked and may be indexed; heap, the caller frees it. NULL:
// none.
char *folder_marked_above(const char *path);
// Take the writer's lock, which ends with the process however it ends. Returns the descriptor for
// folder_unlock(); -1 with ERR_STATE where another process has it (its number is in the sentence), ERR_IO
// where the lock cannot be made.
int folder_lock(const Folder *self, Error *err);
void folder_unlock(int lock);
