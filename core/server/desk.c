// Each open article that is a file of a marked folder has a desk. An action (acts.h) changes the margin and
// the folder's registry at once, is laid over and told to the client (desk_steps.c), and is then written
// (desk_sync.c).
#include "server/desk_p.h"

#include "annotate/doubts.h"
#include "base/alloc.h"
#include "config/paths.h"
#include "server/folderreview.h"

#include <stdio.h>
#include <stdlib.h>

void desk_free(Desk *desk)
{
  kept_paths_release(&desk->paths);
  ledger_free(desk->ledger);
  for (size_t i = 0; i < desk->dirty.len; i++) free(desk->dirty.items[i]);
  for (size_t i = 0; i < desk->folder.len; i++) registry_line_release(&desk->folder.items[i]);
  for (size_t i = 0; i < desk->promises.len; i++) {
    free(desk->promises.items[i].id);
    strbuf_release(&desk->promises.items[i].result);
  }
  steps_release(&desk->undo);
  steps_release(&desk->redo);
  vec_release(&desk->dirty);
  map_release(&desk->is_dirty);
  vec_release(&desk->folder);
  vec_release(&desk->promises);
  changes_release(&desk->since);
  free(desk);
}

// The client's folder that holds the article, or the article's own: where marks go that nobody made a place
// for.
static char *default_root(const Lsp *lsp, const char *path)
{
  for (size_t i = 0; i < lsp_folder_count(lsp); i++) {
    Str folder = str_of(lsp_folder(lsp, i));
    if (str_starts(str_of(path), folder) && path[folder.len] == '/') return str_dup(folder);
  }
  return path_dir(path);
}

static void on_opened(void *ctx, Lsp *lsp, Document *doc)
{
  Desks *self = ctx;
  if (*doc->path != '/') return;
  KeptPaths paths = {0};
  char *otherwise = default_root(lsp, doc->path);
  bool ok = kept_paths(&paths, doc->path, otherwise);
  free(otherwise);
  if (!ok) return;
  Desk *desk = xcalloc(1, sizeof *desk);
  *desk =
      (Desk){.desks = self, .doc = doc, .paths = paths, .root = root_for(self, &paths), .state = "unread"};
  desk->ledger = ledger_new(paths.marks, paths.root);
  doc->desk = desk;
  doc->hold = true;
  vec_push(&self->desks, desk);
  desk_take_past(desk);
  desk_sync(desk);
}

static void on_closing(void *ctx, Lsp *lsp, Document *doc)
{
  Desks *self = ctx;
  Desk *desk = doc->desk;
  (void)lsp;
  if (!desk) return;
  desk_sync_last(desk);
  size_t i = 0;
  while (self->desks.items[i] != desk) i++;
  self->desks.items[i] = self->desks.items[--self->desks.len];
  desk_unwatch(desk);
  desk_keep_past(desk);
  desk->doc = NULL;
  doc->desk = NULL;
  if (!desk->job) desk_free(desk);
}

static void on_saved(void *ctx, Lsp *lsp, const Document *doc)
{
  (void)ctx, (void)lsp;
  if (!doc->desk) return;
  doc->desk->checking = true;
  desk_sync(doc->desk);
}

void desk_edited(Desk *desk, TextEdit edit)
{
  changes_add(&desk->since, edit);
}

// --- newsmark/reviewStatus

void desk_take_state(Desk *desk, Str state)
{
  if (!state.len) state = STR("unread"); // a tombstone
  snprintf(desk->state, sizeof desk->state, STR_FMT, STR_ARG(state));
}

const char *desk_state_named(Str name)
{
  static const char *const states[] = {"unread", "work", "done"};
  for (size_t i = 0; i < ARRAY_LEN(states); i++)
    if (str_is(name, states[i])) return states[i];
  return NULL;
}

ReviewCounts desk_counts(const Document *doc)
{
  MarginCounts kept = margin_counts(doc->margin);
  ReviewCounts counts = {.rejected = kept.rejected, .orphans = kept.loose, .notes = kept.notes};
  const SpanVec none = {0}, *spans = doc->found ? &doc->found->found->spans : &none;
  for (size_t i = 0; i < spans->len; i++) {
    bool reviewed = spans->items[i].by == BY_HUMAN;
    counts.reviewed += reviewed;
    counts.unreviewed += !reviewed;
    counts.doubtful += !reviewed && spans->items[i].confidence < DOUBTFUL_BELOW;
  }
  return counts;
}

static void on_found(void *ctx, Lsp *lsp, const Document *doc)
{
  Desk *desk = doc->desk;
  (void)ctx;
  if (!desk) return;
  if (desk->due) desk_sync(desk);
  if (!lsp_wants_annotations(lsp)) return;
  ReviewCounts counts = desk_counts(doc);
  StrBuf params = {0};
  strbuf_byte(&params, '{');
  json_write_member(&params, "uri", str_of(doc->uri));
  json_write_member(&params, "state", str_of(desk->state));
  json_write_uint(&params, "reviewed", counts.reviewed);
  json_write_uint(&params, "unreviewed", counts.unreviewed);
  json_write_uint(&params, "doubtful", counts.doubtful);
  json_write_uint(&params, "rejected", counts.rejected);
  json_write_uint(&params, "orphans", counts.orphans);
  json_write_uint(&params, "undo", desk->undo.len);
  json_write_uint(&params, "redo", desk->redo.len);
  strbuf_byte(&params, '}');
  uint64_t hash = str_hash(strbuf_str(&params));
  if (hash != desk->told) lsp_notify(lsp, "newsmark/reviewStatus", &params);
  desk->told = hash;
  strbuf_release(&params);
}

void desk_set_state(Desk *desk, const char *state)
{
  desk_take_state(desk, str_of(state));
  desk_mark_dirty(desk, DECISION_ARTICLE);
  on_found(NULL, desk->desks->lsp, desk->doc);
}

// --- promises

void desk_promise(Desk *desk, const char *id, StrBuf *result)
{
  vec_push(&desk->promises, (Promise){xstrdup(id), *result, desk->syncs});
  *result = (StrBuf){0};
}

// --- life

static void on_stop(void *ctx, Lsp *lsp)
{
  Desks *self = ctx;
  (void)lsp;
  self->stopped = true;
}

Desks *desks_new(Lsp *lsp)
{
  Desks *self = xcalloc(1, sizeof *self);
  self->lsp = lsp;
  lsp_add_part(lsp, (LspPart){.opened = on_opened,
                              .closing = on_closing,
                              .saved = on_saved,
                              .found = on_found,
                              .stop = on_stop,
                              .ctx = self});
  lsp_register(lsp, "newsmark/articles", folderreview_ask, NULL);
  return self;
}

void desks_free(Desks *self)
{
  if (!self) return;
  for (size_t i = 0; i < self->roots.len; i++) root_free(self->roots.items[i]);
  vec_release(&self->roots);
  vec_release(&self->desks);
  for (size_t i = 0; i < self->pasts.len; i++) past_release(&self->pasts.items[i]);
  vec_release(&self->pasts);
  free(self);
}
