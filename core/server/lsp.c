// Messages are handled in the order they come; what needs findings that are not there yet waits (methods.c).
// The pipeline's files are read on the pool from the start, so that the answer to initialize does not wait
// for them.
#include "server/lsp.h"

#include "base/alloc.h"
#include "base/log.h"
#include "server/lsp_p.h"

#include <assert.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>

#define QUEUED_MOST ((size_t)16 << 20) // bytes the client has not read; beyond it nothing new is annotated

// --- sending

void lsp_reply(Lsp *lsp, const char *id, StrBuf *result)
{
  StrBuf out = {0};
  strbuf_grow(&out, result->len + 64);
  rpc_begin_result(&out, id);
  strbuf_add(&out, strbuf_str(result));
  rpc_end(&out);
  strbuf_release(result);
  wire_send(lsp->wire, &out);
}

void lsp_reply_null(Lsp *lsp, const char *id)
{
  StrBuf out = {0};
  strbuf_add(&out, STR("null"));
  lsp_reply(lsp, id, &out);
}

void lsp_fail(Lsp *lsp, const char *id, RpcCode code, const char *format, ...)
{
  char text[512];
  va_list args;
  va_start(args, format);
  vsnprintf(text, sizeof text, format, args);
  va_end(args);
  StrBuf out = {0};
  rpc_write_error(&out, id, code, text);
  wire_send(lsp->wire, &out);
}

void lsp_notify(Lsp *lsp, const char *method, StrBuf *params)
{
  StrBuf out = {0};
  rpc_begin_notification(&out, method);
  strbuf_add(&out, strbuf_str(params));
  rpc_end(&out);
  strbuf_release(params);
  wire_send(lsp->wire, &out);
}

void lsp_request(Lsp *lsp, const char *method, StrBuf *params)
{
  char id[32];
  snprintf(id, sizeof id, "\"nm-%u\"", ++lsp->requests);
  StrBuf out = {0};
  rpc_begin_request(&out, id, method);
  strbuf_add(&out, strbuf_str(params));
  rpc_end(&out);
  strbuf_release(params);
  wire_send(lsp->wire, &out);
}

static void send_text(Lsp *lsp, const char *method, int type, const char *format, va_list args)
{
  char text[600];
  vsnprintf(text, sizeof text, format, args);
  log_line(type == LSP_LOG_ERROR ? LOG_ERROR : type == LSP_LOG_WARNING ? LOG_WARN : LOG_INFO, "%s", text);
  if (lsp->state != LSP_RUNNING) return; // not before the answer to initialize
  StrBuf params = {0};
  strbuf_addf(&params, "{\"type\":%d,\"message\":", type);
  json_write_str(&params, str_of(text));
  strbuf_byte(&params, '}');
  lsp_notify(lsp, method, &params);
}

void lsp_log(Lsp *lsp, int type, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  send_text(lsp, "window/logMessage", type, format, args);
  va_end(args);
}

void lsp_show(Lsp *lsp, int type, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  send_text(lsp, "window/showMessage", type, format, args);
  va_end(args);
}

// --- receiving

const cJSON *lsp_text_document(const cJSON *params)
{
  const cJSON *arguments = json_get(params, "arguments");
  return json_get(arguments ? cJSON_GetArrayItem(arguments, 0) : params, "textDocument");
}

static void dispatch_other(Lsp *lsp, const RpcMessage *message)
{
  for (size_t i = 0; i < lsp->registered.len; i++) {
    const Registered *one = &lsp->registered.items[i];
    if (!str_is(message->method, one->method)) continue;
    one->handler(one->ctx, lsp, message->id, message->params);
    return;
  }
  if (message->kind == RPC_REQUEST)
    lsp_fail(lsp, message->id, RPC_METHOD_NOT_FOUND, "no method %.200s", message->method.ptr);
}

static void dispatch(Lsp *lsp, RpcMessage *message)
{
  const Method *method = methods_find(message->method);
  if (controls_handle(lsp, message)) return;
  if (!method)
    dispatch_other(lsp, message);
  else if (message->kind == RPC_REQUEST)
    methods_feature(lsp, method, message);
}

// Whether the server is in a state for this message; answers it where it is not.
static bool allowed(Lsp *lsp, const RpcMessage *message)
{
  bool is_request = message->kind == RPC_REQUEST, is_initialize = str_is(message->method, "initialize");
  if (str_is(message->method, "exit")) return true;
  if (lsp->state == LSP_NEW && !is_initialize) {
    if (is_request) lsp_fail(lsp, message->id, RPC_NOT_INITIALIZED, "initialize comes first");
    return false;
  }
  if (lsp->state == LSP_SHUT_DOWN || (lsp->state == LSP_RUNNING && is_initialize)) {
    if (is_request)
      lsp_fail(lsp, message->id, RPC_INVALID_REQUEST,
               is_initialize ? "already initialized" : "shut down already");
    return false;
  }
  return true;
}

