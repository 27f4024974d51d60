/// Rows of cells separated by commas, tabs, semicolons or blanks; cells may be in double quotes, as in RFC 4180.
struct DelimitedText {
  private let bytes: [UInt8]
  private let path: String
  private let start: Int
  private let form: DelimitedForm
  /// The cells of the first rows, without the header.
  private let sample: [[String]]
  private let names: [String]
  private let hasNames: Bool

  /// - Parameter start: where the text begins, after a byte-order mark.
  init(_ bytes: [UInt8], from start: Int, path: String) throws {
    self.bytes = bytes
    self.path = path
    var reader = LineReader(bytes: bytes, position: start)
    var lines: [ArraySlice<UInt8>] = []
    var first = start
    while lines.count < 1000, let line = reader.next() {
      if lines.isEmpty, line.starts(with: Array("sep=".utf8)) {
        // A hint for spreadsheets; the separator is inferred from the rows anyway.
        first = reader.position
      } else if !Self.isPassedOver(line) {
        lines.append(line)
      }
    }
    self.start = first
    guard !lines.isEmpty else { throw ScheduleFileError(.malformed, path: path, "the file is empty; expected numbers") }
    let form = DelimitedForm(lines)
    self.form = form
    var cells: [Range<Int>] = []
    let rows = lines.map { line in
      form.find(&cells, in: line)
      return cells.map { String(decoding: line[$0].unquoted, as: UTF8.self) }
    }
    // A resumed run may have written the header again.
    sample = form.header.map { header in rows.dropFirst().filter { Array($0.prefix(form.width)) != header } } ?? rows
    hasNames = form.header != nil || Self.isMLflow(form, rows)
    names = form.header ?? (hasNames ? ["timestamp", "value", "step"] : (1...form.width).map { "column \($0)" })
    guard !sample.isEmpty else { throw ScheduleFileError(.malformed, path: path, "a header and no rows; expected numbers") }
  }

  func series(column: String?, norm: GradientNorm, objection: (Double) -> String?) throws -> NumberSeries {
    let counter = hasNames ? nil : unnamedSteps
    let index =
      try column.map(place)
      ?? ColumnNames.values(
        among: names.indices.filter { isNumeric($0) }, of: names, except: unnamedTimes + (counter.map { [$0] } ?? []),
        norm: norm,
        path: path)
    var series = NumberSeries(name: hasNames ? names[index] : nil)
    var steps = hasNames ? ColumnNames.steps(in: names) : counter.map { [$0] } ?? []
    steps.removeAll { $0 == index }
    var epoch = hasNames ? ColumnNames.epoch(in: names) : nil
    if epoch == index { epoch = nil }
    series.steps = steps.map { NumberSeries.Counter(name: names[$0]) }
    series.epochs = epoch.map { NumberSeries.Counter(name: names[$0]) }
    try read(index, counters: steps + (epoch.map { [$0] } ?? []), into: &series, objection: objection)
    return series
  }

  // MARK: Choosing columns

  private func place(of column: String) throws -> Int {
    if hasNames {
      let places = names.indices.filter { names[$0] == column }
      if places.count > 1 {
        throw ScheduleFileError(
          .malformed, path: path, "\(places.count) columns are called '\(column)'; choose one by its number")
      }
      if let place = places.first { return place }
    }
    if let number = Int(column), (1...names.count).contains(number) { return number - 1 }
    let near = hasNames ? suggestion(for: column, among: names) : ""
    throw ScheduleFileError(
      .malformed, path: path,
      "no column '\(column)'\(near); expected 1 to \(names.count)"
        + (hasNames ? " or one of: \(names.joined(separator: ", "))" : ""))
  }

  private func cells(_ column: Int) -> [NumberCell] {
    sample.filter { column < $0.count }.map { NumberCell(Array($0[column].utf8)[...], hasDecimalCommas: form.hasDecimalCommas) }
  }

  private func isNumeric(_ column: Int) -> Bool {
    let cells = cells(column)
    return cells.contains { $0.isNumeric } && !cells.contains { if case .notANumber = $0 { true } else { false } }
  }

  private func numbers(_ column: Int) -> [Double] {
    cells(column).compactMap { if case .number(let number) = $0 { number } else { nil } }
  }

