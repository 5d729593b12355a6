// desk_p: for desk*.c, acts*.c and those who look at a desk: its steps, and putting decisions there. Loop
// thread.
#pragma once

#include "base/map.h"
#include "server/desk.h"

typedef struct RegistryLine { // of a folder's entities.jsonl
  char *id, *text;            // owned
} RegistryLine;

typedef struct DeskRoot { // a folder with .newsmark/
  char *path, *entities;  // owned
  uv_mutex_t lock;        // of ledger, which jobs of several desks use
  Ledger *ledger;
  VEC_OF(RegistryLine) lines; // as they are, changes that are not on disk yet included
  Map by_id;                  // id to its line's index
  const Registry *registry;   // of the lines; counted
} DeskRoot;

typedef struct StepItem {         // one change of a step; either about the article, or a line of the folder's
  const Decision *before, *after; // counted; before NULL: there was nothing
  char *line_id, *line_before, *line_after; // owned; NULL: no line
} StepItem;
typedef struct Step {
  VEC_OF(StepItem) items;
} Step;
typedef VEC_OF(Step) Steps;

typedef struct Past { // of an article: what may be taken back, and done again
  char *marks;        // owned: its file
  Steps undo, redo;
} Past;

typedef struct Promise { // an answer that goes out when all before it is on disk
  char *id;              // owned
  StrBuf result;
  uint64_t sync;
} Promise;

typedef struct SyncJob SyncJob;

struct Desk {
  Desks *desks;
  Document *doc; // NULL: closed
  DeskRoot *root;
  KeptPaths paths;
  Ledger *ledger;      // the job's while there is one
  SyncJob *job, *last; // last: to run behind `job`, once closed
  bool loaded, again, checking;
  bool due;                    // to be written once it is shown
  uint64_t syncs;              // asked for so far
  VEC_OF(char *) dirty;        // ids to be written; owned
  Map is_dirty;                // the same
  VEC_OF(RegistryLine) folder; // lines of the folder to be written
  VEC_OF(Promise) promises;
  Steps undo, redo;
  char state[16];       // of review
  Changes since;        // edits since the job's text
  uv_fs_event_t *watch; // of the folder of its file; NULL: none
  uint64_t told;        // hash of the last newsmark/reviewStatus
};

struct Desks {
  Lsp *lsp;
  VEC_OF(DeskRoot *) roots;
  VEC_OF(Desk *) desks;
  VEC_OF(Past) pasts; // of articles that were closed, the latest last
  bool stopped;
};

typedef struct ReviewCounts {
  size_t reviewed, unreviewed, doubtful, rejected, orphans, notes;
} ReviewCounts;
ReviewCounts desk_counts(const Document *doc);

// Put `draft` (without id: a fresh one; time and anchor are set here and when written) at [start, end) as
// part of `step`.
void desk_put(Desk *desk, Step *step, const Decision *draft, size_t start, size_t end);
// Put a tombstone in its place.
void desk_take_back(Desk *desk, Step *step, const MarginNote *note);
// Replace, or add, a line of the folder's; `text` is copied. NULL: a tombstone.
void desk_put_line(Desk *desk, Step *step, Str id, const char *text);
const char *root_line(const DeskRoot *root, Str id); // NULL: none
// The step is done: show it, keep it for undo, and begin to write. An empty step is written too: it may have
// been undone.
void desk_commit(Desk *desk, Step *step);
// Answer `id` with `result`, which is taken, when all that was committed is on disk.
void desk_promise(Desk *desk, const char *id, StrBuf *result);
// The state of review of this name: "unread", "work", "done"; NULL: there is none.
const char *desk_state_named(Str name);
#define DESK_NO_STATE "state is one of unread, work, done"
void desk_set_state(Desk *desk, const char *state);
bool desk_undo(Desk *desk, bool redo, Step *done); // false: nothing to do; shows what it did

void step_release(Step *step);
void steps_release(Steps *self);
void past_release(Past *self);
// An editor that reads a file again closes and opens it: its steps are kept, and taken up again.
void desk_keep_past(Desk *desk);
void desk_take_past(Desk *desk);

// --- desk_root.c
DeskRoot *root_for(Desks *self, const KeptPaths *paths); // the folder's; made where it is new
void root_free(DeskRoot *root);
void root_put_line(DeskRoot *root, Str id, Str text); // copied; root_renew() lets the registry know
void root_renew(DeskRoot *root);
void root_show(Desks *self, const DeskRoot *root); // to all its open articles
// The lines of the file, read again by a job of `desk`: what is not on disk yet stays.
void root_take_lines(Desk *desk, const LedgerTexts *texts);
void registry_line_release(RegistryLine *line);

// --- desk_sync.c
bool desk_is_dirty(const Desk *desk, Str id);
void desk_mark_dirty(Desk *desk, Str id);
void desk_sync(Desk *desk);      // begin to write and to read, or once more after the job that runs
void desk_sync_last(Desk *desk); // before it is closed: what there is to write is written
// Hear of what others write, once there is a folder to hear of.
void desk_watch(Desk *desk);
void desk_unwatch(Desk *desk);

// --- desk.c
void desk_free(Desk *desk);
void desk_take_state(Desk *desk, Str state); // of review, as the ledger has it
