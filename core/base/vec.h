// vec: growable arrays of any type. `typedef VEC_OF(Span) SpanVec;`, then items, len and cap are read as
// they are. A vector grows on the heap (vec_push, vec_release) or in an arena (vec_push_in), never in
// both. One thread at a time.
#pragma once

#include "base/alloc.h"
#include "base/arena.h"

#include <stdlib.h>

#define VEC_OF(type)                                                                                         \
  struct {                                                                                                   \
    type *items;                                                                                             \
    size_t len, cap;                                                                                         \
  }

// Append one item, growing on the heap.
#define vec_push(vec, ...)                                                                                   \
  do {                                                                                                       \
    if ((vec)->len == (vec)->cap) {                                                                          \
      (vec)->cap = (vec)->cap ? (vec)->cap * 2 : 8;                                                          \
      (vec)->items = xrealloc((vec)->items, size_mul((vec)->cap, sizeof *(vec)->items));                     \
    }                                                                                                        \
    (vec)->items[(vec)->len] = __VA_ARGS__; /* which may speak of len */                                     \
    (vec)->len++;                                                                                            \
  } while (0)

// Append one item, growing in `arena`.
#define vec_push_in(arena, vec, ...)                                                                         \
  do {                                                                                                       \
    if ((vec)->len == (vec)->cap) {                                                                          \
      size_t vec_old_ = (vec)->cap;                                                                          \
      (vec)->cap = vec_old_ ? vec_old_ * 2 : 8;                                                              \
      (vec)->items = arena_grow((arena), (vec)->items, vec_old_ * sizeof *(vec)->items,                      \
                                size_mul((vec)->cap, sizeof *(vec)->items));                                 \
    }                                                                                                        \
    (vec)->items[(vec)->len] = __VA_ARGS__; /* which may speak of len */                                     \
    (vec)->len++;                                                                                            \
  } while (0)

// In the order of `compare`, as qsort() takes it; an empty vector has nothing to sort.
#define vec_sort(vec, compare)                                                                               \
  do {                                                                                                       \
    if ((vec)->len) qsort((vec)->items, (vec)->len, sizeof *(vec)->items, (compare));                        \
  } while (0)

#define vec_release(vec)                                                                                     \
  do {                                                                                                       \
    free((vec)->items);                                                                                      \
    (vec)->items = NULL;                                                                                     \
    (vec)->len = (vec)->cap = 0;                                                                             \
  } while (0)
