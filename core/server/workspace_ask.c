// A question is a job of its own with its own reader: opening one costs less than a millisecond. At most two
// are on the pool at a time, so that the annotating of what is typed finds a free thread; the others wait in
// a list.
#include "server/workspace_p.h"

#include "annotate/dates/calendar.h"
#include "base/alloc.h"
#include "server/answers.h"
#include "server/features.h"
#include "server/review.h"
#include "server/uri.h"

#include <stdlib.h>

enum { JOBS_MAX = 2, ROWS_DEFAULT = 500, ROWS_MAX = 10000, SYMBOLS_MAX = 50 };

typedef enum QuestionKind { QUESTION_ROWS, QUESTION_LIST, QUESTION_COUNTS, QUESTION_ACTIONS } QuestionKind;

struct Question { // a job on the pool
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
};

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

#define HOW_TO_MARK                                                                                          \
  "an empty file .newsmark.toml in the folder of your articles asks for one (:Newsmark index, M-x "          \
  "newsmark-index-folder)"

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

// The folder that a question is about: named, or the one that holds the document, or the first. Heap; NULL:
// there is none.
static char *folder_of(const Workspace *self, const cJSON *params)
{
  Str uri = json_get_str(params, "folder");
  if (uri.ptr) return uri_to_path(uri);
  char *path = uri_to_path(json_get_str(json_get(params, "textDocument"), "uri"));
  const IndexRoot *root = workspace_root_of(self, path);
  free(path);
  if (root) return xstrdup(indexroot_path(root));
  if (self->roots.len) return xstrdup(indexroot_path(self->roots.items[0]));
  return lsp_folder_count(self->lsp) ? xstrdup(lsp_folder(self->lsp, 0)) : NULL;
}

// Other findings, other number: of one text there may be several, by other scripts, people or settings.
static uint64_t serial_of(const Findings *found)
{
  return found->serial * 0x9e3779b97f4a7c15u ^ found->layer << 20 ^ (uintptr_t)found;
}

// Articles that are open are asked as they stand, or stood when they were last read.
static void add_drafts(Question *question, const IndexRoot *root)
{
  Docs *docs = lsp_docs(question->workspace->lsp);
  for (size_t i = 0; i < docs_count(docs); i++) {
    const Document *doc = docs_at(docs, i);
    if (!doc->found || workspace_root_of(question->workspace, doc->path) != root) continue;
    const Findings *found = findings_ref(doc->found);
    Draft draft = {.path = arena_dup(&question->arena, str_of(doc->path + strlen(indexroot_path(root)) + 1)),
                   .serial = serial_of(found),
                   .text = found->text,
                   .found = found->found,
                   .registry = doc->registry ? registry_ref(doc->registry) : NULL,
                   .markup = doc->markup};
    vec_push_in(&question->arena, &question->findings, found);
    vec_push_in(&question->arena, &question->open, draft);
  }
  if (question->open.len) question->drafts = drafts_ref(indexroot_drafts(root));
}

static bool is_date_or_none(const cJSON *params, const char *name)
{
  const cJSON *value = json_get(params, name);
  return !cJSON_IsString(value) || !*value->valuestring || calendar_valid_iso(value->valuestring, false);
}

void workspace_ask(Workspace *self, const char *id, const cJSON *params, AnswerKind kind)
{
  if (!id) return;
  if (!is_date_or_none(params, "from") || !is_date_or_none(params, "until")) {
    lsp_fail(self->lsp, id, RPC_INVALID_PARAMS,
             "from and until are dates that exist: YYYY, YYYY-MM or YYYY-MM-DD");
    return;
  }
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
  const IndexRoot *root = workspace_find_root(self, path);
  if (root) add_drafts(question, root);
  vec_push(&self->waiting, question);
  next_question(self);
}

// --- LSP's own questions about an entity, in a document of an indexed folder

// The other open documents add what they hold as they stand; none of them is read from the index.
static void add_open(Question *question, const IndexRoot *root, const Document *asked)
{
  Docs *docs = lsp_docs(question->workspace->lsp);
  FeatureOptions options = {.enc = question->enc};
  for (size_t i = 0; i < docs_count(docs); i++) {
    const Document *doc = docs_at(docs, i);
    if (workspace_root_of(question->workspace, doc->path) != root) continue;
    vec_push_in(&question->arena, &question->skip,
                arena_dup(&question->arena, str_of(doc->path + strlen(indexroot_path(root)) + 1)));
    if (doc != asked && docs_is_current(doc))
      question->more =
          features_list(&question->result, doc, &options, question->entity, question->quotes, question->more);
  }
}

bool workspace_ask_entity(void *ctx, Lsp *lsp, const char *id, const Document *doc, LspFolderAsk what,
                          Str entity, size_t at, StrBuf *result)
{
  static const QuestionKind kinds[] = {
      [FOLDER_REFERENCES] = QUESTION_LIST,
      [FOLDER_QUOTES] = QUESTION_LIST,
      [FOLDER_COUNTS] = QUESTION_COUNTS,
      [FOLDER_ACTIONS] = QUESTION_ACTIONS,
  };
  Workspace *self = ctx;
  const IndexRoot *root = workspace_root_of(self, doc->path);
  if (!root || self->stopped) return false;
  Question *question = xcalloc(1, sizeof *question);
  *question = (Question){.workspace = self,
                         .id = xstrdup(id),
                         .kind = kinds[what],
                         .quotes = what == FOLDER_QUOTES,
                         .serial = doc->serial,
                         .at = at,
                         .path = xstrdup(indexroot_path(root)),
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

void workspace_stop_asking(Workspace *self)
{
  for (size_t i = 0; i < self->waiting.len; i++) question_free(self->waiting.items[i]);
  self->waiting.len = 0;
}
