// Converts tokens to numbers, eight entries at a time.
#ifndef REFINERY_CONVERT_ENTRIES_H
#define REFINERY_CONVERT_ENTRIES_H

/// Elements 0, 3, 6, ... of 24.
BYTE_FUNCTION token_positions positions_load_first_of_three(const uint32_t *list) {
  token_positions a = positions_load(list), b = positions_load(list + 8), c = positions_load(list + 16);
  token_positions ab = __builtin_shufflevector(a, b, 0, 9, -1, 3, 12, -1, 6, 15);
  return __builtin_shufflevector(
      __builtin_shufflevector(ab, c, 0, 1, 10, 3, 4, 13, 6, 7), ab, 0, 3, 6, 1, 4, 7, 2, 5);
}
/// Elements 1, 4, 7, ... of 24.
BYTE_FUNCTION token_positions positions_load_second_of_three(const uint32_t *list) {
  token_positions a = positions_load(list), b = positions_load(list + 8), c = positions_load(list + 16);
  token_positions ab = __builtin_shufflevector(a, b, -1, 1, 10, -1, 4, 13, -1, 7);
  return __builtin_shufflevector(
      __builtin_shufflevector(ab, c, 8, 1, 2, 11, 4, 5, 14, 7), ab, 1, 4, 7, 2, 5, 0, 3, 6);
}
/// Elements 2, 5, 8, ... of 24.
BYTE_FUNCTION token_positions positions_load_third_of_three(const uint32_t *list) {
  token_positions a = positions_load(list), b = positions_load(list + 8), c = positions_load(list + 16);
  token_positions ab = __builtin_shufflevector(a, b, 8, -1, 2, 11, -1, 5, 14, -1);
  return __builtin_shufflevector(
      __builtin_shufflevector(ab, c, 0, 9, 2, 3, 12, 5, 6, 15), ab, 2, 5, 0, 3, 6, 1, 4, 7);
}
/// The four characters at every third position.
BYTE_FUNCTION token_positions positions_gather_every_third(const uint8_t *bytes, const uint32_t *at) {
  token_positions characters;
  for (int lane = 0; lane < 8; lane++) {
    uint32_t four;
    memcpy(&four, bytes + at[3 * lane], sizeof four);
    characters[lane] = four;
  }
  return characters;
}
#define WORD(place) word_at(bytes + (place))
/// The eight characters at each position.
BYTE_FUNCTION token_words words_gather(const uint8_t *bytes, token_positions at) {
  return (token_words){WORD_ORDER(
      WORD(at[0]), WORD(at[1]), WORD(at[2]), WORD(at[3]), WORD(at[4]), WORD(at[5]), WORD(at[6]), WORD(at[7]))};
}
/// The eight characters at every third position.
BYTE_FUNCTION token_words words_gather_every_third(const uint8_t *bytes, const uint32_t *at) {
  return (token_words){WORD_ORDER(
      WORD(at[0]), WORD(at[3]), WORD(at[6]), WORD(at[9]), WORD(at[12]), WORD(at[15]), WORD(at[18]), WORD(at[21]))};
}
#undef WORD

