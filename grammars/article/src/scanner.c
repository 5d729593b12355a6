// The scanner of article: it reads the text line by line and decides what its shape means.
//
// Lines. \n, \r\n and \r end one. White space around lines belongs to no block. A blank line ends a block. At a single
// line end the block runs on where the text was wrapped by a program (e-mail, Project Gutenberg), and ends where each
// line is a paragraph. The rule sees the line that ends (its length, its last mark), the widest line before it in the
// block, and the next line, which is read ahead (line.h). In this order:
//   1. The next line shows a kind of its own (dash of speech, list mark, credit, date): the block ends. But a dash
//      before a small letter, after a full line without a mark at its end, is a dash in running text.
//   2. One of the two is longer than LONG_LINE: the block ends.
//   3. No mark at the end, and a small letter begins the next line: it runs on, in the middle of a sentence.
//   4. One of the two is longer than WRAP_MAX: the block ends.
//   5. The first word of the next line would have fitted, going by the wider of its neighbours: nobody wraps so early;
//      the block ends. Likewise where the line is shorter than WRAP_MIN.
//   6. Else it runs on, but only in a block that began behind a blank line: where blocks follow each other without, a
//      line is a block.
// Only paragraphs, speech and list items run on at all, and none over more than LINES_MAX lines.
//
// Kinds. A line that shows no kind of its own is a headline (the first block of the text, dates and credits apart) or
// a subhead where it is short, ends without a point and by the rule above does not run on; else a paragraph. A line
// behind a headline that is a sentence of its own stands apart from it in any case. A text that begins with a line end
// is taken for the rest of a longer one: no headline and no front matter in it.
//
// Quotation marks open or close by what stands to their left and right and by what is open, innermost first, DEPTH_MAX
// deep. A mark that closes an outer quotation ends the inner ones; the end of the block ends all. A single mark opens
// only where one that could close it follows within SEEK_MAX characters, for most of them are apostrophes. Three or more of one
// mark in a row are ornament. What is neither opening nor closing is text.
//
// Everything read ahead is bounded (READ_MAX, SEEK_MAX, DATA_MAX), texts are cut at TEXT_MAX, so the cost is linear and an
// edit touches little. The state is 12 bytes; at the start of a block it depends on the text before it in three bits.

#include "chars.h"
#include "line.h"
#include "tree_sitter/alloc.h"
#include "tree_sitter/parser.h"

enum {
  WRAP_MIN = 50,   // characters: the shortest full line of wrapped text
  WRAP_MAX = 80,   // the longest
  LONG_LINE = 130, // no line that long is joined to another
  LINES_MAX = 200, // of a block: more were not wrapped from one paragraph
  DEPTH_MAX = 3,   // quotations within quotations
  SEEK_MAX = 250,  // characters that the mark that closes a single quotation may be away
  SEEK_AGAIN = 64, // a vain search holds as long as it covers that many characters more
  TEXT_MAX = 4096, // characters of a text token
  DATA_MAX = 4096, // characters of front matter, so that a text of dashes is not read to its end
};

// As in the grammar's externals; the first ones are the kinds, in Kind's order.
enum Token {
  TO_METADATA, TO_HEADLINE, TO_SUBHEAD, TO_DATELINE, TO_BYLINE, TO_CAPTION, TO_PARAGRAPH, TO_SPEECH, TO_SIGNATURE,
  TO_LIST_ITEM, END, LINE_BREAK, DELIMITER, DATA, DASH, MARKER, LABEL, TEXT, OPEN, CLOSE, UNCLOSED, ERROR_STATE,
};

enum {
  FLAG_HEADED = 1,      // the headline, or what stands in its place, is past
  FLAG_AFTER_BLANK = 2, // the block began behind a blank line, or the text with it
  FLAG_FULL_END = 4,    // the line so far ends in a point, colon or quotation mark
  FLAG_AT_BREAK = 8,    // a line break was decided here, its white space not read yet
  FLAG_AT_END = 16,     // the last text reached to the end of its line, white space apart
};

