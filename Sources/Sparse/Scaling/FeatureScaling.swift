import Platform

/// The linear maps of every feature of a training file to [lower, upper], as done by LIBSVM's `svm-scale`.
///
/// Missing entries count as zeros in a feature's range. Features that are constant in the training file, or absent from it, are
/// dropped. Output is formatted as by `svm-scale` 3.24: labels with 17 significant digits, values with 6, zeros omitted, a
/// blank at the end of each row. `qid:N` is not copied. As in `svm-scale`, the limits are rounded to `Float` and everything
/// else is `Double`; if a product in its formula would leave the range of normal numbers, the division is done first.
public struct FeatureScaling: Sendable {
  /// Statistics of one scaled file.
  public struct Summary: Sendable, Hashable {
    public let rows: Int
    public let nonzerosAfter: Int
    /// Indices of features dropped because they are constant in or absent from the training file; ascending.
    public let unknownFeatures: [Int]
  }

  private struct Range: Sendable {
    var minimum = Double.infinity
    var maximum = -Double.infinity
    /// Entries written in the file.
    var count = 0
    var width: Double { maximum - minimum }

    mutating func include(_ value: Double) {
      minimum = Swift.min(minimum, value)
      maximum = Swift.max(maximum, value)
    }
  }

  public let lower: Double
  public let upper: Double
  /// By index as the file counts it; nil for constant and unknown features.
  private var ranges = FeatureTable<Range>()
  /// Ascending indices of features whose missing entries scale to a nonzero value.
  private var filledFeatures: [Int] = []

  /// Computes the ranges of a training file.
  ///
  /// - Precondition: `lower < upper`.
  /// - Throws: `ReadingFailure`, as `LIBSVMReader.read` does, and for a feature whose range exceeds the largest `Double`.
  /// - Complexity: O(bytes).
  public init(trainingPath: String, lower: Float = -1, upper: Float = 1) throws(ReadingFailure) {
    precondition(lower < upper)
    (self.lower, self.upper) = (Double(lower), Double(upper))
    var ranges = FeatureTable<Range>()
    var rows = 0
    try Self.forEachRow(of: trainingPath) { _, entries in
      rows += 1
      for entry in entries {
        var range = ranges[entry.index] ?? Range()
        range.include(entry.value)
        range.count += 1
        ranges[entry.index] = range
      }
    }
    var errors = ErrorList(file: trainingPath)
    for (index, var range) in ranges.entries {
      if range.count < rows { range.include(0) }
      if !range.width.isFinite {
        errors.note(
          "feature \(index) ranges from \(range.minimum) to \(range.maximum); "
            + "expected a range no wider than the largest Double, \(Double.greatestFiniteMagnitude)")
      } else if range.width > 0 {
        self.ranges[index] = range
        if scaled(0, by: range) != 0 { filledFeatures.append(index) }
      }
    }
    try errors.throwIfAny()
  }

  /// Scales a file.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - write: Receives the text of the scaled file, piece by piece.
  /// - Throws: `ReadingFailure` for a malformed file, or if a scaled value exceeds the range of `Float`, the type that readers
  ///   use; the output is then incomplete. Whatever `write` throws.
  /// - Complexity: O(bytes + rows x features whose zeros do not stay zero).
  public func scale(path: String, write: ([UInt8]) throws -> Void) throws -> Summary {
    var text: [UInt8] = []
    var rows = 0
    var after = 0
    var unknown: Set<Int> = []
    var writeError: (any Error)?
    try Self.forEachRow(of: path) { (label, entries) throws(LineError) in
      rows += 1
      text.append(contentsOf: Self.formatted("%.17g ", label))
      var filled = filledFeatures[...]
      func append(_ entry: Entry) throws(LineError) {
        guard let range = ranges[entry.index] else {
          unknown.insert(entry.index)
          return
        }
        let scaled = scaled(entry.value, by: range)
        guard scaled != 0 else { return }
        guard Float(scaled).isFinite else {
          let message = "value \(entry.value) of index \(entry.index) is scaled to \(scaled), out of the range of a Float"
          throw LineError(column: entry.column, message: message)
        }
        after += 1
        text.append(contentsOf: "\(entry.index):".utf8)
        text.append(contentsOf: Self.formatted("%g ", scaled))
      }
      for entry in entries {
        while let next = filled.first, next < entry.index {
          try append(Entry(index: next, value: 0, column: 1))
          filled.removeFirst()
        }
        if filled.first == entry.index { filled.removeFirst() }
        try append(entry)
      }
      for index in filled { try append(Entry(index: index, value: 0, column: 1)) }
      text.append(UInt8(ascii: "\n"))
      if text.count >= 1 << 16, writeError == nil {
        do { try write(text) } catch { writeError = error }
        text.removeAll(keepingCapacity: true)
      }
    }
    if let writeError { throw writeError }
    try write(text)
    return Summary(rows: rows, nonzerosAfter: after, unknownFeatures: unknown.sorted())
  }

