// The questions about a document, in one table. A feature is answered from the findings of the newest text.
// Until a job has brought those it waits; a question about a place is void once the text changes, and is
// answered so; one about the whole document goes on waiting.
#include "server/lsp_p.h"

#include "base/alloc.h"
#include "server/acts.h"
#include "server/poscodec.h"
#include "server/publish.h"
#include "server/review.h"

#include <stdlib.h>

// --- features

static bool place(Lsp *lsp, const Document *doc, const cJSON *params, size_t *at, Error *err)
{
  Position pos;
  if (!poscodec_position(json_get(params, "position"), &pos))
    return error_set(err, ERR_USAGE, "position is missing");
  *at = position_to_byte(doc->found->text, pos, lsp->features.enc);
  return true;
}

static bool hover(Lsp *lsp, Document *doc, const cJSON *params, StrBuf *out, Error *err)
{
  size_t at;
  if (!place(lsp, doc, params, &at, err)) return false;
  features_hover(out, doc, &lsp->features, at);
  return true;
}

static bool highlight(Lsp *lsp, Document *doc, const cJSON *params, StrBuf *out, Error *err)
{
  size_t at;
  if (!place(lsp, doc, params, &at, err)) return false;
  features_highlight(out, doc, &lsp->features, at);
  return true;
}

static bool definition(Lsp *lsp, Document *doc, const cJSON *params, StrBuf *out, Error *err)
{
  size_t at;
  if (!place(lsp, doc, params, &at, err)) return false;
  features_definition(out, doc, &lsp->features, at);
  return true;
}

static bool references(Lsp *lsp, Document *doc, const cJSON *params, StrBuf *out, Error *err)
{
  size_t at;
  if (!place(lsp, doc, params, &at, err)) return false;
  bool with_first = json_get_bool(json_get(params, "context"), "includeDeclaration", true);
  features_references(out, doc, &lsp->features, at, with_first);
  return true;
}

static bool implementation(Lsp *lsp, Document *doc, const cJSON *params, StrBuf *out, Error *err)
{
  size_t at;
  if (!place(lsp, doc, params, &at, err)) return false;
  Str entity = features_entity_at(doc->found, at);
  strbuf_byte(out, '[');
  if (entity.len) features_list(out, doc, &lsp->features, entity, true, false);
  strbuf_byte(out, ']');
  return true;
}

static bool symbols(Lsp *lsp, Document *doc, const cJSON *params, StrBuf *out, Error *err)
{
  (void)params;
  (void)err;
  features_symbols(out, doc, &lsp->features);
  return true;
}

static bool next_quote(Lsp *lsp, Document *doc, const cJSON *params, StrBuf *out, Error *err)
{
  size_t at;
  if (!place(lsp, doc, params, &at, err)) return false;
  features_next_quote(out, doc, &lsp->features, at, json_get_bool(params, "back", false),
                      json_get_bool(params, "speaker", false));
  return true;
}

static bool tokens_full(Lsp *lsp, Document *doc, const cJSON *params, StrBuf *out, Error *err)
{
  (void)params;
  (void)err;
  tokens_write_full(out, doc, lsp->features.enc);
  return true;
}

static bool tokens_delta(Lsp *lsp, Document *doc, const cJSON *params, StrBuf *out, Error *err)
{
  Str previous = json_get_str(params, "previousResultId");
  if (!previous.ptr) return error_set(err, ERR_USAGE, "previousResultId is missing");
  tokens_write_delta(out, doc, lsp->features.enc, previous);
  return true;
}

static bool tokens_range(Lsp *lsp, Document *doc, const cJSON *params, StrBuf *out, Error *err)
{
  size_t start, end;
  if (!poscodec_range(json_get(params, "range"), doc->found->text, lsp->features.enc, &start, &end))
    return error_set(err, ERR_USAGE, "range is missing");
  tokens_write_range(out, doc, lsp->features.enc, start, end);
  return true;
}

static bool inlay_hints(Lsp *lsp, Document *doc, const cJSON *params, StrBuf *out, Error *err)
{
  size_t start, end;
  if (!poscodec_range(json_get(params, "range"), doc->found->text, lsp->features.enc, &start, &end))
    return error_set(err, ERR_USAGE, "range is missing");
  if (lsp->hints || doc->hints)
    features_inlay(out, doc, &lsp->features, start, end);
  else
    strbuf_add(out, STR("[]"));
  return true;
}

static bool annotations(Lsp *lsp, Document *doc, const cJSON *params, StrBuf *out, Error *err)
{
  const cJSON *range = json_get(params, "range");
  size_t start = 0, end = snapshot_len(doc->found->text);
  bool whole = !range || cJSON_IsNull(range);
  if (!whole && !poscodec_range(range, doc->found->text, lsp->features.enc, &start, &end))
    return error_set(err, ERR_USAGE, "range is none");
  publish_write_all(out, doc->version, doc->found, start, end, lsp->features.enc);
  return true;
}