static void handle(Lsp *lsp, Str body)
{
  Error err = {0};
  RpcMessage message = rpc_parse(body, &err);
  if (message.kind == RPC_INVALID)
    lsp_fail(lsp, message.id, message.code, "%s", err.text);
  else if (message.kind == RPC_RESPONSE)
    ; // of a request of ours: none of them needs its answer
  else if (!allowed(lsp, &message))
    ;
  else
    dispatch(lsp, &message);
  rpc_message_release(&message);
}

static void on_bytes(void *ctx, Str bytes)
{
  Lsp *lsp = ctx;
  rpc_feed(&lsp->reader, bytes);
  while (lsp->state != LSP_STOPPED) {
    Str body = {0};
    Error err = {0};
    RpcRead read = rpc_read(&lsp->reader, &body, &err);
    if (read == RPC_WAIT) break;
    if (read == RPC_BODY)
      handle(lsp, body);
    else
      lsp_fail(lsp, NULL, RPC_PARSE_ERROR, "%s", err.text);
  }
}

static void on_ended(void *ctx)
{
  Lsp *lsp = ctx;
  if (lsp->state == LSP_SHUT_DOWN) lsp->exit_status = 0;
  lsp_stop(lsp);
}

// --- documents

// The client has tokens of this very text, which are others by now: the scripts' tags came, or settings
// changed.
static void ask_for_refresh(Lsp *lsp, const char *method)
{
  StrBuf params = {0};
  strbuf_add(&params, STR("{}"));
  lsp_request(lsp, method, &params);
}

// A setting switched the hints of this document on or off.
static void tell_hints(Lsp *lsp, Document *doc)
{
  if (doc->hints == doc->hints_told) return;
  doc->hints_told = doc->hints;
  if (lsp->hint_refresh) ask_for_refresh(lsp, "workspace/inlayHint/refresh");
}

static void on_found(void *ctx, Document *doc, StrBuf *message)
{
  Lsp *lsp = ctx;
  if (message->len) wire_send(lsp->wire, message);
  methods_found(lsp, doc);
  if (lsp->refresh && tokens_are_stale(doc)) ask_for_refresh(lsp, "workspace/semanticTokens/refresh");
  tell_hints(lsp, doc);
  if (docs_is_complete(doc)) troubles_doubts(lsp->troubles, lsp, doc);
  for (size_t i = 0; i < lsp->parts.len; i++)
    if (lsp->parts.items[i].found) lsp->parts.items[i].found(lsp->parts.items[i].ctx, lsp, doc);
}

static bool is_busy(void *ctx)
{
  const Lsp *lsp = ctx;
  return wire_queued(lsp->wire) > QUEUED_MOST;
}

static void on_drained(void *ctx)
{
  Lsp *lsp = ctx;
  if (lsp->state == LSP_RUNNING) docs_resume(lsp->docs);
}

static void on_opened(void *ctx, Document *doc)
{
  Lsp *lsp = ctx;
  for (size_t i = 0; i < lsp->parts.len; i++)
    if (lsp->parts.items[i].opened) lsp->parts.items[i].opened(lsp->parts.items[i].ctx, lsp, doc);
}

static void on_settings(void *ctx, Document *doc, const Settings *settings)
{
  Lsp *lsp = ctx;
  if (lsp->state != LSP_STOPPED && settings) troubles_tell(lsp->troubles, lsp, doc, settings);
}

static void on_closing(void *ctx, Document *doc)
{
  Lsp *lsp = ctx;
  for (size_t i = 0; i < lsp->parts.len; i++)
    if (lsp->parts.items[i].closing) lsp->parts.items[i].closing(lsp->parts.items[i].ctx, lsp, doc);
  if (lsp->state != LSP_STOPPED) {
    methods_drop(lsp, doc, true);
    troubles_closing(lsp->troubles, lsp, doc);
  }
  tokens_forget(doc->tokens);
  doc->tokens = NULL;
}

// --- life

static void load_work(uv_work_t *req)
{
  Lsp *lsp = container_of(req, Lsp, load);
  lsp->pipeline = pipeline_new(lsp->options.data_dir, &lsp->pipeline_err);
  if (lsp->pipeline && lsp->options.make_host)
    lsp->host = lsp->options.make_host(lsp->options.ctx, lsp->pipeline);
}

