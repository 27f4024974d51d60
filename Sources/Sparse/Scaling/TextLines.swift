/// The lines of a text that comes in blocks of whole lines, numbered, and the errors in them.
struct TextLines {
  var errors: ErrorList
  private(set) var count = 0

  init(file: String) { errors = ErrorList(file: file) }

  /// Calls `body` with a scanner for each line of the block, and notes the error that it throws.
  mutating func forEach(
    in block: UnsafeBufferPointer<UInt8>, _ body: (inout LineScanner) throws(LineError) -> Void
  ) {
    var position = count == 0 && block.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    while position < block.count {
      let line = UnsafeBufferPointer(rebasing: block[position..<block.lineEnd(from: position)])
      count += 1
      position += line.count
      do throws(LineError) {
        if LineScanner.isTooLong(line) { throw LineScanner.lineIsTooLong }
        var scanner = LineScanner(line: line, describesErrors: !errors.isFull)
        try body(&scanner)
      } catch {
        errors.note(error, line: count)
      }
    }
  }
}
