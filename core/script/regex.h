// regex: PCRE2 patterns (UTF, Unicode classes) that cannot run on for ever: a limit of steps for each place
// where a match might begin, and a chance to stop between a few of them. A Regex may be used by one thread at
// a time.
#pragma once

#include "base/error.h"
#include "base/str.h"

#include <stdint.h>

#define REGEX_GROUPS 32 // that are told of

typedef struct Regex Regex;

// NULL with *err: ERR_FORMAT, "… at character N".
Regex *regex_new(Str pattern, Error *err);
void regex_free(Regex *self); // NULL is fine
// In a hurry a search gives up after a fraction of the steps: see REGEX_LIMIT.
void regex_hurry(Regex *self, bool hurry);
size_t regex_groups(const Regex *self); // the highest group, at most REGEX_GROUPS - 1

typedef struct RegexMatch {
  size_t count; // groups told of, the whole match included
  struct {
    size_t start, end; // bytes; SIZE_MAX: the group took no part
  } group[REGEX_GROUPS];
} RegexMatch;

typedef enum RegexResult { REGEX_NONE, REGEX_FOUND, REGEX_LIMIT } RegexResult;

// The first match that begins at `from` or later. `text` must be valid UTF-8. `pause`, where given, is called
// now and then with `ctx`, and may leave by a longjmp: nothing is held.
RegexResult regex_find(Regex *self, Str text, size_t from, RegexMatch *out, void (*pause)(void *ctx),
                       void *ctx);
