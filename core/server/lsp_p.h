// lsp_p: the server's state. Loop thread.
//   lsp.c       life and dispatch
//   controls.c  what a client says of itself, its folders and documents
//   methods.c   what it asks about a document
#pragma once

#include "server/features.h"
#include "server/lsp.h"
#include "server/tokens.h"
#include "server/troubles.h"
#include "server/wire.h"

typedef enum LspState { LSP_NEW, LSP_RUNNING, LSP_SHUT_DOWN, LSP_STOPPED } LspState;

typedef struct Method Method;

typedef struct Waiting { // a request that waits for findings of the text as it is
  char *id;              // owned
  cJSON *root;           // owned
  const cJSON *params;   // borrowed from root
  const Method *method;
  Document *doc;
} Waiting;

typedef struct Registered {
  const char *method;
  LspHandler handler;
  void *ctx;
} Registered;

struct Lsp {
  LspOptions options;
  LspState state;
  uv_loop_t loop;
  Wire *wire;
  RpcReader reader;
  Docs *docs;
  Troubles *troubles;
  Pipeline *pipeline; // NULL: not loaded yet
  Host *host;         // NULL: no scripts
  Error pipeline_err;
  uv_work_t load;
  bool loaded, initialized, ready_told;
  VEC_OF(Waiting) waiting;
  VEC_OF(LspPart) parts;
  VEC_OF(Registered) registered;
  VEC_OF(char *) folders; // owned
  FeatureOptions features;
  TokenLegend legend;
  int exit_status;
  bool annotations;        // the client wants newsmark/publishAnnotations
  bool progress;           // the client shows $/progress
  bool refresh;            // it takes workspace/semanticTokens/refresh
  bool hint_refresh;       // and workspace/inlayHint/refresh
  bool hints;              // it asked for inlay hints at the start
  unsigned requests;       // sent so far: the next one's id
  uv_timer_t parent_timer; // looks whether the editor still lives
  uv_pid_t parent;
};

struct Method {
  const char *name;
  // One of the two. `feature` writes a result from doc->found, which is current; false with *err is "invalid
  // params". `command` answers `id` by itself, at once or later.
  bool (*feature)(Lsp *lsp, Document *doc, const cJSON *params, StrBuf *out, Error *err);
  void (*command)(Lsp *lsp, Document *doc, const char *id, const cJSON *params);
  bool about_place;    // its position means the text as it was when asked: void once that changed
  bool complete;       // wants the scripts' tags too
  LspFolderAsk folder; // what the folder may add to its answer
};

// Do what a message that asks for nothing about a document says; false: it is none of these.
bool controls_handle(Lsp *lsp, const RpcMessage *message);

const Method *methods_find(Str name); // NULL: none of ours
// Answer a request for a feature now, or keep it until the findings are there. Takes `message->root` where it
// is kept.
void methods_feature(Lsp *lsp, const Method *method, RpcMessage *message);
// Answer what waits for `doc`, which has new findings (or never will).
void methods_found(Lsp *lsp, Document *doc);
// Fail what waits for `doc`: all of it, or what is about a place.
void methods_drop(Lsp *lsp, const Document *doc, bool all);
void methods_cancel(Lsp *lsp, const RpcMessage *message); // $/cancelRequest
void methods_release_waiting(Lsp *lsp);
void lsp_stop(Lsp *lsp);
void lsp_tell_ready(Lsp *lsp);
void lsp_reply_null(Lsp *lsp, const char *id);
// The textDocument of `params`; of a command, that of its first argument. NULL: none.
const cJSON *lsp_text_document(const cJSON *params);