// --- waiting

// Whether a part takes the answer, to add to it what the folder knows.
static bool ask_folder(Lsp *lsp, const Method *method, const char *id, const Document *doc,
                       const cJSON *params, StrBuf *out)
{
  LspFolderAsk what = method->folder;
  size_t at, end;
  if (what == FOLDER_NOTHING) return false;
  bool placed = what == FOLDER_ACTIONS ? poscodec_range(json_get(params, "range"), doc->found->text,
                                                        lsp->features.enc, &at, &end)
                                       : place(lsp, doc, params, &at, NULL);
  if (!placed) return false;
  Str entity = features_entity_at(doc->found, at);
  if (what == FOLDER_COUNTS) {
    SpansAt here = features_at(doc->found, at);
    if (!here.kinds[SPAN_ENTITY]) entity = (Str){0};
  }
  if (what == FOLDER_ACTIONS && !offers_may_be_another(doc, params, at)) entity = (Str){0};
  bool asked = false;
  for (size_t i = 0; i < lsp->parts.len && entity.len && !asked; i++) {
    const LspPart *part = &lsp->parts.items[i];
    asked = part->ask && part->ask(part->ctx, lsp, id, doc, what, entity, at, out);
  }
  return asked;
}

static void answer(Lsp *lsp, const Method *method, const char *id, Document *doc, const cJSON *params)
{
  StrBuf out = {0};
  Error err = {0};
  if (method->command)
    method->command(lsp, doc, id, params);
  else if (!method->feature(lsp, doc, params, &out, &err))
    lsp_fail(lsp, id, RPC_INVALID_PARAMS, "%s", err.text);
  else if (!ask_folder(lsp, method, id, doc, params, &out))
    lsp_reply(lsp, id, &out);
  strbuf_release(&out);
}

// Where there will be no findings: null is an answer to every feature but our own.
static void answer_without(Lsp *lsp, const Method *method, const char *id, const Document *doc)
{
  if (method->feature != annotations && !method->command)
    lsp_reply_null(lsp, id);
  else if (doc->too_long)
    lsp_fail(lsp, id, RPC_REQUEST_FAILED, "too long to be annotated: the limit is %zu MB",
             DOCS_MOST_LIVE >> 20);
  else
    lsp_fail(lsp, id, RPC_INTERNAL_ERROR, "%s", lsp->pipeline_err.text);
}

static bool ready(const Document *doc, const Method *method)
{
  return method->complete ? docs_is_complete(doc) : docs_is_current(doc);
}

static bool never_found(const Lsp *lsp, const Document *doc)
{
  return doc->too_long || (lsp->loaded && !lsp->pipeline);
}

void methods_feature(Lsp *lsp, const Method *method, RpcMessage *message)
{
  Str uri = json_get_str(lsp_text_document(message->params), "uri");
  Document *doc = uri.ptr ? docs_find(lsp->docs, uri) : NULL;
  Position pos;
  if (method->command == acts_command && !acts_knows(json_get_str(message->params, "command")))
    lsp_fail(lsp, message->id, RPC_INVALID_PARAMS, "no such command");
  else if (!uri.ptr)
    lsp_fail(lsp, message->id, RPC_INVALID_PARAMS, "textDocument.uri is missing");
  else if (!doc)
    lsp_fail(lsp, message->id, RPC_INVALID_PARAMS, "the document is not open");
  else if (method->about_place && !poscodec_position(json_get(message->params, "position"), &pos))
    lsp_fail(lsp, message->id, RPC_INVALID_PARAMS, "position is missing");
  else if (never_found(lsp, doc))
    answer_without(lsp, method, message->id, doc);
  else if (ready(doc, method))
    answer(lsp, method, message->id, doc, message->params);
  else {
    vec_push(&lsp->waiting, (Waiting){message->id, message->root, message->params, method, doc});
    message->id = NULL;
    message->root = NULL;
  }
}

static void waiting_release(Waiting *one)
{
  free(one->id);
  cJSON_Delete(one->root);
}

typedef enum Which { WHICH_ALL, WHICH_PLACES, WHICH_READY } Which;

static bool matches(const Lsp *lsp, const Waiting *one, Which which)
{
  if (which == WHICH_PLACES) return one->method->about_place;
  return which == WHICH_ALL || never_found(lsp, one->doc) || ready(one->doc, one->method);
}

// Take the first that waits for `doc`, of `which`, out of the list, into *one.
static bool next_waiting(Lsp *lsp, const Document *doc, Which which, Waiting *one)
{
  for (size_t i = 0; i < lsp->waiting.len; i++) {
    if (lsp->waiting.items[i].doc != doc || !matches(lsp, &lsp->waiting.items[i], which)) continue;
    *one = lsp->waiting.items[i];
    lsp->waiting.len--;
    memmove(lsp->waiting.items + i, lsp->waiting.items + i + 1, (lsp->waiting.len - i) * sizeof *one);
    return true;
  }
  return false;
}

