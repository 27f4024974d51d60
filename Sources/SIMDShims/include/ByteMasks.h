// What the reader's vector path is made of: masks of 64 bytes, and arithmetic on the characters of eight tokens at once.
//
// One machine operation each, or the few that Swift's SIMD types cannot express. Where the machine has none of them,
// `byte_vectors_available` is 0 and the reader takes its byte loop. Results have the same bits with AVX2 and AVX-512.
#ifndef REFINERY_BYTE_MASKS_H
#define REFINERY_BYTE_MASKS_H

#include <stdint.h>
#include <string.h>

#if defined(__AVX2__)
#include <immintrin.h>
enum { byte_vectors_available = 1 };

// Vectors wider than the registers are passed only between functions that are inlined.
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wpsabi"

#define BYTE_FUNCTION static inline __attribute__((always_inline))
#if defined(__AVX512BW__) && defined(__AVX512DQ__) && defined(__AVX512VL__) && defined(__AVX512VBMI2__)
#define REFINERY_WIDE_BYTES 1
#else
#define REFINERY_WIDE_BYTES 0
#endif

// Masks of 64 bytes.

#if REFINERY_WIDE_BYTES
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

/// Writes `base` plus the number of each bit that is set, ascending. Up to 15 places behind the last one get garbage.
BYTE_FUNCTION void mask_store_positions(uint64_t mask, uint32_t base, uint32_t *list) {
#if REFINERY_WIDE_BYTES
  const __m512i numbers = _mm512_set_epi8(
      63, 62, 61, 60, 59, 58, 57, 56, 55, 54, 53, 52, 51, 50, 49, 48, 47, 46, 45, 44, 43, 42, 41, 40, 39, 38, 37, 36, 35,
      34, 33, 32, 31, 30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4,
      3, 2, 1, 0);
  __m512i set = _mm512_maskz_compress_epi8(mask, numbers), first = _mm512_set1_epi32((int)base);
  int left = (int)_mm_popcnt_u64(mask);
  _mm512_storeu_si512(list, _mm512_add_epi32(_mm512_cvtepu8_epi32(_mm512_castsi512_si128(set)), first));
  for (; __builtin_expect(left > 16, 0); left -= 16) {
    list += 16;
    set = _mm512_alignr_epi64(set, set, 2);
    _mm512_storeu_si512(list, _mm512_add_epi32(_mm512_cvtepu8_epi32(_mm512_castsi512_si128(set)), first));
  }
#else
  for (int left = (int)_mm_popcnt_u64(mask); left > 0; left -= 8, list += 8)
    for (int step = 0; step < 8; step++, mask = _blsr_u64(mask)) list[step] = base + (uint32_t)_tzcnt_u64(mask);
#endif
}

// Eight tokens, a lane each. Words hold eight characters, the first in the lowest byte.

typedef uint32_t token_positions __attribute__((ext_vector_type(8)));
typedef int32_t token_integers __attribute__((ext_vector_type(8)));
typedef uint64_t token_words __attribute__((ext_vector_type(8)));
typedef double token_doubles __attribute__((ext_vector_type(8)));

BYTE_FUNCTION token_positions positions_load(const uint32_t *list) {
  token_positions a;
  memcpy(&a, list, sizeof a);
  return a;
}
BYTE_FUNCTION token_positions positions_splat(uint32_t value) { return (token_positions)value; }
BYTE_FUNCTION token_positions positions_add(token_positions a, token_positions b) { return a + b; }
BYTE_FUNCTION token_positions positions_subtract(token_positions a, token_positions b) { return a - b; }
BYTE_FUNCTION token_positions positions_or(token_positions a, token_positions b) { return a | b; }
BYTE_FUNCTION token_positions positions_and(token_positions a, token_positions b) { return a & b; }
/// The larger ones, compared as signed integers.
BYTE_FUNCTION token_positions positions_max(token_positions a, token_positions b) {
  return (token_positions)_mm256_max_epi32((__m256i)a, (__m256i)b);
}
BYTE_FUNCTION token_positions positions_times_eight(token_positions a) { return a << 3; }
BYTE_FUNCTION _Bool positions_are_zero(token_positions a) { return _mm256_testz_si256((__m256i)a, (__m256i)a); }
BYTE_FUNCTION token_words words_from_positions(token_positions a) { return __builtin_convertvector(a, token_words); }
/// The low halves.
BYTE_FUNCTION token_positions words_to_positions(token_words a) { return __builtin_convertvector(a, token_positions); }

