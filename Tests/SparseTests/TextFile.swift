import Foundation
import Sparse

/// A file of a test, in a folder of its own that goes with it.
final class TextFile {
  let folder: URL
  let path: String

  init(_ text: String, name: String = "data") throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "refinery-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let url = folder.appending(path: name)
    try Data(text.utf8).write(to: url)
    path = url.path
  }

  init(bytes: [UInt8], name: String = "data") throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "refinery-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let url = folder.appending(path: name)
    try Data(bytes).write(to: url)
    path = url.path
  }

  deinit { try? FileManager.default.removeItem(at: folder) }
}

/// Reads text through a file.
func read(_ text: String, options: ReadingOptions = ReadingOptions()) throws -> LIBSVMFile {
  let file = try TextFile(text)
  return try withExtendedLifetime(file) { try LIBSVMReader.read(path: file.path, options: options) }
}

/// `LINE:COLUMN: MESSAGE` of every error that reading the text gives.
func errors(in text: String, options: ReadingOptions = ReadingOptions()) throws -> [String] {
  let file = try TextFile(text)
  do {
    defer { withExtendedLifetime(file) {} }
    _ = try LIBSVMReader.read(path: file.path, options: options)
    return []
  } catch {
    return error.errors.map { "\($0.line ?? 0):\($0.column ?? 0): \($0.message)" }
  }
}

/// Text compressed with gzip, as one member.
func gzip(_ text: [UInt8]) throws -> [UInt8] {
  var compressed: [UInt8] = []
  let deflater = try GzipDeflater(name: "text") { compressed += $0 }
  try text.withUnsafeBytes { try deflater.append($0) }
  try deflater.finish()
  return compressed
}

/// Lines of all lengths, with and without a newline at the end.
let textsOfManyLineLengths = [
  "", "\n", "a", "a\n", "\n\n\n", "a\nbb\n\ncccccccccccc\nd", "a\nbb\n\ncccccccccccc\nd\n", "cccccccccccccccc\n\nd",
]

/// The seed of random texts: `REFINERY_TEST_SEED`, or 1. A failure prints it.
let testSeed = ProcessInfo.processInfo.environment["REFINERY_TEST_SEED"].flatMap { UInt64($0) } ?? 1
