// A file's diagnostics have two parts, by who knows of them: the settings, and the findings. Each part is
// kept as the client has it; when one changes, both are sent, as a client knows only the whole. A settings
// file that is gone is told of, too, as settings that no longer come from it say nothing about it.
#include "server/troubles.h"

#include "annotate/doubts.h"
#include "base/json.h"
#include "config/paths.h"
#include "server/poscodec.h"
#include "server/uri.h"

#include <stdlib.h>

typedef enum Part { PART_SETTINGS, PART_DOUBTS, PARTS } Part;

typedef struct Told {  // a file of which the client has diagnostics
  char *path;          // owned
  StrBuf parts[PARTS]; // LSP's Diagnostics, with commas between them
} Told;

struct Troubles {
  VEC_OF(Told) told;
};

Troubles *troubles_new(void)
{
  return xcalloc(1, sizeof(Troubles));
}

static void told_release(Told *self)
{
  for (int part = 0; part < PARTS; part++) strbuf_release(&self->parts[part]);
  free(self->path);
}

void troubles_free(Troubles *self)
{
  if (!self) return;
  for (size_t i = 0; i < self->told.len; i++) told_release(&self->told.items[i]);
  vec_release(&self->told);
  free(self);
}

static size_t find(const Troubles *self, Str path)
{
  size_t i = 0;
  while (i < self->told.len && !str_is(path, self->told.items[i].path)) i++;
  return i;
}

static void send_file(Lsp *lsp, const Told *file)
{
  StrBuf params = {0}, uri = {0};
  bool both = true;
  uri_write(&uri, str_of(file->path));
  strbuf_byte(&params, '{');
  json_write_member(&params, "uri", strbuf_str(&uri));
  strbuf_add(&params, STR(",\"diagnostics\":["));
  for (int part = 0; part < PARTS; part++) {
    both &= file->parts[part].len > 0;
    if (part && both) strbuf_byte(&params, ',');
    strbuf_add(&params, strbuf_str(&file->parts[part]));
  }
  strbuf_add(&params, STR("]}"));
  lsp_notify(lsp, "textDocument/publishDiagnostics", &params);
  strbuf_release(&params);
  strbuf_release(&uri);
}

// The part is now `items`, which is taken: tell the client where it had another.
static void tell_part(Troubles *self, Lsp *lsp, Str path, Part part, StrBuf *items)
{
  size_t at = find(self, path);
  Str before = at < self->told.len ? strbuf_str(&self->told.items[at].parts[part]) : (Str){0};
  if (str_eq(before, strbuf_str(items))) {
    strbuf_release(items);
    return;
  }
  if (at == self->told.len) vec_push(&self->told, (Told){.path = str_dup(path)});
  Told *file = &self->told.items[at];
  strbuf_release(&file->parts[part]);
  file->parts[part] = *items;
  send_file(lsp, file);
  if (file->parts[PART_SETTINGS].len || file->parts[PART_DOUBTS].len) return;
  told_release(file);
  self->told.items[at] = self->told.items[--self->told.len];
}

// --- the settings

// Those issues that are about the file at `path`.
static StrBuf write_issues(Str path, const ConfigIssueVec *issues)
{
  StrBuf out = {0};
  for (size_t i = 0; i < issues->len; i++) {
    const ConfigIssue *issue = &issues->items[i];
    if (!str_eq(issue->file, path)) continue;
    size_t line = issue->line ? issue->line - 1 : 0;
    strbuf_addf(
        &out,
        "%s{\"range\":{\"start\":{\"line\":%zu,\"character\":0},\"end\":{\"line\":%zu,\"character\":0}},"
        "\"severity\":2,\"source\":\"newsmark\",\"code\":\"settings\"",
        out.len ? "," : "", line, line + 1);
    json_write_member(&out, "message", issue->text);
    strbuf_byte(&out, '}');
  }
  return out;
}

static void tell_file(Troubles *self, Lsp *lsp, Str path, const ConfigIssueVec *issues)
{
  StrBuf items = write_issues(path, issues);
  tell_part(self, lsp, path, PART_SETTINGS, &items);
}

void troubles_tell(Troubles *self, Lsp *lsp, const Document *doc, const Settings *settings)
{
  static const ConfigIssueVec none = {0};
  const StrVec *files = settings_files(settings);
  const ConfigIssueVec *issues = settings_issues(settings);
  for (size_t i = 0; i < files->len; i++) tell_file(self, lsp, files->items[i], issues);
  if (*doc->path) tell_file(self, lsp, str_of(doc->path), issues);
  for (size_t i = self->told.len; i-- > 0;) {
    Str path = str_of(self->told.items[i].path);
    if (str_ends(path, STR(".toml")) && !path_exists(path.ptr)) tell_file(self, lsp, path, &none);
  }
}

// --- what is open

static StrBuf write_doubts(const Findings *found, Encoding enc)
{
  StrBuf out = {0};
  Arena arena = {0};
  DoubtVec doubts = {0};
  PositionWalk walk = position_walk(found->text, enc);
  doubts_find(found->found, &arena, &doubts);
  for (size_t i = 0; i < doubts.len; i++) {
    const Doubt *doubt = &doubts.items[i];
    strbuf_add(&out, i ? STR(",{\"range\":") : STR("{\"range\":"));
    poscodec_write_range(&out, &walk, doubt->span->start, doubt->span->end);
    strbuf_add(&out, STR(",\"severity\":3,\"source\":\"newsmark\""));
    json_write_member(&out, "code", str_of(doubt_code(doubt->kind)));
    json_write_member(&out, "message", doubt->question);
    strbuf_byte(&out, '}');
  }
  arena_release(&arena);
  return out;
}

void troubles_doubts(Troubles *self, Lsp *lsp, const Document *doc)
{
  StrBuf items = {0};
  if (!*doc->path) return;
  if (doc->doubts) items = write_doubts(doc->found, docs_encoding(lsp_docs(lsp)));
  tell_part(self, lsp, str_of(doc->path), PART_DOUBTS, &items);
}

void troubles_closing(Troubles *self, Lsp *lsp, const Document *doc)
{
  for (int part = 0; *doc->path && part < PARTS; part++) {
    StrBuf none = {0};
    tell_part(self, lsp, str_of(doc->path), (Part)part, &none);
  }
}
