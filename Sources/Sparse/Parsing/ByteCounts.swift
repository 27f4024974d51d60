import SIMDShims

/// Upper bounds on the number of entries and rows in a text: its colons and newlines.
struct ByteCounts: Sendable {
  var colons = 0
  var newlines = 0

  /// - Complexity: O(bytes), limited by memory bandwidth.
  init(_ text: UnsafeBufferPointer<UInt8>) {
    guard let bytes = text.baseAddress else { return }
    var position = 0
    while position &+ 64 <= text.count {
      // Prefetch from the next page: hardware prefetchers stop at page boundaries.
      memory_prefetch(bytes + (position &+ 4096))
      colons &+= mask_of_equal(bytes + position, UInt8(ascii: ":")).nonzeroBitCount
      newlines &+= mask_of_equal(bytes + position, UInt8(ascii: "\n")).nonzeroBitCount
      position &+= 64
    }
    for byte in text[position...] {
      colons += byte == UInt8(ascii: ":") ? 1 : 0
      newlines += byte == UInt8(ascii: "\n") ? 1 : 0
    }
  }
}