  /// The only unnamed column that can count steps: whole numbers that hardly ever fall, or hardly ever rise; of several, the
  /// one with even gaps. nil where there is none, or more than one.
  private var unnamedSteps: Int? {
    guard form.width > 1 else { return nil }
    let counters = names.indices.filter { column in
      let numbers = numbers(column)
      guard numbers.count > 1, numbers.count == sample.count, numbers.allSatisfy({ $0 >= 0 && $0 == $0.rounded() }) else {
        return false
      }
      let rises = zip(numbers, numbers.dropFirst()).count { $0 < $1 }
      let falls = zip(numbers, numbers.dropFirst()).count { $0 > $1 }
      return min(rises, falls) <= numbers.count / 20 && max(rises, falls) >= (numbers.count - 1) * 9 / 10
        && !Self.areTimes(numbers)
    }
    if counters.count == 1 { return counters[0] }
    let even = counters.filter { column in
      let numbers = numbers(column)
      return zip(numbers, numbers.dropFirst()).allSatisfy { $1 - $0 == numbers[1] - numbers[0] }
    }
    return even.count == 1 ? even[0] : nil
  }

  /// Unnamed columns that hold seconds or milliseconds since 1970.
  private var unnamedTimes: [Int] {
    !hasNames && form.width > 1 ? names.indices.filter { isNumeric($0) && Self.areTimes(numbers($0)) } : []
  }

  private static func areTimes(_ numbers: [Double]) -> Bool {
    !numbers.isEmpty && (numbers.allSatisfy { (1e9..<3e9).contains($0) } || numbers.allSatisfy { (1e12..<3e12).contains($0) })
  }

  /// Whether the rows are those of an MLflow metrics file: milliseconds since 1970, value, step.
  private static func isMLflow(_ form: DelimitedForm, _ rows: [[String]]) -> Bool {
    guard form.header == nil, form.width == 3, form.separator == nil else { return false }
    return rows.allSatisfy { row in
      row.count == 3 && Int(row[0]).map { (1_000_000_000_000..<3_000_000_000_000).contains($0) } == true && Int(row[2]) != nil
    }
  }

  // MARK: Reading

  private func read(
    _ index: Int, counters: [Int], into series: inout NumberSeries, objection: (Double) -> String?
  ) throws {
    var cells: [Range<Int>] = []
    var reader = LineReader(bytes: bytes, position: start)
    var headers = 0
    while let line = reader.next() {
      if Self.isPassedOver(line) { continue }
      form.find(&cells, in: line)
      if let header = form.header, headers == 0 || isHeader(cells, in: line, header) {
        headers += 1
        continue
      }
      func error(_ column: Int, _ message: String) -> ScheduleFileError {
        ScheduleFileError(.malformed, path: path, line: reader.line, column: column - line.startIndex + 1, message)
      }
      guard form.fits(cells, in: line) else {
        if reader.isCut, cells.count < form.width, !series.values.isEmpty {
          series.messages.append(LogMessage(.note, "the last row is cut short and left out"))
          break
        }
        throw error(line.startIndex, "\(counted(cells.count, "cell")) in this row; expected \(form.width)")
      }
      func counter(_ number: Int) -> Double? {
        guard case .number(let value) = cell(line[cells[counters[number]]]) else { return nil }
        return value
      }
      let text = line[cells[index]]
      switch cell(text) {
      case .missing: series.append(nil, counters: counter)
      case .notFinite: series.append(.nan, counters: counter)
      case .number(let value):
        if let message = objection(value) { throw error(cells[index].lowerBound, message) }
        series.append(value, counters: counter)
      case .notANumber:
        throw error(
          cells[index].lowerBound,
          "'\(String(decoding: text.unquoted, as: UTF8.self))' is not a number; expected one (empty or NaN where missing)")
      }
    }
    if headers > 1 {
      series.messages.append(LogMessage(.note, "the header stands \(headers) times; passed over"))
    }
  }

  private func cell(_ text: ArraySlice<UInt8>) -> NumberCell {
    NumberCell(text.unquoted, hasDecimalCommas: form.hasDecimalCommas)
  }

  /// Whether the line repeats the header, as a resumed run may write it.
  private func isHeader(_ cells: [Range<Int>], in line: ArraySlice<UInt8>, _ header: [String]) -> Bool {
    guard let first = line.first, !(0x30...0x39).contains(first), form.fits(cells, in: line) else { return false }
    return header.indices.allSatisfy { String(decoding: line[cells[$0]].unquoted, as: UTF8.self) == header[$0] }
  }

  private static func isPassedOver(_ line: ArraySlice<UInt8>) -> Bool {
    guard let first = line.first(where: { !$0.isBlank }) else { return true }
    return first == UInt8(ascii: "#")
  }
}
