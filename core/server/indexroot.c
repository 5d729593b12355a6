// The indexer tells of every change; the client hears of them four times a second at most: a timer holds the
// next news back, and goes on by itself while a scan is shown.
#include "server/indexroot.h"

#include "base/alloc.h"
#include "index/indexer.h"
#include "server/uri.h"

#include <stdio.h>
#include <stdlib.h>

enum {
  STATUS_MS = 250,
  QUIET_MS = 50, // without indexing behind a key: longer than it is worked on
  PROGRESS_AFTER_MS = 500,
  PROBLEMS_TOLD = 20,
  TOKEN_SIZE = 32 // bytes of "newsmark-<number>"
};

struct IndexRoot {
  Lsp *lsp;
  char *path;
  Indexer *indexer; // NULL once it is closing
  uv_timer_t timer; // holds back the next status
  bool waiting;     // a status is due when the timer ends
  bool shown;       // $/progress was begun, with `token`
  Drafts *drafts;   // counted: open articles as they stand
  unsigned token, *tokens;
  uint64_t busy_since; // the loop's time; 0: idle
  size_t problems;
};

// --- newsmark/indexStatus

static const char *state_name(IndexState state)
{
  static const char *const names[] = {"waiting", "scanning", "ready", "failed"};
  return names[state];
}

static void send_status(const IndexRoot *root)
{
  if (!lsp_wants_annotations(root->lsp)) return;
  IndexProgress now = indexer_progress(root->indexer);
  StrBuf params = {0}, uri = {0};
  uri_write(&uri, str_of(root->path));
  strbuf_byte(&params, '{');
  json_write_member(&params, "folder", strbuf_str(&uri));
  json_write_member(&params, "state", str_of(state_name(now.state)));
  json_write_number(&params, "seen", (double)now.seen);
  json_write_number(&params, "queued", (double)now.queued);
  json_write_number(&params, "done", (double)now.done);
  json_write_number(&params, "removed", (double)now.removed);
  json_write_number(&params, "problems", (double)now.problems);
  strbuf_byte(&params, '}');
  strbuf_release(&uri);
  lsp_notify(root->lsp, "newsmark/indexStatus", &params);
}

// --- $/progress: for a scan that takes over half a second

static void write_token(const IndexRoot *root, char token[TOKEN_SIZE])
{
  snprintf(token, TOKEN_SIZE, "newsmark-%u", root->token);
}

static void add_token(const IndexRoot *root, StrBuf *out)
{
  char token[TOKEN_SIZE];
  write_token(root, token);
  strbuf_byte(out, '{');
  json_write_member(out, "token", str_of(token));
}

static void send_progress(const IndexRoot *root, const char *kind, const IndexProgress *now)
{
  StrBuf params = {0};
  add_token(root, &params);
  json_write_key(&params, "value");
  strbuf_byte(&params, '{');
  json_write_member(&params, "kind", str_of(kind));
  if (!strcmp(kind, "begin")) {
    json_write_member(&params, "title", STR("Newsmark: reading the folder"));
    strbuf_add(&params, STR(",\"cancellable\":true"));
  }
  if (strcmp(kind, "end")) {
    char message[64];
    snprintf(message, sizeof message, "%zu new or changed of %zu articles", now->done,
             now->seen > now->expected ? now->seen : now->expected);
    json_write_member(&params, "message", str_of(message));
    json_write_number(&params, "percentage", (double)(int)(100 * index_progress_part(now)));
  }
  strbuf_add(&params, STR("}}"));
  lsp_notify(root->lsp, "$/progress", &params);
}

static void show_progress(IndexRoot *root, const IndexProgress *now)
{
  Lsp *lsp = root->lsp;
  if (!lsp_wants_progress(lsp)) return;
  bool busy = now->state == INDEX_SCANNING && root->indexer;
  if (busy && !root->busy_since) root->busy_since = uv_now(lsp_loop(lsp));
  if (root->shown) {
    send_progress(root, busy ? "report" : "end", now);
  } else if (busy && uv_now(lsp_loop(lsp)) - root->busy_since > PROGRESS_AFTER_MS) {
    StrBuf params = {0};
    root->token = ++*root->tokens;
    add_token(root, &params);
    strbuf_byte(&params, '}');
    lsp_request(lsp, "window/workDoneProgress/create", &params);
    send_progress(root, "begin", now);
    root->shown = true;
  }
  if (!busy) {
    root->shown = false;
    root->busy_since = 0;
  }
}

