// watch: tells when something in a watched folder changes: one inotify watch a folder, read through libuv.
// Without inotify (other systems) watch_new() fails and the caller scans from time to time instead. One
// thread: the loop's.
#pragma once

#include "base/error.h"

#include <uv.h>

enum { WATCH_MAX = 8192 }; // the kernel's limit is the user's, shared with every editor: we take a part

typedef struct WatchEvents {
  void *ud;
  void (*changed)(void *ud, int number); // something in this folder is new, gone, renamed or written
  void (*moved)(void *ud, int number);   // the folder itself was renamed
  void (*ended)(void *ud, int number);   // the folder is gone; its number means nothing any more
  void (*overflow)(void *ud);            // events were lost: scan everything
} WatchEvents;

typedef struct Watch Watch;

// `events` is borrowed. NULL with *err: ERR_LIMIT or ERR_IO.
Watch *watch_new(uv_loop_t *loop, const WatchEvents *events, Error *err);
// What of a folder is told.
typedef enum WatchWhat { WATCH_ALL, WATCH_REMOVALS } WatchWhat;
// Watch the folder at `path`. Returns its number (the same for the same folder); -1 with *err: ERR_LIMIT,
// naming the setting to raise; ERR_NOT_FOUND; ERR_IO.
int watch_add(Watch *self, const char *path, WatchWhat what, Error *err);
void watch_remove(Watch *self, int number);
// Ends in the loop's next turn; no callback comes after this. NULL is fine.
void watch_close(Watch *self);
