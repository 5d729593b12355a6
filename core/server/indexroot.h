// indexroot: one folder that is indexed while the client has it open, and what the client is told of that:
// newsmark/indexStatus, and $/progress for a scan of over half a second. Loop thread.
#pragma once

#include "index/drafts.h"
#include "server/lsp.h"
#include "server/workspace.h"

typedef struct IndexRoot IndexRoot;

// Index the folder at `path`, which is taken. `how` is borrowed until it is closed, as is `tokens`, which
// counts the tokens of $/progress that the server has used. NULL after a message to the client.
IndexRoot *indexroot_new(Lsp *lsp, const Pipeline *pipeline, const WorkspaceIndex *how, char *path,
                         unsigned *tokens);
// Stop, and free it once the indexer is at rest. `tell`: end the progress that is shown.
void indexroot_close(IndexRoot *self, bool tell);

const char *indexroot_path(const IndexRoot *self);             // borrowed
bool indexroot_holds(const IndexRoot *self, const char *path); // whether a file lies in it
Drafts *indexroot_drafts(const IndexRoot *self);               // of the articles that are open; borrowed
bool indexroot_shows(const IndexRoot *self, Str token);        // whether $/progress with `token` is its own
void indexroot_renew(IndexRoot *self);                         // settings or scripts changed
void indexroot_give_way(IndexRoot *self);                      // a key was pressed: rest for a moment
