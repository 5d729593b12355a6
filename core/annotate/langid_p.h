// langid_p: what langid.c and its trainer (core/tools/train_langid.c) share: which features a word has.
// One code path, so that the weights are used on what they were learnt from. Pure; any thread.
#pragma once

#include "annotate/token.h"

#define LANGID_BITS 14
#define LANGID_BUCKETS (1u << LANGID_BITS)
#define LANGID_LANES 12u  // languages without LANG_UNKNOWN
#define LANGID_WORDS 160u // words of a block that are read; a paragraph is clear long before
#define LANGID_MOST 80u   // features of a word, at most

static inline uint32_t langid_bucket(uint32_t group)
{
  return group * 0x9e3779b1u >> (32 - LANGID_BITS);
}

// Calls `see` with the bucket of each of the word's letter groups (2 to 4 bytes, the word's bounds marked)
// and of the word itself, LANGID_MOST at most. Only the first 24 bytes of a word are read. Inlined where it
// is called: three calls a byte of text would be felt.
typedef void (*LangidSee)(void *context, uint32_t bucket);
__attribute__((always_inline)) static inline void langid_features(const Token *token, LangidSee see,
                                                                  void *context)
{
  size_t len = token->lower.len < 24 ? token->lower.len : 24;
  const unsigned char *bytes = (const unsigned char *)token->lower.ptr;
  uint32_t last = (uint32_t)bytes[0] << 24 | (uint32_t)'^' << 16; // four bytes, the latest on top
  see(context, langid_bucket(token->hash));
  see(context, langid_bucket(last >> 16));
  for (size_t at = 1; at <= len; at++) {
    last = last >> 8 | (uint32_t)(at < len ? bytes[at] : '$') << 24;
    see(context, langid_bucket(last >> 16));
    see(context, langid_bucket(last >> 8));
    if (at > 1) see(context, langid_bucket(last));
  }
}

// Words of a block that speak for its language: no numbers, no marks, and no words in capitals inside a
// sentence of others (initialisms).
static inline bool langid_reads(const Token *token)
{
  return token->flags & TOKEN_WORD;
}