  private func scaled(_ value: Double, by range: Range) -> Double {
    if value == range.minimum { return lower }
    if value == range.maximum { return upper }
    let distance = value - range.minimum
    let product = (upper - lower) * distance
    if product.isNormal { return lower + product / range.width }
    let share = distance.isFinite ? distance / range.width : value / range.width - range.minimum / range.width
    return lower + (upper - lower) * share
  }

  private static func formatted(_ format: String, _ value: Double) -> [UInt8] {
    var digits = [CChar](repeating: 0, count: 40)
    let count = withVaList([value]) { vsnprintf(&digits, digits.count, format, $0) }
    return digits.prefix(Int(count)).map { UInt8(bitPattern: $0) }
  }

  private struct Entry {
    let index: Int
    let value: Double
    /// Column of the index in its line.
    let column: Int
  }

  private static func forEachRow(
    of path: String, _ body: (Double, [Entry]) throws(LineError) -> Void
  ) throws(ReadingFailure) {
    guard path != "-" else {
      throw ReadingFailure(kind: .noInput, file: "<stdin>", message: "scaling reads its input twice; name a file")
    }
    var status = stat()
    // Checked before opening, because opening a pipe blocks until someone writes to it. Other errors are left to `open`.
    if withPath(path, { stat($0, &status) }) == 0, ![S_IFREG, S_IFDIR].contains(status.st_mode & S_IFMT) {
      throw ReadingFailure(
        kind: .noInput, file: path, message: "is no regular file; scaling reads its input twice, so write it to a file first")
    }
    let input = try SystemInput(path: path)
    let blocks = TextBlocks(try TextInput.stream(input))
    var errors = ErrorList(file: input.name)
    var entries: [Entry] = []
    var (lineCount, rows) = (0, 0)
    blocks.advance()
    while let block = blocks.current {
      var position = lineCount == 0 && block.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
      while position < block.count {
        let line = UnsafeBufferPointer(rebasing: block[position..<block.lineEnd(from: position)])
        position += line.count
        lineCount += 1
        do throws(LineError) {
          var scanner = try LineScanner(line: line, describesErrors: !errors.isFull)
          guard let label = try scanner.label() else { continue }
          entries.removeAll(keepingCapacity: true)
          while let (index, number) = try scanner.pair() {
            let value = number.double
            guard value.isFinite else { throw scanner.overflow(of: number, as: "Double") }
            entries.append(Entry(index: index, value: value, column: scanner.columnOfLatestIndex))
          }
          rows += 1
          try body(label, entries)
        } catch {
          errors.note(error, line: lineCount)
        }
      }
      blocks.advance()
    }
    if let failure = blocks.failure { throw failure }
    if let (message, column) = blocks.interruption { errors.note(message, line: lineCount + 1, column: column) }
    if rows == 0, errors.count == 0 {
      errors.note("the file holds no rows; a row is LABEL INDEX:VALUE ...", line: 1, column: 1)
    }
    try errors.throwIfAny()
  }
}
