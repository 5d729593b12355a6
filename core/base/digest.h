// digest: a number that stands for a row of numbers. Two rows with one digest are taken for equal: of 64
// bits, that is wrong once in more articles than will ever be written. The same on every machine; not for
// adversaries. Pure; any thread.
#pragma once

#include <stdint.h>

#define DIGEST_EMPTY 0x9e3779b97f4a7c15u

static inline uint64_t digest_add(uint64_t digest, uint64_t value)
{
  digest = (digest ^ value) * 0xbf58476d1ce4e5b9u;
  return digest ^ digest >> 29;
}

// Of two numbers.
static inline uint64_t digest_pair(uint64_t a, uint64_t b)
{
  return digest_add(digest_add(DIGEST_EMPTY, a), b);
}

static inline uint64_t digest_pointer(const void *pointer)
{
  return (uint64_t)(uintptr_t)pointer;
}
