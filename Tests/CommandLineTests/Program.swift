import Foundation
import Testing

/// Runs the built `refinery` as a user would.
struct Program {
  struct Result {
    var status: Int32
    var output: String
    var errors: String
  }

  /// Beside the test bundle, where SwiftPM puts every product.
  static let executable: URL = {
    var folder = Bundle.module.bundleURL.deletingLastPathComponent()
    if folder.pathExtension == "xctest" { folder.deleteLastPathComponent() }
    return folder.appendingPathComponent("refinery")
  }()

  static func run(_ arguments: String..., input: Data? = nil, environment: [String: String] = [:]) throws -> Result {
    try run(arguments, input: input, environment: environment)
  }

  /// - Parameters:
  ///   - errors: Where standard error goes instead of into the result.
  ///   - working: The working directory, where it is another one.
  static func run(
    _ arguments: [String], input: Data? = nil, environment: [String: String] = [:], errors: FileHandle? = nil,
    in working: URL? = nil
  ) throws -> Result {
    let process = Process()
    if let working { process.currentDirectoryURL = working }
    process.executableURL = executable
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    let folder = try temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    // Files rather than pipes: no pipe fills up while nobody reads.
    let outputFile = folder.appendingPathComponent("output")
    let errorFile = folder.appendingPathComponent("errors")
    for file in [outputFile, errorFile] { try Data().write(to: file) }
    process.standardOutput = try FileHandle(forWritingTo: outputFile)
    process.standardError = try errors ?? FileHandle(forWritingTo: errorFile)
    let inputFile = folder.appendingPathComponent("input")
    try (input ?? Data()).write(to: inputFile)
    process.standardInput = try FileHandle(forReadingFrom: inputFile)
    try process.run()
    process.waitUntilExit()
    return Result(
      status: process.terminationStatus, output: String(decoding: try Data(contentsOf: outputFile), as: UTF8.self),
      errors: String(decoding: try Data(contentsOf: errorFile), as: UTF8.self))
  }

  static func temporaryFolder() throws -> URL {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("refinery-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder
  }
}

extension Program.Result {
  func json() throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any])
  }
}
