// What the reader's vector path is made of: masks of 64 bytes, and arithmetic on the digits of several tokens at once.
//
// One machine operation each, or the few that Swift's SIMD types cannot express. Where the machine has none of them,
// `byte_vectors_available` is 0 and the reader takes its byte loop.
#ifndef REFINERY_BYTE_MASKS_H
#define REFINERY_BYTE_MASKS_H

#include <stdint.h>
#include <string.h>

#if defined(__AVX2__)
#include <immintrin.h>
enum { byte_vectors_available = 1 };

#define BYTE_FUNCTION static inline __attribute__((always_inline))

#if defined(__AVX512BW__)
/// Bit i tells whether byte i of 64 equals `byte`.
BYTE_FUNCTION uint64_t mask_of_equal(const uint8_t *bytes, uint8_t byte) {
  return _mm512_cmpeq_epi8_mask(_mm512_loadu_si512(bytes), _mm512_set1_epi8((char)byte));
}
/// Bit i tells whether byte i of 64 is at most `byte`, unsigned.
BYTE_FUNCTION uint64_t mask_of_at_most(const uint8_t *bytes, uint8_t byte) {
  return _mm512_cmple_epu8_mask(_mm512_loadu_si512(bytes), _mm512_set1_epi8((char)byte));
}
#else
BYTE_FUNCTION uint64_t mask_of_halves(__m256i low, __m256i high) {
  return (uint32_t)_mm256_movemask_epi8(low) | (uint64_t)(uint32_t)_mm256_movemask_epi8(high) << 32;
}
BYTE_FUNCTION __m256i bytes_at(const uint8_t *bytes) { return _mm256_loadu_si256((const __m256i *)bytes); }
/// Bit i tells whether byte i of 64 equals `byte`.
BYTE_FUNCTION uint64_t mask_of_equal(const uint8_t *bytes, uint8_t byte) {
  __m256i splat = _mm256_set1_epi8((char)byte);
  return mask_of_halves(_mm256_cmpeq_epi8(bytes_at(bytes), splat), _mm256_cmpeq_epi8(bytes_at(bytes + 32), splat));
}
/// Bit i tells whether byte i of 64 is at most `byte`, unsigned.
BYTE_FUNCTION uint64_t mask_of_at_most(const uint8_t *bytes, uint8_t byte) {
  __m256i splat = _mm256_set1_epi8((char)byte), low = bytes_at(bytes), high = bytes_at(bytes + 32);
  return mask_of_halves(
      _mm256_cmpeq_epi8(_mm256_min_epu8(low, splat), low), _mm256_cmpeq_epi8(_mm256_min_epu8(high, splat), high));
}
#endif

/// 32 bytes: two values of up to 16 characters, or four indices of up to 8.
typedef uint8_t token_bytes __attribute__((ext_vector_type(32)));
/// Eight integers, and four Doubles or 64-bit patterns.
typedef int32_t token_integers __attribute__((ext_vector_type(8)));
typedef uint64_t token_words __attribute__((ext_vector_type(4)));
typedef double token_doubles __attribute__((ext_vector_type(4)));
typedef float token_floats __attribute__((ext_vector_type(4)));

BYTE_FUNCTION token_bytes token_zero(void) { return (token_bytes)0; }
/// 16 bytes from `low`, then 16 from `high`.
BYTE_FUNCTION token_bytes token_load_pair(const uint8_t *low, const uint8_t *high) {
  return (token_bytes)_mm256_inserti128_si256(
      _mm256_castsi128_si256(_mm_loadu_si128((const __m128i *)low)), _mm_loadu_si128((const __m128i *)high), 1);
}
BYTE_FUNCTION token_words token_make_words(uint64_t a, uint64_t b, uint64_t c, uint64_t d) { return (token_words){a, b, c, d}; }
BYTE_FUNCTION token_doubles token_make_doubles(double a, double b, double c, double d) { return (token_doubles){a, b, c, d}; }
/// The bits in which bytes differ from the character 0: the digit for a digit, 10 or more for everything else.
BYTE_FUNCTION token_bytes token_digits(token_bytes bytes) { return bytes ^ (uint8_t)'0'; }
BYTE_FUNCTION token_bytes token_from_words(token_words words) { return (token_bytes)words; }
BYTE_FUNCTION token_bytes token_max(token_bytes a, token_bytes b) {
  return (token_bytes)_mm256_max_epu8((__m256i)a, (__m256i)b);
}
/// Whether a byte is 10 or more.
BYTE_FUNCTION _Bool token_has_strange(token_bytes a) {
  __m256i nine = _mm256_set1_epi8(9);
  return _mm256_movemask_epi8(_mm256_cmpeq_epi8(_mm256_max_epu8((__m256i)a, nine), nine)) != -1;
}
/// Bit i tells whether byte i is a decimal point.
BYTE_FUNCTION uint32_t token_points(token_bytes a) {
  return (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8((__m256i)a, _mm256_set1_epi8('.')));
}
/// Bytes of each half picked by the control's; 0 where a control byte is 128 or more.
BYTE_FUNCTION token_bytes token_shuffle(token_bytes a, token_bytes control) {
  return (token_bytes)_mm256_shuffle_epi8((__m256i)a, (__m256i)control);
}
/// From digits to integers: the 8 digits of each 64-bit word of `a` and `b`, most significant first, become one integer;
/// in the order a0 a1 b0 b1 a2 a3 b2 b3.
BYTE_FUNCTION token_integers token_integers_of(token_bytes a, token_bytes b) {
  __m256i tens = _mm256_set1_epi16(10 | 1 << 8), hundreds = _mm256_set1_epi32(100 | 1 << 16),
          thousands = _mm256_set1_epi32(10000 | 1 << 16);
  __m256i low = _mm256_madd_epi16(_mm256_maddubs_epi16((__m256i)a, tens), hundreds);
  __m256i high = _mm256_madd_epi16(_mm256_maddubs_epi16((__m256i)b, tens), hundreds);
  return (token_integers)_mm256_madd_epi16(_mm256_packus_epi32(low, high), thousands);
}
BYTE_FUNCTION token_integers token_less_one(token_integers a) { return a - 1; }
BYTE_FUNCTION void token_store_integers(int32_t *address, token_integers a) {
  _mm256_storeu_si256((__m256i *)address, (__m256i)a);
}
/// Four significands: the even integers x 10^8 + the odd ones. Exact below 2^53.
BYTE_FUNCTION token_doubles token_significands(token_integers a) {
  token_words words = (token_words)a, magic = (token_words)0x4330000000000000u;
  token_doubles high = (token_doubles)((words & 0xFFFFFFFFu) | magic) - 0x1p52;
  token_doubles low = (token_doubles)((words >> 32) | magic) - 0x1p52;
  return high * 1e8 + low;
}
BYTE_FUNCTION token_doubles token_divide(token_doubles a, token_doubles b) { return a / b; }
/// Whether a value is not settled: a significand of 2^53 or more, or a quotient in the middle between two Floats.
BYTE_FUNCTION _Bool token_is_unsettled(token_doubles significands, token_doubles quotients) {
  __m256i large = (__m256i)(significands >= 0x1p53);
  __m256i middle = (__m256i)(((token_words)quotients & 0x1FFFFFFFu) == 0x10000000u);
  return !_mm256_testz_si256(_mm256_or_si256(large, middle), _mm256_set1_epi64x(-1));
}
BYTE_FUNCTION void token_store_floats(float *address, token_doubles a) {
  _mm_storeu_ps(address, _mm256_cvtpd_ps((__m256d)a));
}

#else
enum { byte_vectors_available = 0 };
#endif

#endif
