// trust: which scripts that came with a folder of articles the user lets run. The list is kept for the user,
// one line a script, the hash of its bytes and its path, as sha256sum writes and checks them. Any thread; the
// file is replaced whole, so that a reader sees the list before or after.
#pragma once

#include "base/error.h"
#include "base/str.h"

typedef enum TrustState {
  TRUST_NONE,
  TRUST_OLD, // another version of it was
  TRUST_YES,
} TrustState;

// Whether the user trusts the script at `path` with these bytes. `list` is the list's file; NULL, or one that
// is not there, trusts nothing.
TrustState trust_of(const char *list, const char *path, Str bytes);
// Trust the script as it is (`bytes`), in place of what was trusted of it before. False with *err: ERR_USAGE
// (the path cannot stand in a line), ERR_IO.
bool trust_add(const char *list, const char *path, Str bytes, Error *err);
// Trust it no more. True also where it was not trusted. False with ERR_IO.
bool trust_remove(const char *list, const char *path, Error *err);
