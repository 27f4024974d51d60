/// What is wrong with a line, and at which byte of it.
struct LineError: Error {
  /// Counts from 1.
  let column: Int
  let message: String
}

/// Reads one line of a LIBSVM file, byte by byte. This is the definition of the format:
///
///     LABEL [qid:N] INDEX:VALUE INDEX:VALUE ... [# comment]
///
/// - Blanks are spaces and tabs, any number of them; a carriage return is one only at the end of the line.
/// - A `#` begins a comment, wherever it stands. Lines without anything else are passed over.
/// - LABEL and VALUE are decimal numbers, finite as Double and as Float.
/// - INDEX is digits only, at most 2^31 - 1, strictly ascending along the line.
/// - `qid:N`, directly after the label, is the query of ranking data; it is read and ignored.
///
/// Every other byte is an error. Call `label` first, then `pair` until it gives nil.
struct LineScanner {
  /// The line without its end and without comment.
  private let bytes: UnsafeBufferPointer<UInt8>
  private var position = 0
  private var lastIndex = -1
  private var pairs = 0
  /// Whether the line has a `qid`, known once `pair` has been called.
  private(set) var hasQuery = false

  static let largestIndex = Int(Int32.max)
  /// A line may have this many bytes, so that no input makes the reader keep more.
  static let longestLine = 1 << 26
  static let lineIsTooLong = LineError(column: 1, message: "a line of more than \(longestLine) bytes is not read")

  /// - Parameter line: with its newline, if it has one.
  static func isTooLong(_ line: UnsafeBufferPointer<UInt8>) -> Bool {
    line.count > longestLine && line.count > longestLine + (line.last == UInt8(ascii: "\n") ? 1 : 0)
  }
  /// Whether errors say what is wrong; those that are only counted need not.
  private let describesErrors: Bool

  /// - Parameters:
  ///   - line: The bytes of the line, with or without a carriage return and a newline at their end.
  ///   - describesErrors: False leaves the messages of errors empty, which takes a tenth of the time.
  init(line: UnsafeBufferPointer<UInt8>, describesErrors: Bool = true) {
    self.describesErrors = describesErrors
    var end = line.count
    if end > 0, line[end - 1] == UInt8(ascii: "\n") { end -= 1 }
    if end > 0, line[end - 1] == UInt8(ascii: "\r") { end -= 1 }
    if let comment = line[0..<end].firstIndex(of: UInt8(ascii: "#")) { end = comment }
    bytes = UnsafeBufferPointer(rebasing: line[0..<end])
  }

  /// The label; nil where the line holds no row.
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

  /// The next feature's index and value; nil at the end of the line.
  mutating func pair() throws(LineError) -> (index: Int, value: DecimalNumber)? {
    skipBlanks()
    if pairs == 0, !hasQuery, try query() { skipBlanks() }
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
    pairs += 1
    return (index, value)
  }

  /// The error for a value that overflows; `value` must be the latest that `pair` gave.
  func overflow(of value: DecimalNumber, as type: String) -> LineError {
    let start = position - value.text.count
    return LineError(
      column: start + 1,
      message: "value \(quotedToken(start)) of index \(lastIndex) is out of the range of a \(type)")
  }

