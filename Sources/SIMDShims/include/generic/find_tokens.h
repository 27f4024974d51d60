// Finds tokens: turns 64 bytes at a time into masks of blanks, colons and newlines, and these into lists of positions.
#ifndef REFINERY_FIND_TOKENS_H
#define REFINERY_FIND_TOKENS_H

/// The token positions of a window. Each list has room for as many positions as the window has bytes, plus 160.
typedef struct {
  /// Three positions per entry: start of the index, colon, end of the value.
  uint32_t *edges;
  /// Per row, its newline.
  uint32_t *newlines;
  /// Per row, the number of the window's entries up to its end.
  uint32_t *entries_up_to;
  long entry_count, row_count;
} token_lists;

/// Fills the lists; false if the window contains anything but plain rows.
///
/// The start, the colon and the end of each entry go to one list. Their order is not checked here: if it is wrong, the text
/// between two positions is not a number.
///
/// @param bytes 64 more bytes after the window must be readable.
static inline _Bool find_tokens(const uint8_t *bytes, long count, token_lists *lists) {
  long edges = 0, colons = 0, rows = 0;
  uint64_t was_blank = 1, was_newline = 1, was_return = 0, label_carry = 0, strange = 0;
  for (long block = 0; block < count; block += 64) {
    const uint8_t *address = bytes + block;
    // Prefetch from the next page: hardware prefetchers stop at page boundaries.
    __builtin_prefetch(address + 4096);
    uint64_t valid = count - block >= 64 ? ~0ull : (1ull << (count - block)) - 1;
    uint64_t newline = mask_of_equal(address, '\n') & valid, blank = mask_of_blanks(address) | ~valid;
    uint64_t colon = mask_of_equal(address, ':') & valid, carriage_return = mask_of_equal(address, '\r') & valid;

    uint64_t token = ~blank, after_blank = blank << 1 | was_blank;
    uint64_t line_start = (newline << 1 | was_newline) & valid, label_start = line_start & token;
    // Adding a run's first bit to the run carries into the bit after it.
    uint64_t carried;
    _Bool overflow = __builtin_add_overflow(token, label_start, &carried);
    overflow |= __builtin_add_overflow(carried, label_carry, &carried);
    label_carry = overflow;
    uint64_t label_end = carried & blank;
    // An entry starts and ends where a token does, unless the token is a label.
    uint64_t edge = ((blank ^ after_blank) & ~(label_start | label_end) & valid) | colon;
    // A line must begin with a label; a carriage return is a blank only before a newline.
    strange |= (line_start & blank) | ((carriage_return << 1 | was_return) & ~newline);
    was_blank = blank >> 63;
    was_newline = newline >> 63;
    was_return = carriage_return >> 63;

    mask_store_positions(edge, (uint32_t)block, lists->edges + edges);
    // Most blocks have at most one newline: store a position in any case, but count it only if there is one.
    uint64_t rest = newline;
    do {
      uint64_t up_to = rest ^ (rest - 1);
      lists->newlines[rows] = (uint32_t)(block + (rest == 0 ? 64 : __builtin_ctzll(rest)));
      lists->entries_up_to[rows] = (uint32_t)(edges + __builtin_popcountll(edge & up_to)) / 3;
      rows += rest != 0;
      rest &= rest - 1;
    } while (rest != 0);
    edges += __builtin_popcountll(edge);
    colons += __builtin_popcountll(colon);
  }
  lists->entry_count = colons;
  lists->row_count = rows;
  return strange == 0 && edges == 3 * colons;
}

#endif
