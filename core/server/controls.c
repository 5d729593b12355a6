// What a client says about itself, its folders and settings, and its documents. None of it waits for
// findings; the questions that do are methods.c's.
#include "server/lsp_p.h"

#include "base/alloc.h"
#include "server/acts.h"
#include "server/poscodec.h"
#include "server/publish.h"
#include "server/uri.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>

#define PARENT_EVERY_MS 2000u

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

static void do_shutdown(Lsp *lsp, const RpcMessage *message)
{
  if (message->kind != RPC_REQUEST) return;
  docs_close_all(lsp->docs); // answers what waits
  lsp->state = LSP_SHUT_DOWN;
  lsp_reply_null(lsp, message->id);
}

static void do_exit(Lsp *lsp, const RpcMessage *message)
{
  (void)message;
  if (lsp->state == LSP_SHUT_DOWN) lsp->exit_status = 0;
  lsp_stop(lsp);
}

static void do_nothing(Lsp *lsp, const RpcMessage *message)
{
  if (message->kind == RPC_REQUEST) lsp_reply_null(lsp, message->id);
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
  const cJSON *item = lsp_text_document(message->params);
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
  Str uri = json_get_str(lsp_text_document(message->params), "uri");
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
  docs_changed(lsp->docs, doc,
               json_get_integer(lsp_text_document(message->params), "version", doc->version + 1));
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

// --- the table

static const struct {
  const char *name;
  void (*run)(Lsp *lsp, const RpcMessage *message);
} g_controls[] = {
    {"initialize", do_initialize},
    {"initialized", do_initialized},
    {"shutdown", do_shutdown},
    {"exit", do_exit},
    {"$/cancelRequest", methods_cancel},
    {"$/setTrace", do_nothing},
    {"workspace/didChangeConfiguration", do_configuration},
    {"workspace/didChangeWatchedFiles", do_watched},
    {"workspace/didChangeWorkspaceFolders", do_folders},
    {"textDocument/didOpen", do_open},
    {"textDocument/didChange", do_change},
    {"textDocument/didClose", do_close},
    {"textDocument/didSave", do_save},
};

bool controls_handle(Lsp *lsp, const RpcMessage *message)
{
  for (size_t i = 0; i < ARRAY_LEN(g_controls); i++) {
    if (!str_is(message->method, g_controls[i].name)) continue;
    g_controls[i].run(lsp, message);
    return true;
  }
  return false;
}
