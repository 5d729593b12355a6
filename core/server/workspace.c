// One Indexer a marked folder. A question is a job of its own with its own reader: opening one costs less
// than a millisecond. At most two are on the pool at a time, so that the annotating of what is typed finds a
// free thread.
#include "server/workspace.h"

#include "base/alloc.h"
#include "index/drafts.h"
#include "index/indexer.h"
#include "server/answers.h"
#include "server/features.h"
#include "server/review.h"
#include "server/uri.h"

#include <stdio.h>
#include <stdlib.h>

enum {
  STATUS_MS = 250,
  QUIET_MS = 50, // without indexing behind a key: longer than it is worked on
  PROGRESS_AFTER_MS = 500,
  JOBS_MAX = 2,
  PROBLEMS_TOLD = 20,
  ROWS_DEFAULT = 500,
  ROWS_MAX = 10000,
  SYMBOLS_MAX = 50
};

typedef struct Root { // a folder that is indexed
  Workspace *workspace;
  char *path;
  Indexer *indexer; // NULL once it is closing
  uv_timer_t timer; // holds back the next status
  bool waiting;     // a status is due when the timer ends
  bool shown;       // $/progress was begun, with `token`
  Drafts *drafts;   // counted: open articles as they stand
  unsigned token;
  uint64_t busy_since; // the loop's time; 0: idle
  size_t problems;
} Root;

typedef enum QuestionKind { QUESTION_ROWS, QUESTION_LIST, QUESTION_COUNTS, QUESTION_ACTIONS } QuestionKind;

typedef struct Question { // a job on the pool
  uv_work_t work;
  Workspace *workspace;
  char *id;
  QuestionKind kind;
  cJSON *params; // of QUESTION_ROWS
  AnswerKind rows;
  Arena arena; // owns what follows
  Str entity;
  StrVec skip;    // open documents: their text is what counts
  Drafts *drafts; // counted; NULL: none of them is open
  VEC_OF(Draft) open;
  VEC_OF(const Findings *) findings; // counted: what `open` borrows from
  bool quotes, more;
  Str uri, counts; // the document, and the hover's line about the folder
  EntityRow maybe; // who may be meant; without a name: nobody
  uint64_t serial;
  size_t at;
  char *path; // of the folder
  Encoding enc;
  StrBuf result;
  Error err;
} Question;

struct Workspace {
  Lsp *lsp;
  const Pipeline *pipeline; // NULL: not ready
  const WorkspaceIndex *how;
  VEC_OF(Root *) roots;
  VEC_OF(Question *) waiting;
  size_t running;
  unsigned tokens; // of $/progress, so far
  bool stopped;
};

// --- indexing

static const char *state_name(IndexState state)
{
  static const char *const names[] = {"waiting", "scanning", "ready", "failed"};
  return names[state];
}

static void send_status(const Root *root)
{
  if (!lsp_wants_annotations(root->workspace->lsp)) return;
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
  lsp_notify(root->workspace->lsp, "newsmark/indexStatus", &params);
}

// --- $/progress: for a scan that takes over half a second

static void add_token(const Root *root, StrBuf *out)
{
  char token[32];
  snprintf(token, sizeof token, "newsmark-%u", root->token);
  strbuf_byte(out, '{');
  json_write_member(out, "token", str_of(token));
}

static void send_progress(const Root *root, const char *kind, const IndexProgress *now)
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
  lsp_notify(root->workspace->lsp, "$/progress", &params);
}

