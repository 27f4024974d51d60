/// The gradient norms of a run, as its log file has them.
///
/// Read are, each also gzip-compressed, told apart by their contents:
/// - delimited text (comma, tab, semicolon or blanks), with or without a header, `#` comments, and so plain lines of numbers;
/// - JSON: an object a line (JSON Lines), an array of numbers or of objects, or one object of arrays;
/// - NumPy arrays of float32 or float64: one dimension, or (steps, runs, 2) as `train --norms` writes.
///
///     let log = try NormLog(path: "run.csv", selection: NormLogSelection(column: "grad_norm"))
///
/// What counts is where the log says that the norms belong: rows are sorted by its column of steps, of a step that was logged twice the last
/// row counts, and uneven gaps are interpolated over; `messages` says what was done.
public struct NormLog: Sendable, Hashable {
  public let path: String
  /// Finite, in the order of the steps, evenly spaced.
  public let norms: [Double]
  /// How many were left out because they are not finite.
  public let omitted: Int
  /// The name of the column or key that they come from, where it has one.
  public let column: String?
  /// What a reader of the schedule should know of the log.
  public let messages: [LogMessage]

  /// - Throws: `ScheduleFileError`: no such file; no norms; a negative norm; text that is no number; no such column; several
  ///   columns that could be the norms.
  /// - Complexity: O(size of the file + n log n) for n rows.
  public init(path: String, selection: NormLogSelection = NormLogSelection()) throws {
    let bytes = try FileBytes.read(path)
    self.path = path
    let series: NumberSeries
    if NumPyArrayFile.hasMagic(bytes) {
      series = try Self.norms(of: NumPyArrayFile(bytes: bytes, path: path), selection: selection, path: path)
    } else {
      series = try NumberSeries(bytes: bytes, path: path, column: selection.column, norm: selection.norm) {
        $0 < 0 ? "a negative norm (\(shortText($0))); expected 0 or more" : nil
      }
    }
    column = series.name
    (norms, omitted, messages) = series.inOrderOfSteps()
    guard !norms.isEmpty else {
      throw ScheduleFileError(
        .malformed, path: path,
        series.values.isEmpty && series.missing == 0
          ? "holds no norms" : "none of the \(series.values.count + series.missing) norms is a finite number")
    }
  }

  private static func norms(of array: NumPyArrayFile, selection: NormLogSelection, path: String) throws -> NumberSeries {
    let shape = array.shape
    let values: [Double]
    if shape.count == 1 {
      if let run = selection.run, run != 1 {
        throw ScheduleFileError(.malformed, path: path, "holds one run; there is no run \(run)")
      }
      values = array.doubles
    } else if shape.count == 3, shape[2] == 2 {
      let runs = shape[1]
      guard let run = selection.run ?? (runs == 1 ? 1 : nil) else {
        throw ScheduleFileError(.malformed, path: path, "holds \(runs) runs; choose one with run, 1 to \(runs)")
      }
      guard (1...max(1, runs)).contains(run), runs > 0 else {
        throw ScheduleFileError(.malformed, path: path, "holds \(counted(runs, "run")); there is no run \(run)")
      }
      let all = array.doubles
      let offset = 2 * (run - 1) + (selection.norm == .l1 ? 0 : 1)
      values = (0..<shape[0]).map { all[$0 * 2 * runs + offset] }
    } else {
      throw ScheduleFileError(
        .malformed, path: path,
        "an array of shape (\(shape.map(String.init).joined(separator: ", "))); expected (steps) or (steps, runs, 2)")
    }
    var series = NumberSeries(name: nil)
    for (step, value) in values.enumerated() {
      if value.isFinite, value < 0 {
        throw ScheduleFileError(
          .malformed, path: path, "a negative norm (\(shortText(value))) at step \(step + 1); expected 0 or more")
      }
      series.append(value.isFinite ? value : .nan) { _ in nil }
    }
    return series
  }
}
