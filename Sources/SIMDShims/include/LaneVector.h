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

#endif
