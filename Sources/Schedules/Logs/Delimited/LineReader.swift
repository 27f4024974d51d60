/// Lines without their terminators, counted from 1.
struct LineReader {
  let bytes: [UInt8]
  var position: Int
  private(set) var line = 0

  init(bytes: [UInt8], position: Int = 0) {
    self.bytes = bytes
    self.position = position
  }

  /// Whether the last line returned has no terminator: it may have been cut short.
  var isCut: Bool { position > bytes.count }

  mutating func next() -> ArraySlice<UInt8>? {
    guard position < bytes.count else { return nil }
    let end = bytes[position...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
    let slice = bytes[position..<end]
    position = end + 1
    line += 1
    return slice.last == UInt8(ascii: "\r") ? slice.dropLast() : slice
  }
}
