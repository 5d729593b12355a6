// Where words stand, in the open article or in all of the folder.
#define _GNU_SOURCE // memmem
#include "server/preview.h"

#include "base/alloc.h"
#include "config/articles.h"
#include "config/paths.h"
#include "human/registry.h"
#include "server/poscodec.h"
#include "server/uri.h"

#include <stdlib.h>

enum { ROWS_MAX = 1000, AROUND = 60, FILE_MAX_BYTES = 16 << 20 };

typedef struct Preview {
  uv_work_t req;
  Lsp *lsp;
  char *id, *words, *root, *skip; // owned; skip: the open article, relative
  Encoding enc;
  size_t count, articles, rows;
  StrBuf out; // rows
} Preview;

static size_t back_from(Str text, size_t at)
{
  size_t from = at;
  while (from > 0 && at - from < AROUND && text.ptr[from - 1] != '\n') from--;
  while (from < at && ((unsigned char)text.ptr[from] & 0xC0) == 0x80) from++;
  return from;
}

static size_t forth_from(Str text, size_t at)
{
  size_t to = at;
  while (to < text.len && to - at < AROUND && text.ptr[to] != '\n') to++;
  while (to > at && to < text.len && ((unsigned char)text.ptr[to] & 0xC0) == 0x80) to--;
  return to;
}

static void write_row(Preview *self, const char *path, const Snapshot *text, Str bytes, size_t start,
                      size_t end, Str was)
{
  StrBuf uri = {0}, whole = {0};
  PositionWalk walk = position_walk(text, self->enc);
  if (self->rows++ >= ROWS_MAX) return;
  strbuf_addf(&whole, "%s/%s", self->root, path);
  uri_write(&uri, strbuf_str(&whole));
  strbuf_add(&self->out, self->rows > 1 ? STR(",{") : STR("{"));
  json_write_member(&self->out, "uri", strbuf_str(&uri));
  json_write_member(&self->out, "path", str_of(path));
  json_write_key(&self->out, "range");
  poscodec_write_range(&self->out, &walk, start, end);
  json_write_member(&self->out, "left", str_slice(bytes, back_from(bytes, start), start));
  json_write_member(&self->out, "text", str_slice(bytes, start, end));
  json_write_member(&self->out, "right", str_slice(bytes, end, forth_from(bytes, end)));
  json_write_member(&self->out, "was", was);
  strbuf_byte(&self->out, '}');
  strbuf_release(&uri);
  strbuf_release(&whole);
}

// `found`: what is marked there, where it is known; NULL. `only`: this place alone; SIZE_MAX: all.
static void list_places(Preview *self, const char *path, const Snapshot *text, Str bytes,
                        const Findings *found, size_t only)
{
  Str words = str_of(self->words);
  size_t before = self->count;
  for (size_t at = 0; at + words.len <= bytes.len; at += words.len) {
    const char *hit = memmem(bytes.ptr + at, bytes.len - at, words.ptr, words.len);
    if (!hit) break;
    at = (size_t)(hit - bytes.ptr);
    if ((only != SIZE_MAX && at != only) || (only == SIZE_MAX && !whole_words(bytes, at, at + words.len)))
      continue;
    Str was = {0};
    for (size_t i = found ? findings_first_from(found, at) : 0;
         found && i < found->found->spans.len && found->found->spans.items[i].start == at; i++)
      if (found->found->spans.items[i].end == at + words.len)
        was = span_type_name(&found->found->spans.items[i]);
    self->count++;
    write_row(self, path, text, bytes, at, at + words.len, was);
  }
  self->articles += self->count > before;
}

static void list_file(Preview *self, const char *path)
{
  char *whole = path_join(self->root, path);
  StrBuf bytes = {0};
  if (file_read(whole, FILE_MAX_BYTES, &bytes, NULL) &&
      memmem(bytes.ptr, bytes.len, self->words, strlen(self->words))) {
    Snapshot *text = snapshot_new(strbuf_str(&bytes));
    list_places(self, path, text, strbuf_str(&bytes), NULL, SIZE_MAX);
    snapshot_unref(text);
  }
  strbuf_release(&bytes);
  free(whole);
}

static void preview_work(uv_work_t *req)
{
  Preview *self = container_of(req, Preview, req);
  ArticlePaths paths = {0};
  articles_below(self->root, &paths);
  for (size_t i = 0; i < paths.len; i++)
    if (strcmp(paths.items[i], self->skip) != 0) list_file(self, paths.items[i]);
  articles_release(&paths);
}

static void tell(Preview *self)
{
  StrBuf result = {0};
  strbuf_byte(&result, '{');
  json_write_uint(&result, "count", self->count);
  json_write_uint(&result, "articles", self->articles);
  strbuf_add(&result, STR(",\"rows\":["));
  strbuf_add(&result, strbuf_str(&self->out));
  strbuf_add(&result, STR("]}"));
  lsp_reply(self->lsp, self->id, &result);
  strbuf_release(&self->out);
  free(self->id);
  free(self->words);
  free(self->root);
  free(self->skip);
  free(self);
}

static void preview_done(uv_work_t *req, int status)
{
  (void)status;
  tell(container_of(req, Preview, req));
}

void preview_answer(Desk *desk, const char *id, Str words, PreviewScope scope, size_t at)
{
  Preview *self = xcalloc(1, sizeof *self);
  *self = (Preview){.lsp = desk->desks->lsp,
                    .id = xstrdup(id),
                    .words = str_dup(words),
                    .root = xstrdup(desk->paths.root),
                    .skip = xstrdup(desk->paths.article),
                    .enc = docs_encoding(lsp_docs(desk->desks->lsp))};
  const Findings *found = desk->doc->found;
  const Snapshot *prose = found->found->prose;
  Arena arena = {0};
  list_places(self, desk->paths.article, found->text, snapshot_read(prose, 0, snapshot_len(prose), &arena),
              found, scope == PREVIEW_HERE ? at : SIZE_MAX);
  arena_release(&arena);
  if (scope == PREVIEW_FOLDER)
    uv_queue_work(lsp_loop(self->lsp), &self->req, preview_work, preview_done);
  else
    tell(self);
}