typedef struct Scanner {
  uint8_t kind;  // of the block
  uint8_t flags;
  uint8_t lead;  // characters of the block's first token, not read yet; in front matter: steps to come
  uint8_t len;   // of the line so far, in characters; up to 255, as the next two
  uint8_t width; // of the widest line of the block before this one
  uint8_t lines; // of the block before this one
  uint8_t prev;  // Class of the last character
  uint8_t vain;  // characters to come that hold no closing single mark
  uint8_t depth;
  uint8_t open[DEPTH_MAX]; // indices of MARKS
} Scanner;

static uint8_t saturate(unsigned n) { return n > 255 ? 255 : (uint8_t)n; }
static bool at_eof(TSLexer *lexer) { return lexer->lookahead == 0 && at_text_end(lexer); }
static bool at_line_end(TSLexer *lexer) { return class_of(lexer->lookahead) == C_EOL || at_eof(lexer); }

static bool accept(TSLexer *lexer, enum Token token)
{
  lexer->result_symbol = (TSSymbol)token;
  return true;
}

// --- lines and blocks ------------------------------------------------------------------------------------------------

// Read white space; the number of line ends in it, at most 2.
static unsigned skip_blank(TSLexer *lexer, bool skip)
{
  unsigned ends = 0;
  int32_t before = 0;
  for (;;) {
    int32_t c = lexer->lookahead;
    Class k = class_of(c);
    if (k != C_EOL && k != C_SPACE) return ends;
    if (k == C_EOL && !(c == '\n' && before == '\r') && ends < 2) ends++;
    before = c;
    advance(lexer, skip);
  }
}

// A line that has ended, as the rule at the head of this file sees it.
typedef struct Left {
  unsigned len, width;
  bool full_end, after_blank;
} Left;

// A dash in running text, not one of speech.
static bool is_inner_dash(const Left *left, const Line *next)
{
  return !left->full_end && left->len >= WRAP_MIN && next->first == C_DASH && next->second == C_SPACE &&
         next->third == C_LOWER;
}

static bool runs_on(const Left *left, const Line *next)
{
  bool dash = is_inner_dash(left, next);
  if (!dash && line_kind(next) != KIND_NONE) return false;
  if (left->len > LONG_LINE || next->len > LONG_LINE) return false;
  if (!left->full_end && (next->first == C_LOWER || dash)) return true;
  if (left->len > WRAP_MAX || next->len > WRAP_MAX || left->len < WRAP_MIN) return false;
  unsigned width = next->len > left->width ? next->len : left->width;
  if (left->len + 1 + next->first_word <= width) return false;
  return left->after_blank;
}

// Does the line, which the lexer has read to its end, stand alone? Looks at the line after it.
static bool stands_alone(const Line *line, bool headed, bool after_blank, TSLexer *lexer)
{
  Line next;
  if (skip_blank(lexer, false) != 1 || at_eof(lexer)) return true;
  line_read(&next, lexer);
  Left left = {line->len, 0, line->full_end, after_blank};
  return !runs_on(&left, &next) || (!headed && next.full_end && next.first != C_LOWER);
}

static Kind block_kind(const Line *line, bool headed, bool after_blank, TSLexer *lexer)
{
  Kind kind = line_kind(line);
  if (kind != KIND_NONE) return kind;
  if (line_is_title(line, headed) && stands_alone(line, headed, after_blank, lexer))
    return headed ? KIND_SUBHEAD : KIND_HEADLINE;
  return KIND_PARAGRAPH;
}

static bool may_run_on(Kind kind)
{
  return kind == KIND_PARAGRAPH || kind == KIND_SPEECH || kind == KIND_LIST_ITEM;
}

// --- front matter ----------------------------------------------------------------------------------------------------

// Read three of `mark`, alone on their line; where `marking`, mark their end. Stops anywhere where they are not there.
static bool read_delimiter(TSLexer *lexer, int32_t mark, bool marking)
{
  for (int i = 0; i < 3; i++) {
    if (lexer->lookahead != mark) return false;
    advance(lexer, false);
  }
  if (marking) mark_end(lexer);
  while (class_of(lexer->lookahead) == C_SPACE) advance(lexer, false);
  return at_line_end(lexer);
}

