// What is asked is on disk: every act is before it is answered (desk.h), also those of other editors.
// Articles that nobody decided about cost a look for the file that they do not have.
#include "server/folderreview.h"

#include "base/alloc.h"
#include "config/articles.h"
#include "config/paths.h"
#include "human/kept.h"
#include "parse/prose.h"
#include "server/desk_p.h"
#include "server/uri.h"

enum { FILE_MAX_BYTES = 16 << 20 };

typedef struct FolderReview {
  uv_work_t req;
  Lsp *lsp;
  char *id, *root;   // owned
  const char *state; // NULL: every article that somebody decided about
  StrBuf out;
} FolderReview;

// What is kept for the article, placed in its text.
static void read_kept(Kept *kept, const char *marks, const Snapshot *text)
{
  if (!path_exists(marks)) return;
  Ledger *ledger = ledger_new(marks, NULL);
  LedgerTexts lines = {0};
  if (ledger_read(ledger, &lines, NULL)) kept_place(kept, &lines, text);
  vec_release(&lines);
  ledger_free(ledger);
}

// How many annotations people settled in the article, one by one or with a rule for the folder; takes the
// places of `kept`. What the machine finds is not asked: a rule's words count inside a longer name, too.
static size_t settled(const Registry *registry, Kept *kept, Markup markup, const Snapshot *text)
{
  Arena scratch = {0};
  HtmlFacts facts;
  Annotations *none = xcalloc(1, sizeof *none);
  *none = (Annotations){.refs = 1};
  Str file = snapshot_read(text, 0, snapshot_len(text), &scratch);
  none->prose = snapshot_new(prose_of(markup, file, &scratch, &facts));
  const HumanLayer *layer = layer_new(&kept->places, NULL, registry);
  Annotations *laid = overlay_lay(none, layer, none->prose);
  size_t count = 0;
  for (size_t i = 0; i < laid->spans.len; i++) count += laid->spans.items[i].by == BY_HUMAN;
  annotations_unref(laid);
  annotations_unref(none);
  layer_unref(layer);
  arena_release(&scratch);
  return count;
}

static void write_row(FolderReview *self, const char *path, Str whole, const Kept *kept, Str state,
                      size_t reviewed)
{
  StrBuf *out = &self->out, uri = {0};
  uri_write(&uri, whole);
  strbuf_add(out, out->len > 1 ? STR(",{") : STR("{"));
  json_write_member(out, "uri", strbuf_str(&uri));
  json_write_member(out, "path", str_of(path));
  json_write_member(out, "state", state);
  json_write_uint(out, "reviewed", reviewed);
  json_write_uint(out, "orphans", kept->orphans.len);
  strbuf_byte(out, '}');
  strbuf_release(&uri);
}

static void list_article(FolderReview *self, const Registry *registry, const char *path)
{
  KeptPaths paths = {0};
  Kept kept = {0};
  StrBuf bytes = {0};
  kept_paths_in(&paths, self->root, path);
  char *whole = path_join(self->root, path);
  bool asked = self->state || path_exists(paths.marks),
       ok = asked && file_read(whole, FILE_MAX_BYTES, &bytes, NULL);
  Snapshot *text = snapshot_new(ok ? strbuf_str(&bytes) : STR(""));
  if (ok) read_kept(&kept, paths.marks, text);
  bool decided = kept.places.len || kept.orphans.len || kept.state.len;
  Str state = kept.state.len ? kept.state : STR("unread");
  if (self->state ? str_is(state, self->state) : decided) {
    Markup markup = markup_of(str_of(path), (Str){0});
    write_row(self, path, str_of(whole), &kept, state, settled(registry, &kept, markup, text));
  }
  snapshot_unref(text);
  strbuf_release(&bytes);
  free(whole);
  kept_release(&kept);
  kept_paths_release(&paths);
}

static void on_work(uv_work_t *req)
{
  FolderReview *self = container_of(req, FolderReview, req);
  ArticlePaths paths = {0};
  articles_below(self->root, &paths);
  strbuf_byte(&self->out, '[');
  KeptPaths kept = {0};
  kept_paths_in(&kept, self->root, "");
  const Registry *registry = kept_registry(kept.entities);
  for (size_t i = 0; i < paths.len; i++) list_article(self, registry, paths.items[i]);
  registry_unref(registry);
  kept_paths_release(&kept);
  strbuf_byte(&self->out, ']');
  articles_release(&paths);
}

static void on_done(uv_work_t *req, int status)
{
  FolderReview *self = container_of(req, FolderReview, req);
  (void)status; // nobody cancels it
  lsp_reply(self->lsp, self->id, &self->out);
  free(self->id);
  free(self->root);
  free(self);
}

// The folder that keeps the marks of what is in the folder named, or of the document. Heap; NULL: none.
static char *root_of(Lsp *lsp, const cJSON *params)
{
  Str folder = json_get_str(params, "folder"), uri = json_get_str(json_get(params, "textDocument"), "uri");
  const Document *doc = !folder.ptr && uri.ptr ? docs_find(lsp_docs(lsp), uri) : NULL;
  if (doc && doc->desk) return xstrdup(doc->desk->paths.root);
  char *path = uri_to_path(folder.ptr ? folder : uri), *inside = path_join(path, "article");
  KeptPaths paths = {0};
  bool ok = *path && (folder.ptr ? kept_paths(&paths, inside, path) : kept_paths(&paths, path, NULL));
  char *root = ok ? xstrdup(paths.root) : NULL;
  kept_paths_release(&paths);
  free(inside);
  free(path);
  return root;
}

void folderreview_ask(void *ctx, Lsp *lsp, const char *id, const cJSON *params)
{
  Str wanted = json_get_str(params, "state");
  const char *state = desk_state_named(wanted);
  (void)ctx;
  if (!id) return;
  if (wanted.ptr && !state) {
    lsp_fail(lsp, id, RPC_INVALID_PARAMS, DESK_NO_STATE);
    return;
  }
  char *root = root_of(lsp, params);
  if (!root) {
    lsp_fail(lsp, id, RPC_REQUEST_FAILED, "no folder is meant, and no article of one");
    return;
  }
  FolderReview *self = xcalloc(1, sizeof *self);
  *self = (FolderReview){.lsp = lsp, .id = xstrdup(id), .root = root, .state = state};
  uv_queue_work(lsp_loop(lsp), &self->req, on_work, on_done);
}
