// How it works: PCRE2's match limit counts afresh for every start of a match, so that a long text multiplies
// it. So a search goes window by window (an offset limit: where a match may begin), and between two windows
// the caller may stop.
#include "script/regex.h"

#include "base/alloc.h"

#include <stdlib.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#define MATCH_LIMIT 50000 // steps of one start
#define HURRY_LIMIT 1000
#define HEAP_LIMIT 4096 // KiB
#define DEPTH_LIMIT 5000
#define WINDOW 256 // bytes where matches may begin, between two pauses

struct Regex {
  pcre2_code *code;
  pcre2_match_data *data;
  pcre2_match_context *limits;
};

Regex *regex_new(Str pattern, Error *err)
{
  int code;
  PCRE2_SIZE at;
  uint32_t options = PCRE2_UTF | PCRE2_UCP | PCRE2_USE_OFFSET_LIMIT | PCRE2_NEVER_BACKSLASH_C;
  pcre2_code *compiled = pcre2_compile((PCRE2_SPTR)pattern.ptr, pattern.len, options, &code, &at, NULL);
  if (!compiled) {
    PCRE2_UCHAR why[256];
    pcre2_get_error_message(code, why, sizeof why);
    error_set(err, ERR_FORMAT, "%s at character %zu of " STR_FMT, (const char *)why, (size_t)at + 1,
              STR_ARG(pattern));
    return NULL;
  }
  Regex *self = xcalloc(1, sizeof *self);
  self->code = compiled;
  pcre2_jit_compile(compiled, PCRE2_JIT_COMPLETE); // where the machine allows it
  self->data = pcre2_match_data_create(REGEX_GROUPS, NULL);
  self->limits = pcre2_match_context_create(NULL);
  pcre2_set_match_limit(self->limits, MATCH_LIMIT);
  pcre2_set_heap_limit(self->limits, HEAP_LIMIT);
  pcre2_set_depth_limit(self->limits, DEPTH_LIMIT);
  return self;
}

void regex_free(Regex *self)
{
  if (!self) return;
  pcre2_match_context_free(self->limits);
  pcre2_match_data_free(self->data);
  pcre2_code_free(self->code);
  free(self);
}

void regex_hurry(Regex *self, bool hurry)
{
  pcre2_set_match_limit(self->limits, hurry ? HURRY_LIMIT : MATCH_LIMIT);
}

size_t regex_groups(const Regex *self)
{
  uint32_t count = 0;
  pcre2_pattern_info(self->code, PCRE2_INFO_CAPTURECOUNT, &count);
  return count < REGEX_GROUPS ? count : REGEX_GROUPS - 1;
}

static void read_groups(const Regex *self, size_t count, RegexMatch *out)
{
  const PCRE2_SIZE *at = pcre2_get_ovector_pointer(self->data);
  out->count = regex_groups(self) + 1;
  for (size_t i = 0; i < out->count; i++) {
    bool set = i < count && at[2 * i] != PCRE2_UNSET;
    out->group[i].start = set ? at[2 * i] : SIZE_MAX;
    out->group[i].end = set ? at[2 * i + 1] : SIZE_MAX;
  }
  // \K in a lookahead may put the start behind the end.
  if (out->group[0].end < out->group[0].start) out->group[0].end = out->group[0].start;
}

RegexResult regex_find(Regex *self, Str text, size_t from, RegexMatch *out, void (*pause)(void *ctx),
                       void *ctx)
{
  while (from <= text.len) {
    size_t limit = from + WINDOW < text.len ? from + WINDOW : text.len;
    while (limit < text.len && ((unsigned char)text.ptr[limit] & 0xC0) == 0x80)
      limit++; // not inside a character
    pcre2_set_offset_limit(self->limits, limit);
    int count = pcre2_match(self->code, (PCRE2_SPTR)(text.ptr ? text.ptr : ""), text.len, from,
                            PCRE2_NO_UTF_CHECK, self->data, self->limits);
    if (count >= 0) {
      read_groups(self, count ? (size_t)count : REGEX_GROUPS, out); // 0: more groups than there is room for
      return REGEX_FOUND;
    }
    if (count != PCRE2_ERROR_NOMATCH) return REGEX_LIMIT;
    from = limit + 1;
    while (from < text.len && ((unsigned char)text.ptr[from] & 0xC0) == 0x80) from++;
    if (pause) pause(ctx);
  }
  return REGEX_NONE;
}
