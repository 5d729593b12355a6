// The methods, in one table. A feature is answered from the findings of the newest text. Until a job has
// brought those it waits; a question about a place is void once the text changes, and is answered so; one
// about the whole document goes on waiting.
#include "server/lsp_p.h"

#include "base/alloc.h"
#include "server/acts.h"
#include "server/poscodec.h"
#include "server/publish.h"
#include "server/review.h"
#include "server/uri.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>

#define PARENT_EVERY_MS 2000u

// Of a command, too: that has it in its first argument.
static const cJSON *text_document(const cJSON *params)
{
  const cJSON *arguments = json_get(params, "arguments");
  return json_get(arguments ? cJSON_GetArrayItem(arguments, 0) : params, "textDocument");
}

// --- initialize to exit

static void on_parent_timer(uv_timer_t *timer)
{
  Lsp *lsp = container_of(timer, Lsp, parent_timer);
  if (uv_kill(lsp->parent, 0) == UV_ESRCH) lsp_stop(lsp);
}

static void watch_parent(Lsp *lsp, int64_t pid)
{
  if (pid <= 1 || pid > INT32_MAX) return;
  lsp->parent = (uv_pid_t)pid;
  uv_timer_init(&lsp->loop, &lsp->parent_timer);
  uv_timer_start(&lsp->parent_timer, on_parent_timer, PARENT_EVERY_MS, PARENT_EVERY_MS);
}

static size_t folder_index(const Lsp *lsp, const char *path)
{
  size_t i = 0;
  while (i < lsp->folders.len && strcmp(lsp->folders.items[i], path)) i++;
  return i;
}

static void add_folder(Lsp *lsp, Str uri)
{
  char *path = uri_to_path(uri);
  size_t len = strlen(path);
  if (len > 1 && path[len - 1] == '/') path[len - 1] = '\0';
  if (*path && folder_index(lsp, path) == lsp->folders.len)
    vec_push(&lsp->folders, path);
  else
    free(path);
}

static void remove_folder(Lsp *lsp, Str uri)
{
  char *path = uri_to_path(uri);
  size_t i = folder_index(lsp, path);
  free(path);
  if (i == lsp->folders.len) return;
  free(lsp->folders.items[i]);
  lsp->folders.len--;
  memmove(lsp->folders.items + i, lsp->folders.items + i + 1, (lsp->folders.len - i) * sizeof(char *));
}

static void read_folders(Lsp *lsp, const cJSON *params)
{
  const cJSON *folders = json_get(params, "workspaceFolders"), *folder;
  cJSON_ArrayForEach(folder, folders) add_folder(lsp, json_get_str(folder, "uri"));
  if (!lsp->folders.len && !cJSON_IsArray(folders)) add_folder(lsp, json_get_str(params, "rootUri"));
}

static bool wants_markdown(const cJSON *capabilities)
{
  const cJSON *hover = json_get(json_get(capabilities, "textDocument"), "hover");
  const cJSON *first = cJSON_GetArrayItem(json_get(hover, "contentFormat"), 0);
  return cJSON_IsString(first) && str_is(str_of(first->valuestring), "markdown");
}

static void read_client(Lsp *lsp, const cJSON *params)
{
  const cJSON *capabilities = json_get(params, "capabilities"),
              *options = json_get(params, "initializationOptions");
  const cJSON *ours = json_get(options, "newsmark");
  const cJSON *symbols = json_get(json_get(capabilities, "textDocument"), "documentSymbol");
  lsp->features.enc = poscodec_choose(capabilities);
  lsp->features.markdown = wants_markdown(capabilities);
  lsp->features.hierarchical = json_get_bool(symbols, "hierarchicalDocumentSymbolSupport", false);
  lsp->legend = tokens_legend(capabilities, options);
  lsp->annotations = json_get_bool(ours, "annotations", false);
  const cJSON *workspace = json_get(capabilities, "workspace");
  lsp->refresh = json_get_bool(json_get(workspace, "semanticTokens"), "refreshSupport", false);
  lsp->hint_refresh = json_get_bool(json_get(workspace, "inlayHint"), "refreshSupport", false);
  lsp->hints = json_get_bool(ours, "inlayHints", false);
  docs_set_editor(lsp->docs, ours);
  lsp->progress = json_get_bool(json_get(capabilities, "window"), "workDoneProgress", false);
  EolRule eol = str_is(json_get_str(ours, "lineEndings"), "lf") ? EOL_LF : EOL_LSP;
  docs_configure(lsp->docs, lsp->features.enc, eol, lsp->annotations, json_get_bool(ours, "indirect", false));
  read_folders(lsp, params);
  watch_parent(lsp, json_get_integer(params, "processId", 0));
}

