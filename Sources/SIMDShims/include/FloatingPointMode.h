// The control word of the thread's floating-point unit: flush subnormal numbers to zero, or treat them as in IEEE 754.
//
// Vanishing probabilities drive Adam's moments into the subnormal range, where many processors are ten times slower.
#ifndef REFINERY_FLOATING_POINT_MODE_H
#define REFINERY_FLOATING_POINT_MODE_H

#include <stdint.h>

#if defined(__x86_64__)
/// FTZ (results) and DAZ (operands) of MXCSR.
enum { flush_to_zero_bits = 0x8040 };
static inline uint64_t floating_point_mode(void) { return __builtin_ia32_stmxcsr(); }
static inline void set_floating_point_mode(uint64_t mode) { __builtin_ia32_ldmxcsr((unsigned)mode); }
#elif defined(__aarch64__)
/// FZ of FPCR.
enum { flush_to_zero_bits = 1 << 24 };
static inline uint64_t floating_point_mode(void) {
  uint64_t mode;
  __asm__ volatile("mrs %0, fpcr" : "=r"(mode));
  return mode;
}
static inline void set_floating_point_mode(uint64_t mode) { __asm__ volatile("msr fpcr, %0" : : "r"(mode)); }
#else
enum { flush_to_zero_bits = 0 };
static inline uint64_t floating_point_mode(void) { return 0; }
static inline void set_floating_point_mode(uint64_t mode) { (void)mode; }
#endif

#endif
