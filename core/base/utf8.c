#include "base/utf8.h"

#include <utf8proc.h>

#ifdef GENERATING_CHARCLASS
const unsigned char g_char_class[0x3000]; // not used while it is made
#else
#include "gen/charclass.inc"
#endif

const uint8_t g_utf8_ascii_word[256] = {
    ['0'] = '0', ['1'] = '1', ['2'] = '2', ['3'] = '3', ['4'] = '4', ['5'] = '5', ['6'] = '6', ['7'] = '7',
    ['8'] = '8', ['9'] = '9', ['A'] = 'a', ['B'] = 'b', ['C'] = 'c', ['D'] = 'd', ['E'] = 'e', ['F'] = 'f',
    ['G'] = 'g', ['H'] = 'h', ['I'] = 'i', ['J'] = 'j', ['K'] = 'k', ['L'] = 'l', ['M'] = 'm', ['N'] = 'n',
    ['O'] = 'o', ['P'] = 'p', ['Q'] = 'q', ['R'] = 'r', ['S'] = 's', ['T'] = 't', ['U'] = 'u', ['V'] = 'v',
    ['W'] = 'w', ['X'] = 'x', ['Y'] = 'y', ['Z'] = 'z', ['a'] = 'a', ['b'] = 'b', ['c'] = 'c', ['d'] = 'd',
    ['e'] = 'e', ['f'] = 'f', ['g'] = 'g', ['h'] = 'h', ['i'] = 'i', ['j'] = 'j', ['k'] = 'k', ['l'] = 'l',
    ['m'] = 'm', ['n'] = 'n', ['o'] = 'o', ['p'] = 'p', ['q'] = 'q', ['r'] = 'r', ['s'] = 's', ['t'] = 't',
    ['u'] = 'u', ['v'] = 'v', ['w'] = 'w', ['x'] = 'x', ['y'] = 'y', ['z'] = 'z'};

// Table 3-7 of the Unicode Standard: which second bytes each lead byte allows.
static size_t sequence(unsigned char lead, unsigned char *low, unsigned char *high)
{
  *low = 0x80;
  *high = 0xBF;
  if (lead >= 0xC2 && lead <= 0xDF) return 2;
  if (lead >= 0xE0 && lead <= 0xEF) {
    if (lead == 0xE0) *low = 0xA0;
    if (lead == 0xED) *high = 0x9F;
    return 3;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    if (lead == 0xF0) *low = 0x90;
    if (lead == 0xF4) *high = 0x8F;
    return 4;
  }
  return 0;
}

size_t utf8_decode_slow(const char *p, const char *end, uint32_t *cp, bool *valid)
{
  const unsigned char *byte = (const unsigned char *)p;
  size_t left = (size_t)(end - p);
  if (valid) *valid = true;
  if (byte[0] < 0x80) {
    *cp = byte[0];
    return 1;
  }
  bool of_two = byte[0] >= 0xC2 && byte[0] <= 0xDF && left > 1 && (byte[1] & 0xC0) == 0x80;
  if (of_two) { // as most are
    *cp = (byte[0] & 0x1Fu) << 6 | (byte[1] & 0x3Fu);
    return 2;
  }
  bool of_mark = byte[0] == 0xE2 && left > 2 && (byte[1] & 0xC0) == 0x80 && (byte[2] & 0xC0) == 0x80;
  if (of_mark) { // dashes, quotation marks, the euro
    *cp = 0x2000 | (byte[1] & 0x3Fu) << 6 | (byte[2] & 0x3Fu);
    return 3;
  }
  unsigned char low, high;
  size_t len = sequence(byte[0], &low, &high), have = 1;
  uint32_t value = len ? byte[0] & (0x7Fu >> len) : 0;
  for (; have < len && have < left; have++) {
    if (byte[have] < (have == 1 ? low : 0x80) || byte[have] > (have == 1 ? high : 0xBF)) break;
    value = value << 6 | (byte[have] & 0x3Fu);
  }
  if (len && have == len) {
    *cp = value;
    return len;
  }
  *cp = UTF8_REPLACEMENT;
  if (valid) *valid = false;
  return have;
}

