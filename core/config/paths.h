// paths: where newsmark's files are found, and reading a small one whole. Any thread, but for
// paths_init().
#pragma once

#include "base/error.h"
#include "base/str.h"

typedef struct Paths {
  char *data_dir;   // shipped files: plugin.toml, host/, taggers/, gazetteer. Never NULL, may not exist
  char *config_dir; // the user's: config.toml, taggers/. NULL where neither XDG_CONFIG_HOME nor HOME is set
  char *cache_dir;  // what may be deleted. NULL likewise
  char *state_dir;  // what newsmark keeps for the user: the scripts that are trusted. NULL likewise
} Paths;

// Data: $NEWSMARK_DATA, else share/newsmark beside the program (build tree), else ../share/newsmark
// (installed). The others: newsmark/ in $XDG_CONFIG_HOME, $XDG_CACHE_HOME and $XDG_STATE_HOME, or in
// ~/.config, ~/.cache and ~/.local/state. `exe` is the program's path; NULL asks the system. Reads the
// environment: before other threads start.
void paths_init(Paths *self, const char *exe);
void paths_release(Paths *self);

char *path_join(const char *dir, const char *name); // heap; the caller frees
// The folder of `path`: "." where it names none. Heap; the caller frees.
char *path_dir(const char *path);
// Whether `path` is `root` or lies below it. By their letters alone: both are real paths (realpath), or made
// alike.
bool path_within(const char *path, const char *root);
bool path_exists(const char *path);

// Append the file's bytes to `out`. False with ERR_NOT_FOUND, ERR_IO (also: not a regular file), or ERR_LIMIT
// (more than `max` bytes). For small files that the caller may wait for.
bool file_read(const char *path, size_t max, StrBuf *out, Error *err);
