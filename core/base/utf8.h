// utf8: code points out of bytes and back, and what kind of character they are (utf8proc's tables).
// Invalid bytes are never refused: each maximal subpart (Unicode 15, section 3.9, "U+FFFD Substitution of
// Maximal Subparts") counts as one code point, U+FFFD, as in WHATWG decoders and Python. Any thread.
#pragma once

#include "base/arena.h"
#include "base/str.h"

#define UTF8_REPLACEMENT 0xFFFDu

// The code point at `p` and its length in bytes (at least 1; p < end). Invalid: UTF8_REPLACEMENT; *valid,
// where given, tells it from a real U+FFFD.
size_t utf8_decode_slow(const char *p, const char *end, uint32_t *cp, bool *valid);
static inline size_t utf8_decode(const char *p, const char *end, uint32_t *cp)
{
  if ((unsigned char)*p < 0x80) {
    *cp = (unsigned char)*p;
    return 1;
  }
  return utf8_decode_slow(p, end, cp, NULL);
}
// How many of the bytes at `p` (p < end) are surely ASCII, eight at most.
static inline size_t utf8_ascii_ahead(const char *p, const char *end)
{
  const uint64_t highs = 0x8080808080808080u;
  uint64_t eight;
  if (end - p < 8) return (unsigned char)*p < 0x80;
  memcpy(&eight, p, 8);
  if (!(eight & highs)) return 8;
  bool low_first = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__;
  return (size_t)(low_first ? __builtin_ctzll(eight & highs) : __builtin_clzll(eight & highs)) / 8;
}
// How many of the bytes at `p` are letters from a to z, up to the first that is none. Most words are eight at
// most and known at one look.
static inline size_t utf8_small_ahead(const char *p, const char *end)
{
  const uint64_t ones = 0x0101010101010101u, highs = 0x80 * ones;
  size_t n = 0;
  for (uint64_t eight; (size_t)(end - p) - n >= 8; n += 8) {
    memcpy(&eight, p + n, 8);
    uint64_t low = eight & ~highs, from_a = low + (0x80 - 'a') * ones, behind_z = low + (0x7F - 'z') * ones;
    uint64_t others = (~from_a | behind_z | eight) & highs;
    bool low_first = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__;
    if (others) return n + (size_t)(low_first ? __builtin_ctzll(others) : __builtin_clzll(others)) / 8;
  }
  while (p + n < end && p[n] >= 'a' && p[n] <= 'z') n++;
  return n;
}
// The code point that ends at `p` (begin < p) and its length.
size_t utf8_decode_back(const char *begin, const char *p, uint32_t *cp);
size_t utf8_encode(uint32_t cp, char out[4]); // bytes written
bool utf8_valid(Str s);
// Offset of the first invalid byte, or s.len.
size_t utf8_first_invalid(Str s);
// Code points; *wide: how many of them take two units in UTF-16.
size_t utf8_count(Str s, size_t *wide);
size_t utf8_length(Str s);       // code points
size_t utf8_utf16_length(Str s); // UTF-16 code units

typedef enum CharClass {
  CHAR_OTHER, // unassigned, private, control without meaning
  CHAR_SPACE, // white space, no-break ones and line ends included
  CHAR_PUNCT,
  CHAR_SYMBOL,
  CHAR_DIGIT, // decimal digits and other numbers
  CHAR_LOWER,
  CHAR_UPPER,  // titlecase included
  CHAR_LETTER, // letters without case
  CHAR_MARK,   // combining marks, joiners, variation selectors
} CharClass;

extern const unsigned char g_char_class[0x3000]; // generated from utf8proc by core/tools/gen_charclass.c
CharClass utf8_class_slow(uint32_t cp);
static inline CharClass utf8_class(uint32_t cp)
{
  return cp < 0x3000 ? (CharClass)g_char_class[cp] : utf8_class_slow(cp);
}
// Of ASCII letters and digits the lower case; 0 of all other bytes.
extern const uint8_t g_utf8_ascii_word[256];
static inline bool utf8_is_letter(uint32_t cp)
{
  CharClass c = utf8_class(cp);
  return c >= CHAR_LOWER && c <= CHAR_LETTER;
}
static inline bool utf8_is_upper(uint32_t cp)
{
  return utf8_class(cp) == CHAR_UPPER;
}
uint32_t utf8_lower(uint32_t cp); // simple case mapping
uint32_t utf8_upper(uint32_t cp);
// `s` in lower case, in `arena` (or `s` itself where it already is). Invalid bytes stay as they are.
Str utf8_lower_in(Arena *arena, Str s);
// Whether it shows nothing and parts no word: a soft hyphen, a word joiner.
static inline bool utf8_is_soft(uint32_t cp)
{
  return cp == 0xAD || cp == 0x2060;
}
// `s` without these, in `arena` (or `s` itself where it has none).
Str utf8_without_soft(Arena *arena, Str s);
// Where what shows nothing ends, from byte `at` on.
size_t utf8_skip_soft(Str s, size_t at);
// For matching across spellings: lower case, no diacritics (ä→a, ø→o, ß→ss, æ→ae, ł→l), NFKD parts dropped.
Str utf8_fold_in(Arena *arena, Str s);
