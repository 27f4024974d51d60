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

// The blank character that has these four low bits; elsewhere one that has others.
#define BLANKS_BY_LOW_BITS _mm_setr_epi8(' ', -1, -1, -1, -1, -1, -1, -1, -1, '\t', '\n', -1, -1, '\r', -1, 0)

#if REFINERY_WIDE_BYTES
/// Bit i tells whether byte i of 64 equals `byte`.
BYTE_FUNCTION uint64_t mask_of_equal(const uint8_t *bytes, uint8_t byte) {
  return _mm512_cmpeq_epi8_mask(_mm512_loadu_si512(bytes), _mm512_set1_epi8((char)byte));
}
/// Bit i tells whether byte i of 64 is a blank, a tab, a newline or a carriage return.
BYTE_FUNCTION uint64_t mask_of_blanks(const uint8_t *bytes) {
  __m512i text = _mm512_loadu_si512(bytes);
  return _mm512_cmpeq_epi8_mask(text, _mm512_shuffle_epi8(_mm512_broadcast_i32x4(BLANKS_BY_LOW_BITS), text));
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
/// Bit i tells whether byte i of 64 is a blank, a tab, a newline or a carriage return.
BYTE_FUNCTION uint64_t mask_of_blanks(const uint8_t *bytes) {
  __m256i blanks = _mm256_broadcastsi128_si256(BLANKS_BY_LOW_BITS), low = bytes_at(bytes), high = bytes_at(bytes + 32);
  return mask_of_halves(
      _mm256_cmpeq_epi8(low, _mm256_shuffle_epi8(blanks, low)), _mm256_cmpeq_epi8(high, _mm256_shuffle_epi8(blanks, high)));
}
#endif

/// Writes `base` plus the number of each bit that is set, ascending. Up to 32 places behind the last one get garbage.
BYTE_FUNCTION void mask_store_positions(uint64_t mask, uint32_t base, uint32_t *list) {
#if REFINERY_WIDE_BYTES
  const __m512i numbers = _mm512_set_epi8(
      63, 62, 61, 60, 59, 58, 57, 56, 55, 54, 53, 52, 51, 50, 49, 48, 47, 46, 45, 44, 43, 42, 41, 40, 39, 38, 37, 36, 35,
      34, 33, 32, 31, 30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4,
      3, 2, 1, 0);
  __m512i set = _mm512_maskz_compress_epi8(mask, numbers), first = _mm512_set1_epi32((int)base);
  int left = (int)_mm_popcnt_u64(mask);
  _mm512_storeu_si512(list, _mm512_add_epi32(_mm512_cvtepu8_epi32(_mm512_castsi512_si128(set)), first));
  _mm512_storeu_si512(list + 16, _mm512_add_epi32(_mm512_cvtepu8_epi32(_mm512_extracti32x4_epi32(set, 1)), first));
  if (__builtin_expect(left > 32, 0)) {
    _mm512_storeu_si512(list + 32, _mm512_add_epi32(_mm512_cvtepu8_epi32(_mm512_extracti32x4_epi32(set, 2)), first));
    _mm512_storeu_si512(list + 48, _mm512_add_epi32(_mm512_cvtepu8_epi32(_mm512_extracti32x4_epi32(set, 3)), first));
  }
#else
  // For each byte the numbers of its bits that are set, a byte each.
  static const uint64_t numbers_of_bits[256] = {
    0x0000000000000000, 0x0000000000000000, 0x0000000000000001, 0x0000000000000100,
    0x0000000000000002, 0x0000000000000200, 0x0000000000000201, 0x0000000000020100,
    0x0000000000000003, 0x0000000000000300, 0x0000000000000301, 0x0000000000030100,
    0x0000000000000302, 0x0000000000030200, 0x0000000000030201, 0x0000000003020100,
    0x0000000000000004, 0x0000000000000400, 0x0000000000000401, 0x0000000000040100,
    0x0000000000000402, 0x0000000000040200, 0x0000000000040201, 0x0000000004020100,
    0x0000000000000403, 0x0000000000040300, 0x0000000000040301, 0x0000000004030100,
    0x0000000000040302, 0x0000000004030200, 0x0000000004030201, 0x0000000403020100,
    0x0000000000000005, 0x0000000000000500, 0x0000000000000501, 0x0000000000050100,
    0x0000000000000502, 0x0000000000050200, 0x0000000000050201, 0x0000000005020100,
    0x0000000000000503, 0x0000000000050300, 0x0000000000050301, 0x0000000005030100,
    0x0000000000050302, 0x0000000005030200, 0x0000000005030201, 0x0000000503020100,
    0x0000000000000504, 0x0000000000050400, 0x0000000000050401, 0x0000000005040100,
    0x0000000000050402, 0x0000000005040200, 0x0000000005040201, 0x0000000504020100,
    0x0000000000050403, 0x0000000005040300, 0x0000000005040301, 0x0000000504030100,
    0x0000000005040302, 0x0000000504030200, 0x0000000504030201, 0x0000050403020100,
    0x0000000000000006, 0x0000000000000600, 0x0000000000000601, 0x0000000000060100,
    0x0000000000000602, 0x0000000000060200, 0x0000000000060201, 0x0000000006020100,
    0x0000000000000603, 0x0000000000060300, 0x0000000000060301, 0x0000000006030100,
    0x0000000000060302, 0x0000000006030200, 0x0000000006030201, 0x0000000603020100,
    0x0000000000000604, 0x0000000000060400, 0x0000000000060401, 0x0000000006040100,
    0x0000000000060402, 0x0000000006040200, 0x0000000006040201, 0x0000000604020100,
    0x0000000000060403, 0x0000000006040300, 0x0000000006040301, 0x0000000604030100,
    0x0000000006040302, 0x0000000604030200, 0x0000000604030201, 0x0000060403020100,
    0x0000000000000605, 0x0000000000060500, 0x0000000000060501, 0x0000000006050100,
    0x0000000000060502, 0x0000000006050200, 0x0000000006050201, 0x0000000605020100,
    0x0000000000060503, 0x0000000006050300, 0x0000000006050301, 0x0000000605030100,
    0x0000000006050302, 0x0000000605030200, 0x0000000605030201, 0x0000060503020100,
    0x0000000000060504, 0x0000000006050400, 0x0000000006050401, 0x0000000605040100,
    0x0000000006050402, 0x0000000605040200, 0x0000000605040201, 0x0000060504020100,
    0x0000000006050403, 0x0000000605040300, 0x0000000605040301, 0x0000060504030100,
    0x0000000605040302, 0x0000060504030200, 0x0000060504030201, 0x0006050403020100,
    0x0000000000000007, 0x0000000000000700, 0x0000000000000701, 0x0000000000070100,
    0x0000000000000702, 0x0000000000070200, 0x0000000000070201, 0x0000000007020100,
    0x0000000000000703, 0x0000000000070300, 0x0000000000070301, 0x0000000007030100,
    0x0000000000070302, 0x0000000007030200, 0x0000000007030201, 0x0000000703020100,
    0x0000000000000704, 0x0000000000070400, 0x0000000000070401, 0x0000000007040100,
    0x0000000000070402, 0x0000000007040200, 0x0000000007040201, 0x0000000704020100,
    0x0000000000070403, 0x0000000007040300, 0x0000000007040301, 0x0000000704030100,
    0x0000000007040302, 0x0000000704030200, 0x0000000704030201, 0x0000070403020100,
    0x0000000000000705, 0x0000000000070500, 0x0000000000070501, 0x0000000007050100,
    0x0000000000070502, 0x0000000007050200, 0x0000000007050201, 0x0000000705020100,
    0x0000000000070503, 0x0000000007050300, 0x0000000007050301, 0x0000000705030100,
    0x0000000007050302, 0x0000000705030200, 0x0000000705030201, 0x0000070503020100,
    0x0000000000070504, 0x0000000007050400, 0x0000000007050401, 0x0000000705040100,
    0x0000000007050402, 0x0000000705040200, 0x0000000705040201, 0x0000070504020100,
    0x0000000007050403, 0x0000000705040300, 0x0000000705040301, 0x0000070504030100,
    0x0000000705040302, 0x0000070504030200, 0x0000070504030201, 0x0007050403020100,
    0x0000000000000706, 0x0000000000070600, 0x0000000000070601, 0x0000000007060100,
    0x0000000000070602, 0x0000000007060200, 0x0000000007060201, 0x0000000706020100,
    0x0000000000070603, 0x0000000007060300, 0x0000000007060301, 0x0000000706030100,
    0x0000000007060302, 0x0000000706030200, 0x0000000706030201, 0x0000070603020100,
    0x0000000000070604, 0x0000000007060400, 0x0000000007060401, 0x0000000706040100,
    0x0000000007060402, 0x0000000706040200, 0x0000000706040201, 0x0000070604020100,
    0x0000000007060403, 0x0000000706040300, 0x0000000706040301, 0x0000070604030100,
    0x0000000706040302, 0x0000070604030200, 0x0000070604030201, 0x0007060403020100,
    0x0000000000070605, 0x0000000007060500, 0x0000000007060501, 0x0000000706050100,
    0x0000000007060502, 0x0000000706050200, 0x0000000706050201, 0x0000070605020100,
    0x0000000007060503, 0x0000000706050300, 0x0000000706050301, 0x0000070605030100,
    0x0000000706050302, 0x0000070605030200, 0x0000070605030201, 0x0007060503020100,
    0x0000000007060504, 0x0000000706050400, 0x0000000706050401, 0x0000070605040100,
    0x0000000706050402, 0x0000070605040200, 0x0000070605040201, 0x0007060504020100,
    0x0000000706050403, 0x0000070605040300, 0x0000070605040301, 0x0007060504030100,
    0x0000070605040302, 0x0007060504030200, 0x0007060504030201, 0x0706050403020100,
  };
  __m256i first = _mm256_set1_epi32((int)base);
  for (int octet = 0; octet < 8; octet++) {
    uint8_t bits = (uint8_t)(mask >> (8 * octet));
    __m256i numbers = _mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)&numbers_of_bits[bits]));
    _mm256_storeu_si256((__m256i *)list, _mm256_add_epi32(numbers, first));
    first = _mm256_add_epi32(first, _mm256_set1_epi32(8));
    list += _mm_popcnt_u32(bits);
  }
