#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool error_set(Error *err, ErrorCode code, const char *format, ...)
{
  if (!err) return false;
  va_list args;
  va_start(args, format);
  err->code = code;
  vsnprintf(err->text, sizeof err->text, format, args);
  va_end(args);
  return false;
}

bool error_prefix(Error *err, const char *format, ...)
{
  if (!err) return false;
  char below[sizeof err->text];
  memcpy(below, err->text, sizeof below);
  va_list args;
  va_start(args, format);
  int used = vsnprintf(err->text, sizeof err->text, format, args);
  va_end(args);
  if (used >= 0 && (size_t)used < sizeof err->text)
    snprintf(err->text + used, sizeof err->text - (size_t)used, ": %.400s", below);
  return false;
}
