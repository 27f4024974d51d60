// AVX-512 with VBMI2: 64 bytes of text, or eight words in token order, in one register.
#ifndef REFINERY_ICELAKE_WORDS_H
#define REFINERY_ICELAKE_WORDS_H

#include "../haswell/positions.h"

/// Bit i is set if byte i of 64 equals `byte`.
BYTE_FUNCTION uint64_t mask_of_equal(const uint8_t *bytes, uint8_t byte) {
  return _mm512_cmpeq_epi8_mask(_mm512_loadu_si512(bytes), _mm512_set1_epi8((char)byte));
}
/// Bit i is set if byte i of 64 is a space, a tab, a newline or a carriage return.
BYTE_FUNCTION uint64_t mask_of_blanks(const uint8_t *bytes) {
  __m512i text = _mm512_loadu_si512(bytes);
  return _mm512_cmpeq_epi8_mask(text, _mm512_shuffle_epi8(_mm512_broadcast_i32x4(BLANKS_BY_LOW_BITS), text));
}
/// Stores `base` plus the index of each set bit, ascending. Writes garbage to up to 32 places after the last one.
BYTE_FUNCTION void mask_store_positions(uint64_t mask, uint32_t base, uint32_t *list) {
  const __m512i numbers = _mm512_set_epi8(
      63, 62, 61, 60, 59, 58, 57, 56, 55, 54, 53, 52, 51, 50, 49, 48, 47, 46, 45, 44, 43, 42, 41, 40, 39, 38, 37, 36, 35,
      34, 33, 32, 31, 30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4,
      3, 2, 1, 0);
  __m512i set = _mm512_maskz_compress_epi8(mask, numbers), first = _mm512_set1_epi32((int)base);
  _mm512_storeu_si512(list, _mm512_add_epi32(_mm512_cvtepu8_epi32(_mm512_castsi512_si128(set)), first));
  _mm512_storeu_si512(list + 16, _mm512_add_epi32(_mm512_cvtepu8_epi32(_mm512_extracti32x4_epi32(set, 1)), first));
  if (__builtin_expect(_mm_popcnt_u64(mask) > 32, 0)) {
    _mm512_storeu_si512(list + 32, _mm512_add_epi32(_mm512_cvtepu8_epi32(_mm512_extracti32x4_epi32(set, 2)), first));
    _mm512_storeu_si512(list + 48, _mm512_add_epi32(_mm512_cvtepu8_epi32(_mm512_extracti32x4_epi32(set, 3)), first));
  }
}

#define WORD_ORDER(a, b, c, d, e, f, g, h) a, b, c, d, e, f, g, h

BYTE_FUNCTION token_words words_from_positions(token_positions a) { return __builtin_convertvector(a, token_words); }
/// The low halves of the words.
BYTE_FUNCTION token_positions words_to_positions(token_words a) { return __builtin_convertvector(a, token_positions); }
/// Shifts left by the bits given per lane; 0 for 64 and more.
BYTE_FUNCTION token_words words_shift_up(token_words a, token_words bits) {
  return (token_words)_mm512_sllv_epi64((__m512i)a, (__m512i)bits);
}
/// Shifts right by the bits given per lane; 0 for 64 and more.
BYTE_FUNCTION token_words words_shift_down(token_words a, token_words bits) {
  return (token_words)_mm512_srlv_epi64((__m512i)a, (__m512i)bits);
}
BYTE_FUNCTION _Bool words_are_zero(token_words a) { return _mm512_test_epi64_mask((__m512i)a, (__m512i)a) == 0; }
/// The sum of the bytes of each word.
BYTE_FUNCTION token_words words_sum_of_bytes(token_words a) {
  return (token_words)_mm512_sad_epu8((__m512i)a, _mm512_setzero_si512());
}
/// The integers given by eight digits (0...9, most significant first).
BYTE_FUNCTION token_positions words_value_of_digits(token_words a) {
  __m512i twos = _mm512_maddubs_epi16((__m512i)a, _mm512_set1_epi16(0x010A));
  __m512i fours = _mm512_madd_epi16(twos, _mm512_set1_epi32(0x00010064));
  return (token_positions)_mm256_madd_epi16(_mm512_cvtepi32_epi16(fours), _mm256_set1_epi32(0x00012710));
}
/// Whether any byte of either exceeds `limit`, at most 127.
BYTE_FUNCTION _Bool bytes_have_above(token_words a, token_positions b, uint8_t limit) {
  return (_mm512_cmpgt_epu8_mask((__m512i)a, _mm512_set1_epi8((char)limit)) |
          _mm256_cmpgt_epu8_mask((__m256i)b, _mm256_set1_epi8((char)limit))) != 0;
}
/// Looks up places 0...15 of a table; place 16 maps to 0.
BYTE_FUNCTION token_doubles doubles_look_up(const double *table, token_positions place) {
  __m512i at = (__m512i)words_from_positions(place);
  return (token_doubles)_mm512_permutex2var_pd(_mm512_loadu_pd(table), at, _mm512_loadu_pd(table + 8));
}

#endif