#endif
}

// Eight tokens, a lane each: 32-bit integers, or words of eight characters, the first in the lowest byte. Words in two
// registers are those of the tokens 0, 1, 4, 5 and 2, 3, 6, 7: the order in which halves of registers are unpacked and packed.

typedef uint32_t token_positions __attribute__((ext_vector_type(8)));
typedef uint64_t token_words __attribute__((ext_vector_type(8)));
typedef double token_doubles __attribute__((ext_vector_type(8)));

BYTE_FUNCTION token_positions positions_load(const uint32_t *list) {
  token_positions a;
  memcpy(&a, list, sizeof a);
  return a;
}
/// Every third one of 24, from the first on.
BYTE_FUNCTION token_positions positions_load_first_of_three(const uint32_t *list) {
  token_positions a = positions_load(list), b = positions_load(list + 8), c = positions_load(list + 16);
  token_positions ab = __builtin_shufflevector(a, b, 0, 9, -1, 3, 12, -1, 6, 15);
  return __builtin_shufflevector(
      __builtin_shufflevector(ab, c, 0, 1, 10, 3, 4, 13, 6, 7), ab, 0, 3, 6, 1, 4, 7, 2, 5);
}
/// Every third one of 24, from the second on.
BYTE_FUNCTION token_positions positions_load_second_of_three(const uint32_t *list) {
  token_positions a = positions_load(list), b = positions_load(list + 8), c = positions_load(list + 16);
  token_positions ab = __builtin_shufflevector(a, b, -1, 1, 10, -1, 4, 13, -1, 7);
  return __builtin_shufflevector(
      __builtin_shufflevector(ab, c, 8, 1, 2, 11, 4, 5, 14, 7), ab, 1, 4, 7, 2, 5, 0, 3, 6);
}
/// Every third one of 24, from the third on.
BYTE_FUNCTION token_positions positions_load_third_of_three(const uint32_t *list) {
  token_positions a = positions_load(list), b = positions_load(list + 8), c = positions_load(list + 16);
  token_positions ab = __builtin_shufflevector(a, b, 8, -1, 2, 11, -1, 5, 14, -1);
  return __builtin_shufflevector(
      __builtin_shufflevector(ab, c, 0, 9, 2, 3, 12, 5, 6, 15), ab, 2, 5, 0, 3, 6, 1, 4, 7);
}
BYTE_FUNCTION token_positions positions_splat(uint32_t value) { return (token_positions)value; }
BYTE_FUNCTION token_positions positions_add(token_positions a, token_positions b) { return a + b; }
BYTE_FUNCTION token_positions positions_subtract(token_positions a, token_positions b) { return a - b; }
BYTE_FUNCTION token_positions positions_or(token_positions a, token_positions b) { return a | b; }
BYTE_FUNCTION token_positions positions_and(token_positions a, token_positions b) { return a & b; }
BYTE_FUNCTION token_positions positions_xor(token_positions a, token_positions b) { return a ^ b; }
/// a without the bits of b.
BYTE_FUNCTION token_positions positions_without(token_positions a, token_positions b) { return a & ~b; }
/// The larger ones, compared as signed integers.
BYTE_FUNCTION token_positions positions_max(token_positions a, token_positions b) {
  return (token_positions)_mm256_max_epi32((__m256i)a, (__m256i)b);
}
BYTE_FUNCTION token_positions positions_times_eight(token_positions a) { return a << 3; }
/// All bits set where a equals b, none elsewhere.
BYTE_FUNCTION token_positions positions_equal(token_positions a, token_positions b) { return (token_positions)(a == b); }
/// All bits set where a is above b, compared as signed integers, none elsewhere.
BYTE_FUNCTION token_positions positions_above(token_positions a, token_positions b) {
  return (token_positions)_mm256_cmpgt_epi32((__m256i)a, (__m256i)b);
}
/// 0xFF in each byte that equals that of b, 0 in the others.
BYTE_FUNCTION token_positions positions_equal_bytes(token_positions a, token_positions b) {
  return (token_positions)_mm256_cmpeq_epi8((__m256i)a, (__m256i)b);
}
/// Shifted up by as many bits as the lanes of `bits` say; 0 from 32 on.
BYTE_FUNCTION token_positions positions_shift_up(token_positions a, token_positions bits) {
  return (token_positions)_mm256_sllv_epi32((__m256i)a, (__m256i)bits);
}
/// Shifted down by as many bits as the lanes of `bits` say; 0 from 32 on.
BYTE_FUNCTION token_positions positions_shift_down(token_positions a, token_positions bits) {
  return (token_positions)_mm256_srlv_epi32((__m256i)a, (__m256i)bits);
}
BYTE_FUNCTION _Bool positions_are_zero(token_positions a) { return _mm256_testz_si256((__m256i)a, (__m256i)a); }
/// The integers that four digits (0...9, the most significant first) stand for.
BYTE_FUNCTION token_positions positions_value_of_digits(token_positions a) {
  __m256i twos = _mm256_maddubs_epi16((__m256i)a, _mm256_set1_epi16(0x010A));
  return (token_positions)_mm256_madd_epi16(twos, _mm256_set1_epi32(0x00010064));
}
BYTE_FUNCTION void positions_store(uint32_t *address, token_positions a) { memcpy(address, &a, sizeof a); }
/// Stores the nearest Floats of signed integers, with the sign bits of `signs` flipped.
BYTE_FUNCTION void positions_store_as_floats(float *address, token_positions a, token_positions signs) {
  __m256i floats = (__m256i)_mm256_cvtepi32_ps((__m256i)a);
  _mm256_storeu_si256((__m256i *)address, _mm256_xor_si256(floats, (__m256i)signs));
}

