/// Lines without their terminators, counted from 1: line feeds, with or without a carriage return before them, or carriage
/// returns where the text has no line feed.
struct LineReader {
  let bytes: [UInt8]
  var position: Int
  private(set) var line = 0
  private let terminator: UInt8

  init(bytes: [UInt8], position: Int = 0) {
    self.bytes = bytes
    self.position = position
    terminator = bytes.contains(UInt8(ascii: "\n")) ? UInt8(ascii: "\n") : UInt8(ascii: "\r")
  }

  /// Whether the last line returned has no terminator: it may have been cut short.
  var isCut: Bool { position > bytes.count }

  mutating func next() -> ArraySlice<UInt8>? {
    guard position < bytes.count else { return nil }
    let end = bytes[position...].firstIndex(of: terminator) ?? bytes.count
    let slice = bytes[position..<end]
    position = end + 1
    line += 1
    return slice.last == UInt8(ascii: "\r") ? slice.dropLast() : slice
  }
}
