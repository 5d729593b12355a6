// A job on the pool does what waits (trust, a new script, other folders) and then has the host look at the
// scripts again; where any of them changed, the open articles are tagged again. Jobs begin with a request,
// with didSave, with other folders, or a moment after something changed in a folder that is watched. A folder
// is watched before it is looked at: else a change between the two would be missed. The host finds most
// faults while it reads an article: so its generation is looked at whenever an article was done, and what is
// new is told.
#include "server/scripts.h"

#include "base/alloc.h"
#include "base/log.h"
#include "config/paths.h"
#include "index/folder.h"
#include "script/newtagger.h"
#include "server/scripts_p.h"
#include "server/uri.h"

#include <assert.h>
#include <stdlib.h>
#include <time.h>

#define SETTLE_MS 20 // between the first sign of a change and the look at it: a save is several writes

typedef struct Job {
  uv_work_t req;
  Scripts *scripts;
  Host *host;
  char *id; // of the request to answer; NULL: none
  // One of these, or none: just look.
  char *saved, *trusted; // paths
  char *fresh;           // a new tagger's name
  char *folder;          // of a new tagger
  bool set_roots, trust;
  VEC_OF(char *) roots;
  char *made; // the new tagger's path
  Error err;
  bool failed, changed;
} Job;

typedef struct Watched { // a folder
  uv_fs_event_t handle;
  Scripts *scripts;
  char *path;
} Watched;

struct Scripts {
  Lsp *lsp;
  char *user_dir, *data_dir;
  VEC_OF(char *) told;  // paths of scripts with a diagnostic at the client; owned
  uint64_t generation;  // of the host, when it was told
  uint64_t logged;      // the last line of the log that was sent
  VEC_OF(char *) roots; // of the projects; owned
  VEC_OF(Watched *) watched;
  uv_timer_t settle;
  VEC_OF(Job *) waiting;
  Job *running; // NULL: none
  bool begun, stopped;
};

// --- telling

// All issues of the script at `path`; none clears what was told.
static void tell(Lsp *lsp, Str path, const ScriptIssueVec *issues)
{
  StrBuf params = {0};
  scripts_write_diagnostics(&params, path, issues);
  lsp_notify(lsp, "textDocument/publishDiagnostics", &params);
}

// Whether an issue before `count` is of the same script.
static bool before(const ScriptIssueVec *issues, size_t count)
{
  for (size_t i = 0; i < count; i++)
    if (str_eq(issues->items[i].path, issues->items[count].path)) return true;
  return false;
}

static bool has_path(const ScriptIssueVec *issues, const char *path)
{
  for (size_t i = 0; i < issues->len; i++)
    if (str_is(issues->items[i].path, path)) return true;
  return false;
}

static void tell_issues(Scripts *self, Lsp *lsp)
{
  Arena arena = {0};
  ScriptIssueVec issues = {0};
  host_issues(lsp_host(lsp), &arena, &issues);
  for (size_t i = 0; i < self->told.len; i++) {
    if (!has_path(&issues, self->told.items[i])) tell(lsp, str_of(self->told.items[i]), &issues);
    free(self->told.items[i]);
  }
  self->told.len = 0;
  for (size_t i = 0; i < issues.len; i++) {
    if (before(&issues, i)) continue;
    tell(lsp, issues.items[i].path, &issues);
    vec_push(&self->told, str_dup(issues.items[i].path));
  }
  arena_release(&arena);
}

// What scripts printed, and what went wrong in them, for clients that know no newsmark/log.
static void tell_log(Scripts *self, Lsp *lsp)
{
  LogEntry entry;
  while (log_after(self->logged, &entry)) {
    self->logged = entry.number;
    if (entry.level != LOG_INFO) continue; // the others were sent when they were written
    StrBuf params = {0};
    strbuf_add(&params, STR("{\"type\":4"));
    json_write_member(&params, "message", str_of(entry.text));
    strbuf_byte(&params, '}');
    lsp_notify(lsp, "window/logMessage", &params);
  }
}

static void look(Scripts *self, Lsp *lsp)
{
  if (!lsp_host(lsp)) return;
  tell_log(self, lsp);
  uint64_t generation = host_generation(lsp_host(lsp));
  if (generation == self->generation) return;
  self->generation = generation;
  tell_issues(self, lsp);
  if (!lsp_wants_annotations(lsp)) return;
  StrBuf params = {0};
  scripts_write_states(&params, lsp_host(lsp));
  lsp_notify(lsp, "newsmark/scriptsChanged", &params);
}

// --- jobs

static void job_free(Job *job)
{
  for (size_t i = 0; i < job->roots.len; i++) free(job->roots.items[i]);
  vec_release(&job->roots);
  free(job->id);
  free(job->saved);
  free(job->trusted);
  free(job->fresh);
  free(job->folder);
  free(job->made);
  free(job);
}

