// The vector of float lanes that the kernels are written in, and one-line operations on it.
//
// Swift's own SIMD operators are emitted lane by lane, and only LLVM's SLP pass makes vectors of them again; any small
// thing breaks that. C vectors by value import as SIMD16<Float>, SIMD8<Float> or SIMD4<Float> and are immune.
//
// The width is that of the machine's registers, so that the tiles of the kernels fit the register file. A group of
// runs is 16 lanes on every machine: 16 / lane_vector_width vectors. Every operation is one IEEE operation a lane, so
// that results have the same bits whatever the width.
#ifndef REFINERY_LANE_VECTOR_H
#define REFINERY_LANE_VECTOR_H

#include <stdint.h>

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
/// a in the lanes where x < y, b in the others (also where x or y is not a number).
LANE_FUNCTION lane_vector lane_where_less(lane_vector x, lane_vector y, lane_vector a, lane_vector b) { return x < y ? a : b; }

/// The bits of a that are set in mask, in every lane: a where mask is -1, 0 where it is 0.
LANE_FUNCTION lane_vector lane_masked(lane_vector a, int32_t mask) { return (lane_vector)((lane_integers)a & (lane_integers)mask); }

/// Asks for the cache line of an address.
LANE_FUNCTION void memory_prefetch(const void *address) { __builtin_prefetch(address); }

// Parts of the exponential and the logarithm, on the bits of the floats.
/// The low 9 bits of a moved to where sign and exponent are.
LANE_FUNCTION lane_vector lane_low_bits_as_exponent(lane_vector a) { return (lane_vector)((lane_integers)a << 23); }
/// floor(log2(a / sqrt(1/2))) for a positive and normal.
LANE_FUNCTION lane_integers lane_exponent(lane_vector a) { return ((lane_integers)a - 0x3F3504F3) >> 23; }
/// a * 2^-exponent.
LANE_FUNCTION lane_vector lane_scale_down(lane_vector a, lane_integers exponent) { return (lane_vector)((lane_integers)a - (exponent << 23)); }
LANE_FUNCTION lane_vector lane_convert(lane_integers a) { return __builtin_convertvector(a, lane_vector); }

// The tiles of the kernels hold 24 accumulators where the registers are 32, and 12 where they are 16.
#if defined(__AVX512F__) || defined(__aarch64__)
LANE_FUNCTION int lane_registers(void) { return 32; }
#else
LANE_FUNCTION int lane_registers(void) { return 16; }
#endif

#endif
