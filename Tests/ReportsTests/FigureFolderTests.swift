import Foundation
import Sweeps
import Testing

@testable import Reports

@Suite struct FigureFolderTests {
  private static let first = SyntheticSweep(seeds: 3).results()
  private static let second = SyntheticSweep(schedules: ["flat", "linear", "cosine"], seeds: 3).results()

  private func inTemporaryFolder(_ body: (URL) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "refinery-figures-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder)
  }

  /// Paths and bytes of all files.
  private func contents(_ folder: URL) throws -> [String: Data] {
    var files: [String: Data] = [:]
    for path in try FileManager.default.subpathsOfDirectory(atPath: folder.path) {
      let file = folder.appending(path: path)
      if let data = try? Data(contentsOf: file) { files[path] = data }
    }
    return files
  }

  @Test func twoReportsInOneFolderKeepTheirFigures() throws {
    try inTemporaryFolder { folder in
      let (a, b) = (folder.appending(path: "A.md"), folder.appending(path: "B & C.md"))
      #expect(try Report(Self.first).write(to: a, format: .markdown).figureFolder == "figures")
      let before = try contents(folder)
      #expect(try Report(Self.second).write(to: b, format: .markdown).figureFolder == "B & C-figures")
      #expect(try contents(folder).filter { before.keys.contains($0.key) } == before)
      let text = try String(contentsOf: b, encoding: .utf8)
      #expect(text.contains("(B%20%26%20C-figures/loss-adam.svg)"))
      #expect(FileManager.default.fileExists(atPath: folder.appending(path: "B & C-figures/loss-adam.svg").path))
      let both = try contents(folder)
      try Report(Self.first).write(to: a, format: .markdown)
      try Report(Self.second).write(to: b, format: .markdown)
      #expect(try contents(folder) == both)
    }
  }

  @Test func figuresOfAReportThatIsGoneAreReplaced() throws {
    try inTemporaryFolder { folder in
      let (a, b) = (folder.appending(path: "A.md"), folder.appending(path: "B.md"))
      try Report(Self.first).write(to: a, format: .markdown)
      try Report(Self.second).write(to: b, format: .markdown)
      try FileManager.default.removeItem(at: a)
      #expect(try Report(Self.second).write(to: b, format: .markdown).figureFolder == "figures")
      #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "B-figures").path))
    }
  }

  @Test func staleFiguresOfItsOwnAreRemovedAndNoOthers() throws {
    try inTemporaryFolder { folder in
      let report = folder.appending(path: "REPORT.md")
      let (drawn, old) = (folder.appending(path: "figures/drawn.svg"), folder.appending(path: "figures/refined-sgd.svg"))
      try Report(Self.first).write(to: report, format: .markdown)
      try Data("<svg></svg>".utf8).write(to: drawn)
      #expect(FileManager.default.fileExists(atPath: old.path))
      let written = try Report(Self.second).write(to: report, format: .markdown)
      #expect(written.figureFolder == "figures")
      #expect(!FileManager.default.fileExists(atPath: old.path))
      #expect(FileManager.default.fileExists(atPath: drawn.path))
      let names = try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: "figures").path)
      #expect(names.count == written.figures + 1)
    }
  }

  @Test func reportsOfOneStemDoNotShareAFolder() throws {
    try inTemporaryFolder { folder in
      let names = try ["A.md", "A.markdown", "A.txt"].map { name in
        try Report(Self.second).write(to: folder.appending(path: name), format: .markdown).figureFolder
      }
      #expect(names == ["figures", "A-figures", "A.txt-figures"])
    }
  }
}
