// The host loads scripts before it reads an article, and finds most faults while it does: so its issues are
// looked at whenever an article was done, and told where they are others than before.
#include "server/scripts.h"

#include "base/alloc.h"
#include "server/uri.h"

#include <stdlib.h>

struct Scripts {
  VEC_OF(char *) told; // paths of scripts with a diagnostic at the client; owned
  uint64_t known;      // hash of what was told
};

static void write_diagnostic(StrBuf *out, const ScriptIssue *issue)
{
  size_t row = issue->line ? issue->line - 1 : 0;
  strbuf_addf(out,
              "{\"range\":{\"start\":{\"line\":%zu,\"character\":0},\"end\":{\"line\":%zu,\"character\":0}},"
              "\"severity\":1,\"source\":\"newsmark\",\"code\":\"script\",\"message\":",
              row, row + 1);
  json_write_str(out, issue->text);
  strbuf_byte(out, '}');
}

// All issues of the script at `path`; none clears what was told.
static void tell(Lsp *lsp, Str path, const ScriptIssueVec *issues)
{
  StrBuf params = {0}, uri = {0};
  size_t count = 0;
  uri_write(&uri, path);
  strbuf_byte(&params, '{');
  json_write_member(&params, "uri", strbuf_str(&uri));
  json_write_key(&params, "diagnostics");
  strbuf_byte(&params, '[');
  for (size_t i = 0; i < issues->len; i++) {
    if (!str_eq(issues->items[i].path, path)) continue;
    if (count++) strbuf_byte(&params, ',');
    write_diagnostic(&params, &issues->items[i]);
  }
  strbuf_add(&params, STR("]}"));
  lsp_notify(lsp, "textDocument/publishDiagnostics", &params);
  strbuf_release(&uri);
}

static uint64_t hash_of(const ScriptIssueVec *issues)
{
  uint64_t hash = 0;
  for (size_t i = 0; i < issues->len; i++) {
    const ScriptIssue *issue = &issues->items[i];
    hash = (hash ^ str_hash(issue->path) ^ issue->line) * 0x9e3779b97f4a7c15u + str_hash(issue->text);
  }
  return hash;
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

static void tell_all(Scripts *self, Lsp *lsp, const ScriptIssueVec *issues)
{
  for (size_t i = 0; i < self->told.len; i++) {
    if (!has_path(issues, self->told.items[i])) tell(lsp, str_of(self->told.items[i]), issues);
    free(self->told.items[i]);
  }
  self->told.len = 0;
  for (size_t i = 0; i < issues->len; i++) {
    const ScriptIssue *issue = &issues->items[i];
    if (!issue->path.len) lsp_log(lsp, LSP_LOG_WARNING, STR_FMT, STR_ARG(issue->text));
    if (!issue->path.len || before(issues, i)) continue;
    tell(lsp, issue->path, issues);
    vec_push(&self->told, str_dup(issue->path));
  }
}

static void look(void *ctx, Lsp *lsp)
{
  Scripts *self = ctx;
  Arena arena = {0};
  ScriptIssueVec issues = {0};
  if (!lsp_host(lsp)) return;
  host_issues(lsp_host(lsp), &arena, &issues);
  uint64_t hash = hash_of(&issues);
  if (hash != self->known) tell_all(self, lsp, &issues);
  self->known = hash;
  arena_release(&arena);
}

static void on_ready(void *ctx, Lsp *lsp, const Pipeline *pipeline)
{
  (void)pipeline;
  look(ctx, lsp);
}

static void on_found(void *ctx, Lsp *lsp, const Document *doc)
{
  (void)doc;
  look(ctx, lsp);
}

static void on_saved(void *ctx, Lsp *lsp, const Document *doc)
{
  (void)ctx;
  if (!lsp_host(lsp) || !str_ends(str_of(doc->path), STR(".lua"))) return;
  host_reload(lsp_host(lsp));
  docs_refresh(lsp_docs(lsp));
}

Scripts *scripts_new(Lsp *lsp)
{
  Scripts *self = xcalloc(1, sizeof *self);
  lsp_add_part(lsp, (LspPart){.ready = on_ready, .found = on_found, .saved = on_saved, .ctx = self});
  return self;
}

void scripts_free(Scripts *self)
{
  if (!self) return;
  for (size_t i = 0; i < self->told.len; i++) free(self->told.items[i]);
  vec_release(&self->told);
  free(self);
}