BYTE_FUNCTION uint64_t word_at(const uint8_t *bytes) {
  uint64_t word;
  memcpy(&word, bytes, sizeof word);
  return word;
}
/// The eight characters from each position on.
BYTE_FUNCTION token_words words_gather(const uint8_t *bytes, token_positions at) {
  return (token_words){word_at(bytes + at[0]), word_at(bytes + at[1]), word_at(bytes + at[2]), word_at(bytes + at[3]),
                       word_at(bytes + at[4]), word_at(bytes + at[5]), word_at(bytes + at[6]), word_at(bytes + at[7])};
}
BYTE_FUNCTION token_words words_splat(uint64_t value) { return (token_words)value; }
BYTE_FUNCTION token_words words_and(token_words a, token_words b) { return a & b; }
BYTE_FUNCTION token_words words_or(token_words a, token_words b) { return a | b; }
BYTE_FUNCTION token_words words_xor(token_words a, token_words b) { return a ^ b; }
/// a without the bits of b.
BYTE_FUNCTION token_words words_without(token_words a, token_words b) { return a & ~b; }
BYTE_FUNCTION token_words words_not(token_words a) { return ~a; }
BYTE_FUNCTION token_words words_add(token_words a, token_words b) { return a + b; }
BYTE_FUNCTION token_words words_subtract(token_words a, token_words b) { return a - b; }
BYTE_FUNCTION token_words words_up_one_byte(token_words a) { return a << 8; }
BYTE_FUNCTION token_words words_top_byte(token_words a) { return a >> 56; }
BYTE_FUNCTION token_words words_times_eight(token_words a) { return a << 3; }
/// The lowest bit of each word, moved to where the sign of a Double is.
BYTE_FUNCTION token_words words_as_sign_bits(token_words a) { return a << 63; }
/// 1 where the lowest byte equals `byte`, else 0.
BYTE_FUNCTION token_words words_is_low_byte(token_words a, uint8_t byte) {
  return (token_words)((a & 0xFF) == (token_words)(uint64_t)byte) & 1;
}
/// The lowest bit that is set; 0 where none is.
BYTE_FUNCTION token_words words_lowest_bit(token_words a) { return a & -a; }