// Taggers of a project are trusted when its reader has them made.
static void make_tagger(Job *job)
{
  const Scripts *self = job->scripts;
  char *dir = job->folder ? path_join(job->folder, ".newsmark/taggers") : NULL;
  const char *into = dir ? dir : self->user_dir;
  job->made = into ? newtagger_write(self->data_dir, into, job->fresh, &job->err) : NULL;
  if (!into) error_set(&job->err, ERR_NOT_FOUND, "there is no folder for taggers: HOME is not set");
  job->failed = !job->made;
  free(dir);
  if (!job->made || !job->folder) return;
  host_reload(job->host);
  host_trust(job->host, job->made, true, NULL);
}

static void job_work(uv_work_t *req)
{
  Job *job = container_of(req, Job, req);
  if (job->set_roots) host_set_projects(job->host, (const char *const *)job->roots.items, job->roots.len);
  if (job->saved) host_saved(job->host, job->saved);
  if (job->trusted) job->failed = !host_trust(job->host, job->trusted, job->trust, &job->err);
  if (job->fresh) make_tagger(job);
  uint64_t before = host_generation(job->host);
  host_reload(job->host);
  job->changed = host_generation(job->host) != before || job->fresh;
}

static bool watch_all(Scripts *self);
static void start_next(Scripts *self);

static void answer(Lsp *lsp, Job *job)
{
  StrBuf result = {0};
  if (job->failed) {
    lsp_fail(lsp, job->id, RPC_REQUEST_FAILED, "%s", job->err.text);
    return;
  }
  if (job->made) {
    StrBuf uri = {0};
    uri_write(&uri, str_of(job->made));
    strbuf_byte(&result, '{');
    json_write_member(&result, "uri", strbuf_str(&uri));
    strbuf_byte(&result, '}');
    strbuf_release(&uri);
  } else {
    scripts_write_states(&result, job->host);
  }
  lsp_reply(lsp, job->id, &result);
}

// It waits where the host is not there yet. NULL: the server stops.
static Job *job_new(Scripts *self)
{
  if (self->stopped) return NULL;
  Job *job = xcalloc(1, sizeof *job);
  job->scripts = self;
  vec_push(&self->waiting, job);
  return job;
}

static void job_done(uv_work_t *req, int status)
{
  Job *job = container_of(req, Job, req);
  Scripts *self = job->scripts;
  (void)status;
  self->running = NULL;
  if (!self->stopped) {
    if (job->id) answer(self->lsp, job);
    look(self, self->lsp);
    if (job->changed) docs_refresh(lsp_docs(self->lsp));
    if (job->changed) lsp_tell_settings(self->lsp);
    if (watch_all(self)) job_new(self);
    start_next(self);
  }
  job_free(job);
}

static void start_next(Scripts *self)
{
  if (self->running || !self->waiting.len || !lsp_host(self->lsp)) return;
  Job *job = self->running = self->waiting.items[0];
  job->host = lsp_host(self->lsp);
  self->waiting.len--;
  memmove(self->waiting.items, self->waiting.items + 1, self->waiting.len * sizeof(Job *));
  int status = uv_queue_work(lsp_loop(self->lsp), &job->req, job_work, job_done);
  assert(status == 0);
  (void)status;
}

// --- watching

static void on_settled(uv_timer_t *timer)
{
  Scripts *self = container_of(timer, Scripts, settle);
  if (job_new(self)) start_next(self);
}

static void on_event(uv_fs_event_t *handle, const char *name, int events, int status)
{
  Watched *watched = container_of(handle, Watched, handle);
  Scripts *self = watched->scripts;
  (void)name, (void)events, (void)status;
  if (!self->stopped && !uv_is_active((uv_handle_t *)&self->settle))
    uv_timer_start(&self->settle, on_settled, SETTLE_MS, 0);
}

static void on_watched_closed(uv_handle_t *handle)
{
  Watched *watched = container_of(handle, Watched, handle);
  free(watched->path);
  free(watched);
}

// Takes `path`. A folder that is not there is tried again after the next job. True: it was not watched
// before, so what is in it must be looked at once more.
static bool watch(Scripts *self, char *path)
{
  bool known = !path_exists(path);
  for (size_t i = 0; i < self->watched.len; i++) known |= !strcmp(self->watched.items[i]->path, path);
  if (known) {
    free(path);
    return false;
  }
  Watched *watched = xcalloc(1, sizeof *watched);
  *watched = (Watched){.scripts = self, .path = path};
  uv_fs_event_init(lsp_loop(self->lsp), &watched->handle);
  if (uv_fs_event_start(&watched->handle, on_event, path, 0) != 0) {
    uv_close((uv_handle_t *)&watched->handle, on_watched_closed);
    return false;
  }
  vec_push(&self->watched, watched);
  return true;
}

static bool watch_folder(Scripts *self, char *dir)
{
  bool data = watch(self, path_join(dir, "data"));
  return watch(self, dir) || data;
}

// True where a folder was not watched before.
static bool watch_all(Scripts *self)
{
  bool any = self->user_dir && watch_folder(self, xstrdup(self->user_dir));
  for (size_t i = 0; i < self->roots.len; i++)
    any |= watch_folder(self, path_join(self->roots.items[i], ".newsmark/taggers"));
  return any;
}

