// Eight tokens, one per lane: 32-bit integers, and words of eight characters, the first in the lowest byte.
#ifndef REFINERY_GENERIC_VECTORS_H
#define REFINERY_GENERIC_VECTORS_H

#include <stdint.h>
#include <string.h>

#define BYTE_FUNCTION static inline __attribute__((always_inline))

// Vectors wider than the registers are only passed between inlined functions.
#pragma clang diagnostic ignored "-Wpsabi"

typedef uint32_t token_positions __attribute__((ext_vector_type(8)));
typedef uint64_t token_words __attribute__((ext_vector_type(8)));
typedef double token_doubles __attribute__((ext_vector_type(8)));

typedef int32_t signed_positions __attribute__((ext_vector_type(8)));
typedef float token_floats __attribute__((ext_vector_type(8)));
typedef uint8_t bytes_of_positions __attribute__((ext_vector_type(32)));
typedef uint8_t bytes_of_words __attribute__((ext_vector_type(64)));
typedef uint16_t halves_of_words __attribute__((ext_vector_type(32)));

BYTE_FUNCTION uint64_t word_at(const uint8_t *bytes) {
  uint64_t word;
  memcpy(&word, bytes, sizeof word);
  return word;
}
BYTE_FUNCTION token_positions positions_load(const uint32_t *list) {
  token_positions a;
  memcpy(&a, list, sizeof a);
  return a;
}

#endif
