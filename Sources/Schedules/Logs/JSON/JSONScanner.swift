/// Scans JSON text value by value. Beyond RFC 8259, it accepts the numbers and words of `NumberCell`, among them `NaN` and
/// `Infinity`, as Python writes them.
struct JSONScanner {
  private let text: ArraySlice<UInt8>
  private let path: String
  private let firstLine: Int
  private(set) var position: Int
  private var depth = 0
  /// Values nested more deeply are refused, so that no input can overflow the stack.
  private static let deepest = 100

  /// - Parameter firstLine: the number of the text's first line in the file, for messages.
  init(_ text: ArraySlice<UInt8>, path: String, firstLine: Int = 1) {
    self.text = text
    self.path = path
    self.firstLine = firstLine
    position = text.startIndex
  }

  /// The next character that is not blank.
  var next: UInt8? { text[position...].first { !$0.isBlankOrNewline } }

  /// Calls `body` with the scanner before each value of the next object, and with its key; `body` must consume the value.
  mutating func forEachMember(_ body: (inout JSONScanner, String) throws -> Void) throws {
    try forEachItem(from: "{", to: "}") { scanner in
      let key = try scanner.string()
      scanner.skipBlanks()
      try scanner.expect(":")
      scanner.skipBlanks()
      try body(&scanner, key)
    }
  }

  /// Calls `body` with the scanner before each value of the next array; `body` must consume the value.
  mutating func forEachElement(_ body: (inout JSONScanner) throws -> Void) throws {
    try forEachItem(from: "[", to: "]", body)
  }

  private mutating func forEachItem(
    from opening: Unicode.Scalar, to closing: Unicode.Scalar, _ body: (inout JSONScanner) throws -> Void
  ) throws {
    guard depth < Self.deepest else { throw error("values nested in more than \(Self.deepest) others are not read") }
    try expect(opening)
    depth += 1
    skipBlanks()
    if peek() == UInt8(ascii: closing) {
      position += 1
    } else {
      while true {
        skipBlanks()
        try body(&self)
        skipBlanks()
        guard peek() == UInt8(ascii: ",") else { break }
        position += 1
      }
      try expect(closing)
    }
    depth -= 1
  }

  /// - Throws: `ScheduleFileError` where anything but blanks follows.
  mutating func expectEnd(_ expected: String) throws {
    skipBlanks()
    if position < text.endIndex { throw error("something after the \(expected)") }
  }

  private func peek() -> UInt8? { position < text.endIndex ? text[position] : nil }

  /// An error at `place`, or else at the scanner's position.
  func error(at place: Int? = nil, _ message: String) -> ScheduleFileError {
    let before = text[..<(place ?? position)]
    let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? text.startIndex
    let line = firstLine + before.reduce(0) { $0 + ($1 == UInt8(ascii: "\n") ? 1 : 0) }
    return ScheduleFileError(.malformed, path: path, line: line, column: before.endIndex - lineStart + 1, message)
  }

  mutating func skipBlanks() {
    while let byte = peek(), byte.isBlankOrNewline { position += 1 }
  }

  private mutating func expect(_ character: Unicode.Scalar) throws {
    skipBlanks()
    guard peek() == UInt8(ascii: character) else {
      let found = String(decoding: text[position...].prefix(4), as: UTF8.self).first
      throw error("\(found.map { "'\($0)'" } ?? "nothing more"); expected '\(character)'")
    }
    position += 1
  }

  private mutating func string() throws -> String {
    try expect("\"")
    let start = position
    var hasEscapes = false
    while let byte = peek(), byte != UInt8(ascii: "\"") {
      if byte == UInt8(ascii: "\\") { hasEscapes = true }
      position = min(position + (byte == UInt8(ascii: "\\") ? 2 : 1), text.endIndex)
    }
    guard position < text.endIndex else { throw error("a string without end; expected '\"'") }
    let content = String(decoding: text[start..<position], as: UTF8.self)
    position += 1
    return hasEscapes ? Self.unescaped(content) : content
  }

  private static func unescaped(_ text: String) -> String {
    let plain: [Character: Character] = ["n": "\n", "t": "\t", "r": "\r", "b": "\u{8}", "f": "\u{C}"]
    var units: [UInt16] = []
    var rest = Substring(text)
    while let character = rest.popFirst() {
      if character != "\\" {
        units += String(character).utf16
      } else if let escaped = rest.popFirst() {
        if escaped == "u", let unit = UInt16(rest.prefix(4), radix: 16) {
          units.append(unit)
          rest = rest.dropFirst(4)
        } else {
          units += String(plain[escaped] ?? escaped).utf16
        }
      }
    }
    return String(decoding: units, as: UTF16.self)
  }

  /// Consumes a value; objects and arrays count as no number.
  mutating func value() throws -> NumberCell {
    switch peek() {
    case UInt8(ascii: "\"")?:
      // Some loggers write non-finite values as strings.
      let content = try string()
      switch NumberCell(content) {
      case .notFinite: return .notFinite
      case .missing where !content.isEmpty: return .missing
      default: return .notANumber
      }
    case UInt8(ascii: "{")?:
      try forEachMember { scanner, _ in _ = try scanner.value() }
      return .notANumber
    case UInt8(ascii: "[")?:
      try forEachElement { _ = try $0.value() }
      return .notANumber
    default:
      let start = position
      while let byte = peek(), byte != UInt8(ascii: ","), byte != UInt8(ascii: "}"), byte != UInt8(ascii: "]"),
        !byte.isBlankOrNewline
      { position += 1 }
      let bytes = text[start..<position]
      if bytes.isEmpty { throw error("no value; expected one") }
      let cell = NumberCell(bytes)
      guard case .notANumber = cell else { return cell }
      let word = String(decoding: bytes, as: UTF8.self)
      if word == "true" || word == "false" { return .notANumber }
      position = start
      throw error("'\(word)' is no JSON value")
    }
  }
}