// --- news of an indexer

static void on_timer(uv_timer_t *timer)
{
  IndexRoot *root = container_of(timer, IndexRoot, timer);
  if (!root->indexer) return;
  IndexProgress now = indexer_progress(root->indexer);
  bool busy = now.state == INDEX_SCANNING;
  if (root->waiting) send_status(root);
  if (root->waiting || busy) show_progress(root, &now);
  if (root->waiting || busy) uv_timer_start(&root->timer, on_timer, STATUS_MS, 0);
  root->waiting = false;
}

static void on_index_changed(void *ud)
{
  IndexRoot *root = ud;
  root->waiting = true;
  if (!uv_is_active((uv_handle_t *)&root->timer)) on_timer(&root->timer);
}

static void on_index_problem(void *ud, Str path, Str why)
{
  IndexRoot *root = ud;
  if (!root->indexer || (path.len && ++root->problems > PROBLEMS_TOLD)) return;
  Lsp *lsp = root->lsp;
  bool whole = !path.len && indexer_progress(root->indexer).state != INDEX_WAITING;
  if (whole) // the index itself is in trouble, and not only written by another process
    lsp_show(lsp, LSP_LOG_WARNING, "%s: " STR_FMT, root->path, STR_ARG(why));
  else
    lsp_log(lsp, LSP_LOG_WARNING, "%s%s" STR_FMT ": " STR_FMT "%s", root->path, path.len ? "/" : "",
            STR_ARG(path), STR_ARG(why),
            path.len && root->problems == PROBLEMS_TOLD ? " (and perhaps more like it)" : "");
}

static void on_timer_closed(uv_handle_t *handle)
{
  IndexRoot *root = container_of(handle, IndexRoot, timer);
  drafts_unref(root->drafts);
  free(root->path);
  free(root);
}

static void on_indexer_closed(void *ud)
{
  IndexRoot *root = ud;
  uv_close((uv_handle_t *)&root->timer, on_timer_closed);
}

// --- life

IndexRoot *indexroot_new(Lsp *lsp, const Pipeline *pipeline, const WorkspaceIndex *how, char *path,
                         unsigned *tokens)
{
  IndexRoot *root = xcalloc(1, sizeof *root);
  IndexerOptions options = {.background = true,
                            .watch = true,
                            .rules = how->rules,
                            .tagger = how->tagger,
                            .ud = root,
                            .changed = on_index_changed,
                            .problem = on_index_problem};
  Error err = {0};
  *root = (IndexRoot){.lsp = lsp, .path = path, .tokens = tokens};
  root->indexer = indexer_new(lsp_loop(lsp), pipeline, path, &options, &err);
  if (!root->indexer) {
    lsp_show(lsp, LSP_LOG_WARNING, "no index of %s: %s", path, err.text);
    free(path);
    free(root);
    return NULL;
  }
  root->drafts = drafts_new();
  uv_timer_init(lsp_loop(lsp), &root->timer);
  uv_timer_start(&root->timer, on_timer, STATUS_MS, 0);
  return root;
}

void indexroot_close(IndexRoot *root, bool tell)
{
  Indexer *indexer = root->indexer;
  IndexProgress now = indexer_progress(indexer);
  root->indexer = NULL;
  if (root->shown && tell) show_progress(root, &now);
  uv_timer_stop(&root->timer);
  indexer_close(indexer, on_indexer_closed);
}

const char *indexroot_path(const IndexRoot *root)
{
  return root->path;
}

bool indexroot_holds(const IndexRoot *root, const char *path)
{
  Str folder = str_of(root->path);
  return str_starts(str_of(path), folder) && path[folder.len] == '/';
}

Drafts *indexroot_drafts(const IndexRoot *root)
{
  return root->drafts;
}

void indexroot_renew(IndexRoot *root)
{
  indexer_renew(root->indexer);
}

void indexroot_give_way(IndexRoot *root)
{
  indexer_give_way(root->indexer, QUIET_MS);
}

bool indexroot_shows(const IndexRoot *root, Str token)
{
  char own[TOKEN_SIZE];
  write_token(root, own);
  return root->shown && str_is(token, own);
}
