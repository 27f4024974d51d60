// The vector of float lanes that the kernels use, and one-line operations on it.
//
// Swift compiles its own SIMD operators lane by lane and relies on LLVM's SLP vectorizer to undo that, which small changes can
// break. C vectors passed by value are imported as SIMD16<Float>, SIMD8<Float> or SIMD4<Float> and do not have this problem.
//
// The width is that of the machine's registers, so that the tiles of the kernels fit the register file. A group of runs has 16
// lanes on every machine: 16 / lane_vector_width vectors. Every operation is one IEEE operation per lane, so results are
// bit-identical for any width.
#ifndef REFINERY_LANE_VECTOR_H
#define REFINERY_LANE_VECTOR_H

#include <stdbool.h>
#include <stdint.h>
#if defined(__AVX__)
#include <immintrin.h>
#endif

#if defined(__AVX512F__)
#define LANE_VECTOR_WIDTH 16
#elif defined(__AVX__)
#define LANE_VECTOR_WIDTH 8
#else
#define LANE_VECTOR_WIDTH 4
#endif

typedef float lane_vector __attribute__((ext_vector_type(LANE_VECTOR_WIDTH)));
typedef int32_t lane_integers __attribute__((ext_vector_type(LANE_VECTOR_WIDTH)));

enum { lane_vector_width = LANE_VECTOR_WIDTH };

#define LANE_FUNCTION static inline __attribute__((always_inline))

LANE_FUNCTION lane_vector lane_splat(float value) { return (lane_vector)value; }
LANE_FUNCTION lane_vector lane_add(lane_vector a, lane_vector b) { return a + b; }
LANE_FUNCTION lane_vector lane_subtract(lane_vector a, lane_vector b) { return a - b; }
LANE_FUNCTION lane_vector lane_multiply(lane_vector a, lane_vector b) { return a * b; }
LANE_FUNCTION lane_vector lane_divide(lane_vector a, lane_vector b) { return a / b; }
/// a * b + c, rounded once.
LANE_FUNCTION lane_vector lane_fma(lane_vector a, lane_vector b, lane_vector c) { return __builtin_elementwise_fma(a, b, c); }
LANE_FUNCTION lane_vector lane_max(lane_vector a, lane_vector b) { return a > b ? a : b; }
LANE_FUNCTION lane_vector lane_abs(lane_vector a) { return __builtin_elementwise_abs(a); }
LANE_FUNCTION lane_vector lane_sqrt(lane_vector a) { return __builtin_elementwise_sqrt(a); }
/// a in the lanes where x < y, b in the others (including those with a NaN in x or y).
LANE_FUNCTION lane_vector lane_where_less(lane_vector x, lane_vector y, lane_vector a, lane_vector b) { return x < y ? a : b; }
/// Whether x < y in any lane.
LANE_FUNCTION bool lane_any_less(lane_vector x, lane_vector y) { return __builtin_reduce_or((lane_integers)(x < y)) != 0; }

/// Prefetches the cache line of an address.
LANE_FUNCTION void memory_prefetch(const void *address) { __builtin_prefetch(address); }

// Bit-level parts of the exponential and the logarithm.
/// The bits of 2^(j/32), minus j << 18.
static const uint32_t lane_roots_of_two[32] __attribute__((aligned(64))) = {
    0x3F800000, 0x3F7ECD87, 0x3F7DAAC3, 0x3F7C980F, 0x3F7B95C2, 0x3F7AA43A, 0x3F79C3D3, 0x3F78F4F0,
    0x3F7837F0, 0x3F778D3A, 0x3F76F532, 0x3F767043, 0x3F75FED7, 0x3F75A15B, 0x3F75583F, 0x3F7523F6,
    0x3F7504F3, 0x3F74FBAF, 0x3F7508A4, 0x3F752C4D, 0x3F75672A, 0x3F75B9BE, 0x3F76248C, 0x3F76A81E,
    0x3F7744FD, 0x3F77FBB8, 0x3F78CCDF, 0x3F79B907, 0x3F7AC0C7, 0x3F7BE4BA, 0x3F7D257D, 0x3F7E83B3,
};
/// 2^(n/32) for an integer n, -127 * 32 <= n <= 127 * 32, given in the low bits of a = 1.5 * 2^23 + n. If the result is below
/// the smallest normal number: some value between 0 and that number; 0 for n = -127 * 32.
LANE_FUNCTION lane_vector lane_root_of_two(lane_vector a) {
  // The low 5 bits of n select the root, the others are the exponent. The table compensates for what the low bits add to the
  // sum.
#if LANE_VECTOR_WIDTH == 16
  const __m512i low = _mm512_load_si512(lane_roots_of_two), high = _mm512_load_si512(lane_roots_of_two + 16);
  const lane_integers root = (lane_integers)_mm512_permutex2var_epi32(low, (__m512i)a, high);
#elif defined(__AVX2__)
  const __m256i *const tables = (const __m256i *)lane_roots_of_two;
  const __m256i n = (__m256i)a;
  const __m256 third_bit = (__m256)_mm256_slli_epi32(n, 28), fourth_bit = (__m256)_mm256_slli_epi32(n, 27);
  const __m256 low = _mm256_blendv_ps(
      (__m256)_mm256_permutevar8x32_epi32(tables[0], n), (__m256)_mm256_permutevar8x32_epi32(tables[1], n), third_bit);
  const __m256 high = _mm256_blendv_ps(
      (__m256)_mm256_permutevar8x32_epi32(tables[2], n), (__m256)_mm256_permutevar8x32_epi32(tables[3], n), third_bit);
  const lane_integers root = (lane_integers)_mm256_blendv_ps(low, high, fourth_bit);
#else
  lane_integers root;
  for (int lane = 0; lane < LANE_VECTOR_WIDTH; lane++) root[lane] = (int32_t)lane_roots_of_two[((lane_integers)a)[lane] & 31];
#endif
  return (lane_vector)(root + ((lane_integers)a << 18));
}
/// floor(log2(a / sqrt(1/2))) for a positive and normal.
LANE_FUNCTION lane_integers lane_exponent(lane_vector a) { return ((lane_integers)a - 0x3F3504F3) >> 23; }
/// a * 2^-exponent.
LANE_FUNCTION lane_vector lane_scale_down(lane_vector a, lane_integers exponent) {
  return (lane_vector)((lane_integers)a - (exponent << 23));
}
LANE_FUNCTION lane_vector lane_convert(lane_integers a) { return __builtin_convertvector(a, lane_vector); }

// Tiles hold 24 accumulators if there are 32 registers, and 12 if there are 16.
#if defined(__AVX512F__) || defined(__aarch64__)
LANE_FUNCTION int lane_registers(void) { return 32; }
#else
LANE_FUNCTION int lane_registers(void) { return 16; }
#endif

#endif