size_t utf8_decode_back(const char *begin, const char *p, uint32_t *cp)
{
  for (size_t back = 1; back <= 4 && back <= (size_t)(p - begin); back++) {
    if (((unsigned char)p[-(ptrdiff_t)back] & 0xC0) == 0x80) continue;
    size_t len = utf8_decode(p - back, p, cp);
    if (len == back) return len;
    break;
  }
  *cp = UTF8_REPLACEMENT;
  return 1;
}

size_t utf8_encode(uint32_t cp, char out[4])
{
  if (cp < 0x80) {
    out[0] = (char)cp;
    return 1;
  }
  size_t len = cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;
  static const unsigned char leads[] = {0, 0, 0xC0, 0xE0, 0xF0};
  for (size_t i = len - 1; i; i--, cp >>= 6) out[i] = (char)(0x80 | (cp & 0x3F));
  out[0] = (char)(leads[len] | cp);
  return len;
}

size_t utf8_first_invalid(Str s)
{
  const char *p = s.ptr, *end = s.ptr + s.len;
  while (p < end) {
    size_t ascii = utf8_ascii_ahead(p, end);
    p += ascii;
    if (ascii) continue;
    uint32_t cp;
    bool valid;
    size_t len = utf8_decode_slow(p, end, &cp, &valid);
    if (!valid) break;
    p += len;
  }
  return (size_t)(p - s.ptr);
}

bool utf8_valid(Str s)
{
  return !s.len || utf8_first_invalid(s) == s.len;
}

size_t utf8_count(Str s, size_t *wide)
{
  size_t points = 0, pairs = 0;
  for (const char *p = s.ptr, *end = s.ptr + s.len; p < end;) {
    size_t ascii = utf8_ascii_ahead(p, end);
    p += ascii;
    points += ascii;
    if (ascii) continue;
    uint32_t cp;
    p += utf8_decode(p, end, &cp);
    points++;
    pairs += cp > 0xFFFF;
  }
  *wide = pairs;
  return points;
}

size_t utf8_length(Str s)
{
  size_t wide;
  return utf8_count(s, &wide);
}

size_t utf8_utf16_length(Str s)
{
  size_t wide, points = utf8_count(s, &wide);
  return points + wide;
}

CharClass utf8_class_slow(uint32_t cp)
{
  switch (utf8proc_category((utf8proc_int32_t)cp)) {
  case UTF8PROC_CATEGORY_LU:
  case UTF8PROC_CATEGORY_LT:
    return CHAR_UPPER;
  case UTF8PROC_CATEGORY_LL:
    return CHAR_LOWER;
  case UTF8PROC_CATEGORY_LM:
  case UTF8PROC_CATEGORY_LO:
    return CHAR_LETTER;
  case UTF8PROC_CATEGORY_MN:
  case UTF8PROC_CATEGORY_MC:
  case UTF8PROC_CATEGORY_ME:
    return CHAR_MARK;
  case UTF8PROC_CATEGORY_ND:
  case UTF8PROC_CATEGORY_NL:
  case UTF8PROC_CATEGORY_NO:
    return CHAR_DIGIT;
  case UTF8PROC_CATEGORY_PC:
  case UTF8PROC_CATEGORY_PD:
  case UTF8PROC_CATEGORY_PS:
  case UTF8PROC_CATEGORY_PE:
  case UTF8PROC_CATEGORY_PI:
  case UTF8PROC_CATEGORY_PF:
  case UTF8PROC_CATEGORY_PO:
    return CHAR_PUNCT;
  case UTF8PROC_CATEGORY_SM:
  case UTF8PROC_CATEGORY_SC:
  case UTF8PROC_CATEGORY_SK:
  case UTF8PROC_CATEGORY_SO:
    return CHAR_SYMBOL;
  case UTF8PROC_CATEGORY_ZS:
  case UTF8PROC_CATEGORY_ZL:
  case UTF8PROC_CATEGORY_ZP:
    return CHAR_SPACE;
  case UTF8PROC_CATEGORY_CF:
    return cp == 0xAD || (cp >= 0x200B && cp <= 0x200F) || cp == 0x2060 ? CHAR_MARK : CHAR_OTHER;
  default:
    return CHAR_OTHER;
  }
}