#if REFINERY_WIDE_BYTES
#define REGISTERS_OF_TWO(operation, a, b) ((token_words)_mm512_##operation((__m512i)(a), (__m512i)(b)))
#else
BYTE_FUNCTION __m256i words_low(token_words a) { return (__m256i)a.lo; }
BYTE_FUNCTION __m256i words_high(token_words a) { return (__m256i)a.hi; }
typedef uint64_t token_half __attribute__((ext_vector_type(4)));
BYTE_FUNCTION token_words words_of_halves(__m256i low, __m256i high) {
  token_words a;
  a.lo = (token_half)low;
  a.hi = (token_half)high;
  return a;
}
#define REGISTERS_OF_TWO(operation, a, b) \
  words_of_halves(_mm256_##operation(words_low(a), words_low(b)), _mm256_##operation(words_high(a), words_high(b)))
#endif

/// Shifted up by as many bits as the lanes of `bits` say; 0 from 64 on.
BYTE_FUNCTION token_words words_shift_up(token_words a, token_words bits) { return REGISTERS_OF_TWO(sllv_epi64, a, bits); }
/// Shifted down by as many bits as the lanes of `bits` say; 0 from 64 on.
BYTE_FUNCTION token_words words_shift_down(token_words a, token_words bits) { return REGISTERS_OF_TWO(srlv_epi64, a, bits); }
/// a - b, or 0 where that would be negative; both below 2^16.
BYTE_FUNCTION token_words words_subtract_to_zero(token_words a, token_words b) { return REGISTERS_OF_TWO(subs_epu16, a, b); }
/// The larger ones of all bytes.
BYTE_FUNCTION token_words words_max_of_bytes(token_words a, token_words b) { return REGISTERS_OF_TWO(max_epu8, a, b); }
/// The sum of the bytes of each word.
BYTE_FUNCTION token_words words_sum_of_bytes(token_words a) { return REGISTERS_OF_TWO(sad_epu8, a, words_splat(0)); }

#if REFINERY_WIDE_BYTES
/// 0xFF in each byte that equals `byte`, 0 in the others.
BYTE_FUNCTION token_words words_equal_bytes(token_words a, uint8_t byte) {
  return (token_words)_mm512_movm_epi8(_mm512_cmpeq_epi8_mask((__m512i)a, _mm512_set1_epi8((char)byte)));
}
/// All bits set in the words that are not 0, none in the others.
BYTE_FUNCTION token_words words_not_zero(token_words a) {
  return (token_words)_mm512_movm_epi64(_mm512_test_epi64_mask((__m512i)a, (__m512i)a));
}
/// Whether a byte is above `limit`.
BYTE_FUNCTION _Bool words_have_byte_above(token_words a, uint8_t limit) {
  return _mm512_cmpgt_epu8_mask((__m512i)a, _mm512_set1_epi8((char)limit)) != 0;
}
#else
BYTE_FUNCTION token_words words_equal_bytes(token_words a, uint8_t byte) {
  return REGISTERS_OF_TWO(cmpeq_epi8, a, words_splat(0x0101010101010101u * byte));
}
BYTE_FUNCTION token_words words_not_zero(token_words a) { return ~REGISTERS_OF_TWO(cmpeq_epi64, a, words_splat(0)); }
BYTE_FUNCTION _Bool words_have_byte_above(token_words a, uint8_t limit) {
  __m256i splat = _mm256_set1_epi8((char)limit), both = _mm256_max_epu8(words_low(a), words_high(a));
  return _mm256_movemask_epi8(_mm256_cmpeq_epi8(_mm256_max_epu8(both, splat), splat)) != -1;
}
#endif

/// The integers that eight digits (0...9, the most significant first) stand for.
BYTE_FUNCTION token_words words_value_of_digits(token_words a) {
  const token_words tens = words_splat(0x010A010A010A010Au), hundreds = words_splat(0x0001006400010064u);
  token_words fours = REGISTERS_OF_TWO(madd_epi16, REGISTERS_OF_TWO(maddubs_epi16, a, tens), hundreds);
  return REGISTERS_OF_TWO(mul_epu32, fours, words_splat(10000)) + (fours >> 32);
}

/// Stores each word less one as 32-bit integers.
BYTE_FUNCTION void words_store_less_one(int32_t *address, token_words a) {
  token_integers integers = __builtin_convertvector(a, token_integers) - 1;
  memcpy(address, &integers, sizeof integers);
}

/// high x 10^8 + low, both below 10^8; exact below 2^53.
BYTE_FUNCTION token_doubles doubles_of_digits(token_words high, token_words low) {
  // Below 2^52 an integer is the fraction of the Double 2^52 + integer.
  const token_words exponent = words_splat(0x4330000000000000u);
  token_doubles top = (token_doubles)(high | exponent) - 0x1p52, bottom = (token_doubles)(low | exponent) - 0x1p52;
  return __builtin_elementwise_fma(top, (token_doubles)1e8, bottom);
}
/// 10^place for places 0...15 of the table; place 16 is that of 10^0.
BYTE_FUNCTION token_doubles doubles_look_up(const double *table, token_words place) {
#if REFINERY_WIDE_BYTES
  return (token_doubles)_mm512_permutex2var_pd(_mm512_loadu_pd(table), (__m512i)place, _mm512_loadu_pd(table + 8));
#else
  token_words at = place & 15;
  return (token_doubles){table[at[0]], table[at[1]], table[at[2]], table[at[3]],
                         table[at[4]], table[at[5]], table[at[6]], table[at[7]]};
#endif
}
BYTE_FUNCTION token_doubles doubles_divide(token_doubles a, token_doubles b) { return a / b; }
/// With the sign bits of `signs` flipped.
BYTE_FUNCTION token_doubles doubles_flip_signs(token_doubles a, token_words signs) {
  return (token_doubles)((token_words)a ^ signs);
}
/// Whether a quotient's nearest Float is not settled: its dividend is 2^53 or more and may have been rounded, or it lies in
/// the middle between two Floats, where it may have been rounded to.
BYTE_FUNCTION _Bool doubles_are_unsettled(token_doubles dividends, token_doubles quotients) {
#if REFINERY_WIDE_BYTES
  __m512i rest = _mm512_and_si512((__m512i)quotients, _mm512_set1_epi64(0x1FFFFFFF));
  return (_mm512_cmpge_epu64_mask((__m512i)dividends, _mm512_set1_epi64(0x4340000000000000)) |
          _mm512_cmpeq_epi64_mask(rest, _mm512_set1_epi64(0x10000000))) != 0;
#else
  token_words middle = ((token_words)quotients & 0x1FFFFFFFu) ^ 0x10000000u;
  token_words found = (token_words)(middle == 0) | (token_words)(dividends >= 0x1p53);
  __m256i both = words_low(found) | words_high(found);
  return !_mm256_testz_si256(both, both);
#endif
}
/// Stores the nearest Floats.
BYTE_FUNCTION void doubles_store_as_floats(float *address, token_doubles a) {
  typedef float floats __attribute__((ext_vector_type(8)));
  floats nearest = __builtin_convertvector(a, floats);
  memcpy(address, &nearest, sizeof nearest);
}

#pragma clang diagnostic pop

#else
enum { byte_vectors_available = 0 };
#endif

#endif
