// How it works. Line by line, as CommonMark has it: the marks of block quotations ('>') are peeled off, items
// of lists are kept by the column where their text begins, and what is left of the line says what it is.
// Code, rulers, definitions of links, comments and script become white space at once. Then mdtext_clean()
// (mdclean.c) takes out what marks up the words of the lines that stay.
#include "parse/mdtext.h"
#include "parse/prose_p.h"

enum {
  TAB = 4,
  CODE_INDENT = 4, // columns
  ITEMS_MAX = 12,  // nested; deeper ones are read as text
  DIGITS_MAX = 9,  // of an item's number
  QUOTES_MAX = 32,
};

typedef struct Fence {     // a block of code between fences that is open
  char mark;               // of the fence; 0: none is open
  size_t len;              // of the fence
  unsigned quotes, indent; // the block quotations and the column of the item that it stands in
} Fence;

typedef struct Reader {
  Str text;
  char *out;
  Fence fence;
  const char *raw;           // what ends a comment or script that is open: "-->"; NULL: none is
  unsigned items[ITEMS_MAX]; // columns where the text of open items begins, outermost first
  size_t item_count;
  unsigned quotes; // that the line before stood in
  bool in_paragraph, in_table;
} Reader;

typedef struct Line { // what is left of a line
  size_t start, end;  // without its line end
  unsigned column;    // of `start`, in the block quotation
} Line;

static bool is_space(char c)
{
  return c == ' ' || c == '\t';
}
static bool is_digit(char c)
{
  return c >= '0' && c <= '9';
}

static Str rest_of(const Reader *self, const Line *line)
{
  return str_slice(self->text, line->start, line->end);
}

static size_t line_end(Str text, size_t at)
{
  while (at < text.len && text.ptr[at] != '\n' && text.ptr[at] != '\r') at++;
  return at;
}

static size_t next_line(Str text, size_t end)
{
  bool two = end + 1 < text.len && text.ptr[end] == '\r' && text.ptr[end + 1] == '\n';
  return end + (two ? 2 : end < text.len);
}

// Move over white space; the columns it took.
static unsigned skip_space(const Reader *self, Line *line)
{
  unsigned before = line->column;
  for (; line->start < line->end && is_space(self->text.ptr[line->start]); line->start++)
    line->column += self->text.ptr[line->start] == '\t' ? TAB - line->column % TAB : 1;
  return line->column - before;
}

static size_t count_run(Str text, char c)
{
  size_t n = 0;
  while (n < text.len && text.ptr[n] == c) n++;
  return n;
}

// Where the text of the innermost item begins.
static unsigned item_column(const Reader *self)
{
  return self->item_count ? self->items[self->item_count - 1] : 0;
}

// --- what a line is, its indent apart

// Three or more of one of "-*_", with white space between them or not.
static bool is_ruler(Str text)
{
  size_t marks = 0;
  if (!text.len || !memchr("-*_", text.ptr[0], 3)) return false;
  for (size_t i = 0; i < text.len; i++) {
    if (text.ptr[i] != text.ptr[0] && !is_space(text.ptr[i])) return false;
    marks += text.ptr[i] == text.ptr[0];
  }
  return marks >= 3;
}

// "=====" or "-----" under a headline.
static bool is_underline(Str text)
{
  text = str_trim(text);
  return text.len && (text.ptr[0] == '=' || text.ptr[0] == '-') && count_run(text, text.ptr[0]) == text.len;
}

// The row under a table's head: "| --- | :-: |".
static bool is_table_rule(Str text)
{
  bool dash = false, bar = false;
  for (size_t i = 0; i < text.len; i++) {
    char c = text.ptr[i];
    dash |= c == '-', bar |= c == '|';
    if (c != '-' && c != '|' && c != ':' && !is_space(c)) return false;
  }
  return dash && bar;
}

// The bytes up to the text of a heading: "## "; 0: it is none.
static size_t heading_mark(Str text)
{
  size_t marks = count_run(text, '#');
  if (marks < 1 || marks > 6 || (marks < text.len && !is_space(text.ptr[marks]))) return 0;
  while (marks < text.len && is_space(text.ptr[marks])) marks++;
  return marks;
}

// Of "[label]: …", the bytes up to the colon's end; 0: it is no such line.
static size_t label_len(Str text)
{
  const char *close = text.len > 3 && text.ptr[0] == '[' ? memchr(text.ptr, ']', text.len) : NULL;
  size_t at = close ? (size_t)(close - text.ptr) + 1 : 0;
  return at > 2 && at < text.len && text.ptr[at] == ':' ? at + 1 : 0;
}

// An address, with a title behind it or without.
static bool is_address(Str text)
{
  size_t end = 0;
  text = str_trim(text);
  while (end < text.len && !is_space(text.ptr[end])) end++;
  Str title = str_trim(str_slice(text, end, text.len));
  return end && (!title.len || memchr("\"'(", title.ptr[0], 3));
}

