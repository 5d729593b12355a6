// crawl: walks a folder and tells what is new, changed or gone since the walk before, by names and stamps
// alone: a file that did not change costs one lstat(). Symbolic links are never followed: what they point to
// inside the folder is found by itself, what lies outside is not ours. Names that begin with a point are left
// out. One thread.
#pragma once

#include "base/error.h"
#include "index/tree.h"

typedef struct CrawlRules { // of a folder
  const char *const
      *extensions; // without the point, lower case, NULL at the end; NULL: txt, md, markdown, html, htm
  const char *const *exclude; // globs as in .gitignore, NULL at the end; NULL: none
  size_t max_bytes;           // larger files are left out, with a message; 0: 16 MB
} CrawlRules;

typedef struct CrawlEvents {
  void *ud;
  // A file of `dir` is new or changed, or has other settings; `hash` is that of when it was last read (0:
  // never). Its path is borrowed.
  void (*changed)(void *ud, const TreeDir *dir, Str path, FileStamp stamp, uint64_t hash);
  void (*gone)(void *ud, Str path);
  void (*problem)(void *ud, Str path, const char *why); // the rest goes on
  // A folder is about to be listed: the time to watch it. NULL is fine.
  void (*folder)(void *ud, TreeDir *dir, const char *full_path);
  void (*folder_gone)(void *ud, TreeDir *dir); // it and all below; NULL is fine
  // What the settings say in a folder below the root that has a file of them, new or changed; the result
  // lives as long as the crawl. NULL: what they say at the root.
  const CrawlRules *(*rules)(void *ud, const char *full_path);
  bool (*stopped)(void *ud); // looked at between files; NULL: never
} CrawlEvents;

typedef struct Crawl Crawl;

// The stamp of a file and the hash of its bytes under the settings of its folder: with other settings it is
// another file.
static inline FileStamp crawl_stamp(FileStamp stamp, uint64_t settings)
{
  stamp.inode ^= settings;
  return stamp;
}

// A crawl of the folder at `root` (absolute; borrowed, as are the rules and events). `tree` is what is known
// so far and is kept up to date: borrowed too.
Crawl *crawl_new(const char *root, const CrawlRules *rules, const CrawlEvents *events, TreeDir *tree);
void crawl_free(Crawl *self);
// Scan `dir` (of the tree) and, where `deep`, all below it; new folders are always entered. A folder that
// cannot be read keeps what is known of it. False where the root itself cannot be read, with *err.
bool crawl_scan(Crawl *self, TreeDir *dir, bool deep, Error *err);
// Files looked at since crawl_new().
size_t crawl_seen(const Crawl *self);
