// Any processor: compiler-generated code for generic vectors, in token order.
#ifndef REFINERY_PORTABLE_WORDS_H
#define REFINERY_PORTABLE_WORDS_H

#include "../generic/vectors.h"

typedef _Bool bits_of_mask __attribute__((ext_vector_type(64)));
typedef int8_t truths_of_bytes __attribute__((ext_vector_type(64)));

BYTE_FUNCTION bytes_of_words bytes_at(const uint8_t *bytes) {
  bytes_of_words a;
  memcpy(&a, bytes, sizeof a);
  return a;
}
BYTE_FUNCTION uint64_t mask_of_truths(truths_of_bytes truths) {
  bits_of_mask bits = __builtin_convertvector(truths, bits_of_mask);
  uint64_t mask;
  memcpy(&mask, &bits, sizeof mask);
  return mask;
}
/// Bit i is set if byte i of 64 equals `byte`.
BYTE_FUNCTION uint64_t mask_of_equal(const uint8_t *bytes, uint8_t byte) {
  return mask_of_truths((truths_of_bytes)(bytes_at(bytes) == byte));
}
/// Bit i is set if byte i of 64 is a space, a tab, a newline or a carriage return.
BYTE_FUNCTION uint64_t mask_of_blanks(const uint8_t *bytes) {
  bytes_of_words text = bytes_at(bytes);
  return mask_of_truths((truths_of_bytes)((text == ' ') | (text == '\t') | (text == '\n') | (text == '\r')));
}
/// Stores `base` plus the index of each set bit, ascending.
BYTE_FUNCTION void mask_store_positions(uint64_t mask, uint32_t base, uint32_t *list) {
  for (; mask != 0; mask &= mask - 1) *list++ = base + (uint32_t)__builtin_ctzll(mask);
}

/// Shifts left by the bits given per lane; 0 for 32 and more.
BYTE_FUNCTION token_positions positions_shift_up(token_positions a, token_positions bits) {
  return a << (bits & 31) & (token_positions)(bits < 32);
}
/// Shifts right by the bits given per lane; 0 for 32 and more.
BYTE_FUNCTION token_positions positions_shift_down(token_positions a, token_positions bits) {
  return a >> (bits & 31) & (token_positions)(bits < 32);
}
BYTE_FUNCTION _Bool positions_are_zero(token_positions a) { return __builtin_reduce_or(a) == 0; }
/// The integers given by four digits (0...9, most significant first).
BYTE_FUNCTION token_positions positions_value_of_digits(token_positions a) {
  token_positions twos = (a & 0x00FF00FF) * 10 + (a >> 8 & 0x00FF00FF);
  return (twos & 0xFFFF) * 100 + (twos >> 16);
}

#define WORD_ORDER(a, b, c, d, e, f, g, h) a, b, c, d, e, f, g, h

BYTE_FUNCTION token_words words_from_positions(token_positions a) { return __builtin_convertvector(a, token_words); }
/// The low halves of the words.
BYTE_FUNCTION token_positions words_to_positions(token_words a) { return __builtin_convertvector(a, token_positions); }
/// Shifts left by the bits given per lane; 0 for 64 and more.
BYTE_FUNCTION token_words words_shift_up(token_words a, token_words bits) {
  return a << (bits & 63) & (token_words)(bits < 64);
}
/// Shifts right by the bits given per lane; 0 for 64 and more.
BYTE_FUNCTION token_words words_shift_down(token_words a, token_words bits) {
  return a >> (bits & 63) & (token_words)(bits < 64);
}
BYTE_FUNCTION _Bool words_are_zero(token_words a) { return __builtin_reduce_or(a) == 0; }
/// The sum of the bytes of each word.
BYTE_FUNCTION token_words words_sum_of_bytes(token_words a) {
  token_words twos = (a & 0x00FF00FF00FF00FFul) + (a >> 8 & 0x00FF00FF00FF00FFul);
  return twos * 0x0001000100010001ul >> 48;
}
/// The integers given by eight digits (0...9, most significant first).
BYTE_FUNCTION token_positions words_value_of_digits(token_words a) {
  token_words twos = (a & 0x00FF00FF00FF00FFul) * 10 + (a >> 8 & 0x00FF00FF00FF00FFul);
  token_words fours = (twos & 0x0000FFFF0000FFFFul) * 100 + (twos >> 16 & 0x0000FFFF0000FFFFul);
  return words_to_positions((fours & 0xFFFFFFFFul) * 10000 + (fours >> 32));
}
/// Whether any byte of either exceeds `limit`, at most 127.
BYTE_FUNCTION _Bool bytes_have_above(token_words a, token_positions b, uint8_t limit) {
  return __builtin_reduce_max((bytes_of_words)a) > limit || __builtin_reduce_max((bytes_of_positions)b) > limit;
}
/// Looks up places 0...15 of a table; place 16 maps to 0.
BYTE_FUNCTION token_doubles doubles_look_up(const double *table, token_positions place) {
  token_positions at = place & 15;
  return (token_doubles){table[at[0]], table[at[1]], table[at[2]], table[at[3]],
                         table[at[4]], table[at[5]], table[at[6]], table[at[7]]};
}
/// 10^(place + 1) for places 0...7.
BYTE_FUNCTION token_doubles doubles_power_of_ten(token_positions place) {
  static const double powers[16] = {1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8};
  return doubles_look_up(powers, place);
}

#endif
