// chance.h: dice for the tests that try random cases. Every run prints its seed; PROP_SEED=n rolls the same
// again, or others, and PROP_ROUNDS=n makes the run longer or shorter.
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static uint64_t g_chance;

// 0 … sides - 1, by SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).
static inline unsigned dice(size_t sides)
{
  uint64_t z = g_chance += 0x9e3779b97f4a7c15u;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
  z = (z ^ z >> 27) * 0x94d049bb133111ebu;
  return (unsigned)((z ^ z >> 31) % sides);
}

static inline uint64_t chance_setting(const char *name, uint64_t usual)
{
  const char *given = getenv(name);
  return given ? strtoull(given, NULL, 10) : usual;
}

// Begin a run.
static inline void chance_begin(void)
{
  g_chance = chance_setting("PROP_SEED", 1);
  printf("PROP_SEED=%llu\n", (unsigned long long)g_chance);
}

static inline size_t chance_rounds(size_t usual)
{
  return (size_t)chance_setting("PROP_ROUNDS", usual);
}
