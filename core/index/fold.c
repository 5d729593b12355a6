// In slices, as utf8_fold_in() reserves four times what it reads. A slice ends at a space so that no
// character is cut.
#include "index/fold.h"

#include "base/utf8.h"

enum { SLICE = 1 << 16, SLICE_MAX = 2 * SLICE };

static size_t slice_len(Str text)
{
  if (text.len <= SLICE) return text.len;
  size_t len = SLICE;
  while (len < text.len && len < SLICE_MAX && (text.ptr[len] & 0x80))
    len++; // ASCII is no part of anything longer
  return len;
}

static void add_slice(StrBuf *out, Str folded)
{
  char *to = strbuf_grow(out, folded.len + 1);
  size_t len = 0;
  bool open = out->len > 0 && to[-1] != ' '; // a word may go on from the slice before
  for (const char *p = folded.ptr, *end = p + folded.len; p < end;) {
    uint32_t cp;
    size_t bytes = utf8_decode(p, end, &cp);
    CharClass class = utf8_class(cp);
    if (class >= CHAR_DIGIT && class != CHAR_MARK) {
      memcpy(to + len, p, bytes);
      len += bytes;
      open = true;
    } else if (open && class != CHAR_MARK) {
      to[len++] = ' ';
      open = false;
    }
    p += bytes;
  }
  out->len += len;
}

void fold_words_to(StrBuf *out, Str text)
{
  Arena scratch = {0};
  size_t start = out->len;
  while (text.len) {
    size_t len = slice_len(text);
    add_slice(out, utf8_fold_in(&scratch, str_slice(text, 0, len)));
    text = str_slice(text, len, text.len);
    arena_reset(&scratch);
  }
  if (out->len > start && out->ptr[out->len - 1] == ' ') out->len--;
  arena_release(&scratch);
}

Str fold_words(Arena *arena, Str text)
{
  StrBuf buf = {0};
  fold_words_to(&buf, text);
  Str folded = arena_dup(arena, strbuf_str(&buf));
  strbuf_release(&buf);
  return folded;
}
