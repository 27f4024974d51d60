// AVX2: 64 bytes of text, or eight words, in two 256-bit registers. The words are those of the tokens 0, 1, 4, 5 and 2, 3, 6,
// 7, the order in which unpack and pack instructions work.
#ifndef REFINERY_HASWELL_WORDS_H
#define REFINERY_HASWELL_WORDS_H

#include "numbers_of_bits.h"
#include "positions.h"

BYTE_FUNCTION uint64_t mask_of_halves(__m256i low, __m256i high) {
  return (uint32_t)_mm256_movemask_epi8(low) | (uint64_t)(uint32_t)_mm256_movemask_epi8(high) << 32;
}
BYTE_FUNCTION __m256i bytes_at(const uint8_t *bytes) { return _mm256_loadu_si256((const __m256i *)bytes); }
/// Bit i is set if byte i of 64 equals `byte`.
BYTE_FUNCTION uint64_t mask_of_equal(const uint8_t *bytes, uint8_t byte) {
  __m256i splat = _mm256_set1_epi8((char)byte);
  return mask_of_halves(_mm256_cmpeq_epi8(bytes_at(bytes), splat), _mm256_cmpeq_epi8(bytes_at(bytes + 32), splat));
}
/// Bit i is set if byte i of 64 is a space, a tab, a newline or a carriage return.
BYTE_FUNCTION uint64_t mask_of_blanks(const uint8_t *bytes) {
  __m256i blanks = _mm256_broadcastsi128_si256(BLANKS_BY_LOW_BITS), low = bytes_at(bytes), high = bytes_at(bytes + 32);
  return mask_of_halves(
      _mm256_cmpeq_epi8(low, _mm256_shuffle_epi8(blanks, low)), _mm256_cmpeq_epi8(high, _mm256_shuffle_epi8(blanks, high)));
}
/// Stores `base` plus the index of each set bit, ascending. Writes garbage to up to 32 places after the last one.
BYTE_FUNCTION void mask_store_positions(uint64_t mask, uint32_t base, uint32_t *list) {
  __m256i first = _mm256_set1_epi32((int)base);
  for (int octet = 0; octet < 8; octet++) {
    uint8_t bits = (uint8_t)(mask >> (8 * octet));
    __m256i numbers = _mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)&numbers_of_bits[bits]));
    _mm256_storeu_si256((__m256i *)list, _mm256_add_epi32(numbers, first));
    first = _mm256_add_epi32(first, _mm256_set1_epi32(8));
    list += _mm_popcnt_u32(bits);
  }
}

#define WORD_ORDER(a, b, c, d, e, f, g, h) a, b, e, f, c, d, g, h

typedef uint64_t token_half __attribute__((ext_vector_type(4)));
BYTE_FUNCTION __m256i words_low(token_words a) { return (__m256i)a.lo; }
BYTE_FUNCTION __m256i words_high(token_words a) { return (__m256i)a.hi; }
BYTE_FUNCTION token_words words_of_halves(__m256i low, __m256i high) {
  token_words a;
  a.lo = (token_half)low;
  a.hi = (token_half)high;
  return a;
}
#define REGISTERS_OF_TWO(operation, a, b) \
  words_of_halves(_mm256_##operation(words_low(a), words_low(b)), _mm256_##operation(words_high(a), words_high(b)))

BYTE_FUNCTION token_words words_from_positions(token_positions a) {
  __m256i zeros = _mm256_setzero_si256();
  return words_of_halves(_mm256_unpacklo_epi32((__m256i)a, zeros), _mm256_unpackhi_epi32((__m256i)a, zeros));
}
/// The low halves of the words.
BYTE_FUNCTION token_positions words_to_positions(token_words a) {
  return (token_positions)_mm256_shuffle_ps((__m256)words_low(a), (__m256)words_high(a), 0x88);
}
/// Shifts left by the bits given per lane; 0 for 64 and more.
BYTE_FUNCTION token_words words_shift_up(token_words a, token_words bits) { return REGISTERS_OF_TWO(sllv_epi64, a, bits); }
/// Shifts right by the bits given per lane; 0 for 64 and more.
BYTE_FUNCTION token_words words_shift_down(token_words a, token_words bits) { return REGISTERS_OF_TWO(srlv_epi64, a, bits); }
BYTE_FUNCTION _Bool words_are_zero(token_words a) {
  __m256i both = _mm256_or_si256(words_low(a), words_high(a));
  return _mm256_testz_si256(both, both);
}
/// The sum of the bytes of each word.
BYTE_FUNCTION token_words words_sum_of_bytes(token_words a) { return REGISTERS_OF_TWO(sad_epu8, a, (token_words)0); }
/// The integers given by eight digits (0...9, most significant first).
BYTE_FUNCTION token_positions words_value_of_digits(token_words a) {
  const token_words tens = (token_words)0x010A010A010A010Aul, hundreds = (token_words)0x0001006400010064ul;
  token_words fours = REGISTERS_OF_TWO(madd_epi16, REGISTERS_OF_TWO(maddubs_epi16, a, tens), hundreds);
  __m256i packed = _mm256_packus_epi32(words_low(fours), words_high(fours));
  return (token_positions)_mm256_madd_epi16(packed, _mm256_set1_epi32(0x00012710));
}
/// Whether any byte of either exceeds `limit`, at most 127.
BYTE_FUNCTION _Bool bytes_have_above(token_words a, token_positions b, uint8_t limit) {
  __m256i largest = _mm256_max_epu8(_mm256_max_epu8(words_low(a), words_high(a)), (__m256i)b);
  return _mm256_movemask_epi8(_mm256_adds_epu8(largest, _mm256_set1_epi8((char)(127 - limit)))) != 0;
}
/// Looks up places 0...15 of a table; place 16 maps to 0.
BYTE_FUNCTION token_doubles doubles_look_up(const double *table, token_positions place) {
  token_positions at = place & 15;
  return (token_doubles){table[at[0]], table[at[1]], table[at[2]], table[at[3]],
                         table[at[4]], table[at[5]], table[at[6]], table[at[7]]};
}

#endif