static void do_initialize(Lsp *lsp, const RpcMessage *message)
{
  if (message->kind != RPC_REQUEST) return;
  if (!cJSON_IsObject(message->params)) {
    lsp_fail(lsp, message->id, RPC_INVALID_PARAMS, "initialize wants an object");
    return;
  }
  read_client(lsp, message->params);
  StrBuf out = {0};
  strbuf_addf(&out, "{\"capabilities\":{\"positionEncoding\":\"%s\",", poscodec_name(lsp->features.enc));
  strbuf_add(&out,
             STR("\"textDocumentSync\":{\"openClose\":true,\"change\":2,\"save\":{\"includeText\":false}},"
                 "\"hoverProvider\":true,\"definitionProvider\":true,\"referencesProvider\":true,"
                 "\"implementationProvider\":true,"
                 "\"documentHighlightProvider\":true,\"documentSymbolProvider\":true,"
                 "\"workspaceSymbolProvider\":true,\"renameProvider\":{\"prepareProvider\":true},"
                 "\"codeActionProvider\":{\"codeActionKinds\":[\"quickfix\",\"refactor\",\"source\"]},"
                 "\"executeCommandProvider\":{\"commands\":"));
  acts_write_names(&out);
  strbuf_add(&out, STR("},"
                       "\"semanticTokensProvider\":{\"legend\":"));
  tokens_write_legend(&out, lsp->legend);
  strbuf_add(&out, STR(",\"range\":true,\"full\":{\"delta\":true}},"));
  if (lsp->hints || lsp->hint_refresh) strbuf_add(&out, STR("\"inlayHintProvider\":true,"));
  strbuf_add(&out,
             STR("\"workspace\":{\"workspaceFolders\":{\"supported\":true,\"changeNotifications\":true}},"
                 "\"experimental\":{\"newsmark\":{\"annotations\":true}}},"
                 "\"serverInfo\":{\"name\":\"newsmark\",\"version\":\"" NEWSMARK_VERSION "\"}}"));
  lsp->state = LSP_RUNNING;
  lsp_reply(lsp, message->id, &out);
}

static void do_initialized(Lsp *lsp, const RpcMessage *message)
{
  (void)message;
  lsp->initialized = true;
  lsp_tell_ready(lsp);
}

static void reply_null(Lsp *lsp, const char *id)
{
  StrBuf out = {0};
  strbuf_add(&out, STR("null"));
  lsp_reply(lsp, id, &out);
}

static void do_shutdown(Lsp *lsp, const RpcMessage *message)
{
  if (message->kind != RPC_REQUEST) return;
  docs_close_all(lsp->docs); // answers what waits
  lsp->state = LSP_SHUT_DOWN;
  reply_null(lsp, message->id);
}

static void do_exit(Lsp *lsp, const RpcMessage *message)
{
  (void)message;
  if (lsp->state == LSP_SHUT_DOWN) lsp->exit_status = 0;
  lsp_stop(lsp);
}

static void do_nothing(Lsp *lsp, const RpcMessage *message)
{
  if (message->kind == RPC_REQUEST) reply_null(lsp, message->id);
}

