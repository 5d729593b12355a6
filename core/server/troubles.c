// A file is told of when its diagnostics differ from what the client has of it: nothing, to begin with. So is
// a file that is gone, as settings that no longer come from it say nothing about it.
#include "server/troubles.h"

#include "base/json.h"
#include "config/paths.h"
#include "server/uri.h"

#include <stdlib.h>

typedef struct Told { // a file of which the client has diagnostics
  char *path;         // owned
  uint64_t hash;      // of them
} Told;

struct Troubles {
  VEC_OF(Told) told;
};

Troubles *troubles_new(void)
{
  return xcalloc(1, sizeof(Troubles));
}

void troubles_free(Troubles *self)
{
  if (!self) return;
  for (size_t i = 0; i < self->told.len; i++) free(self->told.items[i].path);
  vec_release(&self->told);
  free(self);
}

static size_t find(const Troubles *self, Str path)
{
  size_t i = 0;
  while (i < self->told.len && !str_is(path, self->told.items[i].path)) i++;
  return i;
}

// The issues of the file at `path`, as publishDiagnostics' parameters; whether there are any.
static bool write_params(StrBuf *out, Str path, const ConfigIssueVec *issues)
{
  StrBuf uri = {0};
  size_t count = 0;
  uri_write(&uri, path);
  strbuf_byte(out, '{');
  json_write_member(out, "uri", strbuf_str(&uri));
  strbuf_add(out, STR(",\"diagnostics\":["));
  for (size_t i = 0; issues && i < issues->len; i++) {
    const ConfigIssue *issue = &issues->items[i];
    if (!str_eq(issue->file, path)) continue;
    size_t line = issue->line ? issue->line - 1 : 0;
    strbuf_addf(
        out,
        "%s{\"range\":{\"start\":{\"line\":%zu,\"character\":0},\"end\":{\"line\":%zu,\"character\":0}},"
        "\"severity\":2,\"source\":\"newsmark\",\"code\":\"settings\"",
        count++ ? "," : "", line, line + 1);
    json_write_member(out, "message", issue->text);
    strbuf_byte(out, '}');
  }
  strbuf_add(out, STR("]}"));
  strbuf_release(&uri);
  return count > 0;
}

static void tell_file(Troubles *self, Lsp *lsp, Str path, const ConfigIssueVec *issues)
{
  StrBuf params = {0}; // `path` may be the item's own
  bool any = write_params(&params, path, issues);
  uint64_t hash = str_hash(strbuf_str(&params));
  size_t at = find(self, path);
  bool known = at < self->told.len;
  if (any ? !known || self->told.items[at].hash != hash : known)
    lsp_notify(lsp, "textDocument/publishDiagnostics", &params);
  if (any && known) {
    self->told.items[at].hash = hash;
  } else if (any) {
    vec_push(&self->told, (Told){str_dup(path), hash});
  } else if (known) {
    free(self->told.items[at].path);
    self->told.items[at] = self->told.items[--self->told.len];
  }
  strbuf_release(&params);
}

void troubles_tell(Troubles *self, Lsp *lsp, const Document *doc, const Settings *settings)
{
  const StrVec *files = settings_files(settings);
  const ConfigIssueVec *issues = settings_issues(settings);
  for (size_t i = 0; i < files->len; i++) tell_file(self, lsp, files->items[i], issues);
  if (*doc->path) tell_file(self, lsp, str_of(doc->path), issues);
  for (size_t i = self->told.len; i-- > 0;) {
    Str path = str_of(self->told.items[i].path);
    if (str_ends(path, STR(".toml")) && !path_exists(path.ptr)) tell_file(self, lsp, path, NULL);
  }
}

void troubles_closing(Troubles *self, Lsp *lsp, const Document *doc)
{
  if (*doc->path) tell_file(self, lsp, str_of(doc->path), NULL);
}
