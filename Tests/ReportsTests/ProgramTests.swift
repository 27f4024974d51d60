import Foundation
import Testing

@testable import Reports

/// The exports in the programs that they are for; left out where those are not installed.
@Suite struct ProgramTests {
  private static func program(_ names: [String]) -> String? {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    return names.flatMap { name in folders.map { "\($0)/\(name)" } }.first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  private static let chromium = program(["chromium", "chromium-browser", "google-chrome"])
  private static let python = program(["python3"])
  private static let latex = program(["pdflatex"])
  private static let unicodeLaTeX = program(["xelatex", "lualatex"])

  /// - Returns: exit code and what was printed.
  private func run(_ program: String, _ arguments: [String], in folder: URL) throws -> (Int32, String) {
    let process = Process()
    process.executableURL = URL(filePath: program)
    process.arguments = arguments
    process.currentDirectoryURL = folder
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: output, as: UTF8.self))
  }

  private func inTemporaryFolder(_ body: (URL) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "refinery-programs-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder)
  }

  @Test(.enabled(if: chromium != nil && python != nil))
  func theHTMLWorksInABrowser() throws {
    try inTemporaryFolder { folder in
      let page = folder.appending(path: "report.html")
      try Report(SyntheticSweep(seeds: 4).results()).write(to: page, format: .html)
      let script = try #require(Bundle.module.url(forResource: "browser", withExtension: "py", subdirectory: "Fixtures"))
      let (code, output) = try run(Self.python ?? "", [script.path, Self.chromium ?? "", page.path], in: folder)
      #expect(code == 0, "\(output)")
    }
  }

  @Test(.enabled(if: latex != nil))
  func theLaTeXCompiles() throws {
    try inTemporaryFolder { folder in
      try Report(SyntheticSweep(seeds: 4).results()).write(to: folder.appending(path: "report.tex"), format: .latex)
      let (code, output) = try run(
        Self.latex ?? "", ["-interaction=nonstopmode", "-halt-on-error", "report.tex"], in: folder)
      #expect(code == 0, "\(output)")
      #expect(!output.contains("Overfull"), "\(output)")
      #expect(FileManager.default.fileExists(atPath: folder.appending(path: "report.pdf").path))
    }
  }

  @Test(.enabled(if: latex != nil))
  func accentsAndSignsCompile() throws {
    try compile(
      named: "\u{E9}\u{17C}\u{142}\u{DF}\u{3B1}\u{2192}\u{A7}\u{B5}\u{1EA5} a_b%#&{}\\~^<>|\u{201C}x\u{201D}", with: Self.latex)
  }

  @Test(.enabled(if: unicodeLaTeX != nil))
  func otherAlphabetsCompile() throws {
    try compile(named: "\u{441}\u{442}\u{435}\u{43A}\u{43B}\u{43E} \u{E9}_1", with: Self.unicodeLaTeX)
  }

  private func compile(named name: String, with program: String?) throws {
    let results = SyntheticSweep(problems: [(name: name, error: 0.2, rows: 200, classes: 3)], seeds: 3).results()
    try inTemporaryFolder { folder in
      try Report(results).write(to: folder.appending(path: "report.tex"), format: .latex)
      let (code, output) = try run(program ?? "", ["-interaction=nonstopmode", "-halt-on-error", "report.tex"], in: folder)
      #expect(code == 0, "\(output)")
      #expect(!output.contains("Missing character"), "\(output)")
    }
  }
}
