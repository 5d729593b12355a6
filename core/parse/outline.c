// How it works. Reader is the lexer that tree-sitter would give the scanner, over bytes in memory. Its scan
// function is called token by token. What a block is depends on the scanner's state at its start and on the
// bytes from there on, so work can begin at any block whose decision read no edited byte, and can stop at a
// block behind the edit that starts where one started before, in the same state.
#include "parse/outline.h"
#include "base/utf8.h"

#include <assert.h>
#include <tree_sitter/parser.h> // the grammar's own copy

// grammars/article/src/scanner.c
void *tree_sitter_article_external_scanner_create(void);
void tree_sitter_article_external_scanner_destroy(void *payload);
unsigned tree_sitter_article_external_scanner_serialize(void *payload, char *buffer);
void tree_sitter_article_external_scanner_deserialize(void *payload, const char *buffer, unsigned length);
bool tree_sitter_article_external_scanner_scan(void *payload, TSLexer *lexer, const bool *valid_symbols);

// The externals of grammar.js, in order; the first are the kinds.
enum { TOKEN_END = 10, TOKEN_ERROR = 21, TOKENS };

static const BlockKind g_kinds[TOKEN_END] = {BLOCK_METADATA,  BLOCK_HEADLINE, BLOCK_SUBHEAD,   BLOCK_DATELINE,
                                             BLOCK_BYLINE,    BLOCK_CAPTION,  BLOCK_PARAGRAPH, BLOCK_SPEECH,
                                             BLOCK_SIGNATURE, BLOCK_LIST_ITEM};

// --- the lexer
// -------------------------------------------------------------------------------------------------------

typedef struct Reader {
  TSLexer lexer; // first: the scanner has a pointer to it
  Str text;
  size_t at, size; // the character looked at
  size_t mark;     // the end of the token
  size_t reach;    // the end of the bytes looked at; text.len + 1: the end of the text was
} Reader;

static void reader_look(Reader *self)
{
  size_t reach = self->at + 1;
  self->size = 0;
  self->lexer.lookahead = 0;
  if (self->at < self->text.len) {
    const char *p = self->text.ptr + self->at;
    self->size = 1;
    self->lexer.lookahead = (unsigned char)*p;
    if ((unsigned char)*p >= 0x80) { // an invalid byte is -1, as tree-sitter has it
      uint32_t cp;
      bool valid;
      size_t size = utf8_decode_slow(p, self->text.ptr + self->text.len, &cp, &valid);
      self->size = valid ? size : 1;
      self->lexer.lookahead = valid ? (int32_t)cp : -1;
      reach += 3;
    }
  }
  if (reach > self->reach) self->reach = reach;
}

static void reader_advance(TSLexer *lexer, bool skip)
{
  Reader *self = (Reader *)(void *)lexer;
  (void)skip;
  self->at += self->size;
  reader_look(self);
}

static void reader_mark_end(TSLexer *lexer)
{
  Reader *self = (Reader *)(void *)lexer;
  self->mark = self->at;
}

static bool reader_eof(const TSLexer *lexer)
{
  const Reader *self = (const Reader *)(const void *)lexer;
  return self->at >= self->text.len;
}

static uint32_t reader_column(TSLexer *lexer)
{
  return (void)lexer, 0;
}

static bool reader_at_range(const TSLexer *lexer)
{
  return (void)lexer, false;
}

static Reader reader_over(Str text)
{
  return (Reader){.lexer = {.advance = reader_advance,
                            .mark_end = reader_mark_end,
                            .get_column = reader_column,
                            .is_at_included_range_start = reader_at_range,
                            .eof = reader_eof},
                  .text = text};
}

// Read the token at `from`; its symbol, or TOKEN_END at the end of the text.
static unsigned reader_token(Reader *self, void *scanner, size_t from)
{
  static const bool valid[TOKENS] = {true, true, true, true, true, true, true, true, true, true, true,
                                     true, true, true, true, true, true, true, true, true, true, false};
  self->at = from;
  reader_look(self);
  bool found = tree_sitter_article_external_scanner_scan(scanner, &self->lexer, valid);
  return found ? self->lexer.result_symbol : TOKEN_END;
}

// --- blocks
// ----------------------------------------------------------------------------------------------------------

static uint64_t block_hash(Str bytes, BlockKind kind)
{
  return str_hash(bytes) ^ (kind + 1) * 0x9e3779b97f4a7c15u;
}

static void state_save(void *scanner, uint8_t state[OUTLINE_STATE])
{
  char buffer[TREE_SITTER_SERIALIZATION_BUFFER_SIZE];
  unsigned len = tree_sitter_article_external_scanner_serialize(scanner, buffer);
  assert(len <= OUTLINE_STATE);
  memset(state, 0, OUTLINE_STATE);
  memcpy(state, buffer, len);
}

static void state_load(void *scanner, const uint8_t state[OUTLINE_STATE])
{
  char buffer[TREE_SITTER_SERIALIZATION_BUFFER_SIZE];
  unsigned len = tree_sitter_article_external_scanner_serialize(scanner, buffer); // for its length
  memcpy(buffer, state, len);
  tree_sitter_article_external_scanner_deserialize(scanner, buffer, len);
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
static void read_blocks(Outline *outline, const Outline *old, size_t next, Str text, TextEdit edit,
                        void *scanner)
{
  Reader reader = reader_over(text);
  OutlineBlock now = {0};
  bool in_block = outline->len > 0;
  if (in_block) {
    now = outline->items[--outline->len];
    now.block.end = now.block.start;
    state_load(scanner, now.state);
  }
  for (size_t at = now.block.start;;) {
    unsigned token = reader_token(&reader, scanner, at);
    if (token >= TOKEN_END) {
      if (token == TOKEN_END) break;
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
    state_save(scanner, now.state);
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
  void *scanner = tree_sitter_article_external_scanner_create();
  read_blocks(&fresh, &old, safe, text, edit, scanner);
  tree_sitter_article_external_scanner_destroy(scanner);
  vec_release(&old);
  *outline = fresh;
}
