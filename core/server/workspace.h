// workspace: the indexes of the folders that the client opened: kept up in the background, asked by
// newsmark/entities, mentions, quotes, timeline and search. Loop thread; questions are answered on the pool.
//
// A folder is indexed where it, or one above it, is marked (.newsmark.toml, .newsmark/); one that has an
// index because somebody named it on the command line can be asked. A question: {folder?: uri, textDocument?:
// {uri}, name?, words?, prefix?, type?, from?, until?, limit?}; the answer: {folder, ready, rows}. With
// newsmark.annotations the client is also sent newsmark/indexStatus {folder, state, seen, queued, done,
// removed, problems}, at most four times a second.
#pragma once

#include "index/indexer.h"
#include "server/lsp.h"

typedef struct Workspace Workspace;

typedef struct WorkspaceIndex { // how folders are indexed; members may be NULL
  const IndexTagger *tagger;    // adds the tags of scripts
  const IndexRules *rules;      // which files are wanted
} WorkspaceIndex;

// Join `lsp`, before lsp_run(). `how` is borrowed until workspace_free().
Workspace *workspace_new(Lsp *lsp, const WorkspaceIndex *how);
void workspace_free(Workspace *self); // after lsp_run()