// Read up to the line that ends front matter; where `marking`, mark the end of what stands before it. False: there is no
// such line within DATA_MAX characters.
static bool read_data(TSLexer *lexer, int32_t mark, bool marking)
{
  int32_t before = 0;
  for (unsigned n = 0; n < DATA_MAX && !at_eof(lexer); n++) {
    int32_t c = lexer->lookahead;
    bool line_end = class_of(c) == C_EOL;
    if (line_end && marking && !(c == '\n' && before == '\r')) mark_end(lexer);
    advance(lexer, false);
    if (line_end && read_delimiter(lexer, mark, false)) return true;
    before = c;
  }
  return false;
}

// "---" or "+++", data, the same again. `lead` counts the delimiters to come, `open[0]` is their mark.
static bool scan_metadata(Scanner *self, TSLexer *lexer, const bool *valid)
{
  int32_t mark = self->open[0];
  skip_blank(lexer, true);
  if (read_delimiter(lexer, mark, true) && valid[DELIMITER]) {
    self->lead--;
    return accept(lexer, DELIMITER);
  }
  return valid[DATA] && read_data(lexer, mark, true) && accept(lexer, DATA);
}

static bool opens_metadata(const Scanner *self, const Line *line, unsigned line_ends, TSLexer *lexer)
{
  if (self->kind != KIND_NONE || line_ends || line->len != 3 || line->same != 3) return false;
  return (line->lead == '-' || line->lead == '+') && read_data(lexer, line->lead, false);
}

// --- between blocks --------------------------------------------------------------------------------------------------

static void start_block(Scanner *self, Kind kind, const Line *line, unsigned line_ends)
{
  uint8_t flags = self->flags & FLAG_HEADED;
  if (kind != KIND_METADATA && kind != KIND_DATELINE && kind != KIND_BYLINE) flags |= FLAG_HEADED;
  if (line_ends != 1) flags |= FLAG_AFTER_BLANK;
  *self = (Scanner){.kind = (uint8_t)kind, .flags = flags, .prev = C_SPACE};
  self->lead = kind == KIND_METADATA ? 2 : saturate(line_lead(line, kind));
  if (kind == KIND_METADATA) self->open[0] = (uint8_t)line->lead;
}

static void start_line(Scanner *self)
{
  if (self->len > self->width) self->width = self->len;
  self->lines++;
  self->len = self->vain = 0;
  self->prev = C_SPACE;
  self->flags &= (uint8_t) ~(FLAG_FULL_END | FLAG_AT_END);
  if (self->depth) self->flags |= FLAG_AT_BREAK;
}

// At white space behind a line, or at the start of the text. With a quotation open the token is empty and stands before the
// white space; else it takes it in.
static bool scan_between(Scanner *self, TSLexer *lexer, const bool *valid)
{
  Line next;
  unsigned ends = skip_blank(lexer, false);
  bool eof = at_eof(lexer), headed = self->flags & FLAG_HEADED;
  if (self->depth == 0) mark_end(lexer);
  if (!eof) line_read(&next, lexer);
  if (!eof && ends == 1 && self->lines < LINES_MAX && may_run_on((Kind)self->kind)) {
    Left left = {self->len, self->width, self->flags & FLAG_FULL_END, self->flags & FLAG_AFTER_BLANK};
    if (runs_on(&left, &next)) {
      start_line(self);
      return valid[LINE_BREAK] && accept(lexer, LINE_BREAK);
    }
  }
  if (self->depth) {
    self->depth--;
    return valid[UNCLOSED] && accept(lexer, UNCLOSED);
  }
  if (eof) return valid[END] && accept(lexer, END);
  if (self->kind == KIND_NONE && ends) headed = true;
  Kind kind = opens_metadata(self, &next, ends, lexer) ? KIND_METADATA : block_kind(&next, headed, ends != 1, lexer);
  if (headed) self->flags |= FLAG_HEADED;
  start_block(self, kind, &next, ends);
  enum Token token = (enum Token)(kind - KIND_METADATA + TO_METADATA);
  return valid[token] && accept(lexer, token);
}

