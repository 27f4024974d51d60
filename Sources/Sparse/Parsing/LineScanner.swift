/// An error in a line, with the position of the byte at fault.
struct LineError: Error {
  /// Byte position in the line, from 1.
  let column: Int
  let message: String
  /// Whether reading stops after this line.
  var isFinal = false
}

/// Reads one line of a LIBSVM file, byte by byte. This is the definition of the format:
///
///     LABEL [qid:N] INDEX:VALUE INDEX:VALUE ... [# comment]
///
/// - Blanks are spaces and tabs, in any number; a carriage return is allowed only at the end of the line.
/// - A `#` begins a comment anywhere in the line. Lines with nothing else are skipped.
/// - LABEL and VALUE are decimal numbers, finite as Double and as Float.
/// - INDEX consists of digits, is at most 2^31 - 1, and strictly ascends along the line.
/// - `qid:N`, directly after the label, is the query of ranking data; it is read and ignored.
///
/// Anything else is an error. Call `label` first, then `pair` until it returns nil.
struct LineScanner {
  /// The line without its line end and comment.
  private let bytes: UnsafeBufferPointer<UInt8>
  private var position = 0
  private var lastIndex = -1
  /// The column of the index last returned by `pair`, for errors that the caller finds; 0 before the first.
  private(set) var columnOfLatestIndex = 0
  /// Whether the line has a `qid`; valid after the first call of `pair`.
  private(set) var hasQuery = false

  static let largestIndex = Int(Int32.max)
  /// Longest line in bytes; bounds the memory that any input can make the reader use.
  static let longestLine = 1 << 26
  /// Whether errors carry a message; errors that are only counted need none.
  private let describesErrors: Bool

  /// - Parameters:
  ///   - line: The bytes of the line, with or without a carriage return and a newline at their end.
  ///   - describesErrors: False leaves error messages empty, which takes a tenth of the time.
  /// - Throws: If the line is too long.
  init(line: UnsafeBufferPointer<UInt8>, describesErrors: Bool = true) throws(LineError) {
    self.describesErrors = describesErrors
    var end = line.count
    if end > 0, line[end - 1] == UInt8(ascii: "\n") { end -= 1 }
    if end > Self.longestLine {
      throw LineError(column: 1, message: "a line of more than \(Self.longestLine) bytes is not read", isFinal: true)
    }
    if end > 0, line[end - 1] == UInt8(ascii: "\r") { end -= 1 }
    if let comment = line[0..<end].firstIndex(of: UInt8(ascii: "#")) { end = comment }
    bytes = UnsafeBufferPointer(rebasing: line[0..<end])
  }

  /// The label; nil if the line holds no row.
  ///
  /// - Throws: If the label is missing, not a number, or not finite as a Double.
  mutating func label() throws(LineError) -> Double? {
    skipBlanks()
    if position == bytes.count { return nil }
    let start = position
    guard let number = DecimalNumber(prefixOf: rest), isTokenEnd(start + number.text.count) else {
      throw labelError(at: start)
    }
    position += number.text.count
    let value = number.double
    guard value.isFinite else {
      throw LineError(column: start + 1, message: "label \(quotedToken(start)) is out of the range of a Double")
    }
    return value == 0 ? 0 : value
  }

  /// The next feature's index, as written, and value; nil at the end of the line. The caller checks that the value is finite.
  ///
  /// - Throws: If the next token is not INDEX:VALUE, or its index is too large or does not ascend.
  mutating func pair() throws(LineError) -> (index: Int, value: DecimalNumber)? {
    skipBlanks()
    if columnOfLatestIndex == 0, !hasQuery, try query() { skipBlanks() }
    if position == bytes.count { return nil }
    let start = position
    let index = try self.index()
    guard position < bytes.count, bytes[position] == UInt8(ascii: ":") else {
      throw pairError(at: start)
    }
    position += 1
    guard index > lastIndex else {
      let what = index == lastIndex ? "is repeated" : "comes after index \(lastIndex)"
      throw LineError(column: start + 1, message: "index \(index) \(what); the indices of a row must ascend")
    }
    let valueStart = position
    guard let value = DecimalNumber(prefixOf: rest), isTokenEnd(valueStart + value.text.count) else {
      throw valueError(at: valueStart, index: index)
    }
    position += value.text.count
    lastIndex = index
    columnOfLatestIndex = start + 1
    return (index, value)
  }

  /// The error for a value that overflows; `value` must be the one last returned by `pair`.
  func overflow(of value: DecimalNumber, as type: String) -> LineError {
    let start = position - value.text.count
    return LineError(
      column: start + 1,
      message: "value \(quotedToken(start)) of index \(lastIndex) is out of the range of a \(type)")
  }

  // MARK: Tokens