// `settings` is all of the editor's or only what it has under "newsmark".
static void do_configuration(Lsp *lsp, const RpcMessage *message)
{
  const cJSON *settings = json_get(message->params, "settings"), *ours = json_get(settings, "newsmark");
  if (cJSON_IsObject(settings)) docs_set_editor(lsp->docs, cJSON_IsObject(ours) ? ours : settings);
}

static bool is_settings_file(Str uri)
{
  return str_ends(uri, STR("/.newsmark.toml")) || str_ends(uri, STR("/newsmark/config.toml"));
}

static void do_watched(Lsp *lsp, const RpcMessage *message)
{
  const cJSON *change;
  bool of_settings = false;
  cJSON_ArrayForEach(change, json_get(message->params, "changes")) of_settings |=
      is_settings_file(json_get_str(change, "uri"));
  if (!of_settings) return;
  docs_reread_settings(lsp->docs);
  lsp_tell_settings(lsp);
}

static void do_folders(Lsp *lsp, const RpcMessage *message)
{
  const cJSON *event = json_get(message->params, "event"), *folder;
  cJSON_ArrayForEach(folder, json_get(event, "removed")) remove_folder(lsp, json_get_str(folder, "uri"));
  cJSON_ArrayForEach(folder, json_get(event, "added")) add_folder(lsp, json_get_str(folder, "uri"));
  for (size_t i = 0; i < lsp->parts.len; i++)
    if (lsp->parts.items[i].folders) lsp->parts.items[i].folders(lsp->parts.items[i].ctx, lsp);
}

// --- documents

// The text has become, or is, too long for live work.
static void tell_too_long(Lsp *lsp, const Document *doc)
{
  lsp_show(lsp, LSP_LOG_WARNING,
           "newsmark: %.256s has %.1f MB: above %zu MB nothing is marked while you type", doc->uri,
           (double)buffer_len(doc->buffer) / 1048576, DOCS_MOST_LIVE >> 20);
  if (!lsp->annotations) return;
  StrBuf out = {0};
  publish_write_nothing(&out, doc->uri, doc->version);
  wire_send(lsp->wire, &out);
}

static void do_open(Lsp *lsp, const RpcMessage *message)
{
  const cJSON *item = text_document(message->params);
  Str uri = json_get_str(item, "uri"), text = json_get_str(item, "text");
  if (!uri.ptr || !text.ptr) {
    lsp_log(lsp, LSP_LOG_ERROR, "didOpen without uri or text");
    return;
  }
  const Document *doc =
      docs_open(lsp->docs, uri, json_get_str(item, "languageId"), json_get_integer(item, "version", 0), text);
  if (doc->too_long) tell_too_long(lsp, doc);
}

static Document *find_document(Lsp *lsp, const RpcMessage *message, const char *what)
{
  Str uri = json_get_str(text_document(message->params), "uri");
  Document *doc = uri.ptr ? docs_find(lsp->docs, uri) : NULL;
  if (!doc) lsp_log(lsp, LSP_LOG_WARNING, "%s of a document that is not open", what);
  return doc;
}

static void do_change(Lsp *lsp, const RpcMessage *message)
{
  Document *doc = find_document(lsp, message, "didChange");
  if (!doc) return;
  bool was_too_long = doc->too_long;
  for (size_t i = 0; i < lsp->parts.len; i++)
    if (lsp->parts.items[i].typed) lsp->parts.items[i].typed(lsp->parts.items[i].ctx, lsp);
  const cJSON *change;
  cJSON_ArrayForEach(change, json_get(message->params, "contentChanges"))
  {
    Error err = {0};
    if (!docs_change(lsp->docs, doc, change, &err)) lsp_log(lsp, LSP_LOG_ERROR, "didChange: %s", err.text);
  }
  docs_changed(lsp->docs, doc, json_get_integer(text_document(message->params), "version", doc->version + 1));
  methods_drop(lsp, doc, doc->too_long);
  if (doc->too_long && !was_too_long) tell_too_long(lsp, doc);
}

