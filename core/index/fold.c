// Folding a character depends on nothing but itself, so what utf8_fold_in() says of those that European texts
// are written with is kept in a table, filled as they come. An entry is computed by any thread that misses
// it, and always the same.
#include "index/fold.h"

#include "base/utf8.h"

#include <stdatomic.h>

enum { KEPT = 0x2100 }; // code points: Latin, Greek, Cyrillic, … and general punctuation

typedef enum FoldKind {
  FOLD_UNKNOWN,
  FOLD_NOTHING, // a mark
  FOLD_GAP,     // not of a word
  FOLD_LONG,    // more than three bytes, or more than one of the others
  FOLD_WORD,    // and above, by the number of bytes: of a word
} FoldKind;

static _Atomic(uint32_t) g_kept[KEPT]; // kind << 24, and bytes

typedef struct Writing {
  char *to;
  bool open;     // a word may go on
  Arena scratch; // for what is not kept
} Writing;

static FoldKind kind_of(uint32_t cp)
{
  CharClass class = utf8_class(cp);
  return class == CHAR_MARK ? FOLD_NOTHING : class >= CHAR_DIGIT ? FOLD_WORD : FOLD_GAP;
}

static void add_gap(Writing *out)
{
  if (out->open) *out->to++ = ' ';
  out->open = false;
}

// What was folded by utf8_fold_in().
static void add_folded(Writing *out, Str folded)
{
  for (const char *p = folded.ptr, *end = p + folded.len; p < end;) {
    uint32_t cp;
    size_t bytes = utf8_decode(p, end, &cp);
    FoldKind kind = kind_of(cp);
    if (kind == FOLD_WORD) {
      memcpy(out->to, p, bytes);
      out->to += bytes;
      out->open = true;
    } else if (kind == FOLD_GAP) {
      add_gap(out);
    }
    p += bytes;
  }
}

static uint32_t entry_of(Str folded)
{
  if (!folded.len) return (uint32_t)FOLD_NOTHING << 24;
  FoldKind kind = FOLD_UNKNOWN;
  for (const char *p = folded.ptr, *end = p + folded.len; p < end;) {
    uint32_t cp;
    p += utf8_decode(p, end, &cp);
    if (kind != FOLD_UNKNOWN && kind != kind_of(cp)) return (uint32_t)FOLD_LONG << 24;
    kind = kind_of(cp);
  }
  if (kind != FOLD_WORD) return (uint32_t)kind << 24;
  if (folded.len > 3) return (uint32_t)FOLD_LONG << 24;
  unsigned char bytes[3] = {0};
  memcpy(bytes, folded.ptr, folded.len);
  return ((uint32_t)FOLD_WORD + (uint32_t)folded.len) << 24 | (uint32_t)bytes[2] << 16 |
         (uint32_t)bytes[1] << 8 | bytes[0];
}

// The entry of a character that stands at `p`.
static uint32_t look_up(const char *p, size_t len, uint32_t cp)
{
  if (cp >= KEPT) return (uint32_t)FOLD_LONG << 24;
  uint32_t entry = atomic_load_explicit(&g_kept[cp], memory_order_relaxed);
  if (entry) return entry;
  Arena scratch = {0};
  entry = entry_of(utf8_fold_in(&scratch, (Str){p, len}));
  arena_release(&scratch);
  atomic_store_explicit(&g_kept[cp], entry, memory_order_relaxed);
  return entry;
}

// A character of `len` bytes at `p`, for which there is room as in fold_words_to().
static void add_kept(Writing *out, uint32_t entry)
{
  uint32_t kind = entry >> 24;
  if (kind == FOLD_GAP) add_gap(out);
  if (kind <= FOLD_WORD) return;
  char bytes[3] = {(char)entry, (char)(entry >> 8), (char)(entry >> 16)};
  memcpy(out->to, bytes, sizeof bytes);
  out->to += kind - FOLD_WORD;
  out->open = true;
}

static void add_long(StrBuf *buf, Writing *out, Str character, size_t left)
{
  Str folded = utf8_fold_in(&out->scratch, character);
  buf->len = (size_t)(out->to - buf->ptr);
  out->to = strbuf_grow(buf, folded.len + 2 * left + 4);
  add_folded(out, folded);
  arena_reset(&out->scratch);
}

// Go on from `p` with what is ASCII. Most of a text is words of such letters: their bytes are written without
// a look at what came before. Returns where another character stands, or `end`.
static const char *add_ascii(Writing *out, const char *p, const char *end)
{
  char *to = out->to;
  bool open = out->open;
  for (; p < end && (unsigned char)*p < 0x80; p++) {
    const char *start = p;
    for (unsigned char c; p < end && (c = g_utf8_ascii_word[(unsigned char)*p]); p++) *to++ = (char)c;
    open = open || p > start;
    if (p == end || (unsigned char)*p >= 0x80) break;
    if (open) *to++ = ' ';
    open = false;
  }
  out->to = to;
  out->open = open;
  return p;
}

// Of two bytes and more three at most are made; of one, one.
void fold_words_to(StrBuf *buf, Str text)
{
  size_t start = buf->len;
  char *to = strbuf_grow(buf, 2 * text.len + 4);
  Writing out = {.to = to, .open = start > 0 && to[-1] != ' '};
  const char *end = text.ptr + text.len;
  for (const char *p = add_ascii(&out, text.ptr, end); p < end; p = add_ascii(&out, p, end)) {
    uint32_t cp;
    size_t len = utf8_decode(p, end, &cp);
    uint32_t entry = look_up(p, len, cp);
    if (entry >> 24 == FOLD_LONG)
      add_long(buf, &out, (Str){p, len}, (size_t)(end - p));
    else
      add_kept(&out, entry);
    p += len;
  }
  arena_release(&out.scratch);
  buf->len = (size_t)(out.to - buf->ptr);
  if (buf->len > start && buf->ptr[buf->len - 1] == ' ') buf->len--;
}

Str fold_words(Arena *arena, Str text)
{
  StrBuf buf = {0};
  fold_words_to(&buf, text);
  Str folded = arena_dup(arena, strbuf_str(&buf));
  strbuf_release(&buf);
  return folded;
}
