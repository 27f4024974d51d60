import Foundation
import Testing

@testable import Reports

/// A whole report, word for word. After an intended change: `REFINERY_WRITE_GOLDEN=1 swift test --filter GoldenReportTests`, and read
/// the difference.
@Suite struct GoldenReportTests {
  @Test func theReportIsTheGoldenOne() throws {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/golden-report.md")
    let text = try Report(SyntheticSweep(seeds: 4).results()).render(.markdown).text
    if ProcessInfo.processInfo.environment["REFINERY_WRITE_GOLDEN"] != nil {
      try text.write(to: file, atomically: true, encoding: .utf8)
    }
    let golden = try String(contentsOf: file, encoding: .utf8)
    for (line, (found, expected)) in zip(text.split(separator: "\n"), golden.split(separator: "\n")).enumerated()
    where found != expected {
      Issue.record("line \(line + 1): found \(found), expected \(expected)")
    }
    #expect(text == golden)
  }
}
