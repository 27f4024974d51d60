#if arch(x86_64)
  import SIMDShims
#endif

/// How many entries and rows a text can have at most: its colons, and its newlines.
struct ByteCounts {
  var colons: Int
  var newlines: Int

  init(colons: Int, newlines: Int) {
    self.colons = colons
    self.newlines = newlines
  }

  /// - Complexity: O(bytes), at the speed of memory.
  init(_ text: UnsafeBufferPointer<UInt8>) {
    self.init(colons: 0, newlines: 0)
    guard let bytes = text.baseAddress else { return }
    var position = 0
    #if arch(x86_64)
      while position &+ 64 <= text.count {
        colons &+= mask_of_equal(bytes + position, UInt8(ascii: ":")).nonzeroBitCount
        newlines &+= mask_of_equal(bytes + position, UInt8(ascii: "\n")).nonzeroBitCount
        position &+= 64
      }
    #endif
    while position < text.count {
      colons &+= bytes[position] == UInt8(ascii: ":") ? 1 : 0
      newlines &+= bytes[position] == UInt8(ascii: "\n") ? 1 : 0
      position &+= 1
    }
  }
}
