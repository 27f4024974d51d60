/// The errors of a file: the first ones, and how many there are.
struct ErrorList: Sendable {
  let file: String
  private(set) var first: [DataError] = []
  private(set) var count = 0

  init(file: String) { self.file = file }

  /// Whether the next error is only counted, and need not say what is wrong.
  var isFull: Bool { first.count >= ReadingFailure.errorLimit }

  mutating func note(_ message: String, line: Int? = nil, column: Int? = nil) {
    if !isFull { first.append(DataError(file: file, line: line, column: column, message: message)) }
    count += 1
  }

  mutating func note(_ error: LineError, line: Int) { note(error.message, line: line, column: error.column) }

  /// Appends the errors of lines that follow.
  mutating func append(_ other: ErrorList) {
    first += other.first.prefix(ReadingFailure.errorLimit - first.count)
    count += other.count
  }

  /// - Throws: What has been noted, if anything.
  func throwIfAny() throws(ReadingFailure) {
    if count > 0 { throw ReadingFailure(kind: .badData, errors: first, errorCount: count) }
  }
}
