#include "annotate/names/nominative.h"

enum { LEFT_LEAST = 2 }; // bytes

size_t nominative_of(const Table *endings, size_t row, Str lower, char out[NOMINATIVE_BYTES])
{
  Str ending = table_cell(endings, row, 0), instead = table_cell(endings, row, 1);
  if (lower.len < ending.len + LEFT_LEAST || !str_ends(lower, ending)) return 0;
  size_t left = lower.len - ending.len;
  if (left + instead.len > NOMINATIVE_BYTES) return 0;
  memcpy(out, lower.ptr, left);
  memcpy(out + left, instead.ptr, instead.len);
  return left + instead.len;
}
