// lexer: how the scanner moves through the text: by the functions of the lexer that tree-sitter hands it. A program that
// includes scanner.c to run it without tree-sitter defines SCANNER_LEXER and these over a reader of its own, which its
// compiler can then make one with the scanner.
#pragma once

#include "tree_sitter/parser.h"

#ifndef SCANNER_LEXER
static inline void advance(TSLexer *lexer, bool skip) { lexer->advance(lexer, skip); }
static inline void mark_end(TSLexer *lexer) { lexer->mark_end(lexer); }
static inline bool at_text_end(const TSLexer *lexer) { return lexer->eof(lexer); }

// Advance over letters from a to z, at most `most` of them; how many they were, and where they stand. Most of a text is
// read so, where the lexer's text is at hand; tree-sitter shows one character at a time.
static inline unsigned advance_letters(TSLexer *lexer, unsigned most, const char **letters)
{
  (void)lexer, (void)most, (void)letters;
  return 0;
}

// Likewise over ASCII that is no quotation mark and no control character.
static inline unsigned advance_plain(TSLexer *lexer, unsigned most, const char **plain)
{
  return advance_letters(lexer, most, plain);
}

// Whether at least `count` characters without a line end are to come, where that can be seen without reading them.
static inline bool runs_long(TSLexer *lexer, unsigned count)
{
  (void)lexer, (void)count;
  return false;
}

// The token ends `back` bytes before the lexer's place.
static inline void mark_end_before(TSLexer *lexer, unsigned back)
{
  (void)lexer, (void)back;
}
#endif
