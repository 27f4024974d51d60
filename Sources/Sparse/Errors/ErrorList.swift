/// The first errors of a file, and the number of all.
struct ErrorList: Sendable {
  let file: String
  private(set) var first: [DataError] = []
  private(set) var count = 0

  init(file: String) { self.file = file }

  /// Whether further errors are only counted, so that they need no message.
  var isFull: Bool { first.count >= ReadingFailure.errorLimit }

  mutating func note(_ message: String, line: Int? = nil, column: Int? = nil) {
    if !isFull { first.append(DataError(file: file, line: line, column: column, message: message)) }
    count += 1
  }

  mutating func note(_ error: LineError, line: Int) { note(error.message, line: line, column: error.column) }

  /// Appends the errors of the lines that follow.
  mutating func append(_ other: ErrorList) {
    first += other.first.prefix(ReadingFailure.errorLimit - first.count)
    count += other.count
  }

  /// - Throws: The noted errors, if any.
  func throwIfAny() throws(ReadingFailure) {
    if count > 0 { throw ReadingFailure(kind: .badData, errors: first, errorCount: count) }
  }
}
