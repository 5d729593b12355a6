// str: borrowed bytes with a length (Str) and a growable buffer of its own (StrBuf).
// A Str is UTF-8 unless its owner says otherwise, is not NUL-terminated, and may hold NUL. Any thread.
#pragma once

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct Str {
  const char *ptr; // may be NULL when len is 0
  size_t len;      // bytes
} Str;

#define STR(literal) ((Str){"" literal, sizeof(literal) - 1})
#define STR_FMT "%.*s" // printf("… " STR_FMT, STR_ARG(s))
#define STR_ARG(s) (int)(s).len, (s).ptr ? (s).ptr : ""

static inline Str str_of(const char *text)
{
  return (Str){text, text ? strlen(text) : 0};
}
static inline bool str_eq(Str a, Str b)
{
  return a.len == b.len && (!a.len || a.ptr == b.ptr || !memcmp(a.ptr, b.ptr, a.len));
}
static inline bool str_is(Str a, const char *text)
{
  return str_eq(a, str_of(text));
}
static inline Str str_slice(Str s, size_t start, size_t end)
{
  return (Str){s.ptr + start, end - start};
}
static inline bool str_starts(Str s, Str prefix)
{
  return s.len >= prefix.len && !memcmp(s.ptr, prefix.ptr, prefix.len);
}
static inline bool str_ends(Str s, Str suffix)
{
  return s.len >= suffix.len && !memcmp(s.ptr + s.len - suffix.len, suffix.ptr, suffix.len);
}
static inline bool str_has(Str s, char byte)
{
  return s.len && memchr(s.ptr, byte, s.len);
}
int str_cmp(Str a, Str b); // by bytes, as memcmp; a shorter prefix first
uint64_t str_hash(Str s);  // 64 bits, the same on every machine and run; not for adversaries
// A string of 7 bytes at most as one number, its first byte the lowest.
static inline uint64_t str_bytes(Str s)
{
  const unsigned char *byte = (const unsigned char *)s.ptr;
  uint64_t word = 0;
  if (__BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__) {
    for (size_t i = 0; i < s.len; i++) word |= (uint64_t)byte[i] << 8 * i;
  } else if (s.len >= 4) {
    uint32_t first, last;
    memcpy(&first, s.ptr, 4);
    memcpy(&last, s.ptr + s.len - 4, 4);
    word = first | (uint64_t)last << 8 * (s.len - 4);
  } else if (s.len) {
    size_t mid = s.len / 2, last = s.len - 1; // the same byte is laid over itself
    word = byte[0] | (uint64_t)byte[mid] << 8 * mid | (uint64_t)byte[last] << 8 * last;
  }
  return word;
}
// Eight bytes at a time go through a multiply and xor-shift (the finaliser of SplitMix64).
#define STR_HASH_SEED 0x9e3779b97f4a7c15u
static inline uint64_t str_hash_stir(uint64_t hash, uint64_t word)
{
  hash = (hash ^ word) * 0xbf58476d1ce4e5b9u;
  return hash ^ hash >> 29;
}
static inline uint64_t str_hash_end(uint64_t hash)
{
  hash *= 0x94d049bb133111ebu;
  return hash ^ hash >> 32;
}
// str_hash() where the bytes behind `s` may be read up to `end`, as those behind a word of a text: most words
// are then hashed without a branch by their length.
static inline uint64_t str_hash_within(Str s, const char *end)
{
  bool low_first = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__;
  if (!low_first || s.len - 1 >= 8 || end - s.ptr < 8) return str_hash(s);
  uint64_t eight;
  memcpy(&eight, s.ptr, 8);
  return str_hash_end(str_hash_stir(STR_HASH_SEED ^ s.len, eight & UINT64_MAX >> (64 - 8 * s.len)));
}
Str str_trim(Str s);  // without ASCII white space at both ends
char *str_dup(Str s); // heap, NUL-terminated; the caller frees
// The part before the first `sep`, which *rest loses together with `sep`; the whole where there is none.
Str str_cut(Str *rest, char sep);

typedef struct StrBuf {
  char *ptr; // NUL-terminated once anything was added
  size_t len, cap;
} StrBuf; // = {0} to begin

void strbuf_release(StrBuf *buf);
static inline void strbuf_reset(StrBuf *buf)
{
  buf->len = 0;
}
char *strbuf_grow(StrBuf *buf, size_t more);              // room for `more` bytes; returns where they go
static inline char *strbuf_room(StrBuf *buf, size_t more) // likewise
{
  return buf->cap - buf->len > more ? buf->ptr + buf->len : strbuf_grow(buf, more);
}
static inline void strbuf_add(StrBuf *buf, Str s)
{
  char *to = strbuf_room(buf, s.len);
  if (s.len) memcpy(to, s.ptr, s.len);
  to[s.len] = '\0';
  buf->len += s.len;
}
static inline void strbuf_byte(StrBuf *buf, char byte)
{
  strbuf_add(buf, (Str){&byte, 1});
}
void strbuf_addf(StrBuf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));
void strbuf_vaddf(StrBuf *buf, const char *format, va_list args) __attribute__((format(printf, 2, 0)));
static inline Str strbuf_str(const StrBuf *buf)
{
  return (Str){buf->ptr, buf->len};
}
char *strbuf_detach(StrBuf *buf); // heap, NUL-terminated, now the caller's; buf is empty again
