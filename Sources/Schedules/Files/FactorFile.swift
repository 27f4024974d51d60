import Foundation

/// Factors s_t in a file, in every form that they are written in.
public enum FactorFile {
  /// Reads lines of numbers, CSV with one column of factors, a one-dimensional NumPy array, or JSON with an array `factors`.
  ///
  /// - Throws: `ScheduleFileError`, also where a factor is missing, negative or not finite.
  public static func read(_ path: String) throws -> [Double] {
    let bytes = try FileBytes.read(path)
    let factors = try values(bytes, path: path)
    guard !factors.isEmpty else { throw ScheduleFileError(.malformed, path: path, "holds no factors") }
    if let index = factors.firstIndex(where: { !($0 >= 0 && $0.isFinite) }) {
      throw ScheduleFileError(.malformed, path: path, "factor \(index + 1) is not a finite number of 0 or more")
    }
    return factors
  }

  private static func values(_ bytes: [UInt8], path: String) throws -> [Double] {
    if NumPyArrayFile.hasMagic(bytes) {
      let array = try NumPyArrayFile(bytes: bytes, path: path)
      guard array.shape.count == 1 else {
        throw ScheduleFileError(.malformed, path: path, "an array of \(array.shape.count) dimensions; expected 1")
      }
      return array.doubles
    }
    if path.hasSuffix(".json") || path.hasSuffix(".json.gz") { return try json(bytes, path: path) }
    return try NumberSeries(bytes: bytes, path: path, column: nil) {
      $0 < 0 ? "a negative factor (\(shortText($0))); expected 0 or more" : nil
    }.values
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
