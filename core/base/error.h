// error: why something failed: a code for programs and a sentence for people.
// A function that can fail returns false or NULL and fills the caller's Error, which may be NULL. Any thread.
#pragma once

#include <stdbool.h>

typedef enum ErrorCode {
  ERR_NONE = 0,
  ERR_NOT_FOUND, // no such file, key, language, entity
  ERR_IO,        // the system said no; the sentence has its reason
  ERR_FORMAT,    // what was read is not what it should be
  ERR_LIMIT,     // larger than its ceiling
  ERR_STATE,     // asked at the wrong time
  ERR_USAGE,     // a bad argument from the command line or a client
  ERR_SCRIPT,    // a user's script failed
  ERR_CANCELLED,
} ErrorCode;

typedef struct Error {
  ErrorCode code;
  char text[512]; // UTF-8, no full stop, cut at the end where too long
} Error;

// Fill *err (NULL is fine) and return false, so that a failure is one line: return error_set(err, …).
bool error_set(Error *err, ErrorCode code, const char *format, ...) __attribute__((format(printf, 3, 4)));
// Put `format …: ` before the sentence that is there: the caller's view of a failure further down. Returns
// false.
bool error_prefix(Error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));