/// Lane-wise maximum as signed integers.
BYTE_FUNCTION token_positions positions_max(token_positions a, token_positions b) {
  return (token_positions)__builtin_elementwise_max((signed_positions)a, (signed_positions)b);
}
/// Byte-wise maximum.
BYTE_FUNCTION token_words words_max_of_bytes(token_words a, token_words b) {
  return (token_words)__builtin_elementwise_max((bytes_of_words)a, (bytes_of_words)b);
}
/// Saturating a - b, at least 0; both below 2^16.
BYTE_FUNCTION token_words words_subtract_to_zero(token_words a, token_words b) {
  return (token_words)__builtin_elementwise_sub_sat((halves_of_words)a, (halves_of_words)b);
}
/// 0xFF in each byte that equals `byte`, 0 in the others.
BYTE_FUNCTION token_words words_equal_bytes(token_words a, uint8_t byte) {
  return (token_words)((bytes_of_words)a == byte);
}
/// All bits set in nonzero words, none in the others.
BYTE_FUNCTION token_words words_not_zero(token_words a) { return (token_words)(a != 0); }
/// high x scale + low, rounded once.
BYTE_FUNCTION token_doubles doubles_of_parts(token_positions high, token_doubles scale, token_positions low) {
  return __builtin_elementwise_fma(
      __builtin_convertvector((signed_positions)high, token_doubles), scale,
      __builtin_convertvector((signed_positions)low, token_doubles));
}
/// Whether rounding a quotient to Float is ambiguous: it lies midway between two Floats, possibly only because of its own
/// rounding.
BYTE_FUNCTION _Bool doubles_are_unsettled(token_doubles quotients) {
  return !words_are_zero((token_words)(((token_words)quotients & 0x1FFFFFFFul) == 0x10000000ul));
}
BYTE_FUNCTION void floats_store(float *address, token_floats a, token_positions signs) {
  token_positions signed_floats = (token_positions)a ^ signs;
  memcpy(address, &signed_floats, sizeof signed_floats);
}

#define ZERO_CHARACTERS 0x3030303030303030ul
#define POINT ('.' ^ '0')

/// Eight entries, one per lane; values start after the minus sign.
typedef struct {
  /// The digits of indices, aligned to the upper end of words, zeros below.
  token_words index;
  /// Nonzero if an index does not have 1 to 8 characters.
  token_positions odd_indices;
  /// Ends of values, and their lengths with and without the minus sign.
  token_positions end, whole_length, length;
  /// The first characters of values, at least three, minus "0".
  token_positions head;
  /// All bits set if there is a minus sign.
  token_positions is_negative;
  /// The sign bit, set if there is a minus sign.
  token_positions signs;
} eight_entries;

BYTE_FUNCTION eight_entries entries_at(const uint8_t *bytes, const uint32_t *places) {
  eight_entries eight;
  token_positions colon = positions_load_second_of_three(places);
  token_positions index_length = colon - positions_load_first_of_three(places);
  token_words characters = words_gather_every_third(bytes, places) ^ ZERO_CHARACTERS;
  eight.odd_indices = (index_length - 1) & ~7u;
  eight.index = words_shift_up(characters, words_from_positions(64 - (index_length << 3)));
  eight.end = positions_load_third_of_three(places);
  eight.whole_length = eight.end - colon - 1;
  token_positions head = positions_gather_every_third(bytes + 1, places + 1);
  eight.is_negative = (token_positions)((head & 0xFF) == '-');
  eight.signs = eight.is_negative & 0x80000000u;
  eight.length = eight.whole_length + eight.is_negative;
  eight.head = positions_shift_down(head ^ 0x30303030u, eight.is_negative & 8);
  return eight;
}

/// Converts eight values if all are integers of at most four characters.
BYTE_FUNCTION _Bool convert_integers(eight_entries eight, float *values) {
  token_positions odd_lengths = ((eight.whole_length - 1) | (eight.length - 1)) & ~3u;
  if (!positions_are_zero(eight.odd_indices | odd_lengths)) return 0;
  token_positions digits = positions_shift_up(eight.head, 32 - (eight.length << 3));
  if (bytes_have_above(eight.index, digits, 9)) return 0;
  signed_positions integers = (signed_positions)positions_value_of_digits(digits);
  floats_store(values, __builtin_convertvector(integers, token_floats), eight.signs);
  return 1;
}

