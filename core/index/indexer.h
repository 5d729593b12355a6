// indexer: keeps the index of one folder: scans, annotates what changed in threads of its own, stores it,
// watches. The loop's thread only starts it, hears from it and ends it; it never waits for a file or the
// database.
#pragma once

#include "annotate/pipeline.h"
#include "index/crawl.h"
#include "index/folder.h"

#include <uv.h>

// What settings and scripts have to do with an article: what is known of it before it is annotated, and tags
// added to its annotations before they are stored.
typedef struct IndexTagger {
  void *(*begin)(void *ctx, const char *root); // one for each worker, on its thread
  // Fill in what settings say of the article at `path`; strings live until the next call. Another number in
  // `settings`: those of its folder are others. False: nothing is to be found in it.
  bool (*inform)(void *tagger, Str text, const char *path, uint64_t settings, ArticleInfo *info);
  // `found`, whose reference is taken, with the tags; a reference.
  Annotations *(*tag)(void *tagger, const Snapshot *text, Annotations *found, const char *path);
  void (*end)(void *tagger);
  // Of what it would give in the folder at `root`: with another one all is annotated again. Not the loop's
  // thread.
  uint64_t (*stamp)(void *ctx, const char *root);
  void *ctx;
} IndexTagger;

// Which files are wanted. Not the loop's thread; strings in `arena`.
typedef struct IndexRules {
  void (*read)(void *ctx, const char *root, Arena *arena, CrawlRules *out);
  void *ctx;
} IndexRules;

typedef struct IndexerOptions {
  const IndexRules *rules;   // NULL: all articles; borrowed
  int workers;               // threads that read and annotate; 0: one a core, at most 4
  bool background;           // lowest priority
  bool watch;                // go on after the first scan until indexer_close()
  const IndexTagger *tagger; // NULL: none; borrowed
  void *ud;
  // On the loop's thread. What indexer_progress() says has changed.
  void (*changed)(void *ud);
  // On the loop's thread, once for each file or folder that could not be used (borrowed). Empty path: the
  // index itself.
  void (*problem)(void *ud, Str path, Str why);
} IndexerOptions;

typedef enum IndexState {
  INDEX_WAITING,  // another process writes this index: its rows can be read, and this one takes over when it
                  // ends
  INDEX_SCANNING, // files are found and read
  INDEX_READY,    // everything found is stored
  INDEX_FAILED,   // the database cannot be written: see the problem told
} IndexState;

typedef struct IndexProgress {
  IndexState state;
  size_t seen;     // files looked at in this scan
  size_t expected; // files that there are, as far as known beforehand
  size_t queued;   // of them new or changed, since the start
  size_t done;     // of these stored
  size_t removed;  // files that are gone, since the start
  size_t problems;
} IndexProgress;

typedef struct Indexer Indexer;

// Start to index the folder at `root` with `pipeline` (borrowed; strings in `options` as well). NULL with
// *err as folder_find() gives it, or ERR_IO.
Indexer *indexer_new(uv_loop_t *loop, const Pipeline *pipeline, const char *root,
                     const IndexerOptions *options, Error *err);
const Folder *indexer_folder(const Indexer *self);
IndexProgress indexer_progress(const Indexer *self);
// Which part of the scan is done, from 0 to 1: files looked at and, where they are new or changed, stored.
double index_progress_part(const IndexProgress *now);
// The rules or the tagger may say something else now: ask them, once there was no such news for two seconds.
// What changes in the folder's own .newsmark.toml and .newsmark/ is heard of without.
void indexer_renew(Indexer *self);
// Somebody types: for this long from now no further article is begun.
void indexer_give_way(Indexer *self, unsigned ms);
// Look at every file's stamp again, soon.
void indexer_rescan(Indexer *self);
// Stop; what is stored stays. `closed` (may be NULL) is called on the loop's thread, after which `self` is no
// more.
void indexer_close(Indexer *self, void (*closed)(void *ud));
