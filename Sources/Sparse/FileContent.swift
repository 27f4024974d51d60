/// What the rows of a file have in common.
struct FileContent {
  let base: IndexBase
  let featureCount: Int
  /// Ascending.
  let classLabels: [Double]

  /// More distinct labels than this, some with fractions, are a regression target.
  private static let regressionLimit = 2000

  /// - Parameters:
  ///   - parsed: all chunks of the file.
  ///   - indexBase: nil detects it.
  ///   - name: of the file, for messages.
  /// - Throws: All errors of the file.
  init(_ parsed: ParsedText, indexBase: IndexBase?, name: String) throws(ReadingFailure) {
    let largest = parsed.largestColumn
    base = indexBase ?? (parsed.smallestColumn < 0 ? .zero : .one)
    featureCount = largest < -1 ? 0 : Int(largest) + (base == .zero ? 2 : 1)
    classLabels = parsed.classLabels
    try check(parsed, name)
  }

  private func check(_ parsed: ParsedText, _ name: String) throws(ReadingFailure) {
    var errors = parsed.chunks.flatMap(\.rows.errors).map {
      DataError(file: name, line: $0.line, column: $0.error.column, message: $0.error.message)
    }
    var errorCount = parsed.chunks.reduce(0) { $0 + $1.rows.errorCount }
    func note(line: Int? = nil, column: Int? = nil, _ message: String) {
      errors.append(DataError(file: name, line: line, column: column, message: message))
      errorCount += 1
    }
    let lineCount = parsed.dispatcher.lineCount
    switch parsed.dispatcher.prematureEnd {
    case .interruption(let message, let column): note(line: lineCount + 1, column: column, message)
    case .memory(let needed, let available):
      note(
        "its rows may take more memory than is available: \(needed >> 20) MB up to line \(lineCount), of \(available >> 20) MB")
    case .failure, nil: break
    }
    if errorCount == 0 {
      if !parsed.hasRows {
        note(line: 1, column: 1, "the file holds no rows; a row is LABEL INDEX:VALUE ...")
      } else if featureCount == 0 {
        note(line: 1, column: 1, "no row has a feature; a feature is INDEX:VALUE")
      } else if featureCount > Int(Int32.max) {
        note(line: 1, column: 1, "\(featureCount) features, from index 0 to \(Int32.max), are one too many")
      }
      let labelCount = classLabels.count
      let fractionLine = parsed.labelTables.compactMap(\.firstFractionLine).min()
      if labelCount > Self.regressionLimit, let fractionLine {
        note(
          line: fractionLine, column: 1,
          "\(labelCount) distinct labels, some with fractions, are a regression target, not classes")
      }
    }
    if errorCount > 0 { throw ReadingFailure(kind: .badData, errors: errors, errorCount: errorCount) }
  }
}
