#include "base/json.h"

#include "base/utf8.h"

#include <math.h>
#include <stdlib.h>

static bool hex4(const char *p, const char *end, unsigned *value)
{
  if (end - p < 6 || p[0] != '\\' || p[1] != 'u') return false;
  *value = 0;
  for (int i = 2; i < 6; i++) {
    char c = p[i];
    int digit = c >= '0' && c <= '9'   ? c - '0'
                : c >= 'a' && c <= 'f' ? c - 'a' + 10
                : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                       : -1;
    if (digit < 0) return false;
    *value = *value << 4 | (unsigned)digit;
  }
  return true;
}

// The next escape from `p` on that cJSON would cut or refuse, and what to write for it; NULL where there is
// none.
static const char *next_odd_escape(const char *p, const char *end, const char **instead)
{
  while (p < end && (p = memchr(p, '\\', (size_t)(end - p)))) {
    unsigned unit, low;
    if (!hex4(p, end, &unit)) {
      p += 2; // an escaped backslash among them
      continue;
    }
    if (unit >= 0xD800 && unit <= 0xDBFF && hex4(p + 6, end, &low) && low >= 0xDC00 && low <= 0xDFFF) {
      p += 12;
      continue;
    }
    if (unit == 0 || (unit >= 0xD800 && unit <= 0xDFFF)) {
      *instead = unit ? "\\ufffd" : "\\u0001";
      return p;
    }
    p += 6;
  }
  return NULL;
}

cJSON *json_parse(Str text, Error *err)
{
  size_t bad = text.len ? utf8_first_invalid(text) : 0;
  if (bad < text.len) {
    error_set(err, ERR_FORMAT, "not UTF-8 at byte %zu", bad);
    return NULL;
  }
  const char *instead, *end = text.ptr + text.len;
  const char *odd = text.len ? next_odd_escape(text.ptr, end, &instead) : NULL;
  char *mended = NULL;
  if (odd) {
    mended = str_dup(text);
    for (; odd; odd = next_odd_escape(odd + 6, end, &instead)) memcpy(mended + (odd - text.ptr), instead, 6);
    text.ptr = mended;
  }
  const char *stop = NULL;
  cJSON *value = cJSON_ParseWithLengthOpts(text.ptr ? text.ptr : "", text.len, &stop, false);
  if (value && str_trim((Str){stop, (size_t)(text.ptr + text.len - stop)}).len) {
    cJSON_Delete(value);
    value = NULL;
  }
  if (!value)
    error_set(err, ERR_FORMAT, "not JSON at byte %zu", stop && text.ptr ? (size_t)(stop - text.ptr) : 0);
  free(mended);
  return value;
}

const cJSON *json_get(const cJSON *object, const char *key)
{
  return cJSON_IsObject(object) ? cJSON_GetObjectItemCaseSensitive(object, key) : NULL;
}

Str json_get_str(const cJSON *object, const char *key)
{
  const cJSON *item = json_get(object, key);
  return cJSON_IsString(item) ? str_of(item->valuestring) : (Str){NULL, 0};
}

double json_get_number(const cJSON *object, const char *key, double otherwise)
{
  const cJSON *item = json_get(object, key);
  return cJSON_IsNumber(item) ? item->valuedouble : otherwise;
}

int64_t json_get_integer(const cJSON *object, const char *key, int64_t otherwise)
{
  const double most = 9007199254740992.0; // 2^53: beyond it a double skips whole numbers
  double number = json_get_number(object, key, (double)otherwise);
  return number != number ? otherwise : (int64_t)(number < -most ? -most : number > most ? most : number);
}

bool json_get_bool(const cJSON *object, const char *key, bool otherwise)
{
  const cJSON *item = json_get(object, key);
  return cJSON_IsBool(item) ? cJSON_IsTrue(item) : otherwise;
}

// How many of the bytes at `p` (p < end) surely are ASCII that needs no escape, eight at most: less by as
// much as these are more than, no such byte falls below zero.
static inline size_t plain_ahead(const char *p, const char *end)
{
  const uint64_t ones = 0x0101010101010101u, highs = ones << 7;
  unsigned char c = (unsigned char)*p;
  uint64_t eight;
  if (end - p < 8 || __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__)
    return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
  memcpy(&eight, p, 8);
  uint64_t quotes = eight ^ ones * '"', slashes = eight ^ ones * '\\';
  uint64_t odd = (eight | (eight - ones * 0x20) | (quotes - ones) | (slashes - ones)) & highs;
  return odd ? (size_t)__builtin_ctzll(odd) / 8 : 8;
}

void json_write_str(StrBuf *out, Str s)
{
  strbuf_byte(out, '"');
  const char *p = s.ptr, *end = s.ptr + s.len, *from = p;
  while (p < end) {
    size_t plain = plain_ahead(p, end);
    p += plain;
    if (plain) continue;
    unsigned char c = (unsigned char)*p;
    uint32_t cp;
    bool valid;
    size_t len = utf8_decode_slow(p, end, &cp, &valid);
    bool breaks = cp == 0x85 || cp == 0x2028 || cp == 0x2029; // some readers end a line here
    if (c >= 0x80 && valid && !breaks) {
      p += len;
      continue;
    }
    strbuf_add(out, (Str){from, (size_t)(p - from)});
    if (!valid)
      strbuf_add(out, STR("\xEF\xBF\xBD"));
    else if (c == '"' || c == '\\')
      strbuf_byte(out, '\\'), strbuf_byte(out, (char)c);
    else if (c == '\n')
      strbuf_add(out, STR("\\n"));
    else if (c == '\t')
      strbuf_add(out, STR("\\t"));
    else if (c == '\r')
      strbuf_add(out, STR("\\r"));
    else
      strbuf_addf(out, "\\u%04x", cp);
    from = p += len;
  }
  strbuf_add(out, (Str){from, (size_t)(end - from)});
  strbuf_byte(out, '"');
}

void json_write_key(StrBuf *out, const char *key)
{
  size_t len = strlen(key);
  char *to = strbuf_room(out, len + 4);
  if (out->len && to[-1] != '{') *to++ = ',';
  *to++ = '"';
  memcpy(to, key, len);
  to += len;
  memcpy(to, "\":", 3);
  out->len = (size_t)(to + 2 - out->ptr);
}

void json_write_member(StrBuf *out, const char *key, Str value)
{
  json_write_key(out, key);
  if (value.ptr)
    json_write_str(out, value);
  else
    strbuf_add(out, STR("null"));
}

void json_write_uint(StrBuf *out, const char *key, size_t value)
{
  char digits[24], *first = digits + sizeof digits;
  do *--first = (char)('0' + value % 10);
  while (value /= 10);
  json_write_key(out, key);
  strbuf_add(out, (Str){first, (size_t)(digits + sizeof digits - first)});
}

void json_write_number(StrBuf *out, const char *key, double value)
{
  json_write_key(out, key);
  if (!isfinite(value))
    strbuf_add(out, STR("null"));
  else if (value == floor(value) && fabs(value) < 1e15)
    strbuf_addf(out, "%.0f", value);
  else
    strbuf_addf(out, "%.4g", value);
}
