#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The linear maps that take every feature of a training file to [lower, upper], as LIBSVM's `svm-scale` does it.
///
/// A feature's range counts left-out entries as zeros. Features with one value in all rows are left out, and so are features
/// of another file that the training file does not have. Output has the digits of `svm-scale` 3.24: labels with 17 significant
/// digits, values with 6, zeros left out, a blank at the end of each row. A `qid:N` is not copied. As there, limits are rounded to
/// `Float`, and all else is `Double`.
public struct FeatureScaling: Sendable {
  /// What became of one file.
  public struct Summary: Sendable, Hashable {
    public let rows: Int
    public let nonzerosBefore: Int
    public let nonzerosAfter: Int
    /// Indices that the training file does not vary in, and whose entries were left out; ascending.
    public let unknownFeatures: [Int]
  }

  private struct Range: Sendable {
    var minimum = Double.infinity
    var maximum = -Double.infinity
    /// Entries that the file writes.
    var count = 0
    var isConstant: Bool { minimum == maximum }

    mutating func include(_ value: Double) {
      minimum = Swift.min(minimum, value)
      maximum = Swift.max(maximum, value)
    }
  }

  public let lower: Double
  public let upper: Double
  /// By index as the file counts it; nil for constant and unknown features.
  private let ranges: FeatureTable<Range>
  /// Ascending indices of features that a left-out entry gives a nonzero value to.
  private let filledFeatures: [Int]

  /// Takes the ranges from a training file.
  ///
  /// - Precondition: `lower < upper`.
  /// - Throws: `ReadingFailure` as `LIBSVMReader.read` does.
  /// - Complexity: O(bytes).
  public init(trainingPath: String, lower: Float = -1, upper: Float = 1) throws(ReadingFailure) {
    precondition(lower < upper)
    let (lower, upper) = (Double(lower), Double(upper))
    self.lower = lower
    self.upper = upper
    var ranges = FeatureTable<Range>()
    var rows = 0
    try Self.forEachRow(of: trainingPath) { _, entries in
      rows += 1
      for (index, value) in entries {
        var range = ranges[index] ?? Range()
        range.include(value)
        range.count += 1
        ranges[index] = range
      }
    }
    var varying = FeatureTable<Range>()
    var filled: [Int] = []
    for (index, value) in ranges.entries {
      var range = value
      if range.count < rows { range.include(0) }
      guard !range.isConstant else { continue }
      varying[index] = range
      if Self.scaled(0, by: range, lower: lower, upper: upper) != 0 { filled.append(index) }
    }
    self.ranges = varying
    filledFeatures = filled
  }

  /// Scales a file.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - write: Takes the text of the scaled file, piece by piece.
  /// - Throws: `ReadingFailure` for a bad file, in which case what has been written is incomplete; and what `write` throws.
  /// - Complexity: O(bytes + rows x features whose zeros do not stay zero).
  public func scale(path: String, write: ([UInt8]) throws -> Void) throws -> Summary {
    var text: [UInt8] = []
    var rows = 0
    var before = 0
    var after = 0
    var unknown: Set<Int> = []
    var writeError: (any Error)?
    try Self.forEachRow(of: path) { label, entries in
      rows += 1
      before += entries.count
      text.append(contentsOf: Self.formatted("%.17g ", label))
      var filled = filledFeatures[...]
      func append(_ index: Int, _ value: Double) {
        guard let range = ranges[index] else {
          unknown.insert(index)
          return
        }
        let scaled = Self.scaled(value, by: range, lower: lower, upper: upper)
        guard scaled != 0 else { return }
        after += 1
        text.append(contentsOf: "\(index):".utf8)
        text.append(contentsOf: Self.formatted("%g ", scaled))
      }
      for (index, value) in entries {
        while let next = filled.first, next < index {
          append(next, 0)
          filled.removeFirst()
        }
        if filled.first == index { filled.removeFirst() }
        append(index, value)
      }
      for index in filled { append(index, 0) }
      text.append(UInt8(ascii: "\n"))
      if text.count >= 1 << 16, writeError == nil {
        do { try write(text) } catch { writeError = error }
        text.removeAll(keepingCapacity: true)
      }
    }
    if let writeError { throw writeError }
    try write(text)
    return Summary(rows: rows, nonzerosBefore: before, nonzerosAfter: after, unknownFeatures: unknown.sorted())
  }

  private static func scaled(_ value: Double, by range: Range, lower: Double, upper: Double) -> Double {
    if value == range.minimum { return lower }
    if value == range.maximum { return upper }
    return lower + (upper - lower) * (value - range.minimum) / (range.maximum - range.minimum)
  }

  private static func formatted(_ format: String, _ value: Double) -> [UInt8] {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 40) { buffer in
      let length = withVaList([value]) { vsnprintf(buffer.baseAddress!, buffer.count, format, $0) }
      return buffer.prefix(Int(length)).map { UInt8(bitPattern: $0) }
    }
  }

  private static func forEachRow(
    of path: String, _ body: (Double, [(index: Int, value: Double)]) -> Void
  ) throws(ReadingFailure) {
    guard path != "-" else {
      throw ReadingFailure(kind: .noInput, file: "<stdin>", message: "scaling reads its input twice; name a file")
    }
    var status = stat()
    // Asked before it is opened, which waits where nobody writes to a pipe; other errors are those of opening it.
    if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG, status.st_mode & S_IFMT != S_IFDIR {
      throw ReadingFailure(
        kind: .noInput, file: path, message: "is no regular file; scaling reads its input twice, so write it to a file first")
    }
    let input = try SystemInput(path: path)
    var entries: [(index: Int, value: Double)] = []
    var lines = TextLines(file: input.name)
    var rows = 0
    let chunks = try TextSource.stream(input)
    while let chunk = chunks.next() {
      defer { withExtendedLifetime(chunk.owner) {} }
      lines.forEach(in: chunk.text) { (scanner) throws(LineError) in
        guard let label = try scanner.label() else { return }
        entries.removeAll(keepingCapacity: true)
        while let (index, number) = try scanner.pair() {
          let value = number.double
          guard value.isFinite else { throw scanner.overflow(of: number, as: "Double") }
          entries.append((index, value))
        }
        rows += 1
        body(label, entries)
      }
    }
    if let failure = chunks.failure { throw failure }
    if let interruption = chunks.interruption { lines.note(interruption.message, column: interruption.column) }
    if rows == 0 { lines.noteIfRight("the file holds no rows; a row is LABEL INDEX:VALUE ...") }
    try lines.finish()
  }
}
