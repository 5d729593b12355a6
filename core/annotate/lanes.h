// lanes: rows of small weights, eight at a time.
#pragma once

#include <stdint.h>
#include <string.h>

typedef int16_t Lanes16 __attribute__((vector_size(16)));

// Eight weights as sixteen-bit numbers. Each byte is doubled and the pair shifted down as one number: two
// instructions with the plainest vectors of x86, where a conversion takes five. The row goes by way of a
// number: half a vector set in memory and read as a whole would wait for both to be written.
static inline Lanes16 lanes_widen(const int8_t *eight)
{
  typedef int8_t Bytes __attribute__((vector_size(16)));
  typedef int64_t Pair __attribute__((vector_size(16)));
  int64_t number;
  memcpy(&number, eight, sizeof number);
  Bytes row = (Bytes)(Pair){number, 0};
  Bytes twice = __builtin_shufflevector(row, row, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7);
  return (Lanes16)twice >> 8;
}

// Sixteen, likewise.
static inline void lanes_widen_both(const int8_t *sixteen, Lanes16 out[2])
{
  typedef int8_t Bytes __attribute__((vector_size(16)));
  Bytes row;
  memcpy(&row, sixteen, sizeof row);
  Bytes low = __builtin_shufflevector(row, row, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7);
  Bytes high = __builtin_shufflevector(row, row, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13, 14, 14, 15, 15);
  out[0] = (Lanes16)low >> 8;
  out[1] = (Lanes16)high >> 8;
}
