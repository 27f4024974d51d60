import CZlib

/// Reads files in LIBSVM format, the format that `LineScanner` defines.
public enum LIBSVMReader {
  /// Reads a file whole.
  ///
  /// Labels become classes in ascending order. Entries that the file writes as zero are kept. Gzip files, of one member or
  /// several, are known by their content.
  ///
  /// - Parameter path: The file; `-` for standard input.
  /// - Throws: `ReadingFailure`: with the first ten errors for a file with errors, for one without rows or features, and for
  ///   one whose labels are a regression target (more than 2,000 distinct ones, some with fractions).
  /// - Complexity: O(bytes of uncompressed text).
  public static func read(
    path: String, options: ReadingOptions = ReadingOptions()
  ) throws(ReadingFailure) -> LIBSVMFile {
    let input = try SystemInput(path: path)
    var builder = CSRBuilder(file: input.name, indexBase: options.indexBase)
    var checksum: UInt = 0
    var byteCount = 0
    let interruption = try TextBlocks(input: input).forEach { block in
      if options.computesChecksum { checksum = crc32_z(checksum, block.baseAddress, block.count) }
      builder.append(block, isFirst: byteCount == 0)
      byteCount += block.count
    }
    if let interruption { builder.note(interruption) }
    let (data, indexBase) = try builder.finished()
    return LIBSVMFile(
      path: path, data: data, indexBase: indexBase, byteCount: byteCount,
      checksum: options.computesChecksum ? UInt32(truncatingIfNeeded: checksum) : nil,
      queryRowCount: builder.queryRowCount)
  }
}

/// Makes a CSR matrix of the lines of a file, one by one.
private struct CSRBuilder {
  let file: String
  let indexBase: IndexBase?
  private var rowOffsets = [0]
  /// Indices less one.
  private var columns: [Int32] = []
  private var values: [Float] = []
  private var labels: [Double] = []
  private(set) var queryRowCount = 0
  private var lines = 0
  private var largestIndex = -1
  private var hasIndexZero = false
  private var errors: [DataError] = []
  private var errorCount = 0

  static let regressionLimit = 2000

  init(file: String, indexBase: IndexBase?) {
    self.file = file
    self.indexBase = indexBase
  }

  mutating func append(_ block: UnsafeBufferPointer<UInt8>, isFirst: Bool) {
    var position = 0
    if isFirst, block.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    while position < block.count {
      let rest = UnsafeBufferPointer(rebasing: block[position...])
      let length = rest.firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? rest.count
      append(line: UnsafeBufferPointer(rebasing: rest[..<length]))
      position += length
    }
  }

  /// Notes what broke off the text.
  mutating func note(_ message: String) {
    note(DataError(file: file, line: lines + 1, column: 1, message: message))
  }

  private mutating func note(_ error: DataError) {
    if errors.count < ReadingFailure.errorLimit { errors.append(error) }
    errorCount += 1
  }

  private mutating func append(line: UnsafeBufferPointer<UInt8>) {
    lines += 1
    var scanner = LineScanner(line: line)
    do throws(LineError) {
      guard let label = try scanner.label() else { return }
      while let (index, value) = try scanner.pair() {
        let float = value.float
        guard float.isFinite else { throw scanner.overflow(of: value, as: "Float") }
        if index == 0 {
          if indexBase == .one {
            throw LineError(column: scanner.columnOfLatestIndex, message: "index 0 in a file whose indices begin at 1")
          }
          hasIndexZero = true
        }
        columns.append(Int32(index - 1))
        values.append(float)
        largestIndex = max(largestIndex, index)
      }
      labels.append(label)
      rowOffsets.append(values.count)
      if scanner.hasQuery { queryRowCount += 1 }
    } catch {
      note(DataError(file: file, line: lines, column: error.column, message: error.message))
    }
  }

  mutating func finished() throws(ReadingFailure) -> (LabelledSparseData, IndexBase) {
    let base = indexBase ?? (hasIndexZero ? .zero : .one)
    if errors.isEmpty {
      if labels.isEmpty {
        note(DataError(file: file, line: 1, column: 1, message: "the file holds no rows; a row is LABEL INDEX:VALUE ..."))
      } else if largestIndex < 0 {
        note(DataError(file: file, line: 1, column: 1, message: "no row has a feature; a feature is INDEX:VALUE"))
      }
    }
    let featureCount = base == .zero ? largestIndex + 1 : largestIndex
    if featureCount > Int(Int32.max) {
      note(DataError(file: file, message: "\(featureCount) features from index 0 on; at most \(Int32.max) are possible"))
    }
    let classLabels = Set(labels).sorted()
    if classLabels.count > Self.regressionLimit, classLabels.contains(where: { $0 != $0.rounded() }) {
      note(
        DataError(
          file: file, line: 1, column: 1,
          message: "\(classLabels.count) distinct labels, some with fractions, are a regression target, not classes"))
    }
    guard errors.isEmpty else { throw ReadingFailure(kind: .badData, errors: errors, errorCount: errorCount) }
    if base == .zero { columns = columns.map { $0 + 1 } }
    let classes = Dictionary(uniqueKeysWithValues: zip(classLabels, Int32(0)...))
    let matrix = SparseMatrix(rowOffsets: rowOffsets, columns: columns, values: values, columnCount: featureCount)
    let data = LabelledSparseData(
      matrix: matrix, classes: labels.map { classes[$0] ?? -1 }, classLabels: classLabels)
    return (data, base)
  }
}
