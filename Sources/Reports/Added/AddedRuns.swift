import Schedules
import Sweeps
import Training

/// Runs made elsewhere, from a CSV file in the schema of `report --format csv`.
///
/// Columns may be in any order; those that do not apply may be missing, and their cells empty. `problem`, `optimizer` and `seed`
/// must be given, and `train_error` or `diverged`.
public struct AddedRuns: Sendable {
  /// One run, with what its rows say of the condition; nil is the only one, or any.
  struct Row: Sendable {
    var run: RunRecord
    var epochs: Int?
    var batchSize: Int?
    var l2: Double?

    /// Whether the row is of a condition: it says so, or nothing else.
    func isOf(_ condition: Condition) -> Bool {
      (epochs.map { $0 == condition.epochs } ?? true) && (batchSize.map { $0 == condition.batchSize } ?? true)
        && (l2.map { $0 == condition.l2 } ?? true)
    }
  }

  /// What is wrong with a file, a line each: `FILE:LINE:COLUMN: error: ...`.
  public struct Failure: Error, CustomStringConvertible, Sendable {
    public let description: String
  }

  /// In the order of the file. The learning rate is 0 where it is empty.
  let rows: [Row]

  /// - Parameters:
  ///   - text: The contents of the file.
  ///   - file: Its name, for messages.
  ///   - problems: The names that `problem` may have.
  ///   - conditions: Those that a row may name; of several, it must name one.
  /// - Throws: `Failure` with every malformed cell.
  /// - Complexity: O(n).
  public init(
    _ text: String, file: String, problems: [String], conditions: [Condition]
  ) throws(Failure) {
    var errors: [String] = []
    func report(_ line: Int, _ column: Int, _ message: String) { errors.append("\(file):\(line):\(column): error: \(message)") }
    let table: [[CSVRows.Cell]]
    do {
      table = try CSVRows(text.hasPrefix("\u{FEFF}") ? String(text.dropFirst()) : text).rows
    } catch {
      throw Failure(description: "\(file):\(error.line):\(error.column): error: \(error.reason)")
    }
    guard let header = table.first else {
      throw Failure(description: "\(file):1:1: error: the file is empty; expected a header")
    }
    var places: [Field: Int] = [:]
    for (place, cell) in header.enumerated() {
      guard let field = Field(rawValue: cell.text) else {
        let near = nearestName(to: cell.text, among: Field.allCases.map(\.rawValue)).map { "; did you mean '\($0)'?" } ?? ""
        report(cell.line, cell.column, "no column is called '\(cell.text)'\(near)")
        continue
      }
      if places.updateValue(place, forKey: field) != nil { report(cell.line, cell.column, "'\(cell.text)' is listed twice") }
    }
    for field in [Field.problem, .optimizer, .seed] where places[field] == nil {
      report(header[0].line, header[0].column, "the header has no '\(field.rawValue)'")
    }
    if places[.trainError] == nil, places[.diverged] == nil {
      report(header[0].line, header[0].column, "the header has neither 'train_error' nor 'diverged'")
    }
    guard errors.isEmpty else { throw Failure(description: errors.joined(separator: "\n")) }
    var rows: [Row] = []
    var seen: [RunPlace: Int] = [:]
    for cells in table.dropFirst() {
      guard cells.count == header.count else {
        let last = cells[min(cells.count, header.count + 1) - 1]
        report(last.line, last.column, "\(counted(cells.count, "cell")), but the header has \(header.count)")
        continue
      }
      let reader = RowReader(cells: cells, places: places, problems: problems)
      for error in reader.errors { report(error.line, error.column, error.reason) }
      guard let row = reader.row else { continue }
      guard conditions.count(where: { row.isOf($0) }) == 1 else {
        let names = conditions.map { $0.description(on: SweepConfiguration.Axis.allCases) }
        report(
          cells[0].line, cells[0].column,
          "expected 'epochs', 'batch_size' and 'l2' of one condition of the results: \(names.joined(separator: "; "))")
        continue
      }
      let place = RunPlace(row)
      if let first = seen.updateValue(cells[0].line, forKey: place) {
        report(cells[0].line, cells[0].column, "the same run as in line \(first)")
      }
      rows.append(row)
    }
    if rows.isEmpty, errors.isEmpty { report(header[0].line, header[0].column, "there are no runs below the header") }
    guard errors.isEmpty else {
      let shown = errors.prefix(20) + (errors.count > 20 ? ["\(file): error: \(errors.count - 20) more"] : [])
      throw Failure(description: shown.joined(separator: "\n"))
    }
    self.rows = rows
  }

  private struct RunPlace: Hashable {
    let problem, optimizer, schedule, rate, condition: String
    let seed: UInt64

    init(_ row: Row) {
      (problem, optimizer, schedule) = (row.run.problem, row.run.optimizer, row.run.schedule)
      (rate, seed) = ("\(row.run.learningRate)", row.run.seed)
      condition = "\([row.epochs, row.batchSize].map { $0.map(String.init) ?? "" }) \(row.l2.map { "\($0)" } ?? "")"
    }
  }

