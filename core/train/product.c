// Both factors are packed into panels that lie in the order they are read: HIGH rows of the left one, WIDE
// columns of the right one, DEEP of the depth at a time, so that a panel stays in the near caches and the
// sums in registers.
#include "product.h"

#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>

enum { HIGH = 12, WIDE = 32, DEEP = 384, BROAD = 384 };
typedef float Lanes __attribute__((vector_size(64), aligned(4)));

static void multiply_panels(size_t depth, const float *left, const float *right, float *to, size_t columns,
                            size_t high, bool add)
{
  Lanes sums[HIGH][2] = {{{0}}};
  for (size_t k = 0; k < depth; k++, left += HIGH, right += WIDE) {
    Lanes first = *(const Lanes *)(const void *)right, second = *(const Lanes *)(const void *)(right + 16);
#pragma GCC unroll 12
    for (size_t row = 0; row < HIGH; row++) {
      sums[row][0] += left[row] * first;
      sums[row][1] += left[row] * second;
    }
  }
#pragma GCC unroll 12
  for (size_t row = 0; row < HIGH; row++) {
    if (row >= high) break;
    Lanes *out = (Lanes *)(void *)(to + row * columns);
    out[0] = add ? out[0] + sums[row][0] : sums[row][0];
    out[1] = add ? out[1] + sums[row][1] : sums[row][1];
  }
}

static size_t least(size_t a, size_t b)
{
  return a < b ? a : b;
}

static void pack_left(Factor left, size_t rows, size_t first, size_t depth, float *to)
{
  for (size_t row = 0; row < rows; row += HIGH, to += HIGH * depth) {
    size_t high = least(rows - row, HIGH);
    const float *from = left.at + row * left.down + first * left.across;
    if (high < HIGH) memset(to, 0, sizeof(float) * HIGH * depth);
    if (left.across == 1) {
      for (size_t r = 0; r < high; r++)
        for (size_t k = 0; k < depth; k++) to[k * HIGH + r] = from[r * left.down + k];
    } else {
      for (size_t k = 0; k < depth; k++)
        for (size_t r = 0; r < high; r++) to[k * HIGH + r] = from[r * left.down + k * left.across];
    }
  }
}

static void pack_right(Factor right, size_t column, size_t columns, size_t first, size_t depth, float *to)
{
  for (size_t at = 0; at < columns; at += WIDE, to += WIDE * depth) {
    const float *from = right.at + first * right.down + (column + at) * right.across;
    if (right.across == 1) {
      for (size_t k = 0; k < depth; k++) memcpy(to + k * WIDE, from + k * right.down, WIDE * sizeof *to);
    } else {
      for (size_t c = 0; c < WIDE; c++)
        for (size_t k = 0; k < depth; k++) to[k * WIDE + c] = from[k * right.down + c * right.across];
    }
  }
}

void product(Factor left, Factor right, size_t rows, size_t columns, size_t depth, float *to, bool add)
{
  static float *lefts, *rights; // panels
  static size_t cap;
  size_t need = (rows + HIGH - 1) / HIGH * HIGH * DEEP;
  if (!rights) rights = xcalloc(DEEP * BROAD, sizeof *rights);
  if (need > cap) lefts = xrealloc(lefts, (cap = need) * sizeof *lefts);
  for (size_t first = 0; first < depth; first += DEEP) {
    size_t deep = least(depth - first, DEEP);
    pack_left(left, rows, first, deep, lefts);
    for (size_t column = 0; column < columns; column += BROAD) {
      size_t broad = least(columns - column, BROAD);
      pack_right(right, column, broad, first, deep, rights);
      for (size_t row = 0; row < rows; row += HIGH)
        for (size_t at = 0; at < broad; at += WIDE)
          multiply_panels(deep, lefts + row * deep, rights + at * deep, to + row * columns + column + at,
                          columns, least(rows - row, HIGH), add || first);
    }
  }
}
