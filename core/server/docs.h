// docs: the open documents and the work on them. Text and edits belong to the loop thread. Annotating runs on
// libuv's pool, one job a document at most: it has the document's Analysis for itself and a snapshot of the
// text; what is typed meanwhile turns its cancel flag on, its result is dropped and the next job starts at
// once. The loop thread only, except for the job.
#pragma once

#include "base/json.h"
#include "human/margin.h"
#include "script/host.h"
#include "server/docsettings.h"
#include "server/findings.h"
#include "text/position.h"

#include <uv.h>

#define DOCS_MOST_LIVE ((size_t)8 << 20) // bytes; a longer text is kept in step, but not annotated

typedef VEC_OF(TextEdit) EditVec;
typedef struct Docs Docs;
typedef struct DocJob DocJob;

typedef struct Document {
  char *uri;       // owned
  char *path;      // owned; empty where the uri names no file
  int64_t version; // the client's number
  uint64_t serial; // ours: rises with every change, never the same twice in a session
  Buffer *buffer;
  bool too_long;             // for live annotations
  Markup markup;             // of its text
  const Findings *found;     // the newest there are, perhaps of an older text; NULL: none
  Changes since;             // from found->text to the text now
  Margin *margin;            // what people decided, in the text as it is now
  const Registry *registry;  // counted: what people say for the folder; NULL: nothing
  uint64_t layer_serial;     // rises with every change of these two
  struct Desk *desk;         // who keeps them on disk; owned by desk.c; NULL: nobody, it is no file
  bool hold;                 // what is kept is being read: nothing is annotated before
  bool hints, hints_told;    // settings want inlay hints; what the client knows of that
  bool doubts;               // settings want open questions as diagnostics
  struct TokensMemo *tokens; // what the client has of the semantic tokens; owned by tokens.c; NULL: nothing
  // of docs.c and docs_job.c alone
  Analysis *analysis;   // the job's while there is one
  EditVec untold;       // edits the analysis was not told of
  DocSettings settings; // the annotating job's while there is one
  uint64_t tags_ns;     // what asking the scripts took, the most of late; 0: not known
  DocJob *job;          // annotating
  DocJob *tags_job;     // asking the scripts about doc->found, where that may take long
  DocJob *layer_job;    // laying what people decided over doc->found->under
  bool published, closed;
} Document;

typedef struct DocsEvents {
  // New findings; `message` is the notification for the client where it wants one, else empty, and may be
  // taken.
  void (*found)(void *ctx, Document *doc, StrBuf *message);
  // Whether work should wait, as the client takes nothing; docs_resume() when it does again.
  bool (*busy)(void *ctx);
  // A document is there; its work begins when this returns, unless it is held.
  void (*opened)(void *ctx, Document *doc);
  // Its settings were read again.
  void (*settings)(void *ctx, Document *doc, const Settings *settings);
  // The document is about to go.
  void (*closing)(void *ctx, Document *doc);
  void *ctx;
} DocsEvents;

Docs *docs_new(uv_loop_t *loop, DocsEvents events);
// How ranges are counted, what ends a line, and whether the client asked for newsmark/publishAnnotations, and
// for reported speech.
void docs_configure(Docs *self, Encoding enc, EolRule eol, bool publish, bool reported);
Encoding docs_encoding(const Docs *self);
// Work begins with this; documents may be open already. Both are borrowed until the loop ran dry; `host` may
// be NULL.
void docs_set_pipeline(Docs *self, const Pipeline *pipeline, Host *host);
// Where settings come from; `user_file` may be NULL. Both are borrowed.
void docs_set_settings(Docs *self, const Manifest *manifest, const char *user_file);
// The editor's settings, an object or NULL, which is copied: annotate all documents by them, and by the files
// as they are now.
void docs_set_editor(Docs *self, const cJSON *editor);
// Annotate by the settings' files as they are now.
void docs_reread_settings(Docs *self);
// Start what had to wait.
void docs_resume(Docs *self);
// What is kept for `doc` was read: its work begins.
void docs_release_hold(Docs *self, Document *doc);
// What people decided about `doc` changed: lay it over anew.
void docs_relay(Docs *self, Document *doc);
// Annotate all open documents again, as the scripts changed.
void docs_refresh(Docs *self);
// Close all documents; jobs under way are told to stop.
void docs_close_all(Docs *self);
// After docs_close_all(), once the loop ran dry.
void docs_free(Docs *self);

Document *docs_find(Docs *self, Str uri); // NULL: not open
size_t docs_count(const Docs *self);
Document *docs_at(Docs *self, size_t index);
// Open, or open anew. HTML is told by `language` (LSP's languageId) or by the uri.
Document *docs_open(Docs *self, Str uri, Str language, int64_t version, Str text);
void docs_close(Docs *self, Document *doc);
// One entry of contentChanges: a range and its text, or the whole text. False with ERR_USAGE: no such thing;
// nothing is done.
bool docs_change(Docs *self, Document *doc, const cJSON *change, Error *err);
// After the entries of one message.
void docs_changed(Docs *self, Document *doc, int64_t version);
// Whether doc->found is of the text as it is now; and whether it has what people decided and the scripts
// found.
bool docs_is_current(const Document *doc);
bool docs_is_complete(const Document *doc);
