// chars: what kind of character a code point is, as far as the shape of an article depends on it.
// Tables of its own, so that the parser is the same on every machine, locale and library.
#pragma once

#include <stdbool.h>
#include <stdint.h>

typedef enum Class {
  C_OTHER, // symbols, control characters, invalid bytes
  C_SPACE, // no-break spaces and a byte order mark included
  C_EOL,   // \n, \r
  C_LOWER, // combining marks included
  C_UPPER, // letters without case included
  C_DIGIT,
  C_STOP,  // . ! ? …
  C_COMMA, // , ;
  C_COLON,
  C_QUOTE,
  C_DASH,
  C_OPEN,  // brackets; also a quotation mark once it is known to open
  C_CLOSE, // likewise
} Class;

static const uint8_t CLASSES[128] = {
    ['\t'] = C_SPACE, ['\v'] = C_SPACE, ['\f'] = C_SPACE, [' '] = C_SPACE,  ['\n'] = C_EOL,  ['\r'] = C_EOL,
    ['!'] = C_STOP,   ['"'] = C_QUOTE,  ['\''] = C_QUOTE, ['('] = C_OPEN,   [')'] = C_CLOSE, [','] = C_COMMA,
    ['-'] = C_DASH,   ['.'] = C_STOP,   ['0'] = C_DIGIT,  ['1'] = C_DIGIT,  ['2'] = C_DIGIT, ['3'] = C_DIGIT,
    ['4'] = C_DIGIT,  ['5'] = C_DIGIT,  ['6'] = C_DIGIT,  ['7'] = C_DIGIT,  ['8'] = C_DIGIT, ['9'] = C_DIGIT,
    [':'] = C_COLON,  [';'] = C_COMMA,  ['?'] = C_STOP,   ['['] = C_OPEN,   [']'] = C_CLOSE, ['{'] = C_OPEN,
    ['}'] = C_CLOSE,  ['A'] = C_UPPER,  ['B'] = C_UPPER,  ['C'] = C_UPPER,  ['D'] = C_UPPER, ['E'] = C_UPPER,
    ['F'] = C_UPPER,  ['G'] = C_UPPER,  ['H'] = C_UPPER,  ['I'] = C_UPPER,  ['J'] = C_UPPER, ['K'] = C_UPPER,
    ['L'] = C_UPPER,  ['M'] = C_UPPER,  ['N'] = C_UPPER,  ['O'] = C_UPPER,  ['P'] = C_UPPER, ['Q'] = C_UPPER,
    ['R'] = C_UPPER,  ['S'] = C_UPPER,  ['T'] = C_UPPER,  ['U'] = C_UPPER,  ['V'] = C_UPPER, ['W'] = C_UPPER,
    ['X'] = C_UPPER,  ['Y'] = C_UPPER,  ['Z'] = C_UPPER,  ['a'] = C_LOWER,  ['b'] = C_LOWER, ['c'] = C_LOWER,
    ['d'] = C_LOWER,  ['e'] = C_LOWER,  ['f'] = C_LOWER,  ['g'] = C_LOWER,  ['h'] = C_LOWER, ['i'] = C_LOWER,
    ['j'] = C_LOWER,  ['k'] = C_LOWER,  ['l'] = C_LOWER,  ['m'] = C_LOWER,  ['n'] = C_LOWER, ['o'] = C_LOWER,
    ['p'] = C_LOWER,  ['q'] = C_LOWER,  ['r'] = C_LOWER,  ['s'] = C_LOWER,  ['t'] = C_LOWER, ['u'] = C_LOWER,
    ['v'] = C_LOWER,  ['w'] = C_LOWER,  ['x'] = C_LOWER,  ['y'] = C_LOWER,  ['z'] = C_LOWER,
};

// Capitals of the scripts newsmark's languages are written in, and of names in them.
static inline bool is_capital(int32_t c)
{
  if (c < 0x100) return c >= 0xC0 && c <= 0xDE && c != 0xD7;
  if (c >= 0x139 && c <= 0x148) return c & 1; // Latin Extended-A: pairs, capital first, in three runs
  if (c >= 0x179 && c <= 0x17E) return c & 1;
  if (c < 0x180) return !(c & 1);
  if (c >= 0x370 && c < 0x400) return c >= 0x386 && c <= 0x3AB;
  if (c >= 0x400 && c < 0x460) return c < 0x430;
  if (c < 0x530 || (c >= 0x1E00 && c < 0x1F00)) return c >= 0x460 && !(c & 1);
  return true;
}

static inline Class class_wide(int32_t c) // c >= 128, or below 0: an invalid byte
{
  if (c >= 0xC0 && c < 0x2000) return c == 0xD7 || c == 0xF7 ? C_OTHER : is_capital(c) ? C_UPPER : C_LOWER;
  switch (c) {
  case 0xA0: case 0x202F: case 0x205F: case 0x3000: case 0xFEFF:
    return C_SPACE;
  case 0xA1: case 0xBF:
    return C_OPEN;
  case 0xAA: case 0xB5: case 0xBA:
    return C_LOWER;
  case 0xAB: case 0xBB: case 0x2018: case 0x2019: case 0x201A: case 0x201C: case 0x201D: case 0x201E:
  case 0x2039: case 0x203A:
    return C_QUOTE;
  case 0x2026:
    return C_STOP;
  case 0x2212:
    return C_DASH;
  }
  if (c >= 0x2000 && c <= 0x200B) return C_SPACE;
  if (c >= 0x2010 && c <= 0x2015) return C_DASH;
  return c >= 0x3040 && c < 0xE000 ? C_UPPER : C_OTHER;
}

static inline Class class_of(int32_t c) { return c >= 0 && c < 128 ? (Class)CLASSES[c] : class_wide(c); }

static inline bool is_word(Class c) { return c >= C_LOWER && c <= C_DIGIT; }

static inline int32_t to_lower(int32_t c)
{
  if (c < 128) return c >= 'A' && c <= 'Z' ? c + 32 : c;
  if (!is_capital(c) || c >= 0x530) return c;
  if (c < 0x100 || (c >= 0x391 && c <= 0x3AB) || (c >= 0x410 && c < 0x430)) return c + 32;
  if (c >= 0x400 && c < 0x410) return c + 80;
  return c + 1;
}
