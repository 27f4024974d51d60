import Foundation

/// The JSON file `name` of the fixtures folder.
func fixture<Content: Decodable>(_ name: String, as type: Content.Type) throws -> Content {
  let url = Bundle.module.bundleURL.appendingPathComponent("Fixtures/\(name)")
  let decoder = JSONDecoder()
  decoder.keyDecodingStrategy = .convertFromSnakeCase
  return try decoder.decode(type, from: Data(contentsOf: url))
}

/// A folder for the duration of a test.
final class TemporaryFolder {
  let url = FileManager.default.temporaryDirectory.appendingPathComponent("schedules-\(UUID().uuidString)")

  init() throws { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) }
  deinit { try? FileManager.default.removeItem(at: url) }

  func path(_ name: String) -> String { url.appendingPathComponent(name).path }

  /// Writes `text` and returns its path.
  func file(_ name: String, _ text: String) throws -> String {
    try Data(text.utf8).write(to: url.appendingPathComponent(name))
    return path(name)
  }
}

/// The largest difference of two sequences relative to the larger one of the two values (1 where their lengths differ).
func relativeDifference(_ a: [Double], _ b: [Double]) -> Double {
  guard a.count == b.count else { return 1 }
  return zip(a, b).map { $0 == $1 ? 0 : abs($0 - $1) / max(abs($0), abs($1)) }.max() ?? 0
}

/// The largest difference of two sequences (1 where their lengths differ).
func absoluteDifference(_ a: [Double], _ b: [Double]) -> Double {
  guard a.count == b.count else { return 1 }
  return zip(a, b).map { abs($0 - $1) }.max() ?? 0
}

/// What `body` throws, as it is printed; nil where it throws nothing.
func errorText(_ body: () throws -> Void) -> String? {
  do {
    try body()
    return nil
  } catch { return "\(error)" }
}
