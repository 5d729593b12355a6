#include "base/str.h"

#include "base/alloc.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

int str_cmp(Str a, Str b)
{
  size_t least = a.len < b.len ? a.len : b.len;
  int order = least ? memcmp(a.ptr, b.ptr, least) : 0;
  return order ? order : (a.len > b.len) - (a.len < b.len);
}

static uint64_t load(const char *p, size_t len)
{
  uint64_t word = 0;
  memcpy(&word, p, len);
  return word;
}

uint64_t str_hash(Str s)
{
  uint64_t hash = STR_HASH_SEED ^ s.len;
  const char *end = s.ptr + s.len;
  size_t left = s.len;
  for (; left >= 8; left -= 8) hash = str_hash_stir(hash, load(end - left, 8));
  bool behind_eight = s.len > 8 && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__; // with the bytes before them
  if (left)
    hash = str_hash_stir(hash, behind_eight ? load(end - 8, 8) >> 8 * (8 - left)
                                            : str_bytes((Str){end - left, left}));
  return str_hash_end(hash);
}

static bool is_space(char c)
{
  return c == ' ' || (c >= '\t' && c <= '\r');
}

Str str_trim(Str s)
{
  while (s.len && is_space(s.ptr[0])) s.ptr++, s.len--;
  while (s.len && is_space(s.ptr[s.len - 1])) s.len--;
  return s;
}

char *str_dup(Str s)
{
  char *copy = xmalloc(s.len + 1);
  if (s.len) memcpy(copy, s.ptr, s.len);
  copy[s.len] = '\0';
  return copy;
}

Str str_cut(Str *rest, char sep)
{
  Str all = *rest;
  const char *at = all.len ? memchr(all.ptr, sep, all.len) : NULL;
  if (!at) {
    *rest = (Str){all.ptr + all.len, 0};
    return all;
  }
  size_t before = (size_t)(at - all.ptr);
  *rest = str_slice(all, before + 1, all.len);
  return str_slice(all, 0, before);
}

void strbuf_release(StrBuf *buf)
{
  free(buf->ptr);
  *buf = (StrBuf){0};
}

char *strbuf_grow(StrBuf *buf, size_t more)
{
  if (buf->cap - buf->len < more + 1) {
    size_t want = buf->len + more + 1;
    buf->cap = buf->cap * 2 > want ? buf->cap * 2 : want < 64 ? 64 : want;
    buf->ptr = xrealloc(buf->ptr, buf->cap);
  }
  return buf->ptr + buf->len;
}

void strbuf_addf(StrBuf *buf, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  strbuf_vaddf(buf, format, args);
  va_end(args);
}

void strbuf_vaddf(StrBuf *buf, const char *format, va_list args)
{
  va_list again;
  va_copy(again, args);
  int len = vsnprintf(NULL, 0, format, args);
  if (len > 0) {
    vsnprintf(strbuf_grow(buf, (size_t)len), (size_t)len + 1, format, again);
    buf->len += (size_t)len;
  }
  va_end(again);
}

char *strbuf_detach(StrBuf *buf)
{
  strbuf_grow(buf, 0);
  buf->ptr[buf->len] = '\0';
  char *text = buf->ptr;
  *buf = (StrBuf){0};
  return text;
}
