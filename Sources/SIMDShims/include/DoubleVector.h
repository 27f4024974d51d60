// Vectors of eight doubles and one-line operations on them, for double-precision computations.
//
// Always eight, whatever the register width, so that sums are bit-identical everywhere.
#ifndef REFINERY_DOUBLE_VECTOR_H
#define REFINERY_DOUBLE_VECTOR_H

#include <stdint.h>

typedef double double_vector __attribute__((ext_vector_type(8)));
typedef int64_t double_vector_integers __attribute__((ext_vector_type(8)));
typedef double double_vector_unaligned __attribute__((ext_vector_type(8), aligned(8)));

enum { double_vector_width = 8 };

#define DOUBLE_FUNCTION static inline __attribute__((always_inline))

DOUBLE_FUNCTION double_vector double_splat(double value) { return (double_vector)value; }
DOUBLE_FUNCTION double_vector double_load(const double *address) { return *(const double_vector_unaligned *)address; }
DOUBLE_FUNCTION void double_store(double *address, double_vector a) { *(double_vector_unaligned *)address = a; }
DOUBLE_FUNCTION double_vector double_add(double_vector a, double_vector b) { return a + b; }
DOUBLE_FUNCTION double_vector double_subtract(double_vector a, double_vector b) { return a - b; }
DOUBLE_FUNCTION double_vector double_multiply(double_vector a, double_vector b) { return a * b; }
DOUBLE_FUNCTION double_vector double_divide(double_vector a, double_vector b) { return a / b; }
/// a * b + c, rounded once.
DOUBLE_FUNCTION double_vector double_fma(double_vector a, double_vector b, double_vector c) {
  return __builtin_elementwise_fma(a, b, c);
}
DOUBLE_FUNCTION double_vector double_max(double_vector a, double_vector b) { return a > b ? a : b; }
/// The sum of the eight, in a fixed order.
DOUBLE_FUNCTION double double_sum(double_vector a) {
  return ((a[0] + a[4]) + (a[2] + a[6])) + ((a[1] + a[5]) + (a[3] + a[7]));
}
/// a * 2^integer, with the integer in the low bits of `biased` = integer + 1.5 * 2^52; a and the result are normal.
DOUBLE_FUNCTION double_vector double_scale(double_vector a, double_vector biased) {
  return (double_vector)((double_vector_integers)a + ((double_vector_integers)biased << 52));
}

#endif