// --- quotation marks and text ----------------------------------------------------------------------------------------

// A mark, and those that close a quotation it opens.
static const struct Mark {
  int32_t mark, closers[3];
  bool low;    // only ever opens
  bool single; // also an apostrophe
  bool angle;  // may have white space inside
} MARKS[] = {
    {'"', {'"', 0x201D, 0x201C}, .low = false},
    {0x201E, {0x201C, 0x201D, '"'}, .low = true},       // „
    {0x201C, {0x201D, 0x201C, '"'}, .low = false},      // “
    {0x201D, {0x201D, '"', '"'}, .low = false},         // ”
    {0xAB, {0xBB, 0xBB, 0xBB}, .angle = true},          // «
    {0xBB, {0xAB, 0xBB, 0xBB}, .low = false},           // »
    {'\'', {'\'', 0x2019, 0x2019}, .single = true},
    {0x201A, {0x2018, 0x2019, '\''}, .low = true},      // ‚
    {0x2018, {0x2019, '\'', '\''}, .single = true},     // ‘
    {0x2019, {0x2019, '\'', '\''}, .single = true},     // ’
    {0x2039, {0x203A, 0x203A, 0x203A}, .angle = true},  // ‹
    {0x203A, {0x2039, 0x203A, 0x203A}, .low = false},   // ›
};

static unsigned mark_index(int32_t c)
{
  unsigned i = 0;
  while (MARKS[i].mark != c) i++; // c is of C_QUOTE
  return i;
}

// How many quotations, innermost first, end where `c` closes one; 0: it closes none that is open.
static unsigned closed_by(const Scanner *self, int32_t c)
{
  for (unsigned n = 1; n <= self->depth; n++) {
    const int32_t *closers = MARKS[self->open[self->depth - n]].closers;
    if (c == closers[0] || c == closers[1] || c == closers[2]) return n;
  }
  return 0;
}

typedef enum Sense { SENSE_TEXT, SENSE_OPENS, SENSE_CLOSES } Sense;

// What a mark that could close (`closable`) an open quotation does before a character of class `next`.
static Sense sense_of(const Scanner *self, const struct Mark *mark, bool closable, Class next)
{
  Class prev = self->prev;
  bool leads = next != C_SPACE && next != C_EOL && next != C_COMMA && next != C_COLON && next != C_CLOSE;
  bool free = prev == C_SPACE || prev == C_OPEN || prev == C_DASH || prev == C_OTHER;
  if (mark->single && is_word(next) && (is_word(prev) || next == C_DIGIT)) return SENSE_TEXT; // "it's", "'90s"
  if (closable && !(leads && free)) {
    bool loose = mark->single && (is_word(next) || prev == C_SPACE);
    return loose ? SENSE_TEXT : SENSE_CLOSES;
  }
  if (self->depth == DEPTH_MAX) return SENSE_TEXT;
  if (prev == C_COLON || prev == C_COMMA || mark->low) free = true;
  if (mark->angle && next == C_SPACE) leads = free = true; // « comme ça »
  return leads && free ? SENSE_OPENS : SENSE_TEXT;
}

// Is there a mark ahead that could close a single quotation? If not, *seen is how many characters hold none.
static bool seek_single(TSLexer *lexer, unsigned *seen)
{
  Class prev = C_OPEN;
  for (*seen = 0; *seen < SEEK_MAX && !at_line_end(lexer); ++*seen) {
    int32_t c = lexer->lookahead;
    advance(lexer, false);
    if ((c == '\'' || c == 0x2019) && prev != C_SPACE && !is_word(class_of(lexer->lookahead))) return true;
    prev = class_of(c);
  }
  return false;
}

// Count characters of the line as read, the last of them of class `last`.
static void pass(Scanner *self, unsigned count, Class last)
{
  self->len = saturate(self->len + count);
  self->vain = count < self->vain ? (uint8_t)(self->vain - count) : 0;
  self->prev = (uint8_t)last;
}