/// Converts eight values if all have one digit, or one digit, a point and at most eight more digits.
BYTE_FUNCTION _Bool convert_one_digit_values(
    eight_entries eight, const uint8_t *bytes, const uint32_t *places, float *values) {
  token_positions odd_lengths = ((eight.length - 1) | (10 - eight.length)) & ~15u;
  token_positions has_point = (token_positions)((signed_positions)eight.length > 1) & 0xFF00;
  token_positions is_point = (token_positions)((bytes_of_positions)eight.head == POINT);
  if (!positions_are_zero(eight.odd_indices | odd_lengths | (has_point & ~is_point))) return 0;
  token_positions first = eight.head & 0xFF, fraction_length = positions_max(eight.length - 2, 0);
  token_words all = ~(token_words)0, unused = words_from_positions(64 - (fraction_length << 3));
  token_words fraction = (words_gather_every_third(bytes - 8, places + 2) ^ ZERO_CHARACTERS) & words_shift_up(all, unused);
  // Without a point the fraction is 0, so the divisor does not matter.
  token_doubles scale = doubles_power_of_ten(positions_max(fraction_length, 1) - 1);
  token_doubles quotients = doubles_of_parts(first, scale, words_value_of_digits(fraction)) / scale;
  if (bytes_have_above(words_max_of_bytes(eight.index, fraction), first, 9) || doubles_are_unsettled(quotients)) return 0;
  floats_store(values, __builtin_convertvector(quotients, token_floats), eight.signs);
  return 1;
}

static const double powers_of_ten[16] = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                         1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};

/// Converts eight values in decimal notation of at most 16 characters, or 15 after a minus sign.
static __attribute__((noinline, unused)) _Bool convert_any_values(
    const uint8_t *bytes, const uint32_t *places, float *values) {
  eight_entries eight = entries_at(bytes, places);
  token_positions odd_lengths = ((eight.length - 1) | (eight.whole_length - 1)) & ~15u;
  if (!positions_are_zero(eight.odd_indices | odd_lengths)) return 0;
  token_words bits = words_from_positions(eight.length << 3);
  token_words head = words_shift_down(
      words_gather_every_third(bytes + 1, places + 1) ^ ZERO_CHARACTERS, words_from_positions(eight.is_negative & 8));

  // Integers of at most 8 characters.
  if (positions_are_zero((eight.whole_length - 1) & ~7u)) {
    token_words digits = words_shift_up(head, 64 - bits);
    if (!bytes_have_above(words_max_of_bytes(eight.index, digits), 0, 9)) {
      signed_positions integers = (signed_positions)words_value_of_digits(digits);
      floats_store(values, __builtin_convertvector(integers, token_floats), eight.signs);
      return 1;
    }
  }

  // The last 8 characters go to `low`, those before them to `high`; zeros where there are none.
  token_words tail = words_gather(bytes, positions_max(eight.end - 8, eight.end - eight.length));
  token_words low = words_shift_up(tail ^ ZERO_CHARACTERS, words_subtract_to_zero((token_words)64ul, bits));
  token_words high = words_shift_up(head, words_subtract_to_zero((token_words)128ul, bits));

  // Removes the point: the characters before it move up by one byte. A second point stays, and is rejected as a non-digit.
  token_words low_points = words_equal_bytes(low, POINT), is_low = words_not_zero(low_points);
  token_words high_points = words_equal_bytes(high, POINT) & ~is_low;
  token_words has_point = words_not_zero(low_points | high_points);
  token_words low_bit = low_points & -low_points, high_bit = high_points & -high_points;
  token_words before_in_low = (low_bit - 1) & is_low, before_in_high = (high_bit - 1) & has_point;
  token_words after_in_low = ~(before_in_low | ((low_bit << 8) - low_bit));
  token_words after_in_high = ~(before_in_high | ((high_bit << 8) - high_bit));
  low = (low & after_in_low) | (low & before_in_low) << 8 | (high >> 56 & is_low);
  high = (high & after_in_high) | (high & before_in_high) << 8;
  // Number of digits after the point; 16 if there is no point.
  const token_words ones = (token_words)0x0101010101010101ul;
  token_positions digits_after_point = words_to_positions(words_sum_of_bytes((after_in_low & ones) + (after_in_high & ones)));

  token_doubles significands = doubles_of_parts(words_value_of_digits(high), (token_doubles)1e8, words_value_of_digits(low));
  token_doubles quotients = significands / doubles_look_up(powers_of_ten, digits_after_point);
  floats_store(values, __builtin_convertvector(quotients, token_floats), eight.signs);
  // A point alone is not a number.
  token_positions is_point = words_to_positions(has_point) & (token_positions)(eight.length == 1);
  token_words characters = words_max_of_bytes(eight.index, words_max_of_bytes(low, high));
  return !bytes_have_above(characters, is_point, 9) && words_are_zero((token_words)(significands >= 0x1p53)) &&
         !doubles_are_unsettled(quotients);
}

