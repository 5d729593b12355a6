// What is dropped and why: Unicode TR 36, section 2.10, and "Trojan Source" (CVE-2021-42574).
#include "base/display.h"

#include "base/utf8.h"

static bool is_control(uint32_t cp) // C0, DEL and C1: some terminals obey U+009B as they do ESC [
{
  return cp < 0x20 || (cp >= 0x7F && cp < 0xA0) || cp == 0x2028 || cp == 0x2029;
}

static bool is_bidi_control(uint32_t cp) // embeddings and overrides, isolates
{
  return (cp >= 0x202A && cp <= 0x202E) || (cp >= 0x2066 && cp <= 0x2069);
}

void display_add(StrBuf *out, Str text)
{
  for (const char *at = text.ptr, *end = at + text.len; at < end;) {
    uint32_t cp;
    bool valid;
    size_t len = utf8_decode_slow(at, end, &cp, &valid);
    if (is_control(cp))
      strbuf_byte(out, ' ');
    else if (!valid)
      strbuf_add(out, STR("\xEF\xBF\xBD"));
    else if (!is_bidi_control(cp))
      strbuf_add(out, (Str){at, len});
    at += len;
  }
}

Str display_in(Arena *arena, Str text)
{
  StrBuf out = {0};
  display_add(&out, text);
  Str copy = arena_dup(arena, strbuf_str(&out));
  strbuf_release(&out);
  return copy;
}
