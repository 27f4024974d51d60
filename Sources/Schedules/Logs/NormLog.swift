import Foundation

/// The gradient norms of a run, read from its log.
///
/// Formats, recognised by content, each optionally gzip-compressed:
/// - delimited text (comma, tab, semicolon or blanks), with or without a header, `#` comments allowed, including plain lines
///   of numbers;
/// - JSON: one object per line (JSON Lines), an array of numbers or of objects, one object of arrays, or TensorBoard's
///   [[time, step, value]];
/// - TensorBoard's event files, and a folder of them as one run;
/// - NumPy arrays of floats or integers: one-dimensional, or (steps, runs, 2) as `train --norms` writes; also as members of a
///   `.npz`.
///
///     let log = try NormLog(path: "run.csv", selection: NormLogSelection(column: "grad_norm"))
///
/// Norms belong to the steps that the log states: rows are sorted by its step column; if a step was logged twice, the last
/// row counts; uneven gaps are interpolated. `messages` says what was done.
public struct NormLog: Sendable, Hashable {
  public let path: String
  /// Finite, in step order, evenly spaced.
  public let norms: [Double]
  /// What `norms` was made from: the norms at the logged steps, ascending, or in file order if the log has no steps.
  public let points: [Point]
  /// The name of the column or key, if it has one.
  public let column: String?
  /// What a user of the schedule should know about the log.
  public let messages: [LogMessage]

  /// A logged norm.
  public struct Point: Sendable, Hashable {
    public var step: Double
    /// NaN where it is not finite and was left out.
    public var norm: Double

    public init(step: Double, norm: Double) {
      self.step = step
      self.norm = norm
    }
  }

  /// Rows without a norm, which are normal in sparse logs.
  public let missing: Int
  /// Norms left out because they are not finite.
  public var omitted: Int { points.count { !$0.norm.isFinite } }

  /// Which norm the column's name states, if any: "grad_norm" is the l2 norm wherever trainers log it.
  public var namedNorm: GradientNorm? { column.flatMap(ColumnNames.loggedNorm) }

  /// - Throws: `ScheduleFileError`: no such file; no norms; a negative norm; text where a number was expected; no such
  ///   column; several columns that could be the norms.
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
