// prose_p: how the readings of markup take it out of a copy of the file. Pure; any thread.
#pragma once

#include <stddef.h>

// White space instead of [start, end); line ends stay.
static inline void prose_blank(char *out, size_t start, size_t end)
{
  for (size_t i = start; i < end; i++)
    if (out[i] != '\n' && out[i] != '\r') out[i] = ' ';
}

// The same, and line ends where there is room for two, so that a block begins behind it.
static inline void prose_part(char *out, size_t start, size_t end)
{
  prose_blank(out, start, end);
  if (end - start >= 2) out[start] = out[start + 1] = '\n';
}
