// The second half of mdtext: what marks up words. One walk from one character that may be markup to the next;
// a paragraph is what lies between empty lines, and no markup reaches over its end. What was sought there in
// vain is remembered, so that the walk stays linear.
//
// A mark that is taken out leaves white space, and white space tells which way a quotation mark points and
// where a word ends. So a mark that touches a quotation mark or a word on its outer side stays as it is.
#include "parse/htmltext.h"
#include "parse/mdtext.h"
#include "parse/prose_p.h"

enum {
  TICKS_MAX = 32,  // in a row, around code
  LINKS_MAX = 32,  // brackets that are open
  NESTED_MAX = 3,  // brackets in an address
  TAG_MAX = 1000,  // bytes of a tag
  LABEL_MAX = 200, // of "[label]"
};

typedef struct Cleaner {
  Str text;
  char *out;
  size_t at, end;                     // the walk; the end of the paragraph
  size_t vain[TICKS_MAX + 1];         // up to here no such row of ticks follows
  size_t open[LINKS_MAX], open_count; // brackets, innermost last
} Cleaner;

static bool is_space(char c)
{
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}
static bool is_letter(char c)
{
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static char char_at(const Cleaner *self, size_t at)
{
  return at < self->text.len ? self->text.ptr[at] : '\n';
}

// Nothing that hangs on what stands beside it: white space, or a mark of punctuation.
static bool is_loose(char c)
{
  return is_space(c) || (c && strchr(".,;:!?)]}|", c));
}

static size_t paragraph_end(Str text, size_t at)
{
  for (;;) {
    const char *line_end = at < text.len ? memchr(text.ptr + at, '\n', text.len - at) : NULL;
    if (!line_end) return text.len;
    at = (size_t)(line_end - text.ptr) + 1;
    size_t next = at;
    while (next < text.len && (text.ptr[next] == ' ' || text.ptr[next] == '\t' || text.ptr[next] == '\r'))
      next++;
    if (next == text.len || text.ptr[next] == '\n') return at;
  }
}

static size_t run_end(const Cleaner *self, size_t at)
{
  size_t end = at;
  while (end < self->end && self->text.ptr[end] == self->text.ptr[at]) end++;
  return end;
}

// `code`
static void read_ticks(Cleaner *self)
{
  size_t start = self->at, behind = run_end(self, start), len = behind - start;
  self->at = behind;
  if (len > TICKS_MAX || self->vain[len] >= self->end) return;
  for (size_t at = behind; at < self->end;) {
    const char *tick = memchr(self->text.ptr + at, '`', self->end - at);
    if (!tick) break;
    size_t from = (size_t)(tick - self->text.ptr), to = run_end(self, from);
    if (to - from == len) {
      prose_blank(self->out, start, to);
      self->at = to;
      return;
    }
    at = to;
  }
  self->vain[len] = self->end;
}

// <b>, </b>, <https://…>, <!-- … -->
static void read_tag(Cleaner *self)
{
  size_t start = self->at++, end = start + 1;
  char first = char_at(self, end);
  if (first == '/') first = char_at(self, end + 1);
  if (!is_letter(first) && first != '!') return;
  size_t most = self->end < start + TAG_MAX ? self->end : start + TAG_MAX;
  while (end < most && self->text.ptr[end] != '>' && self->text.ptr[end] != '<') end++;
  if (end == most || self->text.ptr[end] != '>') return;
  prose_blank(self->out, start, end + 1);
  self->at = end + 1;
}

// Behind "](": where the ")" of the link stands; 0: it is none.
static size_t address_end(const Cleaner *self, size_t at)
{
  unsigned depth = 0;
  const char *text = self->text.ptr;
  while (at < self->end && is_space(text[at])) at++;
  if (at < self->end && text[at] == '<') {
    at++;
    while (at < self->end && !strchr("<>\n", text[at] ? text[at] : '\n')) at++;
    at += at < self->end && text[at] == '>';
  } else {
    for (; at < self->end && !is_space(text[at]); at++) {
      if (text[at] == '(' && ++depth > NESTED_MAX) return 0;
      if (text[at] == ')' && depth-- == 0) return at;
    }
  }
  while (at < self->end && is_space(text[at])) at++;
  if (at < self->end && (text[at] == '"' || text[at] == '\'')) { // a title
    const char *close = memchr(text + at + 1, text[at], self->end - at - 1);
    if (!close) return 0;
    at = (size_t)(close - text) + 1;
    while (at < self->end && is_space(text[at])) at++;
  }
  return at < self->end && text[at] == ')' ? at : 0;
}

// At "]" that closes "[" at `open`: what belongs to the link behind it. 0: it is none.
static size_t link_end(const Cleaner *self, size_t close)
{
  char next = char_at(self, close + 1);
  if (next == '(') {
    size_t end = address_end(self, close + 2);
    return end ? end + 1 : 0;
  }
  if (next != '[') return 0;
  size_t most = self->end < close + LABEL_MAX ? self->end : close + LABEL_MAX, at = close + 2;
  while (at < most && self->text.ptr[at] != ']' && self->text.ptr[at] != '[') at++;
  return at < most && self->text.ptr[at] == ']' ? at + 1 : 0;
}

static void open_bracket(Cleaner *self)
{
  size_t at = self->at++;
  if (char_at(self, at + 1) == '^') { // a note's number
    size_t most = self->end < at + LABEL_MAX ? self->end : at + LABEL_MAX, end = at + 2;
    while (end < most && self->text.ptr[end] != ']' && !is_space(self->text.ptr[end])) end++;
    if (end < most && self->text.ptr[end] == ']') {
      prose_blank(self->out, at, end + 1);
      self->at = end + 1;
      return;
    }
  }
  if (self->open_count < LINKS_MAX) self->open[self->open_count++] = at;
}

// [text](address "title"), [text][label], ![text](address)
static void close_bracket(Cleaner *self)
{
  size_t close = self->at++;
  if (!self->open_count) return;
  size_t open = self->open[--self->open_count], end = link_end(self, close);
  if (!end) return;
  bool image = open > 0 && self->text.ptr[open - 1] == '!';
  size_t start = image ? open - 1 : open;
  char before = start ? self->text.ptr[start - 1] : ' ';
  if (is_space(before) || image || (before && strchr("([{*_", before)))
    prose_blank(self->out, start, open + 1);
  prose_blank(self->out, close, is_loose(char_at(self, end)) ? end : end - 1);
  self->at = end;
}

// *so*, **so**, _so_, ~~so~~
static void read_emphasis(Cleaner *self)
{
  size_t start = self->at, end = run_end(self, start);
  char before = start ? self->text.ptr[start - 1] : '\n', behind = char_at(self, end);
  self->at = end;
  if (self->text.ptr[start] == '~' && end - start != 2) return;
  bool opens = !is_space(behind) && (is_space(before) || (before && strchr("([{*_", before)));
  bool closes = !is_space(before) && (is_loose(behind) || (behind && strchr("*_", behind)));
  if (opens || closes) prose_blank(self->out, start, end);
}

static void clean_here(Cleaner *self)
{
  switch (self->text.ptr[self->at]) {
  case '\\':
    self->at += 2;
    break;
  case '`':
    read_ticks(self);
    break;
  case '<':
    read_tag(self);
    break;
  case '[':
    open_bracket(self);
    break;
  case ']':
    close_bracket(self);
    break;
  case '&':
    self->at += htmltext_reference(str_slice(self->text, self->at, self->end), self->out + self->at);
    break;
  default:
    read_emphasis(self);
  }
}

Str mdtext_clean(Str blocks, Arena *arena)
{
  static const bool markup[256] = {['\\'] = true, ['`'] = true, ['<'] = true, ['['] = true, [']'] = true,
                                   ['&'] = true,  ['*'] = true, ['_'] = true, ['~'] = true};
  Cleaner self = {.text = blocks, .at = mdtext_front(blocks), .out = arena_alloc(arena, blocks.len + 1)};
  memcpy(self.out, blocks.ptr ? blocks.ptr : "", blocks.len);
  self.out[blocks.len] = '\0';
  while (self.at < blocks.len) {
    if (!markup[(unsigned char)blocks.ptr[self.at]]) {
      self.at++;
      continue;
    }
    if (self.at >= self.end) {
      self.end = paragraph_end(blocks, self.at);
      self.open_count = 0;
    }
    clean_here(&self);
  }
  return (Str){self.out, blocks.len};
}

// --- lines of links, rows of tables

bool mdtext_is_links(Str line)
{
  Cleaner self = {.text = line, .end = line.len};
  size_t links = 0;
  while (self.at < line.len) {
    char c = line.ptr[self.at];
    const char *close = c == '[' ? memchr(line.ptr + self.at, ']', line.len - self.at) : NULL;
    size_t end = close ? link_end(&self, (size_t)(close - line.ptr)) : 0;
    if (!end && !is_space(c) && !strchr("|/*-+!", c ? c : 'x') &&
        !str_starts(str_slice(line, self.at, line.len), STR("·")))
      return false;
    if (!end && c == (char)0xC2) self.at++;
    links += end > 0;
    self.at = end ? end : self.at + 1;
  }
  return links >= 2;
}

void mdtext_row(Str row, char *out)
{
  bool links = mdtext_is_links(row);
  for (size_t i = 0; i < row.len; i++) {
    if (links) {
      out[i] = ' ';
    } else if (row.ptr[i] == '|' && (!i || row.ptr[i - 1] != '\\')) {
      out[i] = '\n';
      if (i + 1 < row.len && is_space(row.ptr[i + 1])) out[i + 1] = '\n';
    }
  }
}