static void set_full_end(Scanner *self, bool full)
{
  self->flags = (uint8_t)(full ? self->flags | FLAG_FULL_END : self->flags & ~FLAG_FULL_END);
}

// Text up to a quotation mark, the end of the line or TEXT_MAX, without white space at its end. Of it, `count` characters
// are read and passed already.
typedef struct Text { // what was read of it
  unsigned len, end; // characters, and those up to the end of the last word
  Class last;        // of the last character that is not white space
  bool full;         // it ends in full, as FLAG_FULL_END
  bool marked;       // the lexer's mark stands behind that character
} Text;

static Class class_ascii(char c) { return (Class)CLASSES[(unsigned char)c]; }

// As if the `count` characters of `plain` before the lexer's place had been read one by one.
static void add_plain(Text *text, TSLexer *lexer, const char *plain, unsigned count)
{
  unsigned words = count; // up to the end of the last of them
  while (words && class_ascii(plain[words - 1]) == C_SPACE) words--;
  if (words < count && (words || !text->marked)) mark_end_before(lexer, count - words);
  text->len += count;
  text->marked = words < count;
  if (!words) return;
  text->end = text->len - (count - words);
  text->last = class_ascii(plain[words - 1]);
  for (unsigned i = words; i--;) {
    Class k = class_ascii(plain[i]);
    if (k == C_SPACE || k == C_CLOSE) continue;
    text->full = ends_full(k);
    break;
  }
}

static bool scan_text(Scanner *self, TSLexer *lexer, const bool *valid, unsigned count)
{
  Text text = {.last = self->prev, .full = self->flags & FLAG_FULL_END};
  for (; count + text.len < TEXT_MAX; text.len++) {
    const char *plain;
    unsigned run = advance_plain(lexer, TEXT_MAX - count - text.len, &plain);
    if (run) add_plain(&text, lexer, plain, run);
    if (count + text.len == TEXT_MAX) break;
    int32_t c = lexer->lookahead;
    Class k = class_of(c);
    if (k == C_EOL || (c == 0 && at_text_end(lexer))) {
      self->flags |= FLAG_AT_END;
      break;
    }
    if ((k == C_SPACE || k == C_QUOTE) && !text.marked) {
      mark_end(lexer);
      text.marked = true;
    }
    if (k == C_QUOTE && !(MARKS[mark_index(c)].single && is_word(text.last) && text.end == text.len)) break;
    advance(lexer, false);
    if (k == C_QUOTE && !is_word(class_of(lexer->lookahead))) break; // not an apostrophe
    if (k == C_SPACE) continue;
    text.marked = false;
    text.end = text.len + 1;
    text.last = k;
    if (k != C_CLOSE) text.full = ends_full(k);
  }
  if (!text.marked) mark_end(lexer);
  pass(self, text.end, text.last);
  set_full_end(self, text.full);
  return valid[TEXT] && accept(lexer, TEXT);
}

// At a quotation mark. One that ends quotations inside the one it closes first gives an empty token for each of them.
static bool scan_mark(Scanner *self, TSLexer *lexer, const bool *valid)
{
  int32_t c = lexer->lookahead;
  unsigned index = mark_index(c), closed = closed_by(self, c), run = 1, vain = 0;
  advance(lexer, false);
  if (closed <= 1) mark_end(lexer);
  Class next = at_line_end(lexer) ? C_EOL : class_of(lexer->lookahead);
  if (closed <= 1) {
    for (; lexer->lookahead == c && run < TEXT_MAX; run++) advance(lexer, false);
  }
  Sense sense = run > 2 ? SENSE_TEXT : sense_of(self, &MARKS[index], closed > 0, next);
  if (sense == SENSE_CLOSES && closed > 1) {
    self->depth--;
    return valid[UNCLOSED] && accept(lexer, UNCLOSED);
  }
  if (sense == SENSE_OPENS && closed > 1) mark_end(lexer);
  if (sense == SENSE_OPENS && MARKS[index].single && !MARKS[index].low) {
    if (self->vain >= SEEK_AGAIN) sense = SENSE_TEXT;
    else if (!seek_single(lexer, &vain)) {
      pass(self, 1, C_QUOTE); // alone, for the lexer is far ahead
      self->vain = saturate(vain);
      set_full_end(self, true);
      return valid[TEXT] && accept(lexer, TEXT);
    }
  }
  pass(self, sense == SENSE_TEXT ? run : 1, C_QUOTE);
  set_full_end(self, true);
  switch (sense) {
  case SENSE_OPENS:
    self->open[self->depth++] = (uint8_t)index;
    self->prev = C_OPEN;
    return valid[OPEN] && accept(lexer, OPEN);
  case SENSE_CLOSES:
    self->depth--;
    self->prev = C_CLOSE;
    return valid[CLOSE] && accept(lexer, CLOSE);
  case SENSE_TEXT:
    break;
  }
  return scan_text(self, lexer, valid, run);
}

