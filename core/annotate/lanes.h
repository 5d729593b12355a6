// lanes: rows of small weights, eight at a time.
#pragma once

#include <stdint.h>
#include <string.h>

typedef int16_t Lanes16 __attribute__((vector_size(16)));

// Sixteen weights as sixteen-bit numbers. Each byte is doubled and the pair shifted down as one number: two
// instructions with the plainest vectors of x86, where a conversion takes five.
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

typedef int32_t Lanes32 __attribute__((vector_size(16)));

// Eight numbers as those of 32 bits, likewise.
static inline void lanes_widen(Lanes16 eight, Lanes32 out[2])
{
  out[0] = (Lanes32)__builtin_shufflevector(eight, eight, 0, 0, 1, 1, 2, 2, 3, 3) >> 16;
  out[1] = (Lanes32)__builtin_shufflevector(eight, eight, 4, 4, 5, 5, 6, 6, 7, 7) >> 16;
}

// Seven weights of four bits and what they are all to be multiplied by, in 32 bits: weight n in bits 4n to
// 4n + 3, signed; in the highest four the number of one of LANES_SCALES. The eighth lane means nothing.
enum { LANES_SCALED = 40 * 8 }; // no weight is more
// clang-format off
#define LANES_ALL(x) {x, x, x, x, x, x, x, x}
static const Lanes16 LANES_SCALES[16] = {
  LANES_ALL(1),  LANES_ALL(2),  LANES_ALL(3),  LANES_ALL(4),
  LANES_ALL(5),  LANES_ALL(6),  LANES_ALL(8),  LANES_ALL(10),
  LANES_ALL(12), LANES_ALL(14), LANES_ALL(17), LANES_ALL(20),
  LANES_ALL(24), LANES_ALL(28), LANES_ALL(34), LANES_ALL(40),
};
// clang-format on

static inline Lanes16 lanes_unpack(uint32_t row)
{
  typedef uint32_t Quad __attribute__((vector_size(16)));
  typedef uint16_t Bits __attribute__((vector_size(16)));
  Bits both = (Bits)(Quad){row, 0, 0, 0};
  Bits four = __builtin_shufflevector(both, both, 0, 0, 0, 0, 1, 1, 1, 1);
  Bits tops = four * (Bits){4096, 256, 16, 1, 4096, 256, 16, 1}; // each weight at the top of its lane
  return ((Lanes16)tops >> 12) * LANES_SCALES[row >> 28];
}