// The bytes of an item's mark: "-", "12."; 0: there is none.
static size_t item_mark(Str text)
{
  size_t digits = 0, len;
  while (digits < text.len && is_digit(text.ptr[digits])) digits++;
  if (digits > DIGITS_MAX || digits == text.len) return 0;
  if (digits)
    len = text.ptr[digits] == '.' || text.ptr[digits] == ')' ? digits + 1 : 0;
  else
    len = memchr("-+*", text.ptr[0], 3) ? 1 : 0;
  return len && (len == text.len || is_space(text.ptr[len])) ? len : 0;
}

static bool begins(Str text, const char *word)
{
  size_t len = strlen(word);
  if (text.len < len) return false;
  for (size_t i = 0; i < len; i++) {
    char c = text.ptr[i];
    if ((c >= 'A' && c <= 'Z' ? (char)(c + 32) : c) != word[i]) return false;
  }
  return true;
}

// What ends the comment, script or the like that the line opens; NULL: it opens none.
static const char *raw_end(Str text)
{
  static const struct {
    const char *open, *end;
  } raws[] = {{"<!--", "-->"},    {"<script", "</script>"},     {"<style", "</style>"},  {"<nav", "</nav>"},
              {"<svg", "</svg>"}, {"<template", "</template>"}, {"<iframe", "</iframe>"}};
  for (size_t i = 0; i < (text.len && text.ptr[0] == '<' ? sizeof raws / sizeof *raws : 0); i++) {
    size_t len = strlen(raws[i].open);
    if (begins(text, raws[i].open) &&
        (!i || len == text.len || is_space(text.ptr[len]) || text.ptr[len] == '>'))
      return raws[i].end;
  }
  return NULL;
}

// --- blocks that are open

// Inside a comment or script.
static void read_raw(Reader *self, Line line)
{
  size_t at = line.start, len = strlen(self->raw);
  for (; at + len <= line.end; at++)
    if (begins(str_slice(self->text, at, line.end), self->raw)) break;
  bool ends = at + len <= line.end;
  prose_blank(self->out, line.start, ends ? at + len : line.end);
  if (ends) self->raw = NULL;
}

static bool open_fence(Reader *self, const Line *line, unsigned quotes)
{
  Str text = rest_of(self, line);
  char mark = text.len ? text.ptr[0] : 0;
  size_t len = mark == '`' || mark == '~' ? count_run(text, mark) : 0;
  if (len < 3 || (mark == '`' && memchr(text.ptr + len, '`', text.len - len))) return false;
  self->fence = (Fence){mark, len, quotes, item_column(self)};
  return true;
}

// Inside a fence. False: what it stood in ended before this line, and so did it.
static bool read_code(Reader *self, Line line, unsigned quotes)
{
  Fence *fence = &self->fence;
  skip_space(self, &line);
  Str text = rest_of(self, &line);
  if (quotes < fence->quotes || (text.len && line.column < fence->indent)) {
    fence->mark = 0;
    return false;
  }
  prose_blank(self->out, line.start, line.end);
  size_t len = count_run(text, fence->mark);
  if (len >= fence->len && line.column < fence->indent + CODE_INDENT &&
      !str_trim(str_slice(text, len, text.len)).len)
    fence->mark = 0;
  return true;
}

// Peel off the marks of block quotations; how many. Those that open one part it from what was before.
static unsigned peel_quotes(Reader *self, Line *line)
{
  unsigned quotes = 0;
  for (; quotes < QUOTES_MAX; quotes++) {
    Line ahead = *line;
    if (skip_space(self, &ahead) >= CODE_INDENT) break;
    if (ahead.start == ahead.end || self->text.ptr[ahead.start] != '>') break;
    size_t mark = ahead.start++;
    if (ahead.start < ahead.end && is_space(self->text.ptr[ahead.start])) ahead.start++;
    bool opens = quotes >= self->quotes && !self->fence.mark && !self->raw;
    opens ? prose_part(self->out, mark, ahead.start) : prose_blank(self->out, mark, ahead.start);
    *line = (Line){ahead.start, ahead.end, 0};
  }
  return quotes;
}

// --- a line

void mdtext_heading(Str heading, char *out)
{
  while (heading.len && memchr("\r\n", heading.ptr[heading.len - 1], 2)) heading.len--;
  size_t mark = heading_mark(heading), end = heading.len;
  prose_part(out, 0, mark);
  while (end > mark && is_space(heading.ptr[end - 1])) end--;
  size_t tail = end;
  while (tail > mark && heading.ptr[tail - 1] == '#') tail--;
  if (tail < end && (tail == mark || is_space(heading.ptr[tail - 1]))) prose_blank(out, tail, end);
}

