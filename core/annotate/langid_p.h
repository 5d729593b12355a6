// langid_p: what langid.c and its trainer (core/tools/train_langid.c) share: which features a word has. One
// code path, so that the weights are used on what they were learnt from.
#pragma once

#include "annotate/token.h"

#define LANGID_BUCKETS 16384u // a power of two
#define LANGID_LANES 12u      // languages without LANG_UNKNOWN
#define LANGID_WORDS 160u     // words of a block that are read; a paragraph is clear long before
#define LANGID_MOST 96u       // features of a word, at most

// Buckets of the word's letter groups (2 to 4 bytes, the word's bounds marked) and of the word itself. Only
// the first 24 bytes of a word are read. Returns how many.
static inline size_t langid_features(Str lower, uint32_t out[LANGID_MOST])
{
  unsigned char padded[26];
  size_t len = lower.len < 24 ? lower.len : 24, n = 0;
  padded[0] = '^';
  memcpy(padded + 1, lower.ptr, len);
  padded[len + 1] = '$';
  uint32_t word = 0x811c9dc5u;
  for (size_t i = 0; i < len + 2; i++) {
    uint32_t hash = 0x811c9dc5u ^ padded[i];
    word = (word ^ padded[i]) * 0x01000193u;
    for (size_t size = 2; size <= 4 && i + size <= len + 2; size++) {
      hash = (hash * 0x01000193u) ^ padded[i + size - 1];
      uint32_t mixed = hash * 0x9e3779b1u;
      out[n++] = (mixed ^ mixed >> 15) & (LANGID_BUCKETS - 1);
    }
  }
  word *= 0x85ebca6bu;
  out[n++] = (word ^ word >> 13) & (LANGID_BUCKETS - 1);
  return n;
}

// Words of a block that speak for its language: no numbers, no marks, and no words in capitals inside a
// sentence of others (initialisms).
static inline bool langid_reads(const Token *token)
{
  return token->flags & TOKEN_WORD;
}
