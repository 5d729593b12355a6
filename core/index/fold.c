// Bytes below 0x80, most of a European text, are letters and digits or part words. Runs of others are folded
// by utf8_fold_in(), in slices, as it reserves four times what it reads.
#include "index/fold.h"

#include "base/utf8.h"

enum { SLICE = 1 << 16, SLICE_MAX = 2 * SLICE };

// In lower case; 0: not of a word. As g_char_class has it (tests/unit/test_fold.c).
static char fold_ascii(unsigned char c)
{
  if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) return (char)c;
  return c >= 'A' && c <= 'Z' ? (char)(c + 32) : 0;
}

// Append the ASCII that `text` begins with, and return its length. *open: a word may go on.
static size_t add_ascii(StrBuf *out, Str text, bool *open)
{
  char *to = strbuf_grow(out, text.len);
  bool in_word = *open;
  size_t len = 0;
  for (; len < text.len && !(text.ptr[len] & 0x80); len++) {
    char folded = fold_ascii((unsigned char)text.ptr[len]);
    if (folded || in_word) *to++ = folded ? folded : ' ';
    in_word = folded;
  }
  out->len = (size_t)(to - out->ptr);
  *open = in_word;
  return len;
}

// The length of the run of other characters that `text` begins with; of a long one a slice.
static size_t run_len(Str text)
{
  size_t len = 0;
  while (len < text.len && (text.ptr[len] & 0x80) && len < SLICE_MAX &&
         (len < SLICE || ((unsigned char)text.ptr[len] & 0xC0) == 0x80))
    len++;
  return len;
}

static void add_folded(StrBuf *out, Str folded, bool *open)
{
  char *to = strbuf_grow(out, folded.len);
  for (const char *p = folded.ptr, *end = p + folded.len; p < end;) {
    uint32_t cp;
    size_t bytes = utf8_decode(p, end, &cp);
    CharClass class = utf8_class(cp);
    if (class >= CHAR_DIGIT && class != CHAR_MARK) {
      memcpy(to, p, bytes);
      to += bytes;
      *open = true;
    } else if (*open && class != CHAR_MARK) {
      *to++ = ' ';
      *open = false;
    }
    p += bytes;
  }
  out->len = (size_t)(to - out->ptr);
}

void fold_words_to(StrBuf *out, Str text)
{
  Arena scratch = {0};
  size_t start = out->len;
  bool open = start > 0 && out->ptr[start - 1] != ' '; // a word may go on from what is there
  while (text.len) {
    size_t ascii = add_ascii(out, text, &open);
    text = str_slice(text, ascii, text.len);
    size_t run = run_len(text);
    if (run) add_folded(out, utf8_fold_in(&scratch, str_slice(text, 0, run)), &open);
    text = str_slice(text, run, text.len);
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
