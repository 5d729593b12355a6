#include "server/uri.h"

#include "base/alloc.h"

static int hex(char c)
{
  if (c >= '0' && c <= '9') return c - '0';
  c = (char)(c | 0x20);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

char *uri_to_path(Str uri)
{
  static const Str schemes[] = {
      {"file://localhost/", 16}, {"file:///", 7}, {"file:/", 5}}; // without the path's slash
  Str rest = {"", 0};
  for (size_t i = 0; i < ARRAY_LEN(schemes) && !rest.len; i++)
    if (uri.len > schemes[i].len && str_starts(uri, schemes[i]) && uri.ptr[schemes[i].len] == '/')
      rest = str_slice(uri, schemes[i].len, uri.len);
  if (str_starts(rest, STR("//"))) rest.len = 0; // another host's
  char *path = xmalloc(rest.len + 1), *to = path;
  for (size_t i = 0; i < rest.len; i++) {
    int high = -1, low = -1;
    if (rest.ptr[i] == '%' && i + 2 < rest.len) {
      high = hex(rest.ptr[i + 1]);
      low = hex(rest.ptr[i + 2]);
    }
    bool escaped = high >= 0 && low >= 0 && (high || low);
    *to++ = escaped ? (char)(16 * high + low) : rest.ptr[i];
    if (escaped) i += 2;
  }
  *to = '\0';
  return path;
}

void uri_write(StrBuf *out, Str path)
{
  static const char digits[] = "0123456789ABCDEF";
  strbuf_add(out, STR("file://"));
  for (size_t i = 0; i < path.len; i++) {
    unsigned char c = (unsigned char)path.ptr[i];
    bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                 (c && strchr("-._~/", c));
    if (plain) {
      strbuf_byte(out, (char)c);
    } else {
      strbuf_byte(out, '%');
      strbuf_byte(out, digits[c >> 4]);
      strbuf_byte(out, digits[c & 15]);
    }
  }
}
