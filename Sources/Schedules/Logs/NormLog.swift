import Foundation

/// The gradient norms of a run, as its log file has them.
///
/// Read are, each also gzip-compressed, told apart by their contents:
/// - delimited text (comma, tab, semicolon or blanks), with or without a header, `#` comments, and so plain lines of numbers;
/// - JSON: an object a line (JSON Lines), an array of numbers or of objects, one object of arrays, or TensorBoard's [[time,
///   step, value]];
/// - TensorBoard's event files, and a folder of them as one run;
/// - NumPy arrays of float32 or float64: one dimension, or (steps, runs, 2) as `train --norms` writes; also as members of a
///   `.npz`.
///
///     let log = try NormLog(path: "run.csv", selection: NormLogSelection(column: "grad_norm"))
///
/// What counts is where the log says that the norms belong: rows are sorted by its column of steps, of a step that was logged
/// twice the last row counts, and uneven gaps are interpolated over; `messages` says what was done.
public struct NormLog: Sendable, Hashable {
  public let path: String
  /// Finite, in the order of the steps, evenly spaced.
  public let norms: [Double]
  /// What they come from: the norms at the steps that the log gives, ascending, or as they stand where it gives none.
  public let points: [Point]
  /// The name of the column or key that they come from, where it has one.
  public let column: String?
  /// What a reader of the schedule should know of the log.
  public let messages: [LogMessage]

  /// A norm of the log.
  public struct Point: Sendable, Hashable {
    public var step: Double
    /// NaN where it is not finite and was left out.
    public var norm: Double

    public init(step: Double, norm: Double) {
      self.step = step
      self.norm = norm
    }
  }

  /// How many rows have none, as is normal in sparse logs.
  public let missing: Int
  /// How many were left out because they are not finite.
  public var omitted: Int { points.count { !$0.norm.isFinite } }

  /// Which norm the column's name says, if it does: "grad_norm" is the l2 norm wherever trainers log it.
  public var namedNorm: GradientNorm? { column.flatMap(ColumnNames.loggedNorm) }

  /// - Throws: `ScheduleFileError`: no such file; no norms; a negative norm; text that is no number; no such column; several
  ///   columns that could be the norms.
  /// - Complexity: O(size of the file + n log n) for n rows.
  public init(path: String, selection: NormLogSelection = NormLogSelection()) throws {
    self.path = path
    let series = try Self.series(path, selection)
    if let index = series.values.firstIndex(where: { $0 < 0 }) {
      throw ScheduleFileError(
        .malformed, path: path, "a negative norm (\(shortText(series.values[index]))) at step \(index + 1); expected 0 or more")
    }
    column = series.name
    missing = series.missing
    (norms, points, messages) = series.inOrderOfSteps()
    guard !norms.isEmpty else {
      throw ScheduleFileError(
        .malformed, path: path,
        series.values.isEmpty && series.missing == 0
          ? "holds no norms" : "none of the \(series.values.count + series.missing) norms is a finite number")
    }
  }

  private static func series(_ path: String, _ selection: NormLogSelection) throws -> NumberSeries {
    var isDirectory: ObjCBool = false
    if path != "-", FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory), isDirectory.boolValue {
      return try EventFile(folder: path).series(tag: selection.column, norm: selection.norm, path: path)
    }
    let bytes = try FileBytes.read(path)
    let arrays = NumPyLog(path: path, selection: selection)
    if NumPyArrayFile.hasMagic(bytes) { return try arrays.series(of: NumPyArrayFile(bytes: bytes, path: path)) }
    if ZipArchive.hasMagic(bytes) { return try arrays.series(of: ZipArchive(bytes, path: path)) }
    if EventFile.isOne(bytes, path: path) {
      return try EventFile(bytes, path: path).series(tag: selection.column, norm: selection.norm, path: path)
    }
    return try NumberSeries(bytes: bytes, path: path, column: selection.column, norm: selection.norm) {
      $0 < 0 ? "a negative norm (\(shortText($0))); expected 0 or more" : nil
    }
  }
}
