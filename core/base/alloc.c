#include "base/alloc.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static _Noreturn void out_of_memory(size_t size)
{
  fprintf(stderr, "newsmark: out of memory (%zu bytes)\n", size);
  abort();
}

void *xmalloc(size_t size)
{
  void *ptr = malloc(size ? size : 1);
  if (!ptr) out_of_memory(size);
  return ptr;
}

void *xcalloc(size_t count, size_t size)
{
  void *ptr = calloc(count ? count : 1, size ? size : 1);
  if (!ptr) out_of_memory(size_mul(count, size));
  return ptr;
}

void *xrealloc(void *old, size_t size)
{
  void *ptr = realloc(old, size ? size : 1);
  if (!ptr) out_of_memory(size);
  return ptr;
}

char *xstrdup(const char *text)
{
  size_t size = strlen(text) + 1;
  return memcpy(xmalloc(size), text, size);
}

size_t size_mul(size_t count, size_t size)
{
  if (size && count > SIZE_MAX / size) out_of_memory(SIZE_MAX);
  return count * size;
}
