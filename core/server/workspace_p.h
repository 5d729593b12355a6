// workspace_p: what the files of the workspace share. Loop thread.
//   workspace.c      the client's folders, and the requests about them
//   workspace_ask.c  questions to their indexes, answered on the pool
#pragma once

#include "server/answers.h"
#include "server/indexroot.h"
#include "server/workspace.h"

typedef struct Question Question;

typedef struct Door { // a request that asks for rows
  Workspace *workspace;
  AnswerKind kind;
} Door;

struct Workspace {
  Lsp *lsp;
  const Pipeline *pipeline; // NULL: not ready
  const WorkspaceIndex *how;
  VEC_OF(IndexRoot *) roots;  // owned
  VEC_OF(Question *) waiting; // owned
  size_t running;
  unsigned tokens; // of $/progress, so far
  Door doors[ANSWER_SYMBOLS + 1];
  bool stopped;
};

// --- workspace.c

IndexRoot *workspace_find_root(const Workspace *self, const char *path); // of this folder; NULL: none
const IndexRoot *workspace_root_of(const Workspace *self,
                                   const char *path); // that holds this file; NULL: none

// --- workspace_ask.c

// Answer the request `id` with rows from the index of the folder that `params` names.
void workspace_ask(Workspace *self, const char *id, const cJSON *params, AnswerKind kind);
// As LspPart.ask; `ctx` is the workspace.
bool workspace_ask_entity(void *ctx, Lsp *lsp, const char *id, const Document *doc, LspFolderAsk what,
                          Str entity, size_t at, StrBuf *result);
// Drop what waits; what is on the pool ends by itself, and is not answered.
void workspace_stop_asking(Workspace *self);
