// token: the words, numbers and marks of a block, and its sentences.
// Hyphen compounds ("vinter-OS", "Kreml-kritikern"), abbreviations with their points ("bl.a.", "z.B.", "U.S."), apostrophes
// inside words ("d'Italia", "O'Brien", "EU:s", "Putin's" = "Putin" + "'s") and numbers ("1,5", "20.000", "09:12", "2023-04-17") are
// one token each unless noted. Pure; any thread, an arena of its own.
#pragma once

#include "annotate/lang.h"
#include "base/vec.h"

typedef enum TokenFlags {
  TOKEN_WORD = 1,        // begins with a letter
  TOKEN_NUMBER = 2,      // begins with a digit
  TOKEN_PUNCT = 4,       // one mark (or a run of dots or dashes)
  TOKEN_CAPITAL = 8,     // first letter is upper case
  TOKEN_ALL_CAPS = 16,   // two letters or more, all upper case
  TOKEN_HAS_LOWER = 32,
  TOKEN_HAS_DIGIT = 64,
  TOKEN_HAS_HYPHEN = 128,
  TOKEN_ABBREV = 256,    // ends in a point that belongs to it
  TOKEN_SPACE_BEFORE = 512,
  TOKEN_FIRST = 1024,    // first word of its sentence (marks in front of it do not count)
  TOKEN_LINE_START = 2048, // first token on its line
} TokenFlags;

typedef struct Token {
  uint32_t start, end; // bytes in the block, half-open
  uint32_t flags;      // TokenFlags
  uint32_t hash;       // (uint32_t)str_hash(lower)
  Str lower;           // lower case; borrowed from the block's text where that is lower case, else in the arena
} Token;
typedef VEC_OF(Token) TokenVec;

typedef struct Sentence {
  uint32_t first, last; // tokens, half-open
} Sentence;
typedef VEC_OF(Sentence) SentenceVec;

// Append the tokens of `text` to `tokens`, in order. `text` (under 4 GB) is borrowed by them.
void tokens_split(Str text, Arena *arena, TokenVec *tokens);
// Append the sentences of `tokens` and set their TOKEN_FIRST and TOKEN_ABBREV flags, by the abbreviations of `lang`.
void sentences_split(Str text, Lang lang, TokenVec *tokens, Arena *arena, SentenceVec *sentences);
