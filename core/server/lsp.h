// lsp: the language server: lifecycle, method table, documents and plain LSP over them. Other parts (the
// index, scripts) come in by lsp_add_part() and lsp_register(), before lsp_run(). Everything here is the loop
// thread's.
#pragma once

#include "annotate/pipeline.h"
#include "server/docs.h"
#include "server/rpc.h"

typedef struct Lsp Lsp;

typedef struct LspOptions {
  int in, out; // file descriptors
  // The scripts, made on the pool behind the pipeline; NULL, or a NULL result: none. The server frees it.
  Host *(*make_host)(void *ctx, const Pipeline *pipeline);
  void *ctx;
  const Manifest *manifest; // where settings are declared; NULL: none are read
  const char *user_file;    // the user's settings; NULL: none
  const char *data_dir;     // for pipeline_new(), which runs on the pool while the client says hello
} LspOptions;

// What a part may add to an answer of ours from the whole folder.
typedef enum LspFolderAsk {
  FOLDER_NOTHING,
  FOLDER_REFERENCES,
  FOLDER_QUOTES,
  FOLDER_COUNTS,
  FOLDER_ACTIONS
} LspFolderAsk;

// Something that lives with the server. Any member may be NULL.
typedef struct LspPart {
  void (*ready)(void *ctx, Lsp *lsp,
                const Pipeline *pipeline);             // initialized, and the pipeline is there: once
  void (*folders)(void *ctx, Lsp *lsp);                // the workspace's folders changed
  void (*settings)(void *ctx, Lsp *lsp);               // files of settings, or scripts, may have changed
  void (*opened)(void *ctx, Lsp *lsp, Document *doc);  // before any work on it
  void (*typed)(void *ctx, Lsp *lsp);                  // a document is about to change: a key was pressed
  void (*closing)(void *ctx, Lsp *lsp, Document *doc); // it is about to go
  void (*saved)(void *ctx, Lsp *lsp, const Document *doc);
  void (*found)(void *ctx, Lsp *lsp, const Document *doc); // new findings, already told
  // A question about the entity `entity` at `at`; `result` is the answer without the folder: a list of
  // places or code actions, or the hover. True: `result` is taken, and `id` will be answered.
  bool (*ask)(void *ctx, Lsp *lsp, const char *id, const Document *doc, LspFolderAsk what, Str entity,
              size_t at, StrBuf *result);
  void (*stop)(void *ctx, Lsp *lsp); // close every handle on the loop; no call comes after
  void *ctx;
} LspPart;

// A request (`id` is set: answer it once, now or later; it is borrowed for the call) or a notification (`id`
// NULL).
typedef void (*LspHandler)(void *ctx, Lsp *lsp, const char *id, const cJSON *params);

Lsp *lsp_new(const LspOptions *options);
void lsp_add_part(Lsp *lsp, LspPart part);
void lsp_register(Lsp *lsp, const char *method, LspHandler handler,
                  void *ctx); // `method` is borrowed for good
// Serve until exit or the end of input, and run the loop dry. The exit status: 0 after shutdown and exit,
// else 1.
int lsp_run(Lsp *lsp);
void lsp_free(Lsp *lsp);

uv_loop_t *lsp_loop(Lsp *lsp);
Docs *lsp_docs(Lsp *lsp);
Host *lsp_host(Lsp *lsp); // NULL: no scripts, or not loaded yet
size_t lsp_folder_count(const Lsp *lsp);
const char *lsp_folder(const Lsp *lsp, size_t index); // a path; borrowed until the folders change
bool lsp_wants_annotations(const Lsp *lsp);           // the client asked for our own notifications

bool lsp_wants_progress(const Lsp *lsp); // the client shows $/progress

void lsp_tell_settings(Lsp *lsp); // files of settings, or scripts, may have changed: tells the parts
// The hover at `at`, with a line about the folder (empty: none).
void lsp_write_hover(Lsp *lsp, StrBuf *out, const Document *doc, size_t at, Str folder);
// `result` is JSON, and `params` too; they are taken.
void lsp_reply(Lsp *lsp, const char *id, StrBuf *result);
void lsp_fail(Lsp *lsp, const char *id, RpcCode code, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
void lsp_notify(Lsp *lsp, const char *method, StrBuf *params);
// A request of ours whose answer nobody waits for.
void lsp_request(Lsp *lsp, const char *method, StrBuf *params);
// A line in the client's log (window/logMessage) and in ours.
void lsp_log(Lsp *lsp, int type, const char *format, ...) __attribute__((format(printf, 3, 4)));
// The same before the reader's eyes (window/showMessage): what is wrong, and does not show by itself.
void lsp_show(Lsp *lsp, int type, const char *format, ...) __attribute__((format(printf, 3, 4)));
enum { LSP_LOG_ERROR = 1, LSP_LOG_WARNING = 2, LSP_LOG_INFO = 3 };
