// fold: text as it is compared and searched: words in lower case without diacritics, parted by one space.
// "Tromsø, 3. mai" is "tromso 3 mai"; "Kreml-kritikern" is two words. Pure; any thread.
#pragma once

#include "base/arena.h"
#include "base/str.h"

// `text` folded, in `arena`.
Str fold_words(Arena *arena, Str text);
// The same, appended to `out`.
void fold_words_to(StrBuf *out, Str text);

// The end of the word at `p` in folded text: the next space, or `end`.
static inline const char *fold_word_end(const char *p, const char *end)
{
  const uint64_t ones = 0x0101010101010101u, highs = ones << 7;
  for (; end - p >= 8 && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__; p += 8) {
    uint64_t bytes;
    memcpy(&bytes, p, 8);
    bytes ^= ones * ' '; // a space is 0
    uint64_t zeros = (bytes - ones) & ~bytes & highs;
    if (zeros) return p + (__builtin_ctzll(zeros) >> 3); // the lowest one is right
  }
  while (p < end && *p != ' ') p++;
  return p;
}
