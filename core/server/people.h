// people: what people decide about open articles: read when one is opened, kept on disk after every action,
// and the commands, requests and code actions about it (doc/protocol.md). Loop thread; files are read and
// written on the pool.
#pragma once

#include "server/lsp.h"

typedef struct People People;
typedef struct Desk Desk; // of one open article

// Join `lsp`, before lsp_run().
People *people_new(Lsp *lsp);
void people_free(People *self); // after lsp_run()

// An edit of the desk's article, which its margin knows already.
void people_edited(Desk *desk, TextEdit edit);

// workspace/executeCommand: `params` has `command` and `arguments`. Answers `id`, at once or later. The
// findings of `doc` are those of its text.
void people_command(Lsp *lsp, Document *doc, const char *id, const cJSON *params);
bool people_is_command(Str name);
void people_write_commands(StrBuf *out); // their names, as a JSON array

// Requests about one article: results into `out`. False with ERR_USAGE: bad parameters.
bool people_candidates(Lsp *lsp, Document *doc, const cJSON *params, StrBuf *out, Error *err);
bool people_decisions(Lsp *lsp, Document *doc, const cJSON *params, StrBuf *out, Error *err);
bool people_review(Lsp *lsp, Document *doc, const cJSON *params, StrBuf *out, Error *err);
bool people_next(Lsp *lsp, Document *doc, const cJSON *params, StrBuf *out, Error *err);
bool people_code_actions(Lsp *lsp, Document *doc, const cJSON *params, StrBuf *out, Error *err);
bool people_prepare_rename(Lsp *lsp, Document *doc, const cJSON *params, StrBuf *out, Error *err);
