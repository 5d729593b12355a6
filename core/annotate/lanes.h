// lanes: SIMD for rows of small weights, eight at a time, in the vector extensions that gcc and clang share:
// the plainest vectors of every processor, no intrinsics. Pure; any thread.
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
  Quad twice = (Quad)__builtin_shufflevector(both, both, 0, 8, 1, 9, 2, 10, 3, 11); // two steps of one
  Bits four = (Bits)__builtin_shufflevector(twice, twice, 0, 0, 1, 1);              // instruction each
  Bits tops = four * (Bits){4096, 256, 16, 1, 4096, 256, 16, 1}; // each weight at the top of its lane
  return ((Lanes16)tops >> 12) * LANES_SCALES[row >> 28];
}

// Eight numbers with a point, as two vectors.
typedef float Lanes4F __attribute__((vector_size(16)));
typedef struct Lanes8F {
  Lanes4F low, high;
} Lanes8F;

static inline Lanes4F lanes_max4(Lanes4F a, Lanes4F b)
{
  float x[4], y[4]; // C has no choice by lanes, but compilers see this one
  memcpy(x, &a, sizeof x);
  memcpy(y, &b, sizeof y);
  for (int i = 0; i < 4; i++) x[i] = x[i] > y[i] ? x[i] : y[i];
  memcpy(&a, x, sizeof a);
  return a;
}
static inline Lanes8F lanes_max(Lanes8F a, Lanes8F b)
{
  return (Lanes8F){lanes_max4(a.low, b.low), lanes_max4(a.high, b.high)};
}
static inline Lanes8F lanes_add(Lanes8F a, Lanes8F b)
{
  return (Lanes8F){a.low + b.low, a.high + b.high};
}
static inline Lanes8F lanes_multiply(Lanes8F a, Lanes8F b)
{
  return (Lanes8F){a.low * b.low, a.high * b.high};
}
static inline Lanes8F lanes_all(float value)
{
  Lanes4F four = {value, value, value, value};
  return (Lanes8F){four, four};
}
static inline Lanes8F lanes_load(const float eight[8])
{
  Lanes8F lanes;
  memcpy(&lanes.low, eight, sizeof lanes.low);
  memcpy(&lanes.high, eight + 4, sizeof lanes.high);
  return lanes;
}
static inline void lanes_store(float eight[8], Lanes8F lanes)
{
  memcpy(eight, &lanes.low, sizeof lanes.low);
  memcpy(eight + 4, &lanes.high, sizeof lanes.high);
}
// The sum of all eight, and the highest.
static inline float lanes_sum(Lanes8F lanes)
{
  Lanes4F four = lanes.low + lanes.high;
  four += __builtin_shufflevector(four, four, 2, 3, 0, 1);
  return four[0] + four[1];
}
static inline float lanes_most(Lanes8F lanes)
{
  Lanes4F four = lanes_max4(lanes.low, lanes.high);
  four = lanes_max4(four, __builtin_shufflevector(four, four, 2, 3, 0, 1));
  return four[0] > four[1] ? four[0] : four[1];
}
static inline Lanes8F lanes_from(Lanes16 eight)
{
  Lanes32 wide[2];
  lanes_widen(eight, wide);
  return (Lanes8F){__builtin_convertvector(wide[0], Lanes4F), __builtin_convertvector(wide[1], Lanes4F)};
}

// exp() of numbers up to 0, to seven digits; less than -87 is -87. The same on every machine, as libm's is
// not: two to the whole part, put together from bits, times a polynomial of the rest (Cephes' coefficients).
static inline Lanes4F lanes_exp4(Lanes4F x)
{
  x = lanes_max4(x, (Lanes4F){-87, -87, -87, -87});
  Lanes32 whole = __builtin_convertvector(x * 1.44269504f - 0.5f, Lanes32); // towards 0: the nearest
  Lanes4F n = __builtin_convertvector(whole, Lanes4F), r = x - n * 0.693359375f - n * -2.12194440e-4f;
  Lanes4F p = r * 1.9875691500e-4f + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * r * r + r + 1;
  Lanes32 power = (whole + 127) << 23;
  return p * (Lanes4F)power;
}
static inline Lanes8F lanes_exp(Lanes8F x)
{
  return (Lanes8F){lanes_exp4(x.low), lanes_exp4(x.high)};
}
