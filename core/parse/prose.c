// prose: either a plain reading, or one by a grammar, whose tree follows the edits (markuptree.c).
#include "parse/prose.h"
#include "parse/grammars.h"
#include "parse/mdtext.h"

#include "base/alloc.h"

#include <strings.h>

Markup markup_of(Str path, Str language)
{
  static const struct {
    const char *end;
    Markup markup;
  } names[] = {{".html", MARKUP_HTML},
               {".htm", MARKUP_HTML},
               {".md", MARKUP_MARKDOWN},
               {".markdown", MARKUP_MARKDOWN}};
  for (size_t i = 0; i < ARRAY_LEN(names); i++) {
    size_t len = strlen(names[i].end);
    if (path.len >= len && !strncasecmp(path.ptr + path.len - len, names[i].end, len)) return names[i].markup;
  }
  return str_is(language, "html")       ? MARKUP_HTML
         : str_is(language, "markdown") ? MARKUP_MARKDOWN
                                        : MARKUP_NONE;
}

Str prose_of(Markup markup, Str file, Arena *arena, HtmlFacts *facts)
{
  *facts = (HtmlFacts){0};
  switch (markup) {
  case MARKUP_HTML:
    return htmltext_of(file, arena, facts);
  case MARKUP_MARKDOWN:
    return mdtext_of(file, arena);
  case MARKUP_NONE:
    break;
  }
  return file;
}

void prose_release(Prose *self)
{
  snapshot_unref(self->text);
  strbuf_release(&self->bytes);
  markuptree_free(self->tree);
  *self = (Prose){0};
}

void prose_edit(Prose *self, TextEdit edit)
{
  bool first = self->start > self->end;
  if (first || edit.start < self->start) self->start = edit.start;
  if (first || self->end < edit.old_end) self->end = edit.old_end;
  self->end = self->end - edit.old_end + edit.new_end;
  self->len = self->len - edit.old_end + edit.new_end;
  self->edits++;
}

// Whether `fresh` differs from the last reading in front of the edits or behind them, or may do so between
// two; from where to where.
static bool differs_outside(const Prose *self, Str fresh, TextEdit *also)
{
  Str old = strbuf_str(&self->bytes);
  bool edited = self->start <= self->end;
  size_t most_front = edited ? self->start : fresh.len, most_back = edited ? fresh.len - self->end : 0;
  size_t front = 0, back = 0;
  while (front < most_front && old.ptr[front] == fresh.ptr[front]) front++;
  while (back < most_back && old.ptr[old.len - 1 - back] == fresh.ptr[fresh.len - 1 - back]) back++;
  *also = (TextEdit){front, fresh.len - back, fresh.len - back};
  return front < most_front || back < most_back || self->edits > 1;
}

// All edits since the last reading as one.
static TextEdit edits_of(const Prose *self, size_t len)
{
  size_t old_len = self->bytes.len;
  if (self->len != len) return (TextEdit){0, old_len, len}; // they do not add up
  if (self->start > self->end) return (TextEdit){0, 0, 0};
  return (TextEdit){self->start, self->end + old_len - len, self->end};
}

static Str read_file(Prose *self, Markup markup, Str file, Arena *arena, HtmlFacts *facts)
{
  if (!grammars_read(self->grammars, markup, file.len)) {
    markuptree_free(self->tree);
    self->tree = NULL;
    return prose_of(markup, file, arena, facts);
  }
  *facts = (HtmlFacts){0};
  if (markup == MARKUP_HTML) htmltext_of(file, arena, facts);
  if (!self->tree) self->tree = markuptree_new(self->grammars, markup);
  return markuptree_read(self->tree, file, edits_of(self, file.len), arena);
}

bool prose_read(Prose *self, Markup markup, const Snapshot *file, Arena *arena, HtmlFacts *facts,
                TextEdit *also)
{
  Str fresh = read_file(self, markup, snapshot_read(file, 0, snapshot_len(file), arena), arena, facts);
  // Where the edits do not add up to this text, the follower has to begin anew in any case.
  bool differs = self->text && self->len == fresh.len && differs_outside(self, fresh, also);
  snapshot_unref(self->text);
  self->text = snapshot_new(fresh);
  strbuf_reset(&self->bytes);
  strbuf_add(&self->bytes, fresh);
  self->len = fresh.len;
  self->start = SIZE_MAX; // no edits
  self->end = 0;
  self->edits = 0;
  return differs;
}
