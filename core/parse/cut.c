// How it works. The grammar's rules for the end of a block look at whole lines
// (grammars/article/src/scanner.c); here only what is certain by a look at the line and the few bytes behind
// it is used: a blank line; a line too long to be a wrapped one; a short line, or a rather long one, that
// ends in a point. Of the candidates the one with the smallest hash of the bytes before it is taken, the
// first of equals: so the place moves with the text around it, and cuts before and after an edit soon fall
// together again.
#include "parse/cut.h"

enum {
  BLANK_REACH = 16, // bytes of white space looked at behind a line end
  LONG_CHARS = 130, // no line with more characters runs on: LONG_LINE in scanner.c
  FULL_CHARS = 80,  // with a point at its end, none with more: WRAP_MAX there
  SHORT_BYTES = 50, // nor one with fewer: WRAP_MIN there
  HASH_BYTES = 16,
};

// Walks the line ends of a window of the text.
typedef struct Lines {
  Str window;
  const char *lf, *cr; // the next ones at or behind the walk, or the window's end
} Lines;

static const char *find_byte(const char *from, const char *end, char c)
{
  const char *at = from < end ? memchr(from, c, (size_t)(end - from)) : NULL;
  return at ? at : end;
}

// The next line end at or behind `at`; window.len: none.
static size_t next_line_end(Lines *lines, size_t at)
{
  const char *from = lines->window.ptr + at, *end = lines->window.ptr + lines->window.len;
  if (!lines->lf || lines->lf < from) lines->lf = find_byte(from, end, '\n');
  if (!lines->cr || lines->cr < from) lines->cr = find_byte(from, end, '\r');
  return (size_t)((lines->lf < lines->cr ? lines->lf : lines->cr) - lines->window.ptr);
}

static size_t skip_line_end(Str window, size_t at)
{
  bool two = window.ptr[at] == '\r' && at + 1 < window.len && window.ptr[at + 1] == '\n';
  return at + (two ? 2 : 1);
}

static bool has_more_chars(Str line, size_t limit)
{
  size_t chars = 0; // at least: an invalid byte may count as none here
  for (size_t i = 0; i < line.len && chars <= limit; i++)
    chars += ((unsigned char)line.ptr[i] & 0xC0) != 0x80;
  return chars > limit;
}

// Does a blank line follow the line end at `at`?
static bool before_blank(Str window, size_t at)
{
  size_t next = skip_line_end(window, at);
  for (size_t i = next; i < window.len && i < next + BLANK_REACH; i++) {
    char c = window.ptr[i];
    if (c == '\n' || c == '\r') return true;
    if (c != ' ' && c != '\t') return false;
  }
  return false;
}

// Is a block sure to end with the line [start, end)?
static bool is_sure(Str window, size_t start, size_t end)
{
  Str line = str_trim(str_slice(window, start, end));
  if (!line.len) return false; // the section behind it must see the whole of the white space
  if (before_blank(window, end)) return true;
  if (!memchr(".!?", line.ptr[line.len - 1], 3)) return has_more_chars(line, LONG_CHARS);
  return line.len < SHORT_BYTES || has_more_chars(line, FULL_CHARS);
}

static uint64_t hash_before(Str window, size_t at)
{
  return str_hash(str_slice(window, at < HASH_BYTES ? 0 : at - HASH_BYTES, at));
}

// The cut in `window`, which begins with the section; 0: none there.
static size_t find_in(Str window)
{
  Lines lines = {.window = window};
  size_t best = 0, end = next_line_end(&lines, CUT_MIN);
  uint64_t best_hash = 0;
  while (end < window.len) {
    size_t start = skip_line_end(window, end);
    end = next_line_end(&lines, start);
    if (end + BLANK_REACH + 2 > window.len) break;
    if (best && end > CUT_MAX) break;
    if (!is_sure(window, start, end)) continue;
    uint64_t hash = hash_before(window, end);
    if (best && hash >= best_hash) continue;
    best = end, best_hash = hash;
    if (end > CUT_MAX) break;
  }
  return best;
}

size_t cut_find(const Snapshot *text, size_t start)
{
  size_t rest = snapshot_len(text) - start;
  if (rest <= CUT_MAX) return start + rest;
  Arena scratch = {0};
  size_t cut = 0, size = CUT_MAX + 2 * BLANK_REACH;
  for (;; size *= 2) {
    if (size > rest) size = rest;
    cut = find_in(snapshot_read(text, start, start + size, &scratch));
    if (cut || size == rest) break;
    arena_reset(&scratch);
  }
  arena_release(&scratch);
  return start + (cut ? cut : rest);
}

size_t cut_reach(size_t start, size_t end)
{
  size_t far = end - start > CUT_MAX ? end : start + CUT_MAX;
  return far + 3 * BLANK_REACH;
}
