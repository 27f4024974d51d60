import Foundation

/// A Python interpreter: REFINERY_PYTHON, or the `python3` of the path.
enum Python {
  private static let interpreter = ProcessInfo.processInfo.environment["REFINERY_PYTHON"] ?? "python3"

  static func run(_ arguments: [String]) -> (status: Int32, output: String) {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [interpreter] + arguments
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    process.environment = ProcessInfo.processInfo.environment.merging(["KERAS_BACKEND": "torch", "JAX_PLATFORMS": "cpu"]) { $1 }
    guard (try? process.run()) != nil else { return (127, "") }
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: data, as: UTF8.self))
  }

  static func has(_ modules: String...) -> Bool {
    let names = modules.map { "'\($0)'" }.joined(separator: ", ")
    return run(["-c", "from importlib.util import find_spec; import sys; sys.exit(not all(find_spec(m) for m in (\(names),)))"])
      .status == 0
  }
}