static void show_progress(Root *root, const IndexProgress *now)
{
  Lsp *lsp = root->workspace->lsp;
  if (!lsp_wants_progress(lsp)) return;
  bool busy = now->state == INDEX_SCANNING && root->indexer;
  if (busy && !root->busy_since) root->busy_since = uv_now(lsp_loop(lsp));
  if (root->shown) {
    send_progress(root, busy ? "report" : "end", now);
  } else if (busy && uv_now(lsp_loop(lsp)) - root->busy_since > PROGRESS_AFTER_MS) {
    StrBuf params = {0};
    root->token = ++root->workspace->tokens;
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

// --- news of an indexer, four times a second at most

static void on_timer(uv_timer_t *timer)
{
  Root *root = container_of(timer, Root, timer);
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
  Root *root = ud;
  root->waiting = true;
  if (!uv_is_active((uv_handle_t *)&root->timer)) on_timer(&root->timer);
}

static void on_index_problem(void *ud, Str path, Str why)
{
  Root *root = ud;
  if (!root->indexer || ++root->problems > PROBLEMS_TOLD) return;
  Lsp *lsp = root->workspace->lsp;
  bool whole = !path.len && indexer_progress(root->indexer).state != INDEX_WAITING;
  if (whole) // the index itself is in trouble, and not only written by another process
    lsp_show(lsp, LSP_LOG_WARNING, "%s: " STR_FMT, root->path, STR_ARG(why));
  else
    lsp_log(lsp, LSP_LOG_WARNING, "%s%s" STR_FMT ": " STR_FMT "%s", root->path, path.len ? "/" : "",
            STR_ARG(path), STR_ARG(why),
            root->problems == PROBLEMS_TOLD ? " (and perhaps more like it)" : "");
}

static void on_timer_closed(uv_handle_t *handle)
{
  Root *root = container_of(handle, Root, timer);
  drafts_unref(root->drafts);
  free(root->path);
  free(root);
}

static void on_indexer_closed(void *ud)
{
  Root *root = ud;
  uv_close((uv_handle_t *)&root->timer, on_timer_closed);
}

static void close_root(Root *root)
{
  Indexer *indexer = root->indexer;
  IndexProgress now = indexer_progress(indexer);
  root->indexer = NULL;
  if (root->shown && !root->workspace->stopped) show_progress(root, &now);
  uv_timer_stop(&root->timer);
  indexer_close(indexer, on_indexer_closed);
}

static Root *find_root(const Workspace *self, const char *path)
{
  for (size_t i = 0; i < self->roots.len; i++)
    if (!strcmp(self->roots.items[i]->path, path)) return self->roots.items[i];
  return NULL;
}

// Takes `path`.
static void open_root(Workspace *self, char *path)
{
  Root *root = xcalloc(1, sizeof *root);
  IndexerOptions options = {.background = true,
                            .watch = true,
                            .rules = self->how->rules,
                            .tagger = self->how->tagger,
                            .ud = root,
                            .changed = on_index_changed,
                            .problem = on_index_problem};
  Error err = {0};
  root->workspace = self;
  root->path = path;
  root->indexer = indexer_new(lsp_loop(self->lsp), self->pipeline, path, &options, &err);
  if (!root->indexer) {
    lsp_show(self->lsp, LSP_LOG_WARNING, "no index of %s: %s", path, err.text);
    free(path);
    free(root);
    return;
  }
  root->drafts = drafts_new();
  uv_timer_init(lsp_loop(self->lsp), &root->timer);
  uv_timer_start(&root->timer, on_timer, STATUS_MS, 0);
  vec_push(&self->roots, root);
}

// Index what is marked of the client's folders, and nothing else.
static void on_folders(void *ctx, Lsp *lsp)
{
  Workspace *self = ctx;
  if (!self->pipeline || self->stopped) return;
  VEC_OF(Root *) keep = {0};
  for (size_t i = 0; i < lsp_folder_count(lsp); i++) {
    char *path = folder_marked_above(lsp_folder(lsp, i));
    if (path && !find_root(self, path)) open_root(self, xstrdup(path));
    Root *root = path ? find_root(self, path) : NULL;
    bool kept = !root;
    for (size_t k = 0; k < keep.len; k++) kept |= keep.items[k] == root;
    if (!kept) vec_push(&keep, root);
    free(path);
  }
  for (size_t i = 0; i < self->roots.len; i++) {
    bool kept = false;
    for (size_t k = 0; k < keep.len; k++) kept |= keep.items[k] == self->roots.items[i];
    if (!kept) close_root(self->roots.items[i]);
  }
  self->roots.len = 0;
  for (size_t k = 0; k < keep.len; k++) vec_push(&self->roots, keep.items[k]);
  vec_release(&keep);
}

static void on_settings(void *ctx, Lsp *lsp)
{
  Workspace *self = ctx;
  (void)lsp;
  for (size_t i = 0; i < self->roots.len; i++) indexer_renew(self->roots.items[i]->indexer);
}

static void on_typed(void *ctx, Lsp *lsp)
{
  Workspace *self = ctx;
  (void)lsp;
  for (size_t i = 0; i < self->roots.len; i++) indexer_give_way(self->roots.items[i]->indexer, QUIET_MS);
}

// The reader does not want this scan: the folder is left alone until the folders change.
static void on_cancel(void *ctx, Lsp *lsp, const char *id, const cJSON *params)
{
  Workspace *self = ctx;
  Str token = json_get_str(params, "token");
  (void)lsp, (void)id;
  for (size_t i = 0; i < self->roots.len; i++) {
    Root *root = self->roots.items[i];
    char own[32];
    snprintf(own, sizeof own, "newsmark-%u", root->token);
    if (!root->shown || !str_is(token, own)) continue;
    close_root(root);
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

// --- questions

static void question_free(Question *question)
{
  free(question->id);
  free(question->path);
  cJSON_Delete(question->params);
  for (size_t i = 0; i < question->findings.len; i++) {
    registry_unref(question->open.items[i].registry);
    findings_unref(question->findings.items[i]);
  }
  drafts_unref(question->drafts);
  arena_release(&question->arena);
  strbuf_release(&question->result);
  free(question);
}

static QueryFilter filter_of(const Question *question)
{
  const cJSON *params = question->params;
  if (question->rows == ANSWER_SYMBOLS)
    return (QueryFilter){
        .name = json_get_str(params, "query"), .prefix = true, .limit = SYMBOLS_MAX, .enc = question->enc};
  int64_t limit = json_get_integer(params, "limit", ROWS_DEFAULT);
  return (QueryFilter){.name = json_get_str(params, "name"),
                       .words = json_get_str(params, "words"),
                       .prefix = json_get_bool(params, "prefix", false),
                       .indirect = json_get_bool(params, "indirect", false),
                       .type = json_get_str(params, "type"),
                       .from = json_get_str(params, "from"),
                       .until = json_get_str(params, "until"),
                       .limit = limit >= 1 && limit <= ROWS_MAX ? (size_t)limit : ROWS_MAX,
                       .enc = question->enc};
}

#define HOW_TO_MARK "an empty file .newsmark.toml in the folder of your articles asks for one"

static void ask_rows(Question *question, Query *query, const char *root)
{
  QueryFilter filter = filter_of(question);
  if (query)
    answers_write(query, question->rows, &filter, root, &question->result, &question->err);
  else if (question->err.code == ERR_NOT_FOUND && root && !folder_is_marked(root))
    error_set(&question->err, ERR_NOT_FOUND, "no index of %s: " HOW_TO_MARK, root);
  if (question->rows != ANSWER_SYMBOLS || question->err.code == ERR_NONE) return;
  question->err.code = ERR_NONE; // the editor asks whether there is an index or not
  strbuf_reset(&question->result);
  strbuf_add(&question->result, STR("[]"));
}

static void question_work(uv_work_t *work)
{
  Question *question = container_of(work, Question, work);
  Folder folder;
  Query *query =
      folder_find(&folder, question->path, &question->err) ? query_new(&folder, &question->err) : NULL;
  if (query && question->drafts)
    drafts_lay(question->drafts, question->open.items, question->open.len, query, &question->err);
  if (question->kind == QUESTION_ROWS)
    ask_rows(question, query, folder.root);
  else if (query && question->kind == QUESTION_LIST)
    answers_list(query, question->entity, question->quotes, question->enc, folder.root, &question->skip,
                 question->more, &question->result, &question->err);
  else if (query && question->kind == QUESTION_ACTIONS)
    query_namesake(query, question->entity, &question->arena, &question->maybe, &question->err);
  else if (query)
    question->counts = answers_counts(query, question->entity, &question->arena, &question->err);
  query_free(query);
  folder_release(&folder);
}

static void next_question(Workspace *self);

// The document that the question is about. NULL: its text is another one by now.
static const Document *doc_of(const Question *question)
{
  const Document *doc = docs_find(lsp_docs(question->workspace->lsp), question->uri);
  return doc && doc->serial == question->serial && docs_is_current(doc) ? doc : NULL;
}

static void answer_actions(Question *question)
{
  const EntityRow *maybe = &question->maybe;
  const Document *doc = doc_of(question);
  if (doc && maybe->name.len)
    offers_write_another(&question->result, doc, question->enc, question->at, question->more, maybe->name,
                         maybe->entity,
                         arena_printf(&question->arena, "named in %zu %s of this folder", maybe->articles,
                                      maybe->articles == 1 ? "article" : "articles"));
  strbuf_byte(&question->result, ']');
  lsp_reply(question->workspace->lsp, question->id, &question->result);
}

static void answer_hover(Question *question)
{
  Lsp *lsp = question->workspace->lsp;
  const Document *doc = doc_of(question);
  if (!doc) {
    lsp_fail(lsp, question->id, RPC_CONTENT_MODIFIED, "the document changed");
    return;
  }
  strbuf_reset(&question->result);
  lsp_write_hover(lsp, &question->result, doc, question->at, question->counts);
  lsp_reply(lsp, question->id, &question->result);
}

static void answer_rows(Question *question)
{
  Lsp *lsp = question->workspace->lsp;
  if (question->err.code == ERR_NONE)
    lsp_reply(lsp, question->id, &question->result);
  else
    lsp_fail(lsp, question->id, question->err.code == ERR_USAGE ? RPC_INVALID_PARAMS : RPC_REQUEST_FAILED,
             "%s", question->err.text);
}

static void question_done(uv_work_t *work, int status)
{
  Question *question = container_of(work, Question, work);
  Workspace *self = question->workspace;
  (void)status;
  self->running--;
  if (!self->stopped && question->kind == QUESTION_ROWS) {
    answer_rows(question);
  } else if (!self->stopped && question->kind == QUESTION_LIST) { // without the folder where that failed
    strbuf_byte(&question->result, ']');
    lsp_reply(self->lsp, question->id, &question->result);
  } else if (!self->stopped && question->kind == QUESTION_ACTIONS) {
    answer_actions(question);
  } else if (!self->stopped) {
    answer_hover(question);
  }
  question_free(question);
  next_question(self);
}

static void next_question(Workspace *self)
{
  if (self->stopped || !self->waiting.len || self->running >= JOBS_MAX) return;
  Question *question = self->waiting.items[0];
  self->waiting.len--;
  memmove(self->waiting.items, self->waiting.items + 1, self->waiting.len * sizeof(Question *));
  self->running++;
  uv_queue_work(lsp_loop(self->lsp), &question->work, question_work, question_done);
}

static const Root *root_of(const Workspace *self, const char *path)
{
  for (size_t i = 0; i < self->roots.len; i++) {
    Str root = str_of(self->roots.items[i]->path);
    if (str_starts(str_of(path), root) && path[root.len] == '/') return self->roots.items[i];
  }
  return NULL;
}

// The folder that a question is about: named, or the one that holds the document, or the first. Heap; NULL:
// there is none.
static char *folder_of(const Workspace *self, const cJSON *params)
{
  Str uri = json_get_str(params, "folder");
  if (uri.ptr) return uri_to_path(uri);
  char *path = uri_to_path(json_get_str(json_get(params, "textDocument"), "uri"));
  const Root *root = root_of(self, path);
  free(path);
  if (root) return xstrdup(root->path);
  if (self->roots.len) return xstrdup(self->roots.items[0]->path);
  return lsp_folder_count(self->lsp) ? xstrdup(lsp_folder(self->lsp, 0)) : NULL;
}

// Other findings, other number: of one text there may be several, by other scripts, people or settings.
static uint64_t serial_of(const Findings *found)
{
  return found->serial * 0x9e3779b97f4a7c15u ^ found->layer << 20 ^ (uintptr_t)found;
}

// Articles that are open are asked as they stand, or stood when they were last read.
static void add_drafts(Question *question, const Root *root)
{
  Docs *docs = lsp_docs(question->workspace->lsp);
  for (size_t i = 0; i < docs_count(docs); i++) {
    const Document *doc = docs_at(docs, i);
    if (!doc->found || root_of(question->workspace, doc->path) != root) continue;
    const Findings *found = findings_ref(doc->found);
    Draft draft = {.path = arena_dup(&question->arena, str_of(doc->path + strlen(root->path) + 1)),
                   .serial = serial_of(found),
                   .text = found->text,
                   .found = found->found,
                   .registry = doc->registry ? registry_ref(doc->registry) : NULL,
                   .markup = doc->markup};
    vec_push_in(&question->arena, &question->findings, found);
    vec_push_in(&question->arena, &question->open, draft);
  }
  if (question->open.len) question->drafts = drafts_ref(root->drafts);
}

static void ask(Workspace *self, const char *id, const cJSON *params, AnswerKind kind)
{
  if (!id) return;
  char *path = folder_of(self, params);
  if (!path && kind == ANSWER_SYMBOLS) path = xstrdup("");
  if (!path) {
    lsp_fail(self->lsp, id, RPC_REQUEST_FAILED, "no folder has an index: " HOW_TO_MARK);
    return;
  }
  Question *question = xcalloc(1, sizeof *question);
  *question = (Question){.workspace = self,
                         .id = xstrdup(id),
                         .params = params ? cJSON_Duplicate(params, true) : NULL,
                         .rows = kind,
                         .path = path,
                         .enc = docs_encoding(lsp_docs(self->lsp))};
  const Root *root = find_root(self, path);
  if (root) add_drafts(question, root);
  vec_push(&self->waiting, question);
  next_question(self);
}

// --- LSP's own questions about an entity, in a document of an indexed folder

// The other open documents add what they hold as they stand; none of them is read from the index.
static void add_open(Question *question, const Root *root, const Document *asked)
{
  Docs *docs = lsp_docs(question->workspace->lsp);
  FeatureOptions options = {.enc = question->enc};
  for (size_t i = 0; i < docs_count(docs); i++) {
    const Document *doc = docs_at(docs, i);
    if (root_of(question->workspace, doc->path) != root) continue;
    vec_push_in(&question->arena, &question->skip,
                arena_dup(&question->arena, str_of(doc->path + strlen(root->path) + 1)));
    if (doc != asked && docs_is_current(doc))
      question->more =
          features_list(&question->result, doc, &options, question->entity, question->quotes, question->more);
  }
}

static bool on_ask(void *ctx, Lsp *lsp, const char *id, const Document *doc, LspFolderAsk what, Str entity,
                   size_t at, StrBuf *result)
{
  static const QuestionKind kinds[] = {
      [FOLDER_REFERENCES] = QUESTION_LIST,
      [FOLDER_QUOTES] = QUESTION_LIST,
      [FOLDER_COUNTS] = QUESTION_COUNTS,
      [FOLDER_ACTIONS] = QUESTION_ACTIONS,
  };
  Workspace *self = ctx;
  const Root *root = root_of(self, doc->path);
  if (!root || self->stopped) return false;
  Question *question = xcalloc(1, sizeof *question);
  *question = (Question){.workspace = self,
                         .id = xstrdup(id),
                         .kind = kinds[what],
                         .quotes = what == FOLDER_QUOTES,
                         .serial = doc->serial,
                         .at = at,
                         .path = xstrdup(root->path),
                         .enc = docs_encoding(lsp_docs(lsp))};
  question->entity = arena_dup(&question->arena, entity);
  question->uri = arena_dup(&question->arena, str_of(doc->uri));
  strbuf_add(&question->result, strbuf_str(result));
  strbuf_release(result);
  if (question->kind == QUESTION_LIST || question->kind == QUESTION_ACTIONS) {
    question->result.len--; // the list goes on
    question->more = question->result.len > 1;
  }
  if (question->kind == QUESTION_LIST)
    add_open(question, root, doc);
  else
    add_drafts(question, root);
  vec_push(&self->waiting, question);
  next_question(self);
  return true;
}

static void on_entities(void *ctx, Lsp *lsp, const char *id, const cJSON *params)
{
  (void)lsp;
  ask(ctx, id, params, ANSWER_ENTITIES);
}
static void on_mentions(void *ctx, Lsp *lsp, const char *id, const cJSON *params)
{
  (void)lsp;
  ask(ctx, id, params, ANSWER_MENTIONS);
}
static void on_quotes(void *ctx, Lsp *lsp, const char *id, const cJSON *params)
{
  (void)lsp;
  ask(ctx, id, params, ANSWER_QUOTES);
}
static void on_timeline(void *ctx, Lsp *lsp, const char *id, const cJSON *params)
{
  (void)lsp;
  ask(ctx, id, params, ANSWER_TIMELINE);
}
static void on_symbols(void *ctx, Lsp *lsp, const char *id, const cJSON *params)
{
  (void)lsp;
  ask(ctx, id, params, ANSWER_SYMBOLS);
}
static void on_search(void *ctx, Lsp *lsp, const char *id, const cJSON *params)
{
  (void)lsp;
  ask(ctx, id, params, ANSWER_SEARCH);
}

// --- life

static void on_stop(void *ctx, Lsp *lsp)
{
  Workspace *self = ctx;
  (void)lsp;
  self->stopped = true;
  for (size_t i = 0; i < self->roots.len; i++) close_root(self->roots.items[i]);
  self->roots.len = 0;
  for (size_t i = 0; i < self->waiting.len; i++) question_free(self->waiting.items[i]);
  self->waiting.len = 0;
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
                              .ask = on_ask,
                              .stop = on_stop,
                              .ctx = self});
  lsp_register(lsp, "window/workDoneProgress/cancel", on_cancel, self);
  lsp_register(lsp, "newsmark/entities", on_entities, self);
  lsp_register(lsp, "newsmark/mentions", on_mentions, self);
  lsp_register(lsp, "newsmark/quotes", on_quotes, self);
  lsp_register(lsp, "newsmark/timeline", on_timeline, self);
  lsp_register(lsp, "newsmark/search", on_search, self);
  lsp_register(lsp, "workspace/symbol", on_symbols, self);
  return self;
}

void workspace_free(Workspace *self)
{
  if (!self) return;
  vec_release(&self->roots);
  vec_release(&self->waiting);
  free(self);
}