// --- what begins jobs

static void on_folders(void *ctx, Lsp *lsp)
{
  Scripts *self = ctx;
  if (!self->begun) return;
  for (size_t i = 0; i < self->roots.len; i++) free(self->roots.items[i]);
  self->roots.len = 0;
  for (size_t i = 0; i < lsp_folder_count(lsp); i++) {
    char *root = folder_marked_above(lsp_folder(lsp, i));
    if (root) vec_push(&self->roots, root);
  }
  Job *job = job_new(self);
  if (!job) return;
  job->set_roots = true;
  for (size_t i = 0; i < self->roots.len; i++) vec_push(&job->roots, xstrdup(self->roots.items[i]));
  watch_all(self);
  start_next(self);
}

static void on_ready(void *ctx, Lsp *lsp, const Pipeline *pipeline)
{
  Scripts *self = ctx;
  (void)pipeline;
  self->begun = true;
  look(self, lsp);
  on_folders(self, lsp);
}

static void on_found(void *ctx, Lsp *lsp, const Document *doc)
{
  (void)doc;
  look(ctx, lsp);
}

static void on_saved(void *ctx, Lsp *lsp, const Document *doc)
{
  Scripts *self = ctx;
  (void)lsp;
  Job *job = str_ends(str_of(doc->path), STR(".lua")) ? job_new(self) : NULL;
  if (!job) return;
  job->saved = xstrdup(doc->path);
  start_next(self);
}

// --- requests

static void on_states(void *ctx, Lsp *lsp, const char *id, const cJSON *params)
{
  StrBuf result = {0};
  (void)ctx, (void)params;
  if (!id) return;
  scripts_write_states(&result, lsp_host(lsp));
  lsp_reply(lsp, id, &result);
}

static void on_trust(void *ctx, Lsp *lsp, const char *id, const cJSON *params)
{
  Scripts *self = ctx;
  char *path = uri_to_path(json_get_str(params, "uri"));
  Job *job = id && *path ? job_new(self) : NULL;
  if (job) {
    job->id = xstrdup(id);
    job->trusted = path;
    job->trust = json_get_bool(params, "trust", true);
    start_next(self);
    return;
  }
  if (id) lsp_fail(lsp, id, RPC_INVALID_PARAMS, "trust needs the uri of a script or a folder");
  free(path);
}

static void on_new_tagger(void *ctx, Lsp *lsp, const char *id, const cJSON *params)
{
  Scripts *self = ctx;
  Str name = json_get_str(params, "name"), folder = json_get_str(params, "folder");
  Job *job = id ? job_new(self) : NULL;
  (void)lsp;
  if (!job) return;
  job->id = xstrdup(id);
  job->fresh = name.ptr ? str_dup(name) : xstrdup("");
  if (folder.ptr) job->folder = uri_to_path(folder);
  start_next(self);
}

static void on_log(void *ctx, Lsp *lsp, const char *id, const cJSON *params)
{
  StrBuf result = {0};
  (void)ctx;
  if (!id) return;
  int64_t since = json_get_integer(params, "since", 0);
  scripts_write_log(&result, since > 0 ? (uint64_t)since : 0);
  lsp_reply(lsp, id, &result);
}

// --- life

static void on_stop(void *ctx, Lsp *lsp)
{
  Scripts *self = ctx;
  (void)lsp;
  self->stopped = true;
  for (size_t i = 0; i < self->watched.len; i++)
    uv_close((uv_handle_t *)&self->watched.items[i]->handle, on_watched_closed);
  self->watched.len = 0;
  for (size_t i = 0; i < self->waiting.len; i++) job_free(self->waiting.items[i]);
  self->waiting.len = 0;
  uv_close((uv_handle_t *)&self->settle, NULL);
}

Scripts *scripts_new(Lsp *lsp, const char *user_dir, const char *data_dir)
{
  Scripts *self = xcalloc(1, sizeof *self);
  self->lsp = lsp;
  self->user_dir = user_dir ? xstrdup(user_dir) : NULL;
  self->data_dir = xstrdup(data_dir);
  uv_timer_init(lsp_loop(lsp), &self->settle);
  lsp_add_part(lsp, (LspPart){.ready = on_ready,
                              .folders = on_folders,
                              .found = on_found,
                              .saved = on_saved,
                              .stop = on_stop,
                              .ctx = self});
  lsp_register(lsp, "newsmark/scripts", on_states, self);
  lsp_register(lsp, "newsmark/trust", on_trust, self);
  lsp_register(lsp, "newsmark/newTagger", on_new_tagger, self);
  lsp_register(lsp, "newsmark/log", on_log, self);
  return self;
}

void scripts_free(Scripts *self)
{
  if (!self) return;
  for (size_t i = 0; i < self->told.len; i++) free(self->told.items[i]);
  for (size_t i = 0; i < self->roots.len; i++) free(self->roots.items[i]);
  vec_release(&self->told);
  vec_release(&self->roots);
  vec_release(&self->watched);
  vec_release(&self->waiting);
  free(self->user_dir);
  free(self->data_dir);
  free(self);
}
