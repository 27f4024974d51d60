import Foundation

/// Reads and writes factors s_t in every supported file format.
public enum FactorFile {
  /// Reads lines of numbers, CSV with one column of factors, a one-dimensional NumPy array, or JSON with an array `factors`.
  ///
  /// A column of steps is treated as in a log of norms.
  ///
  /// - Parameter note: called with what a user should know about how the file was read.
  /// - Throws: `ScheduleFileError`, also where a factor is missing, negative or not finite.
  public static func read(_ path: String, note: (LogMessage) -> Void = { _ in }) throws -> [Double] {
    let bytes = try FileBytes.read(path)
    let factors = try values(bytes, path: path, note: note)
    guard !factors.isEmpty else { throw ScheduleFileError(.malformed, path: path, "holds no factors") }
    if let index = factors.firstIndex(where: { !($0 >= 0 && $0.isFinite) }) {
      throw ScheduleFileError(.malformed, path: path, "factor \(index + 1) is not a finite number of 0 or more")
    }
    return factors
  }

  /// Writes `factors` in the form that the path's extension names, numbers with 17 significant digits: `.csv` with columns
  /// `step` (from 0) and `factor`, `.json` with an array `factors`, `.npy` (float64), `.txt` or no extension: one per line.
  ///
  /// - Throws: `ScheduleFileError` of kind `.unwritable`, also for other extensions.
  public static func write(_ factors: [Double], to path: String) throws {
    let file = path.split(separator: "/").last ?? ""
    let dot = file.lastIndex(of: ".").map { file[$0...].lowercased() }
    switch dot {
    case nil, ".txt": try FileBytes.write(lines(factors), to: path)
    case ".csv": try FileBytes.write(csv(factors), to: path)
    case ".json": try FileBytes.write(json(factors), to: path)
    case ".npy": try NumPyArrayFile(shape: [factors.count], float64: factors).write(to: path)
    case let other?:
      throw ScheduleFileError(
        .unwritable, path: path, "the extension '\(other)' is not supported; expected .csv, .json, .npy or .txt")
    }
  }

  /// One factor per line, with 17 significant digits.
  public static func text(_ factors: [Double]) -> String { String(decoding: lines(factors), as: UTF8.self) }

  private static func lines(_ factors: [Double]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(factors.count * 20)
    for factor in factors {
      bytes.append17Digits(factor)
      bytes.append(UInt8(ascii: "\n"))
    }
    return bytes
  }

  private static func csv(_ factors: [Double]) -> [UInt8] {
    var bytes = Array("step,factor\n".utf8)
    for (step, factor) in factors.enumerated() {
      bytes += "\(step),".utf8
      bytes.append17Digits(factor)
      bytes.append(UInt8(ascii: "\n"))
    }
    return bytes
  }

  private static func json(_ factors: [Double]) -> [UInt8] {
    var bytes = Array("{\"factors\": [".utf8)
    for (index, factor) in factors.enumerated() {
      if index > 0 { bytes += ", ".utf8 }
      bytes.append17Digits(factor)
    }
    return bytes + Array("]}\n".utf8)
  }

  private static func values(_ bytes: [UInt8], path: String, note: (LogMessage) -> Void) throws -> [Double] {
    if NumPyArrayFile.hasMagic(bytes) {
      let array = try NumPyArrayFile(bytes: bytes, path: path)
      guard array.shape.count == 1 else {
        throw ScheduleFileError(.malformed, path: path, "an array of \(array.shape.count) dimensions; expected 1")
      }
      return array.doubles
    }
    if path.hasSuffix(".json") || path.hasSuffix(".json.gz") { return try json(bytes, path: path) }
    let series = try NumberSeries(bytes: bytes, path: path, column: nil, norm: .l2) {
      $0 < 0 ? "a negative factor (\(shortText($0))); expected 0 or more" : nil
    }
    // A missing norm is skipped, a missing factor is an error.
    if series.missing > 0 {
      throw ScheduleFileError(
        .malformed, path: path, "\(counted(series.missing, "row")) without a factor; expected one in each")
    }
    if let index = series.values.firstIndex(where: { !$0.isFinite }) {
      throw ScheduleFileError(.malformed, path: path, "factor \(index + 1) is not a finite number of 0 or more")
    }
    let (factors, _, messages) = series.inOrderOfSteps()
    for message in messages { note(message) }
    return factors
  }

  private static func json(_ bytes: [UInt8], path: String) throws -> [Double] {
    struct Object: Decodable { let factors: [Double] }
    let data = Data(bytes)
    do {
      if let object = try? JSONDecoder().decode(Object.self, from: data) { return object.factors }
      return try JSONDecoder().decode([Double].self, from: data)
    } catch {
      throw ScheduleFileError(.malformed, path: path, "no JSON array of numbers, nor an object with one called \"factors\"")
    }
  }
}