uint32_t utf8_lower(uint32_t cp)
{
  if (cp < 0x80) return cp >= 'A' && cp <= 'Z' ? cp + 32 : cp;
  return (uint32_t)utf8proc_tolower((utf8proc_int32_t)cp);
}

uint32_t utf8_upper(uint32_t cp)
{
  if (cp < 0x80) return cp >= 'a' && cp <= 'z' ? cp - 32 : cp;
  return (uint32_t)utf8proc_toupper((utf8proc_int32_t)cp);
}

size_t utf8_skip_soft(Str s, size_t at)
{
  uint32_t cp;
  while (at < s.len && (unsigned char)s.ptr[at] >= 0x80) {
    size_t len = utf8_decode(s.ptr + at, s.ptr + s.len, &cp);
    if (!utf8_is_soft(cp)) break;
    at += len;
  }
  return at;
}

Str utf8_without_soft(Arena *arena, Str s)
{
  char *out = NULL;
  size_t kept = 0;
  for (size_t i = 0, len; i < s.len; i += len) {
    uint32_t cp;
    len = utf8_decode(s.ptr + i, s.ptr + s.len, &cp);
    if (utf8_is_soft(cp)) {
      if (!out) out = arena_copy(arena, s.ptr, s.len), kept = i;
    } else {
      if (out) memcpy(out + kept, s.ptr + i, len);
      kept += len;
    }
  }
  return out ? (Str){out, kept} : s;
}

Str utf8_lower_in(Arena *arena, Str s)
{
  const char *p = s.ptr, *end = s.ptr + s.len;
  while (p < end) { // most words are lower case already: look first
    uint32_t cp;
    size_t len = utf8_decode(p, end, &cp);
    if (utf8_lower(cp) != cp) break;
    p += len;
  }
  if (p == end) return s;
  char *out = arena_alloc(arena, s.len * 2 + 4),
       *to = out; // simple mappings grow a code point by one byte at most
  for (p = s.ptr; p < end;) {
    if ((unsigned char)*p < 0x80) {
      *to++ = (char)utf8_lower((unsigned char)*p++);
      continue;
    }
    uint32_t cp;
    bool valid;
    size_t len = utf8_decode_slow(p, end, &cp, &valid);
    if (valid) {
      to += utf8_encode(utf8_lower(cp), to);
    } else {
      memcpy(to, p, len);
      to += len;
    }
    p += len;
  }
  return (Str){out, (size_t)(to - out)};
}

// Letters that no decomposition brings to a base letter.
static const char *plain(uint32_t cp)
{
  switch (cp) {
  case 0xE6:
    return "ae";
  case 0xF8:
    return "o";
  case 0xDF:
    return "ss";
  case 0x153:
    return "oe";
  case 0x142:
    return "l";
  case 0x111:
    return "d";
  case 0xF0:
    return "d";
  case 0xFE:
    return "th";
  case 0x131:
    return "i";
  case 0x127:
    return "h";
  case 0x2018:
  case 0x2019:
  case 0x2BC:
    return "'";
  default:
    return NULL;
  }
}

Str utf8_fold_in(Arena *arena, Str s)
{
  char *out = arena_alloc(arena, s.len * 4 + 4), *to = out;
  for (const char *p = s.ptr, *end = s.ptr + s.len; p < end;) {
    uint32_t cp;
    p += utf8_decode(p, end, &cp);
    cp = utf8_lower(cp);
    if (cp < 0x80) {
      *to++ = (char)cp;
      continue;
    }
    const char *ascii = plain(cp);
    if (ascii) {
      size_t len = strlen(ascii);
      memcpy(to, ascii, len);
      to += len;
      continue;
    }
    utf8proc_int32_t parts[8];
    int boundary = 0;
    utf8proc_ssize_t n =
        utf8proc_decompose_char((utf8proc_int32_t)cp, parts, 1, UTF8PROC_DECOMPOSE, &boundary);
    uint32_t base =
        n == 1 || (n > 1 && n <= 8 && utf8_class((uint32_t)parts[0]) != CHAR_MARK) ? (uint32_t)parts[0] : cp;
    if (utf8_class(base) != CHAR_MARK) to += utf8_encode(base, to);
  }
  return (Str){out, (size_t)(to - out)};
}
