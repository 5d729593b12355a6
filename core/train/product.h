// product: products of matrices in floating point, one thread, for encoder.c. Sums run in a fixed order.
#pragma once

#include <stdbool.h>
#include <stddef.h>

typedef struct Factor { // element (row, column) is at[row * down + column * across]
  const float *at;
  size_t down, across;
} Factor;

// to[rows][columns] = left(rows, depth) * right(depth, columns), or added to what is there. `columns` is a
// multiple of 32. Not for two threads at a time: the packed panels are kept.
void product(Factor left, Factor right, size_t rows, size_t columns, size_t depth, float *to, bool add);
