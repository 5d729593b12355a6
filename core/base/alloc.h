// alloc: heap memory that is never NULL. Running out of memory aborts with a message; sizes that somebody
// else chose (a file, a message, a script) get a ceiling before they come here. Any thread.
#pragma once

#include <stddef.h>

void *xmalloc(size_t size) __attribute__((malloc));
void *xcalloc(size_t count, size_t size) __attribute__((malloc));
void *xrealloc(void *ptr, size_t size);
char *xstrdup(const char *text) __attribute__((malloc));
// `count` times `size`; aborts where the product does not fit.
size_t size_mul(size_t count, size_t size);

#define container_of(ptr, type, member) ((type *)(void *)((char *)(ptr)-offsetof(type, member)))
#define ARRAY_LEN(array) (sizeof(array) / sizeof((array)[0]))
