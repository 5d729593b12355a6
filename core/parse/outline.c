// How it works. Reader stands for the lexer that tree-sitter would give the scanner, over bytes in memory;
// the scanner's source is included, so that the two are compiled into one. It is called token by token. What
// a block is depends on the scanner's state at its start and on the bytes from there on, so work can begin at
// any block whose decision read no edited byte, and can stop at a block behind the edit that starts where one
// started before, in the same state.
#include "parse/outline.h"
#include "base/utf8.h"

#include <assert.h>

// --- the lexer

#define SCANNER_LEXER
#include "lexer.h"

typedef struct Reader {
  TSLexer lexer; // first: the scanner has a pointer to it
  Str text;
  size_t at, size; // the character looked at
  size_t mark;     // the end of the token
  size_t seen;     // the end of the bytes that runs_long() looked at
  size_t reach;    // the end of the bytes looked at; text.len + 1: the end of the text was
} Reader;

static void look_wide(Reader *self)
{
  const char *p = self->text.ptr + self->at;
  uint32_t cp; // an invalid byte is -1, as tree-sitter has it
  bool valid;
  size_t size = utf8_decode_slow(p, self->text.ptr + self->text.len, &cp, &valid);
  self->size = valid ? size : 1;
  self->lexer.lookahead = valid ? (int32_t)cp : -1;
}

static inline void reader_look(Reader *self)
{
  bool end = self->at >= self->text.len;
  unsigned char byte = end ? 0 : (unsigned char)self->text.ptr[self->at];
  self->size = !end;
  self->lexer.lookahead = byte;
  if (byte >= 0x80) look_wide(self);
}

static inline void advance(TSLexer *lexer, bool skip)
{
  Reader *self = (Reader *)(void *)lexer;
  (void)skip;
  self->at += self->size;
  reader_look(self);
}

static inline unsigned advance_letters(TSLexer *lexer, unsigned most, const char **letters)
{
  Reader *self = (Reader *)(void *)lexer;
  size_t left = self->text.len - self->at, end = left < most ? left : most;
  if (self->lexer.lookahead < 'a' || self->lexer.lookahead > 'z') return 0;
  *letters = self->text.ptr + self->at;
  size_t n = utf8_small_ahead(*letters, *letters + end);
  self->at += n;
  reader_look(self);
  return (unsigned)n;
}

// Neither control characters nor bytes from 128 on, which are negative, nor quotation marks.
typedef signed char Bytes __attribute__((vector_size(16)));

static inline bool all_plain(const char *sixteen)
{
  Bytes bytes;
  uint64_t halves[2];
  memcpy(&bytes, sixteen, sizeof bytes);
  Bytes others = (Bytes)(bytes < ' ') | (Bytes)(bytes == '"') | (Bytes)(bytes == '\'');
  memcpy(halves, &others, sizeof halves);
  return !(halves[0] | halves[1]);
}

static inline bool is_plain(char c)
{
  return (signed char)c >= ' ' && c != '"' && c != '\'';
}

static inline unsigned advance_plain(TSLexer *lexer, unsigned most, const char **plain)
{
  Reader *self = (Reader *)(void *)lexer;
  size_t left = self->text.len - self->at, end = left < most ? left : most, n = 0;
  const char *text = *plain = self->text.ptr + self->at;
  while (n + sizeof(Bytes) <= end && all_plain(text + n)) n += sizeof(Bytes);
  while (n < end && is_plain(text[n])) n++;
  self->at += n;
  reader_look(self);
  return (unsigned)n;
}

static inline unsigned count_bytes(Bytes which) // each of it all ones, or zero
{
  uint64_t halves[2];
  Bytes ones = which & 1;
  memcpy(halves, &ones, sizeof halves);
  return (unsigned)((halves[0] + halves[1]) * 0x0101010101010101u >> 56);
}

// A byte that continues no other begins a character, or is an invalid one, which counts as much.
static inline bool runs_long(TSLexer *lexer, unsigned count)
{
  Reader *self = (Reader *)(void *)lexer;
  unsigned begun = 0;
  for (size_t at = self->at; begun < count; at += sizeof(Bytes)) {
    if (self->text.len - at < sizeof(Bytes)) return false;
    Bytes bytes;
    memcpy(&bytes, self->text.ptr + at, sizeof bytes);
    self->seen = at + sizeof bytes;
    if (count_bytes((Bytes)(bytes == '\n') | (Bytes)(bytes == '\r'))) return false;
    begun += count_bytes((Bytes)(bytes >= -64));
  }
  return true;
}

static inline void mark_end_before(TSLexer *lexer, unsigned back)
{
  Reader *self = (Reader *)(void *)lexer;
  self->mark = self->at - back;
}

static inline void mark_end(TSLexer *lexer)
{
  Reader *self = (Reader *)(void *)lexer;
  self->mark = self->at;
}

static inline bool at_text_end(const TSLexer *lexer)
{
  const Reader *self = (const Reader *)(const void *)lexer;
  return self->at >= self->text.len;
}

#include "scanner.c" // of grammars/article: its tokens, its state, scan()

