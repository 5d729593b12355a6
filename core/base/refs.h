// refs: counting who holds an object that is constant but for its count. Any thread.
#pragma once

#include <stdbool.h>
#include <stdint.h>

// One holder more. The count is the one part of a constant object that changes.
static inline void refs_add(const int *refs)
{
  __atomic_add_fetch((int *)(uintptr_t)refs, 1, __ATOMIC_RELAXED);
}

// One holder less; true: it was the last, whose task it is to free the object.
static inline bool refs_drop(const int *refs)
{
  return !__atomic_sub_fetch((int *)(uintptr_t)refs, 1, __ATOMIC_ACQ_REL);
}