static void do_close(Lsp *lsp, const RpcMessage *message)
{
  Document *doc = find_document(lsp, message, "didClose");
  if (doc) docs_close(lsp->docs, doc);
}

static void do_save(Lsp *lsp, const RpcMessage *message)
{
  Document *doc = find_document(lsp, message, "didSave");
  for (size_t i = 0; doc && i < lsp->parts.len; i++)
    if (lsp->parts.items[i].saved) lsp->parts.items[i].saved(lsp->parts.items[i].ctx, lsp, doc);
}

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
  LspFolderAsk what = FOLDER_REFERENCES;
  size_t at, end;
  if (method->feature == implementation)
    what = FOLDER_QUOTES;
  else if (method->feature == hover)
    what = FOLDER_COUNTS;
  else if (method->feature == offers_code_actions)
    what = FOLDER_ACTIONS;
  else if (method->feature != references)
    return false;
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
    reply_null(lsp, id);
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
  Str uri = json_get_str(text_document(message->params), "uri");
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

static void do_cancel(Lsp *lsp, const RpcMessage *message)
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
  cJSON_AddItemToObject(place, "textDocument", cJSON_Duplicate(text_document(params), true));
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
    {"initialize", do_initialize, NULL, false, false, NULL},
    {"initialized", do_initialized, NULL, false, false, NULL},
    {"shutdown", do_shutdown, NULL, false, false, NULL},
    {"exit", do_exit, NULL, false, false, NULL},
    {"$/cancelRequest", do_cancel, NULL, false, false, NULL},
    {"$/setTrace", do_nothing, NULL, false, false, NULL},
    {"workspace/didChangeConfiguration", do_configuration, NULL, false, false, NULL},
    {"workspace/didChangeWatchedFiles", do_watched, NULL, false, false, NULL},
    {"workspace/didChangeWorkspaceFolders", do_folders, NULL, false, false, NULL},
    {"textDocument/didOpen", do_open, NULL, false, false, NULL},
    {"textDocument/didChange", do_change, NULL, false, false, NULL},
    {"textDocument/didClose", do_close, NULL, false, false, NULL},
    {"textDocument/didSave", do_save, NULL, false, false, NULL},
    {"textDocument/hover", NULL, hover, true, false, NULL},
    {"textDocument/documentHighlight", NULL, highlight, true, false, NULL},
    {"textDocument/definition", NULL, definition, true, false, NULL},
    {"textDocument/references", NULL, references, true, false, NULL},
    {"textDocument/implementation", NULL, implementation, true, false, NULL},
    {"textDocument/documentSymbol", NULL, symbols, false, false, NULL},
    {"textDocument/semanticTokens/full", NULL, tokens_full, false, false, NULL},
    {"textDocument/semanticTokens/full/delta", NULL, tokens_delta, false, false, NULL},
    {"textDocument/semanticTokens/range", NULL, tokens_range, false, false, NULL},
    {"textDocument/inlayHint", NULL, inlay_hints, false, false, NULL},
    {"newsmark/nextQuote", NULL, next_quote, true, false, NULL},
    {"textDocument/codeAction", NULL, offers_code_actions, false, false, NULL},
    {"textDocument/prepareRename", NULL, review_prepare_rename, true, false, NULL},
    {"textDocument/rename", NULL, NULL, true, false, rename_entity},
    {"workspace/executeCommand", NULL, NULL, false, false, acts_command},
    {"newsmark/people", NULL, review_people, false, false, NULL},
    {"newsmark/decisions", NULL, review_decisions, false, false, NULL},
    {"newsmark/review", NULL, review_counts, false, true, NULL},
    {"newsmark/next", NULL, review_next, true, true, NULL},
    {"newsmark/annotations", NULL, annotations, false, true, NULL},
};

const Method *methods_find(Str name)
{
  for (size_t i = 0; i < ARRAY_LEN(g_methods); i++)
    if (str_is(name, g_methods[i].name)) return &g_methods[i];
  return NULL;
}
