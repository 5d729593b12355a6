// token: the words, numbers and marks of a block, and its sentences.
//
// One token each: hyphen compounds ("vinter-OS", "Kreml-kritikern", "1990-talet"; a dash never joins, "15–16"
// are three), abbreviations ("bl.a.", "z.B.", "U.S.", "Dr." with their points, the last by
// sentences_split()), words with a mark inside ("O’Brien", "don't", "EU:s", "NATO:ssa", "H&M", "svt.se",
// "a@b.no"), numbers ("1,5" "20.000" "09:12" "09.12" "17.5.2023" "12/03/2023" "2023/24" "15th" "5G", the ISO
// forms "2023-04" and "2023-04-17T09:12") and runs of one mark ("...", "--"). Other hyphens between digits
// stand alone ("3-2", "2022-2023": three tokens), and so does the point of an ordinal ("3." is "3" and ".",
// but ends no sentence in "3. mars").
//
// Two tokens each: "Putin" + "'s" (all languages), "l’" + "incontro", "dell'" + "Italia" (words of
// elisions.tsv; "D'Alema" stays whole). Pure; any thread, an arena of its own.
#pragma once

#include "annotate/lang.h"
#include "base/vec.h"

typedef enum TokenFlags {
  TOKEN_WORD = 1,      // begins with a letter; or the possessive "'s"
  TOKEN_NUMBER = 2,    // begins with a digit
  TOKEN_PUNCT = 4,     // one mark or symbol (or a run of the same dots or dashes)
  TOKEN_CAPITAL = 8,   // first letter is upper case
  TOKEN_ALL_CAPS = 16, // two letters or more, all upper case
  TOKEN_HAS_LOWER = 32,
  TOKEN_HAS_DIGIT = 64,
  TOKEN_HAS_HYPHEN = 128,
  TOKEN_ABBREV = 256, // ends in a point that belongs to it
  TOKEN_SPACE_BEFORE = 512,
  TOKEN_FIRST = 1024,      // first word or number of its sentence (marks in front of it do not count)
  TOKEN_LINE_START = 2048, // first token on its line
  TOKEN_HAS_MARK = 4096,   // a mark that is no hyphen inside or in front: "don't", "svt.se", "'s"
  TOKEN_HEADING = 8192,    // it has its capital from the heading alone, and no TOKEN_CAPITAL (namecase.c)
} TokenFlags;

typedef struct Token {
  uint32_t start, end; // bytes in the block, half-open
  uint32_t flags;      // TokenFlags
  uint32_t hash;       // the lower half of `whole_hash`
  uint64_t whole_hash; // str_hash(lower)
  Str lower; // lower case; borrowed from the block's text where that is lower case, else in the arena
} Token;
typedef VEC_OF(Token) TokenVec;

// "'s", which is a token of its own.
static inline bool token_is_possessive(const Token *token)
{
  return (token->flags & TOKEN_HAS_MARK) && (str_is(token->lower, "'s") || str_is(token->lower, "’s"));
}

typedef struct Sentence {
  uint32_t first, last; // tokens, half-open
} Sentence;
typedef VEC_OF(Sentence) SentenceVec;

// Append the tokens of `text` to `tokens`, in order. `text` (under 4 GB) is borrowed by them. Linear.
void tokens_split(Str text, Arena *arena, TokenVec *tokens);
// Append the sentences of `tokens`, which cover them all, and set TOKEN_FIRST. Points of the abbreviations of
// `lang` and of initials ("J. K. Rowling") are joined to their words on the way, so `tokens` may get shorter.
// A sentence ends behind . ! ? … and the closing marks after it, or at an empty line. Linear.
void sentences_split(Str text, Lang lang, TokenVec *tokens, Arena *arena, SentenceVec *sentences);
