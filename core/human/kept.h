// kept: where a folder keeps what people decided, and reading it for an article that no editor has open.
// Any thread.
#pragma once

#include "human/ledger.h"
#include "human/overlay.h"

typedef struct KeptPaths {
  char *root;     // the folder that holds `.newsmark`; absolute
  char *article;  // the article, below it
  char *marks;    // root/.newsmark/annotations/<article>.jsonl
  char *entities; // root/.newsmark/entities.jsonl
} KeptPaths;      // = {0} to begin

// Where it is kept for the article at `path`: the nearest folder upwards that has .newsmark.toml or
// .newsmark/. False where there is none, unless `otherwise` names the folder to take then.
bool kept_paths(KeptPaths *self, const char *path, const char *otherwise);
// The same for an article whose folder is known.
void kept_paths_in(KeptPaths *self, const char *root, const char *article);
void kept_paths_release(KeptPaths *self);

typedef struct KeptOrphan {
  const Decision *decision; // counted
  AnchorState why;
} KeptOrphan;

typedef struct Kept { // what is kept for one article, placed in a text
  PlacedVec places;   // references are ours
  VEC_OF(KeptOrphan) orphans;
  VEC_OF(const Decision *) tombstones; // counted
  Str state;                           // of review: "unread", "work", "done"; in `arena`
  Arena arena;
} Kept;

// Place the records `lines` in `text`. What makes no sense is passed over.
void kept_place(Kept *self, const LedgerTexts *lines, const Snapshot *text);
void kept_release(Kept *self);

// The registry of a folder; the caller holds a reference. Never NULL.
const Registry *kept_registry(const char *entities_path);
// All of an article that is not open, ready to be laid over; the caller holds a reference. NULL: nothing is
// kept. `registry` may be NULL.
const HumanLayer *kept_layer(const char *marks_path, const Registry *registry, const Snapshot *text);