// The dash, bullet or label that opens a block.
static bool scan_lead(Scanner *self, TSLexer *lexer, const bool *valid)
{
  enum Token token = self->kind == KIND_BYLINE ? LABEL : self->kind == KIND_LIST_ITEM ? MARKER : DASH;
  Class last = C_SPACE;
  for (unsigned n = self->lead; n > 0 && !at_eof(lexer); n--) {
    last = class_of(lexer->lookahead);
    advance(lexer, false);
  }
  mark_end(lexer);
  pass(self, self->lead, last);
  self->lead = 0;
  return valid[token] && accept(lexer, token);
}

static bool scan(Scanner *self, TSLexer *lexer, const bool *valid)
{
  if (valid[ERROR_STATE]) return false;
  mark_end(lexer);
  if (self->kind == KIND_NONE) return scan_between(self, lexer, valid);
  if (self->lead) return self->kind == KIND_METADATA ? scan_metadata(self, lexer, valid) : scan_lead(self, lexer, valid);
  if (self->flags & FLAG_AT_END) return scan_between(self, lexer, valid);
  if (self->flags & FLAG_AT_BREAK) {
    skip_blank(lexer, true);
    self->flags &= (uint8_t)~FLAG_AT_BREAK;
  }
  unsigned spaces = 0;
  for (; class_of(lexer->lookahead) == C_SPACE; spaces++) advance(lexer, true);
  if (at_line_end(lexer)) return scan_between(self, lexer, valid);
  if (spaces) pass(self, spaces, C_SPACE);
  mark_end(lexer);
  if (class_of(lexer->lookahead) == C_QUOTE) return scan_mark(self, lexer, valid);
  return scan_text(self, lexer, valid, 0);
}

#ifndef SCANNER_LEXER
// --- what tree-sitter calls ------------------------------------------------------------------------------------------

void *tree_sitter_article_external_scanner_create(void);
void tree_sitter_article_external_scanner_destroy(void *payload);
unsigned tree_sitter_article_external_scanner_serialize(void *payload, char *buffer);
void tree_sitter_article_external_scanner_deserialize(void *payload, const char *buffer, unsigned length);
bool tree_sitter_article_external_scanner_scan(void *payload, TSLexer *lexer, const bool *valid_symbols);

void *tree_sitter_article_external_scanner_create(void) { return ts_calloc(1, sizeof(Scanner)); }

void tree_sitter_article_external_scanner_destroy(void *payload) { ts_free(payload); }

unsigned tree_sitter_article_external_scanner_serialize(void *payload, char *buffer)
{
  memcpy(buffer, payload, sizeof(Scanner));
  return sizeof(Scanner);
}

void tree_sitter_article_external_scanner_deserialize(void *payload, const char *buffer, unsigned length)
{
  memset(payload, 0, sizeof(Scanner));
  if (length == sizeof(Scanner)) memcpy(payload, buffer, length);
}

bool tree_sitter_article_external_scanner_scan(void *payload, TSLexer *lexer, const bool *valid_symbols)
{
  return scan(payload, lexer, valid_symbols);
}
#endif
