// The index holds no text but quotations; words in context come from the file, if its size and time are those
// that were indexed. A page of rows reads a few dozen files of some kilobytes, from the system's cache as a
// rule.
#include "index/query_p.h"

#include "base/utf8.h"
#include "index/fold.h"
#include "parse/prose.h"

#include <stdio.h>
#include <sys/stat.h>

enum { AROUND = 60, MAX_BYTES = 64 << 20 };

void source_read(Source *self, const char *root, Str path, FileStamp stamp)
{
  strbuf_reset(&self->text);
  self->valid = false;
  StrBuf full = {0};
  strbuf_addf(&full, "%s/" STR_FMT, root, STR_ARG(path));
  FILE *file = fopen(full.ptr, "rb");
  strbuf_release(&full);
  if (!file) return;
  struct stat info;
  size_t size = 0;
  if (fstat(fileno(file), &info) == 0 && S_ISREG(info.st_mode) && info.st_size <= MAX_BYTES)
    size = (size_t)info.st_size;
  int64_t mtime_ns = size ? (int64_t)info.st_mtim.tv_sec * 1000000000 + info.st_mtim.tv_nsec : 0;
  bool same = size && size == stamp.size && (stamp.mtime_ns == mtime_ns || stamp.mtime_ns == STAMP_RACY);
  if (same) {
    self->text.len = fread(strbuf_grow(&self->text, size), 1, size, file);
    self->valid = self->text.len == size;
  }
  fclose(file);
  self->bom = str_starts(strbuf_str(&self->text), STR("\xEF\xBB\xBF")) ? 3 : 0;
  Markup markup = markup_of(path, (Str){0});
  if (self->valid && markup) {
    Arena arena = {0};
    HtmlFacts facts;
    Str prose = prose_of(markup, strbuf_str(&self->text), &arena, &facts);
    memcpy(self->text.ptr, prose.ptr, prose.len);
    arena_release(&arena);
  }
}

void source_take(Source *self, const Drafts *from, Str path)
{
  self->valid = drafts_text(from, path, &self->text);
  self->bom = 0; // an editor that sends one counts it
}

void source_release(Source *self)
{
  strbuf_release(&self->text);
}

Str source_line(Arena *arena, Str text, size_t max)
{
  char *out = arena_alloc(arena, text.len + 4);
  size_t len = 0;
  for (size_t i = 0; i < text.len; i++) {
    unsigned char c = (unsigned char)text.ptr[i];
    if (c > ' ' && c != 0x7F)
      out[len++] = (char)c;
    else if (len == 0 || out[len - 1] != ' ')
      out[len++] = ' ';
  }
  if (len > max) {
    len = max;
    while (len && ((unsigned char)out[len] & 0xC0) == 0x80) len--;
    memcpy(out + len, "…", 3);
    len += 3;
  }
  return (Str){out, len};
}

// At most AROUND bytes back from `at`, to a word's start, or up to a blank line.
static size_t back_from(Str text, size_t at)
{
  size_t from = at > AROUND ? at - AROUND : 0;
  for (size_t i = at; i-- > from;)
    if (text.ptr[i] == '\n' && i > 0 && text.ptr[i - 1] == '\n') return i + 1;
  if (from) {
    while (from < at && text.ptr[from] != ' ' && text.ptr[from] != '\n') from++;
    while (from < at && (text.ptr[from] == ' ' || text.ptr[from] == '\n')) from++;
  }
  return from;
}

static size_t forth_from(Str text, size_t at)
{
  size_t to = at + AROUND < text.len ? at + AROUND : text.len;
  for (size_t i = at; i + 1 < to; i++)
    if (text.ptr[i] == '\n' && text.ptr[i + 1] == '\n') return i;
  if (to < text.len)
    while (to > at && text.ptr[to] != ' ' && text.ptr[to] != '\n') to--;
  return to;
}

static size_t units(Str text, Encoding enc)
{
  return enc == ENC_UTF16 ? utf8_utf16_length(text) : enc == ENC_UTF32 ? utf8_length(text) : text.len;
}

// Go on from *line and *line_start, which are at or before `at`, to the line that holds it. Returns the
// column, from 1.
static size_t walk_to(Str text, size_t at, Encoding enc, size_t *line, size_t *line_start)
{
  for (size_t i = *line_start; i < at; i++) {
    if (text.ptr[i] != '\n') continue;
    ++*line;
    *line_start = i + 1;
  }
  return units(str_slice(text, *line_start, at), enc) + 1;
}

Str source_text(const Source *self, size_t start, size_t end)
{
  bool there = self->valid && start <= end && end <= self->text.len;
  return there ? str_slice(strbuf_str(&self->text), start, end) : (Str){"", 0};
}

void source_place(const Source *self, Place *place, Encoding enc, Arena *arena)
{
  Str text = strbuf_str(&self->text);
  if (!self->valid || place->end > text.len || place->start > place->end || place->start < self->bom) return;
  size_t line = 1, line_start = self->bom, before = back_from(text, place->start);
  place->column = walk_to(text, place->start, enc, &line, &line_start);
  place->line = line;
  place->end_column = walk_to(text, place->end, enc, &line, &line_start);
  place->end_line = line;
  if (!place->text.ptr) place->text = source_line(arena, str_slice(text, place->start, place->end), 200);
  place->left =
      source_line(arena, str_slice(text, before > self->bom ? before : self->bom, place->start), SIZE_MAX);
  place->right = source_line(arena, str_slice(text, place->end, forth_from(text, place->end)), SIZE_MAX);
}

// The next word at or behind *at, as bytes [*start, *end).
static bool next_word(Str text, size_t *at, size_t *start, size_t *end)
{
  bool in_word = false;
  const char *stop = text.ptr + text.len;
  while (*at < text.len) {
    uint32_t cp;
    size_t len = utf8_decode(text.ptr + *at, stop, &cp);
    CharClass class = utf8_class(cp);
    bool letter = class >= CHAR_DIGIT;
    if (letter && !in_word) {
      *start = *at;
      in_word = true;
    } else if (in_word && !letter) {
      break;
    }
    *at += len;
  }
  *end = *at;
  return in_word;
}

static bool begins(Str word, Str with, bool goes_on)
{
  return goes_on ? str_starts(word, with) : str_eq(word, with);
}

bool source_find(const Source *self, Str folded, bool goes_on, size_t *start, size_t *end)
{
  if (!self->valid || !folded.len) return false;
  Str text = strbuf_str(&self->text), rest = folded, first = str_cut(&rest, ' ');
  Arena scratch = {0};
  bool found = false;
  for (size_t at = 0, word_start, word_end; next_word(text, &at, &word_start, &word_end);) {
    arena_reset(&scratch);
    Str word = utf8_fold_in(&scratch, str_slice(text, word_start, word_end));
    if (!begins(word, first, goes_on)) continue;
    if (!found) *start = word_start, *end = word_end;
    found = true;
    size_t last_end = word_end, ahead = at, next_start, next_end;
    Str want = rest;
    bool together = true;
    while (want.len && together) {
      Str next = str_cut(&want, ' ');
      together = next_word(text, &ahead, &next_start, &next_end) &&
                 begins(utf8_fold_in(&scratch, str_slice(text, next_start, next_end)), next, goes_on);
      last_end = next_end;
    }
    if (!together) continue;
    *start = word_start;
    *end = last_end;
    break;
  }
  arena_release(&scratch);
  return found;
}