/// The four characters from every third position on.
BYTE_FUNCTION token_positions positions_gather_every_third(const uint8_t *bytes, const uint32_t *at) {
  token_positions characters;
  for (int lane = 0; lane < 8; lane++) {
    uint32_t four;
    memcpy(&four, bytes + at[3 * lane], sizeof four);
    characters[lane] = four;
  }
  return characters;
}

BYTE_FUNCTION uint64_t word_at(const uint8_t *bytes) {
  uint64_t word;
  memcpy(&word, bytes, sizeof word);
  return word;
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
/// The lowest bit that is set; 0 where none is.
BYTE_FUNCTION token_words words_lowest_bit(token_words a) { return a & -a; }

#if REFINERY_WIDE_BYTES
#define REGISTERS_OF_TWO(operation, a, b) ((token_words)_mm512_##operation((__m512i)(a), (__m512i)(b)))
BYTE_FUNCTION token_words words_from_positions(token_positions a) { return __builtin_convertvector(a, token_words); }
/// The low halves.
BYTE_FUNCTION token_positions words_to_positions(token_words a) { return __builtin_convertvector(a, token_positions); }
#define WORDS_OF_EIGHT(at, step)                                                                                  \
  {                                                                                                               \
    word_at(bytes + at[0]), word_at(bytes + at[step]), word_at(bytes + at[2 * step]), word_at(bytes + at[3 * step]), \
        word_at(bytes + at[4 * step]), word_at(bytes + at[5 * step]), word_at(bytes + at[6 * step]),              \
        word_at(bytes + at[7 * step])                                                                             \
  }
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
BYTE_FUNCTION token_words words_from_positions(token_positions a) {
  __m256i zeros = _mm256_setzero_si256();
  return words_of_halves(_mm256_unpacklo_epi32((__m256i)a, zeros), _mm256_unpackhi_epi32((__m256i)a, zeros));
}
/// The low halves.
BYTE_FUNCTION token_positions words_to_positions(token_words a) {
  return (token_positions)_mm256_shuffle_ps((__m256)words_low(a), (__m256)words_high(a), 0x88);
}
#define WORDS_OF_EIGHT(at, step)                                                                                  \
  {                                                                                                               \
    word_at(bytes + at[0]), word_at(bytes + at[step]), word_at(bytes + at[4 * step]), word_at(bytes + at[5 * step]), \
        word_at(bytes + at[2 * step]), word_at(bytes + at[3 * step]), word_at(bytes + at[6 * step]),              \
        word_at(bytes + at[7 * step])                                                                             \
  }
#endif
/// The eight characters from each position on.
BYTE_FUNCTION token_words words_gather(const uint8_t *bytes, token_positions at) {
  return (token_words)WORDS_OF_EIGHT(at, 1);
}
/// The eight characters from every third position on.
BYTE_FUNCTION token_words words_gather_every_third(const uint8_t *bytes, const uint32_t *at) {
  return (token_words)WORDS_OF_EIGHT(at, 3);
}

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

/// Whether a byte of either is above `limit`.
BYTE_FUNCTION _Bool bytes_have_above(token_words a, token_positions b, uint8_t limit) {
#if REFINERY_WIDE_BYTES
  return (_mm512_cmpgt_epu8_mask((__m512i)a, _mm512_set1_epi8((char)limit)) |
          _mm256_cmpgt_epu8_mask((__m256i)b, _mm256_set1_epi8((char)limit))) != 0;
#else
  __m256i largest = _mm256_max_epu8(_mm256_max_epu8(words_low(a), words_high(a)), (__m256i)b);
  return _mm256_movemask_epi8(_mm256_adds_epu8(largest, _mm256_set1_epi8((char)(127 - limit)))) != 0;
#endif
}

#if REFINERY_WIDE_BYTES
/// 0xFF in each byte that equals `byte`, 0 in the others.
BYTE_FUNCTION token_words words_equal_bytes(token_words a, uint8_t byte) {
  return (token_words)_mm512_movm_epi8(_mm512_cmpeq_epi8_mask((__m512i)a, _mm512_set1_epi8((char)byte)));
}
/// All bits set in the words that are not 0, none in the others.
BYTE_FUNCTION token_words words_not_zero(token_words a) {
  return (token_words)_mm512_movm_epi64(_mm512_test_epi64_mask((__m512i)a, (__m512i)a));
}
#else
BYTE_FUNCTION token_words words_equal_bytes(token_words a, uint8_t byte) {
  return REGISTERS_OF_TWO(cmpeq_epi8, a, words_splat(0x0101010101010101u * byte));
}
BYTE_FUNCTION token_words words_not_zero(token_words a) { return ~REGISTERS_OF_TWO(cmpeq_epi64, a, words_splat(0)); }
#endif

/// The integers that eight digits (0...9, the most significant first) stand for.
BYTE_FUNCTION token_positions words_value_of_digits(token_words a) {
  const token_words tens = words_splat(0x010A010A010A010Au), hundreds = words_splat(0x0001006400010064u);
  token_words fours = REGISTERS_OF_TWO(madd_epi16, REGISTERS_OF_TWO(maddubs_epi16, a, tens), hundreds);
#if REFINERY_WIDE_BYTES
  __m256i packed = _mm512_cvtepi32_epi16((__m512i)fours);
#else
  __m256i packed = _mm256_packus_epi32(words_low(fours), words_high(fours));
#endif
  return (token_positions)_mm256_madd_epi16(packed, _mm256_set1_epi32(0x00012710));
}

/// high x scale + low, as fused multiply-add rounds it.
BYTE_FUNCTION token_doubles doubles_of_parts(token_positions high, token_doubles scale, token_positions low) {
  typedef int32_t integers __attribute__((ext_vector_type(8)));
  return __builtin_elementwise_fma(
      __builtin_convertvector((integers)high, token_doubles), scale, __builtin_convertvector((integers)low, token_doubles));
}
BYTE_FUNCTION token_doubles doubles_splat(double value) { return (token_doubles)value; }
/// 10^(place + 1) for places 0...7.
BYTE_FUNCTION token_doubles doubles_power_of_ten(token_positions place) {
  // Floats hold these powers exactly.
  const __m256 powers = _mm256_setr_ps(1e1f, 1e2f, 1e3f, 1e4f, 1e5f, 1e6f, 1e7f, 1e8f);
  typedef float floats __attribute__((ext_vector_type(8)));
  return __builtin_convertvector((floats)_mm256_permutevar8x32_ps(powers, (__m256i)place), token_doubles);
}
/// 10^place for places 0...15 of the table; place 16 is that of 10^0.
BYTE_FUNCTION token_doubles doubles_look_up(const double *table, token_positions place) {
#if REFINERY_WIDE_BYTES
  __m512i at = (__m512i)words_from_positions(place);
  return (token_doubles)_mm512_permutex2var_pd(_mm512_loadu_pd(table), at, _mm512_loadu_pd(table + 8));
#else
  token_positions at = place & 15;
  return (token_doubles){table[at[0]], table[at[1]], table[at[2]], table[at[3]],
                         table[at[4]], table[at[5]], table[at[6]], table[at[7]]};
#endif
}
BYTE_FUNCTION token_doubles doubles_divide(token_doubles a, token_doubles b) { return a / b; }
/// Whether a quotient's nearest Float is not settled: it lies in the middle between two Floats, where it may have been rounded to.
BYTE_FUNCTION _Bool doubles_are_unsettled(token_doubles quotients) {
#if REFINERY_WIDE_BYTES
  __m512i rest = _mm512_and_si512((__m512i)quotients, _mm512_set1_epi64(0x1FFFFFFF));
  return _mm512_cmpeq_epi64_mask(rest, _mm512_set1_epi64(0x10000000)) != 0;
#else
  token_words middle = (token_words)(((token_words)quotients & 0x1FFFFFFFu) == 0x10000000u);
  __m256i both = words_low(middle) | words_high(middle);
  return !_mm256_testz_si256(both, both);
#endif
}
/// Whether one is `limit` or more.
BYTE_FUNCTION _Bool doubles_reach(token_doubles a, double limit) {
#if REFINERY_WIDE_BYTES
  return _mm512_cmp_pd_mask((__m512d)a, _mm512_set1_pd(limit), _CMP_GE_OQ) != 0;
#else
  token_words found = (token_words)(a >= limit);
  __m256i both = words_low(found) | words_high(found);
  return !_mm256_testz_si256(both, both);
#endif
}
/// Stores the nearest Floats, with the sign bits of `signs` flipped.
BYTE_FUNCTION void doubles_store_as_floats(float *address, token_doubles a, token_positions signs) {
  typedef float floats __attribute__((ext_vector_type(8)));
  token_positions nearest = (token_positions)__builtin_convertvector(a, floats) ^ signs;
  memcpy(address, &nearest, sizeof nearest);
}

#pragma clang diagnostic pop

#else
enum { byte_vectors_available = 0 };
#endif

#endif
