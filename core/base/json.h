// json: reading through cJSON, and writing straight into a StrBuf.
// What comes in is checked as UTF-8 first (cJSON does not), and two things that cJSON cannot hold are mended
// on the way: an escaped NUL becomes U+0001 (same width in every encoding), a lone surrogate U+FFFD. Any
// thread.
#pragma once

#include "base/error.h"
#include "base/str.h"

#include <cjson/cJSON.h>

// The value in `text`; the caller frees it with cJSON_Delete. NULL with *err: ERR_FORMAT, naming the byte.
cJSON *json_parse(Str text, Error *err);

// Members of `object`, which may be NULL or something else: then nothing is found.
const cJSON *json_get(const cJSON *object, const char *key);
Str json_get_str(const cJSON *object, const char *key); // {NULL, 0} where it is no string
double json_get_number(const cJSON *object, const char *key, double otherwise);
// A number without its fraction, held within ±2^53: what foreign JSON says can always be cast.
int64_t json_get_integer(const cJSON *object, const char *key, int64_t otherwise);
bool json_get_bool(const cJSON *object, const char *key, bool otherwise);

// A string with its quotes, escaped; invalid bytes become U+FFFD. No character in it ends a line for anybody,
// so that one object stays one line.
void json_write_str(StrBuf *out, Str s);
// `,"key":` or, right behind an opening brace, `"key":`. Keys are plain ASCII.
void json_write_key(StrBuf *out, const char *key);
void json_write_member(StrBuf *out, const char *key, Str value);  // null where value.ptr is NULL
void json_write_uint(StrBuf *out, const char *key, size_t value); // fast: positions are many
void json_write_number(StrBuf *out, const char *key,
                       double value); // shortest form, whole numbers without a point