/// Converts eight entries. Returns false if one of them is unusual: an index of more than 8 digits, a value of more than 16
/// characters, a character other than a digit, a point or a leading minus sign, or a value that one division may not round
/// correctly.
///
/// @param places Three positions per entry: start of the index, colon, end of the value; 8 bytes before an end must be
/// readable.
/// @param columns Receives indices minus one.
BYTE_FUNCTION _Bool convert_eight(const uint8_t *bytes, const uint32_t *places, int32_t *columns, float *values) {
  eight_entries eight = entries_at(bytes, places);
  token_positions less_one = words_value_of_digits(eight.index) - 1;
  memcpy(columns, &less_one, sizeof less_one);
  return convert_integers(eight, values) || convert_one_digit_values(eight, bytes, places, values) ||
         convert_any_values(bytes, places, values);
}

/// Converts the first 1 to 7 of eight entries, and stores no others.
BYTE_FUNCTION _Bool convert_few(const uint8_t *bytes, const uint32_t *places, long count, int32_t *columns, float *values) {
  int32_t eight_columns[8];
  float eight_values[8];
  if (!convert_eight(bytes, places, eight_columns, eight_values)) return 0;
  memcpy(columns, eight_columns, (size_t)count * sizeof *columns);
  memcpy(values, eight_values, (size_t)count * sizeof *values);
  return 1;
}

/// Whether columns ascend within rows; if so, also computes the smallest and the largest of them.
static inline _Bool columns_ascend(const int32_t *columns, const token_lists *lists, int32_t *smallest, int32_t *largest) {
  int32_t descents = 0;
  for (long entry = 1; entry < lists->entry_count; entry++) descents += columns[entry] <= columns[entry - 1];
  *smallest = INT32_MAX;
  *largest = INT32_MIN;
  long start = 0;
  for (long row = 0; row < lists->row_count; row++) {
    long end = lists->entries_up_to[row];
    if (end == start) continue;
    // Columns may descend between rows.
    if (start > 0 && columns[start] <= columns[start - 1]) descents--;
    if (columns[start] < *smallest) *smallest = columns[start];
    if (columns[end - 1] > *largest) *largest = columns[end - 1];
    start = end;
  }
  return descents == 0;
}

BYTE_FUNCTION _Bool is_blank(uint8_t byte) { return byte == ' ' || byte == '\n' || byte == '\t' || byte == '\r'; }

/// The value of a label of 1 to 3 digits with an optional sign, followed by a blank; INT32_MIN for any other label.
BYTE_FUNCTION int32_t small_label(const uint8_t *label) {
  const uint8_t *start = label + (*label == '-' || *label == '+');
  uint64_t digits = word_at(start) ^ ZERO_CHARACTERS;
  // Bit 7 of each character that is not a digit.
  uint64_t others = ((digits + 0x7676767676767676ul) | digits) & 0x8080808080808080ul;
  int length = others == 0 ? 8 : __builtin_ctzll(others) >> 3;
  if (length < 1 || length > 3 || !is_blank(start[length])) return INT32_MIN;
  uint64_t last = digits << (64 - 8 * length);
  int32_t value = (int32_t)(last >> 40 & 0xFF) * 100 + (int32_t)(last >> 48 & 0xFF) * 10 + (int32_t)(last >> 56);
  return *label == '-' ? -value : value;
}

#endif