  /// The column of the index of the latest pair, for errors that the caller finds.
  var columnOfLatestIndex: Int {
    var start = position
    while start > 0, !Self.isBlank(bytes[start - 1]) { start -= 1 }
    return start + 1
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

  /// Reads `qid:N` where it stands at the position.
  private mutating func query() throws(LineError) -> Bool {
    guard startsWithQuery(position) else { return false }
    let start = position
    position += 4
    if position < bytes.count, bytes[position] == UInt8(ascii: "-") { position += 1 }
    let digits = position
    while position < bytes.count, bytes[position] &- UInt8(ascii: "0") < 10 { position += 1 }
    guard position > digits, isTokenEnd(position) else {
      throw LineError(column: start + 1, message: "\(quotedToken(start)) is not qid:N with an integer N")
    }
    hasQuery = true
    return true
  }

  private func startsWithQuery(_ start: Int) -> Bool {
    bytes.count - start >= 4 && bytes[start] == UInt8(ascii: "q") && bytes[start + 1] == UInt8(ascii: "i")
      && bytes[start + 2] == UInt8(ascii: "d") && bytes[start + 3] == UInt8(ascii: ":")
  }

  // MARK: Messages

  private func token(_ start: Int) -> UnsafeBufferPointer<UInt8> {
    let end = bytes[start...].firstIndex(where: Self.isBlank) ?? bytes.count
    return UnsafeBufferPointer(rebasing: bytes[start..<end])
  }

  private func quotedToken(_ start: Int) -> String { quoted(token(start)) }

  /// A byte that belongs nowhere in a row: control characters, and what is beyond ASCII.
  private func strangeByteError(at start: Int) -> LineError? {
    let token = token(start)
    guard let offset = token.firstIndex(where: { $0 < 0x20 || $0 >= 0x7F }) else { return nil }
    let byte = UnsafeBufferPointer(rebasing: token[offset...offset])
    let kind = token[offset] < 0x80 ? "control character" : "byte"
    let isReturn = token[offset] == UInt8(ascii: "\r")
    return LineError(
      column: start + offset + 1,
      message: "\(kind) \(quoted(byte)) in \(quoted(token)); "
        + (isReturn ? "a line ends with \"\\n\" or \"\\r\\n\"" : "a row is numbers, colons and blanks"))
  }

  private static func isNotFinite(_ token: UnsafeBufferPointer<UInt8>) -> Bool {
    guard token.count <= 9 else { return false }
    var word = token.map { $0 | 0x20 }
    if let first = token.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") { word.removeFirst() }
    return word.elementsEqual("nan".utf8) || word.elementsEqual("inf".utf8) || word.elementsEqual("infinity".utf8)
  }

  private func labelError(at start: Int) -> LineError {
    guard describesErrors else { return LineError(column: start + 1, message: "") }
    let token = token(start)
    let found = quoted(token)
    let column = start + 1
    if let error = strangeByteError(at: start) { return error }
    if Self.isNotFinite(token) {
      return LineError(column: column, message: "label \(found) is not finite; a label is a finite decimal number")
    }
    if token.contains(UInt8(ascii: ":")) {
      return LineError(column: column, message: "the row begins with \(found); a label, a number, must come first")
    }
    if let comma = token.firstIndex(of: UInt8(ascii: ",")), comma > 0, DecimalNumber(prefixOf: token)?.text.count == comma {
      return LineError(
        column: column,
        message: "\(found) is several labels of one row; only one label a row can be classified")
    }
    if let first = token.first, (first | 0x20) >= UInt8(ascii: "a"), (first | 0x20) <= UInt8(ascii: "z") {
      return LineError(column: column, message: "label \(found) is text; replace the class names by numbers")
    }
    return LineError(column: column, message: "label \(found) is not a decimal number such as 1, +1 or 2.5")
  }

  private func pairError(at start: Int) -> LineError {
    guard describesErrors else { return LineError(column: start + 1, message: "") }
    let token = token(start)
    let found = quoted(token)
    let column = start + 1
    if let error = strangeByteError(at: start) { return error }
    if startsWithQuery(start) {
      return LineError(column: column, message: "\(found) is not directly after the label, where a qid belongs")
    }
    guard let colon = token.firstIndex(of: UInt8(ascii: ":")) else {
      return LineError(column: column, message: "\(found) has no colon; a feature is INDEX:VALUE")
    }
    if colon == 0 {
      return LineError(column: column, message: "\(found) has no index before the colon; a feature is INDEX:VALUE")
    }
    return LineError(
      column: column,
      message: "index \(quoted(UnsafeBufferPointer(rebasing: token[..<colon]))) is not a whole number of digits only")
  }

  private func valueError(at start: Int, index: Int) -> LineError {
    guard describesErrors else { return LineError(column: start + 1, message: "") }
    let token = token(start)
    let found = quoted(token)
    let column = start + 1
    if token.isEmpty {
      return LineError(column: column, message: "index \(index) has no value after the colon")
    }
    if let error = strangeByteError(at: start) { return error }
    if Self.isNotFinite(token) {
      return LineError(column: column, message: "value \(found) of index \(index) is not finite")
    }
    return LineError(
      column: column,
      message: "value \(found) of index \(index) is not a decimal number such as 1, -0.5 or 1e-3")
  }
}
