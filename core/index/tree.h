// tree: what is known of a folder's files between scans: names and stamps by folder. Paths are relative to
// the root. One thread.
#pragma once

#include "base/vec.h"
#include "index/record.h"

typedef struct TreeFile {
  char *name;
  FileStamp stamp; // when it was last sent to be read
  uint64_t hash;   // of its bytes then, as far as known; 0: not known
  bool seen;       // by the scan that runs
  uint8_t missed;  // how often it was seen and could not be found when it was to be read
} TreeFile;

typedef struct TreeDir {
  struct TreeDir *parent;        // NULL: the root
  char *name;                    // "" for the root
  VEC_OF(TreeFile) files;        // sorted by name
  VEC_OF(struct TreeDir *) dirs; // sorted by name
  int watch;                     // inotify's number; -1: none
  uint64_t inode;                // when it was met last; 0: not yet, and that of the root
  uint64_t ignore;               // hash of its .gitignore
  bool listed;                   // by this process, as the folder that it is now
  // Of the settings files from below the root down to here: another number, other settings. 0: there are
  // none.
  uint64_t settings;
  const struct CrawlRules *rules; // that hold in it; NULL: not listed yet
  bool seen;                      // by the scan that runs
} TreeDir;

TreeDir *tree_new(void);
void tree_free(TreeDir *root); // and all below
// The folder at `path` ("" for the root), made where it is missing.
TreeDir *tree_dir(TreeDir *root, Str path);
// The file or folder with this name, made (seen false, hash 0, watch -1) where it is missing; *is_new tells.
// A pointer to a file is valid until the next one is made.
TreeFile *tree_file(TreeDir *dir, Str name, bool *is_new);
TreeDir *tree_child(TreeDir *dir, Str name, bool *is_new);
void tree_drop_file(TreeDir *dir, size_t index);
void tree_drop_child(TreeDir *dir, size_t index); // with all below
// Append the folder's path to `out`: nothing for the root, else ending in '/'.
void tree_path(const TreeDir *dir, StrBuf *out);
