#include "parse/prose.h"
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

bool prose_read(Prose *self, Markup markup, const Snapshot *file, Arena *arena, HtmlFacts *facts,
                TextEdit *also)
{
  Str fresh = prose_of(markup, snapshot_read(file, 0, snapshot_len(file), arena), arena, facts);
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
