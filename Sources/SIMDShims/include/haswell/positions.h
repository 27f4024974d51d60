// AVX2: eight tokens in a 256-bit register.
#ifndef REFINERY_HASWELL_POSITIONS_H
#define REFINERY_HASWELL_POSITIONS_H

#include <immintrin.h>

#include "../generic/vectors.h"

// For each value of the low four bits, the blank character with these bits, or a byte with other low bits.
#define BLANKS_BY_LOW_BITS _mm_setr_epi8(' ', -1, -1, -1, -1, -1, -1, -1, -1, '\t', '\n', -1, -1, '\r', -1, 0)

/// Shifts left by the bits given per lane; 0 for 32 and more.
BYTE_FUNCTION token_positions positions_shift_up(token_positions a, token_positions bits) {
  return (token_positions)_mm256_sllv_epi32((__m256i)a, (__m256i)bits);
}
/// Shifts right by the bits given per lane; 0 for 32 and more.
BYTE_FUNCTION token_positions positions_shift_down(token_positions a, token_positions bits) {
  return (token_positions)_mm256_srlv_epi32((__m256i)a, (__m256i)bits);
}
BYTE_FUNCTION _Bool positions_are_zero(token_positions a) { return _mm256_testz_si256((__m256i)a, (__m256i)a); }
/// The integers given by four digits (0...9, most significant first).
BYTE_FUNCTION token_positions positions_value_of_digits(token_positions a) {
  __m256i twos = _mm256_maddubs_epi16((__m256i)a, _mm256_set1_epi16(0x010A));
  return (token_positions)_mm256_madd_epi16(twos, _mm256_set1_epi32(0x00010064));
}
/// 10^(place + 1) for places 0...7.
BYTE_FUNCTION token_doubles doubles_power_of_ten(token_positions place) {
  // These powers are exact as floats.
  const __m256 powers = _mm256_setr_ps(1e1f, 1e2f, 1e3f, 1e4f, 1e5f, 1e6f, 1e7f, 1e8f);
  return __builtin_convertvector((token_floats)_mm256_permutevar8x32_ps(powers, (__m256i)place), token_doubles);
}

#endif