// Move over the marks of items that the line opens.
static void read_items(Reader *self, Line *line)
{
  for (size_t mark; self->item_count < ITEMS_MAX; self->items[self->item_count++] = line->column) {
    Str text = rest_of(self, line);
    if (!(mark = item_mark(text)) || is_ruler(text)) return;
    line->start += mark;
    line->column += (unsigned)mark;
    Line ahead = *line;
    if (skip_space(self, &ahead) > CODE_INDENT || ahead.start == ahead.end) { // code in the item, or nothing
      line->start += line->start < line->end;
      line->column++;
    } else {
      *line = ahead;
    }
    self->in_paragraph = self->in_table = false;
  }
}

static bool before_table_rule(const Reader *self, const Line *line)
{
  size_t at = next_line(self->text, line->end), end = line_end(self->text, at);
  if (!memchr(self->text.ptr + line->start, '|', line->end - line->start)) return false;
  while (at < end && memchr("> \t", self->text.ptr[at], 3)) at++;
  return is_table_rule(str_slice(self->text, at, end));
}

// A definition of a link's address, or a note.
static bool is_definition(Str text)
{
  size_t label = label_len(text);
  return label && (text.ptr[1] == '^' || is_address(str_slice(text, label, text.len)));
}

void mdtext_definition(Str definition, char *out)
{
  if (str_starts(definition, STR("[^")))
    prose_part(out, 0, label_len(definition)); // the text of a note stays
  else
    prose_blank(out, 0, definition.len);
}

// What a line is that no open block took, behind its indent and its marks. True: part of a paragraph.
static bool read_leaf(Reader *self, Line *line, unsigned quotes)
{
  Str text = rest_of(self, line);
  if ((self->raw = raw_end(text))) {
    read_raw(self, *line);
  } else if (heading_mark(text)) {
    mdtext_heading(text, self->out + line->start);
  } else if (self->in_table || before_table_rule(self, line)) {
    bool rule = self->in_table && is_table_rule(text);
    self->in_table = true;
    if (rule)
      prose_blank(self->out, line->start, line->end);
    else
      mdtext_row(text, self->out + line->start);
  } else if (open_fence(self, line, quotes) || is_ruler(text) || mdtext_is_links(text) ||
             (self->in_paragraph && is_underline(text))) {
    prose_blank(self->out, line->start, line->end);
  } else if (!self->in_paragraph && is_definition(text)) {
    mdtext_definition(text, self->out + line->start);
    return text.ptr[1] == '^';
  } else {
    return true;
  }
  return false;
}

static void read_line(Reader *self, Line line)
{
  unsigned quotes = peel_quotes(self, &line);
  if (quotes > self->quotes || (quotes < self->quotes && !self->in_paragraph)) {
    self->item_count = 0;
    self->in_paragraph = self->in_table = false;
  } // else a paragraph may go on without its marks
  self->quotes = quotes;
  if (self->raw) {
    read_raw(self, line);
    return;
  }
  if (self->fence.mark && read_code(self, line, quotes)) return;
  skip_space(self, &line);
  if (line.start == line.end) {
    self->in_paragraph = self->in_table = false;
    return;
  }
  while (item_column(self) > line.column) self->item_count--;
  if (line.column - item_column(self) >= CODE_INDENT) {
    if (!self->in_paragraph) prose_blank(self->out, line.start, line.end);
    return;
  }
  read_items(self, &line);
  if (skip_space(self, &line) >= CODE_INDENT)
    prose_blank(self->out, line.start, line.end);
  else if (line.start < line.end)
    self->in_paragraph = read_leaf(self, &line, quotes);
}

size_t mdtext_front(Str text)
{
  size_t at = str_starts(text, STR("\xEF\xBB\xBF")) ? 3 : 0, end = line_end(text, at);
  Str mark = str_trim(str_slice(text, at, end));
  if (!str_is(mark, "---") && !str_is(mark, "+++")) return 0;
  while (end < text.len) {
    at = next_line(text, end);
    end = line_end(text, at);
    if (str_eq(str_trim(str_slice(text, at, end)), mark)) return end;
  }
  return 0;
}

Str mdtext_of(Str markdown, Arena *arena)
{
  Reader self = {.text = markdown, .out = arena_alloc(arena, markdown.len + 1)};
  memcpy(self.out, markdown.ptr ? markdown.ptr : "", markdown.len);
  self.out[markdown.len] = '\0';
  size_t at = mdtext_front(markdown);
  if (at > MDTEXT_FRONT_MOST) prose_blank(self.out, 0, at);
  if (at) at = next_line(markdown, at);
  while (at < markdown.len) {
    size_t end = line_end(markdown, at);
    read_line(&self, (Line){at, end, 0});
    at = next_line(markdown, end);
  }
  return mdtext_clean((Str){self.out, markdown.len}, arena);
}