static const BlockKind g_kinds[] = {
    [TO_METADATA] = BLOCK_METADATA,   [TO_HEADLINE] = BLOCK_HEADLINE, [TO_SUBHEAD] = BLOCK_SUBHEAD,
    [TO_DATELINE] = BLOCK_DATELINE,   [TO_BYLINE] = BLOCK_BYLINE,     [TO_CAPTION] = BLOCK_CAPTION,
    [TO_PARAGRAPH] = BLOCK_PARAGRAPH, [TO_SPEECH] = BLOCK_SPEECH,     [TO_SIGNATURE] = BLOCK_SIGNATURE,
    [TO_LIST_ITEM] = BLOCK_LIST_ITEM,
};

// Read the token at `from`; its symbol, or END at the end of the text.
static unsigned reader_token(Reader *self, Scanner *scanner, size_t from)
{
  static const bool valid[ERROR_STATE + 1] = {true, true, true, true, true, true, true, true,
                                              true, true, true, true, true, true, true, true,
                                              true, true, true, true, true, false};
  self->at = from;
  self->seen = 0;
  reader_look(self);
  bool found = scan(scanner, &self->lexer, valid);
  size_t reach = self->at + (self->lexer.lookahead >= 0 && self->lexer.lookahead < 0x80 ? 1 : 4);
  if (self->seen > reach) reach = self->seen;
  if (reach > self->reach) self->reach = reach; // it never goes back
  return found ? self->lexer.result_symbol : END;
}

// --- blocks

static uint64_t block_hash(Str bytes, BlockKind kind)
{
  return str_hash(bytes) ^ (kind + 1) * 0x9e3779b97f4a7c15u;
}

static void state_save(const Scanner *scanner, uint8_t state[OUTLINE_STATE])
{
  _Static_assert(sizeof *scanner <= OUTLINE_STATE, "the scanner's state grew");
  memset(state, 0, OUTLINE_STATE);
  memcpy(state, scanner, sizeof *scanner);
}

// How many blocks start where they did, whatever the edit brought: no edited byte was read up to there.
static size_t count_safe(const Outline *outline, size_t edit_start)
{
  size_t safe = 0;
  while (safe < outline->len && outline->items[safe].reach <= edit_start) safe++;
  return safe;
}

// Is `now` a block that stood in `old`, from `*next` on, before the text behind `edit` moved? If so *next is
// its index.
static bool is_known(const OutlineBlock *now, const Outline *old, TextEdit edit, size_t *next)
{
  if (now->block.start < edit.new_end) return false;
  size_t before = now->block.start - edit.new_end + edit.old_end;
  while (*next < old->len && old->items[*next].block.start < before) ++*next;
  if (*next == old->len || old->items[*next].block.start != before) return false;
  return !memcmp(old->items[*next].state, now->state, OUTLINE_STATE);
}

static void finish_block(OutlineBlock *block, Str text)
{
  block->block.hash = block_hash(str_slice(text, block->block.start, block->block.end), block->block.kind);
}

// Append old blocks from `next` on, the first of which is `now`, found again.
static void take_rest(Outline *outline, const Outline *old, size_t next, OutlineBlock now, TextEdit edit)
{
  size_t reach = now.reach;
  for (size_t i = next; i < old->len; i++) {
    OutlineBlock block = old->items[i];
    block.block.start = block.block.start - edit.old_end + edit.new_end;
    block.block.end = block.block.end - edit.old_end + edit.new_end;
    block.reach = i == next ? reach : block.reach - edit.old_end + edit.new_end;
    vec_push(outline, block);
  }
}

// Read blocks from the last one of `outline`, which is not finished, or from the start of the text.
static void read_blocks(Outline *outline, const Outline *old, size_t next, Str text, TextEdit edit)
{
  Reader reader = {.text = text};
  Scanner scanner = {0};
  OutlineBlock now = {0};
  bool in_block = outline->len > 0;
  if (in_block) {
    now = outline->items[--outline->len];
    now.block.end = now.block.start;
    memcpy(&scanner, now.state, sizeof scanner);
  }
  for (size_t at = now.block.start;;) {
    unsigned token = reader_token(&reader, &scanner, at);
    if (token >= END) { // no kind of block
      if (token == END) break;
      if (reader.mark > at) now.block.end = reader.mark;
      at = reader.mark;
      continue;
    }
    if (in_block) {
      finish_block(&now, text);
      vec_push(outline, now);
    }
    in_block = true;
    at = reader.mark;
    now = (OutlineBlock){.block = {.start = at, .end = at, .kind = g_kinds[token]}, .reach = reader.reach};
    state_save(&scanner, now.state);
    if (is_known(&now, old, edit, &next)) {
      take_rest(outline, old, next, now, edit);
      return;
    }
    reader.reach = 0;
  }
  if (!in_block) return;
  finish_block(&now, text);
  vec_push(outline, now);
}

void outline_update(Outline *outline, Str text, TextEdit edit)
{
  Outline old = *outline, fresh = {0};
  size_t safe = count_safe(&old, edit.start);
  for (size_t i = 0; i < safe; i++) vec_push(&fresh, old.items[i]);
  read_blocks(&fresh, &old, safe, text, edit);
  vec_release(&old);
  *outline = fresh;
}
