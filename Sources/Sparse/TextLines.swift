/// The lines of a text that comes in blocks of whole lines, numbered, and the errors in them.
struct TextLines {
  private let file: String
  private var count = 0
  private var errors: [DataError] = []
  private var errorCount = 0

  init(file: String) {
    self.file = file
  }

  /// Calls `body` with a scanner for each line of the block, and keeps the error that it throws.
  mutating func forEach(
    in block: UnsafeBufferPointer<UInt8>, _ body: (inout LineScanner) throws(LineError) -> Void
  ) {
    var position = count == 0 && block.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    while position < block.count {
      let rest = UnsafeBufferPointer(rebasing: block[position...])
      let length = rest.firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? rest.count
      let describesErrors = errors.count < ReadingFailure.errorLimit
      var scanner = LineScanner(line: UnsafeBufferPointer(rebasing: rest[..<length]), describesErrors: describesErrors)
      count += 1
      position += length
      do throws(LineError) {
        try body(&scanner)
      } catch {
        note(DataError(file: file, line: count, column: error.column, message: error.message))
      }
    }
  }

  /// Notes what broke off the text after the last line.
  mutating func note(_ message: String, column: Int) {
    note(DataError(file: file, line: count + 1, column: column, message: message))
  }

  /// Notes what is wrong with the text as a whole, if nothing else is.
  mutating func noteIfRight(_ message: String) {
    if errorCount == 0 { note(DataError(file: file, line: 1, column: 1, message: message)) }
  }

  private mutating func note(_ error: DataError) {
    if errors.count < ReadingFailure.errorLimit { errors.append(error) }
    errorCount += 1
  }

  /// - Throws: What has been noted, if anything.
  func finish() throws(ReadingFailure) {
    if errorCount > 0 { throw ReadingFailure(kind: .badData, errors: errors, errorCount: errorCount) }
  }
}