void methods_found(Lsp *lsp, Document *doc)
{
  for (Waiting one; next_waiting(lsp, doc, WHICH_READY, &one);) {
    if (never_found(lsp, doc))
      answer_without(lsp, one.method, one.id, doc);
    else
      answer(lsp, one.method, one.id, doc, one.params);
    waiting_release(&one);
  }
}

void lsp_write_hover(Lsp *lsp, StrBuf *out, const Document *doc, size_t at, Str folder)
{
  FeatureOptions options = lsp->features;
  options.folder = folder;
  features_hover(out, doc, &options, at);
}

void methods_drop(Lsp *lsp, const Document *doc, bool all)
{
  for (Waiting one; next_waiting(lsp, doc, all ? WHICH_ALL : WHICH_PLACES, &one);) {
    lsp_fail(lsp, one.id, RPC_CONTENT_MODIFIED, "the document changed");
    waiting_release(&one);
  }
}

void methods_release_waiting(Lsp *lsp)
{
  for (size_t i = 0; i < lsp->waiting.len; i++) waiting_release(&lsp->waiting.items[i]);
  lsp->waiting.len = 0;
}

void methods_cancel(Lsp *lsp, const RpcMessage *message)
{
  char *id = cJSON_PrintUnformatted(json_get(message->params, "id"));
  for (size_t i = 0; id && i < lsp->waiting.len; i++) {
    Waiting one = lsp->waiting.items[i];
    if (strcmp(one.id, id)) continue;
    lsp->waiting.len--;
    memmove(lsp->waiting.items + i, lsp->waiting.items + i + 1, (lsp->waiting.len - i) * sizeof one);
    lsp_fail(lsp, one.id, RPC_CANCELLED, "cancelled");
    waiting_release(&one);
    break;
  }
  cJSON_free(id);
}

// LSP's rename names an entity: the command, with the empty edit that the client waits for.
static void rename_entity(Lsp *lsp, Document *doc, const char *id, const cJSON *params)
{
  cJSON *place = cJSON_CreateObject(), *command = cJSON_CreateObject();
  cJSON_AddItemToObject(place, "textDocument", cJSON_Duplicate(lsp_text_document(params), true));
  cJSON_AddItemToObject(place, "position", cJSON_Duplicate(json_get(params, "position"), true));
  cJSON_AddStringToObject(place, "kind", "entity");
  cJSON_AddItemToObject(place, "name", cJSON_Duplicate(json_get(params, "newName"), true));
  cJSON_AddStringToObject(command, "command", "newsmark.renameEntity");
  cJSON_AddItemToArray(cJSON_AddArrayToObject(command, "arguments"), place);
  acts_command(lsp, doc, id, command);
  cJSON_Delete(command);
}

// --- the table

static const Method g_methods[] = {
    {"textDocument/hover", .feature = hover, .about_place = true, .folder = FOLDER_COUNTS},
    {"textDocument/documentHighlight", .feature = highlight, .about_place = true},
    {"textDocument/definition", .feature = definition, .about_place = true},
    {"textDocument/references", .feature = references, .about_place = true, .folder = FOLDER_REFERENCES},
    {"textDocument/implementation", .feature = implementation, .about_place = true, .folder = FOLDER_QUOTES},
    {"textDocument/documentSymbol", .feature = symbols},
    {"textDocument/semanticTokens/full", .feature = tokens_full},
    {"textDocument/semanticTokens/full/delta", .feature = tokens_delta},
    {"textDocument/semanticTokens/range", .feature = tokens_range},
    {"textDocument/inlayHint", .feature = inlay_hints},
    {"newsmark/nextQuote", .feature = next_quote, .about_place = true},
    {"textDocument/codeAction", .feature = offers_code_actions, .folder = FOLDER_ACTIONS},
    {"textDocument/prepareRename", .feature = review_prepare_rename, .about_place = true},
    {"textDocument/rename", .command = rename_entity, .about_place = true},
    {"workspace/executeCommand", .command = acts_command},
    {"newsmark/people", .feature = review_people},
    {"newsmark/decisions", .feature = review_decisions},
    {"newsmark/review", .feature = review_counts, .complete = true},
    {"newsmark/doubts", .feature = review_doubts, .complete = true},
    {"newsmark/next", .feature = review_next, .about_place = true, .complete = true},
    {"newsmark/annotations", .feature = annotations, .complete = true},
};

const Method *methods_find(Str name)
{
  for (size_t i = 0; i < ARRAY_LEN(g_methods); i++)
    if (str_is(name, g_methods[i].name)) return &g_methods[i];
  return NULL;
}