  private var rest: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(rebasing: bytes[position...]) }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }

  private func isTokenEnd(_ index: Int) -> Bool { index == bytes.count || Self.isBlank(bytes[index]) }

  private mutating func skipBlanks() {
    while position < bytes.count, Self.isBlank(bytes[position]) { position += 1 }
  }

  private mutating func index() throws(LineError) -> Int {
    let start = position
    var value = 0
    while position < bytes.count, bytes[position] &- UInt8(ascii: "0") < 10 {
      value = min(value * 10 + Int(bytes[position] &- UInt8(ascii: "0")), Self.largestIndex + 1)
      position += 1
    }
    if position == start { throw pairError(at: start) }
    if value > Self.largestIndex, position < bytes.count, bytes[position] == UInt8(ascii: ":") {
      let digits = UnsafeBufferPointer(rebasing: bytes[start..<position])
      throw LineError(
        column: start + 1, message: "index \(quoted(digits)) is too large; the largest is \(Self.largestIndex)")
    }
    return value
  }

  /// Reads `qid:N` if it starts at the current position.
  private mutating func query() throws(LineError) -> Bool {
    guard startsWithQuery(position) else { return false }
    let start = position
    position += 4
    if position < bytes.count, bytes[position] == UInt8(ascii: "-") { position += 1 }
    let digits = position
    while position < bytes.count, bytes[position] &- UInt8(ascii: "0") < 10 { position += 1 }
    guard position > digits, isTokenEnd(position) else {
      throw LineError(column: start + 1, message: "\(quotedToken(start)) is not of the form qid:N with an integer N")
    }
    hasQuery = true
    return true
  }

  private func startsWithQuery(_ start: Int) -> Bool { bytes[start...].starts(with: "qid:".utf8) }

  // MARK: Messages

  private func token(_ start: Int) -> UnsafeBufferPointer<UInt8> {
    let end = bytes[start...].firstIndex(where: Self.isBlank) ?? bytes.count
    return UnsafeBufferPointer(rebasing: bytes[start..<end])
  }

  private func quotedToken(_ start: Int) -> String { quoted(token(start)) }

  /// The error for the token at `start`: a byte that is invalid anywhere in a row, or else what `explain` says of the token.
  private func error(
    at start: Int, _ explain: (_ token: UnsafeBufferPointer<UInt8>, _ found: String) -> String
  ) -> LineError {
    guard describesErrors else { return LineError(column: start + 1, message: "") }
    let token = token(start)
    guard let offset = token.firstIndex(where: { $0 < 0x20 || $0 >= 0x7F }) else {
      return LineError(column: start + 1, message: explain(token, quoted(token)))
    }
    let byte = quoted(UnsafeBufferPointer(rebasing: token[offset...offset]))
    let kind = token[offset] < 0x80 ? "control character" : "byte"
    let isReturn = token[offset] == UInt8(ascii: "\r")
    let expected = isReturn ? "a line ends with \"\\n\" or \"\\r\\n\"" : "a row consists of numbers, colons and blanks"
    return LineError(column: start + offset + 1, message: "\(kind) \(byte) in \(quoted(token)); \(expected)")
  }

  private static func isNotFinite(_ token: UnsafeBufferPointer<UInt8>) -> Bool {
    let word = token.prefix(10).map { $0 | 0x20 }
    let isSigned = token.first == UInt8(ascii: "-") || token.first == UInt8(ascii: "+")
    return ["nan", "inf", "infinity"].contains { word.dropFirst(isSigned ? 1 : 0).elementsEqual($0.utf8) }
  }

  private func labelError(at start: Int) -> LineError {
    error(at: start) { token, found in
      if Self.isNotFinite(token) { return "label \(found) is not finite; a label is a finite decimal number" }
      if token.contains(UInt8(ascii: ":")) {
        return "the row begins with \(found); it must begin with a label, which is a number"
      }
      let comma = token.firstIndex(of: UInt8(ascii: ",")) ?? 0
      if comma > 0, DecimalNumber(prefixOf: token)?.text.count == comma {
        return "\(found) holds several labels; a row has exactly one"
      }
      if let first = token.first, (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(first | 0x20) {
        return "label \(found) is text; replace class names by numbers"
      }
      return "label \(found) is not a decimal number such as 1, +1 or 2.5"
    }
  }

  private func pairError(at start: Int) -> LineError {
    error(at: start) { token, found in
      if startsWithQuery(start) { return "\(found) must come directly after the label" }
      guard let colon = token.firstIndex(of: UInt8(ascii: ":")) else {
        return "\(found) has no colon; a feature is INDEX:VALUE"
      }
      if colon == 0 { return "\(found) has no index before the colon; a feature is INDEX:VALUE" }
      return "index \(quoted(UnsafeBufferPointer(rebasing: token[..<colon]))) does not consist of digits only"
    }
  }

  private func valueError(at start: Int, index: Int) -> LineError {
    error(at: start) { token, found in
      if token.isEmpty { return "index \(index) has no value after the colon" }
      if Self.isNotFinite(token) { return "value \(found) of index \(index) is not finite" }
      return "value \(found) of index \(index) is not a decimal number such as 1, -0.5 or 1e-3"
    }
  }
}