void lsp_tell_ready(Lsp *lsp)
{
  if (lsp->ready_told || !lsp->initialized || !lsp->loaded || lsp->state != LSP_RUNNING) return;
  lsp->ready_told = true;
  if (lsp->pipeline_err.code) lsp_show(lsp, LSP_LOG_WARNING, "%s", lsp->pipeline_err.text);
  if (!lsp->pipeline) return;
  for (size_t i = 0; i < lsp->parts.len; i++)
    if (lsp->parts.items[i].ready) lsp->parts.items[i].ready(lsp->parts.items[i].ctx, lsp, lsp->pipeline);
}

static void load_done(uv_work_t *req, int status)
{
  Lsp *lsp = container_of(req, Lsp, load);
  (void)status;
  lsp->loaded = true;
  if (lsp->pipeline) docs_set_pipeline(lsp->docs, lsp->pipeline, lsp->host);
  lsp->features.host = lsp->host;
  for (size_t i = 0; !lsp->pipeline && i < docs_count(lsp->docs); i++)
    methods_found(lsp, docs_at(lsp->docs, i));
  lsp_tell_ready(lsp);
}

Lsp *lsp_new(const LspOptions *options)
{
  Lsp *lsp = xcalloc(1, sizeof *lsp);
  lsp->options = *options;
  lsp->exit_status = 1; // unless the client says goodbye
  int status = uv_loop_init(&lsp->loop);
  assert(status == 0);
  (void)status;
  lsp->docs = docs_new(&lsp->loop, (DocsEvents){on_found, is_busy, on_opened, on_settings, on_closing, lsp});
  docs_set_settings(lsp->docs, options->manifest, options->user_file);
  lsp->troubles = troubles_new();
  return lsp;
}

void lsp_add_part(Lsp *lsp, LspPart part)
{
  vec_push(&lsp->parts, part);
}

void lsp_register(Lsp *lsp, const char *method, LspHandler handler, void *ctx)
{
  vec_push(&lsp->registered, (Registered){method, handler, ctx});
}

void lsp_stop(Lsp *lsp)
{
  if (lsp->state == LSP_STOPPED) return;
  lsp->state = LSP_STOPPED;
  methods_release_waiting(lsp);
  docs_close_all(lsp->docs);
  for (size_t i = 0; i < lsp->parts.len; i++)
    if (lsp->parts.items[i].stop) lsp->parts.items[i].stop(lsp->parts.items[i].ctx, lsp);
  if (lsp->parent) uv_close((uv_handle_t *)&lsp->parent_timer, NULL);
  wire_close(lsp->wire);
}

int lsp_run(Lsp *lsp)
{
  Error err = {0};
  signal(SIGPIPE, SIG_IGN); // a client that went is an error of the write
  lsp->wire = wire_open(&lsp->loop, lsp->options.in, lsp->options.out,
                        (WireEvents){on_bytes, on_drained, on_ended, lsp}, &err);
  if (!lsp->wire) {
    log_line(LOG_ERROR, "%s", err.text);
    lsp->state = LSP_STOPPED;
  } else {
    uv_queue_work(&lsp->loop, &lsp->load, load_work, load_done);
  }
  uv_run(&lsp->loop, UV_RUN_DEFAULT);
  return lsp->exit_status;
}

void lsp_free(Lsp *lsp)
{
  docs_free(lsp->docs);
  troubles_free(lsp->troubles);
  host_free(lsp->host);
  pipeline_free(lsp->pipeline);
  rpc_reader_release(&lsp->reader);
  int status = uv_loop_close(&lsp->loop);
  assert(status == 0); // a handle left open is a bug
  (void)status;
  for (size_t i = 0; i < lsp->folders.len; i++) free(lsp->folders.items[i]);
  vec_release(&lsp->folders);
  vec_release(&lsp->waiting);
  vec_release(&lsp->parts);
  vec_release(&lsp->registered);
  free(lsp);
}

uv_loop_t *lsp_loop(Lsp *lsp)
{
  return &lsp->loop;
}
Host *lsp_host(Lsp *lsp)
{
  return lsp->loaded ? lsp->host : NULL;
}

Docs *lsp_docs(Lsp *lsp)
{
  return lsp->docs;
}
void lsp_tell_settings(Lsp *lsp)
{
  for (size_t i = 0; i < lsp->parts.len; i++)
    if (lsp->parts.items[i].settings) lsp->parts.items[i].settings(lsp->parts.items[i].ctx, lsp);
}

size_t lsp_folder_count(const Lsp *lsp)
{
  return lsp->folders.len;
}
const char *lsp_folder(const Lsp *lsp, size_t index)
{
  return lsp->folders.items[index];
}
bool lsp_wants_progress(const Lsp *lsp)
{
  return lsp->progress;
}
bool lsp_wants_annotations(const Lsp *lsp)
{
  return lsp->annotations;
}