  /// The columns, as `CSVWriter` names them.
  enum Field: Hashable, RawRepresentable, CaseIterable {
    case problem, optimizer, schedule, learningRate, seed, steps, diverged, chosenByError, chosenByLoss
    case epochs, batchSize, l2
    case quantity(Quantity)

    static let trainError = Field.quantity(.trainError)
    static let allCases: [Field] =
      [.problem, .optimizer, .schedule, .learningRate, .seed, .steps] + Quantity.allCases.map { .quantity($0) }
      + [.diverged, .chosenByError, .chosenByLoss, .epochs, .batchSize, .l2]

    var rawValue: String {
      switch self {
      case .problem: "problem"
      case .optimizer: "optimizer"
      case .schedule: "schedule"
      case .learningRate: "learning_rate"
      case .seed: "seed"
      case .steps: "steps"
      case .diverged: "diverged"
      case .chosenByError: "chosen_by_error"
      case .chosenByLoss: "chosen_by_loss"
      case .epochs: "epochs"
      case .batchSize: "batch_size"
      case .l2: "l2"
      case .quantity(let quantity): quantity.rawValue
      }
    }

    init?(rawValue: String) {
      guard let field = Field.allCases.first(where: { $0.rawValue == rawValue }) else { return nil }
      self = field
    }
  }
}

/// One row's cells, checked.
private struct RowReader {
  let cells: [CSVRows.Cell]
  let places: [AddedRuns.Field: Int]
  private(set) var errors: [CSVRows.Malformed] = []
  /// nil if there are errors.
  private(set) var row: AddedRuns.Row?

  init(cells: [CSVRows.Cell], places: [AddedRuns.Field: Int], problems: [String]) {
    (self.cells, self.places) = (cells, places)
    let problem = text(.problem)
    if !problems.contains(problem) {
      let near = nearestName(to: problem, among: problems).map { "; did you mean '\($0)'?" } ?? ""
      fail(.problem, "no problem of the results is called '\(problem)'\(near)")
    }
    if text(.optimizer).isEmpty { fail(.optimizer, "empty; expected the name of the method") }
    let rate = number(.learningRate, "a number above 0, or nothing") { $0 > 0 }
    let seed = text(.seed)
    if UInt64(seed) == nil { fail(.seed, "expected a whole number of at least 0, found '\(seed)'") }
    let steps = whole(.steps)
    let diverged = flag(.diverged)
    _ = (flag(.chosenByError), flag(.chosenByLoss))
    let (epochs, batchSize) = (whole(.epochs), whole(.batchSize))
    let l2 = number(.l2, "a number of at least 0, or nothing") { $0 >= 0 }
    var quantities = Quantities()
    for quantity in Quantity.allCases {
      let expected = quantity.isFraction ? "a fraction from 0 to 1, or nothing" : "a number of at least 0, or nothing"
      quantities[quantity] = number(.quantity(quantity), expected) { $0 >= 0 && (!quantity.isFraction || $0 <= 1) }
    }
    if !diverged, quantities[.trainError] == nil, text(.trainError).isEmpty {
      fail(.trainError, "empty; expected an error, or 1 under 'diverged'")
    }
    guard errors.isEmpty, let number = UInt64(seed) else { return }
    let run = RunRecord(
      key: "", problem: problem, optimizer: text(.optimizer), schedule: text(.schedule), learningRate: rate ?? 0, seed: number,
      steps: steps ?? 0, quantities: diverged ? [:] : quantities, diverged: diverged)
    row = AddedRuns.Row(run: run, epochs: epochs, batchSize: batchSize, l2: l2)
  }

  private func text(_ field: AddedRuns.Field) -> String { places[field].map { cells[$0].text } ?? "" }

  private mutating func fail(_ field: AddedRuns.Field, _ reason: String) {
    let cell = cells[places[field] ?? 0]
    errors.append(CSVRows.Malformed(line: cell.line, column: cell.column, reason: "\(field.rawValue): \(reason)"))
  }

  /// nil for an empty cell.
  private mutating func number(_ field: AddedRuns.Field, _ expected: String, isAllowed: (Double) -> Bool) -> Double? {
    let text = text(field)
    guard !text.isEmpty else { return nil }
    guard let value = Double(text), value.isFinite, isAllowed(value) else {
      fail(field, "expected \(expected), found '\(text)'")
      return nil
    }
    return value
  }

  private mutating func whole(_ field: AddedRuns.Field) -> Int? {
    let text = text(field)
    guard !text.isEmpty else { return nil }
    guard let value = Int(text), value > 0 else {
      fail(field, "expected a whole number above 0, or nothing, found '\(text)'")
      return nil
    }
    return value
  }

  private mutating func flag(_ field: AddedRuns.Field) -> Bool {
    switch text(field) {
    case "", "0": return false
    case "1": return true
    case let text:
      fail(field, "expected 0, 1 or nothing, found '\(text)'")
      return false
    }
  }
}
