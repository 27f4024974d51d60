import Platform

/// The linear maps that take every feature of a training file to [lower, upper], as LIBSVM's `svm-scale` does it.
///
/// A feature's range counts left-out entries as zeros. Features with one value in all rows are left out, and so are features
/// of another file that the training file does not have. Output has the digits of `svm-scale` 3.24: labels with 17 significant
/// digits, values with 6, zeros left out, a blank at the end of each row. A `qid:N` is not copied. As there, limits are rounded to
/// `Float`, and all else is `Double`; where a product of that formula would be out of the range of normal numbers, division comes first.
public struct FeatureScaling: Sendable {
  /// What became of one file.
  public struct Summary: Sendable, Hashable {
    public let rows: Int
    public let nonzerosAfter: Int
    /// Indices that the training file does not vary in, and whose entries were left out; ascending.
    public let unknownFeatures: [Int]
  }

  private struct Range: Sendable {
    var minimum = Double.infinity
    var maximum = -Double.infinity
    /// Entries that the file writes.
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
  /// Ascending indices of features that a left-out entry gives a nonzero value to.
  private var filledFeatures: [Int] = []

  /// Takes the ranges from a training file.
  ///
  /// - Precondition: `lower < upper`.
  /// - Throws: `ReadingFailure` as `LIBSVMReader.read` does, and for a feature whose range is wider than a `Double` can say.
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
  ///   - write: Takes the text of the scaled file, piece by piece.
  /// - Throws: `ReadingFailure` for a bad file, and for a value that is scaled beyond the range of a `Float`, as which values are read;
  ///   what has been written is then incomplete. And what `write` throws.
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
    /// Of the index, in its line.
    let column: Int
  }

  private static func forEachRow(
    of path: String, _ body: (Double, [Entry]) throws(LineError) -> Void
  ) throws(ReadingFailure) {
    guard path != "-" else {
      throw ReadingFailure(kind: .noInput, file: "<stdin>", message: "scaling reads its input twice; name a file")
    }
    var status = stat()
    // Asked before it is opened, which waits where nobody writes to a pipe; other errors are those of opening it.
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
