// One index a marked folder: which ones follows the folders of the client. Questions to them are
// workspace_ask.c's.
#include "server/workspace_p.h"

#include "base/alloc.h"

#include <assert.h>
#include <stdlib.h>

// --- folders

IndexRoot *workspace_find_root(const Workspace *self, const char *path)
{
  for (size_t i = 0; i < self->roots.len; i++)
    if (!strcmp(indexroot_path(self->roots.items[i]), path)) return self->roots.items[i];
  return NULL;
}

const IndexRoot *workspace_root_of(const Workspace *self, const char *path)
{
  for (size_t i = 0; i < self->roots.len; i++)
    if (indexroot_holds(self->roots.items[i], path)) return self->roots.items[i];
  return NULL;
}

static void open_root(Workspace *self, const char *path)
{
  IndexRoot *root = indexroot_new(self->lsp, self->pipeline, self->how, xstrdup(path), &self->tokens);
  if (root) vec_push(&self->roots, root);
}

// Index what is marked of the client's folders, and nothing else.
static void on_folders(void *ctx, Lsp *lsp)
{
  Workspace *self = ctx;
  if (!self->pipeline || self->stopped) return;
  VEC_OF(IndexRoot *) keep = {0};
  for (size_t i = 0; i < lsp_folder_count(lsp); i++) {
    char *path = folder_marked_above(lsp_folder(lsp, i));
    if (path && !workspace_find_root(self, path)) open_root(self, path);
    IndexRoot *root = path ? workspace_find_root(self, path) : NULL;
    bool kept = !root;
    for (size_t k = 0; k < keep.len; k++) kept |= keep.items[k] == root;
    if (!kept) vec_push(&keep, root);
    free(path);
  }
  for (size_t i = 0; i < self->roots.len; i++) {
    bool kept = false;
    for (size_t k = 0; k < keep.len; k++) kept |= keep.items[k] == self->roots.items[i];
    if (!kept) indexroot_close(self->roots.items[i], true);
  }
  self->roots.len = 0;
  for (size_t k = 0; k < keep.len; k++) vec_push(&self->roots, keep.items[k]);
  vec_release(&keep);
}

static void on_settings(void *ctx, Lsp *lsp)
{
  Workspace *self = ctx;
  (void)lsp;
  for (size_t i = 0; i < self->roots.len; i++) indexroot_renew(self->roots.items[i]);
}

static void on_typed(void *ctx, Lsp *lsp)
{
  Workspace *self = ctx;
  (void)lsp;
  for (size_t i = 0; i < self->roots.len; i++) indexroot_give_way(self->roots.items[i]);
}

// The reader does not want this scan: the folder is left alone until the folders change.
static void on_cancel(void *ctx, Lsp *lsp, const char *id, const cJSON *params)
{
  Workspace *self = ctx;
  Str token = json_get_str(params, "token");
  (void)lsp, (void)id;
  for (size_t i = 0; i < self->roots.len; i++) {
    IndexRoot *root = self->roots.items[i];
    if (!indexroot_shows(root, token)) continue;
    indexroot_close(root, true);
    self->roots.items[i] = self->roots.items[--self->roots.len];
    return;
  }
}

static void on_ready(void *ctx, Lsp *lsp, const Pipeline *pipeline)
{
  Workspace *self = ctx;
  self->pipeline = pipeline;
  on_folders(self, lsp);
}

// --- requests

static void on_question(void *ctx, Lsp *lsp, const char *id, const cJSON *params)
{
  const Door *door = ctx;
  (void)lsp;
  workspace_ask(door->workspace, id, params, door->kind);
}

static void open_doors(Workspace *self)
{
  static const char *const methods[] = {
      [ANSWER_ENTITIES] = "newsmark/entities", [ANSWER_MENTIONS] = "newsmark/mentions",
      [ANSWER_QUOTES] = "newsmark/quotes",     [ANSWER_TIMELINE] = "newsmark/timeline",
      [ANSWER_SEARCH] = "newsmark/search",     [ANSWER_SYMBOLS] = "workspace/symbol",
  };
  static_assert(ARRAY_LEN(methods) == ARRAY_LEN(self->doors), "a door a kind");
  for (size_t i = 0; i < ARRAY_LEN(methods); i++) {
    self->doors[i] = (Door){self, (AnswerKind)i};
    lsp_register(self->lsp, methods[i], on_question, &self->doors[i]);
  }
}

// --- life

static void on_stop(void *ctx, Lsp *lsp)
{
  Workspace *self = ctx;
  (void)lsp;
  self->stopped = true;
  for (size_t i = 0; i < self->roots.len; i++) indexroot_close(self->roots.items[i], false);
  self->roots.len = 0;
  workspace_stop_asking(self);
}

Workspace *workspace_new(Lsp *lsp, const WorkspaceIndex *how)
{
  Workspace *self = xcalloc(1, sizeof *self);
  self->lsp = lsp;
  self->how = how;
  lsp_add_part(lsp, (LspPart){.ready = on_ready,
                              .folders = on_folders,
                              .settings = on_settings,
                              .typed = on_typed,
                              .ask = workspace_ask_entity,
                              .stop = on_stop,
                              .ctx = self});
  lsp_register(lsp, "window/workDoneProgress/cancel", on_cancel, self);
  open_doors(self);
  return self;
}

void workspace_free(Workspace *self)
{
  if (!self) return;
  vec_release(&self->roots);
  vec_release(&self->waiting);
  free(self);
}
