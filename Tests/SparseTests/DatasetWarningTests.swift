import Testing

@testable import Sparse

@Suite struct DatasetWarningTests {
  private func warnings(_ lines: [String]) throws -> [DatasetWarning] {
    let file = try LIBSVMReader.read(bytes: Array((lines.joined(separator: "\n") + "\n").utf8), name: "text")
    #expect(DatasetInspection(file).warnings == file.data.warnings)
    return file.data.warnings
  }

  /// Rows of the labels in turn.
  private func warnings(rows: Int, labels: [String]) throws -> [DatasetWarning] {
    try warnings((0..<rows).map { "\(labels[$0 % labels.count]) 1:0.\(1 + $0 % 7)" })
  }

  @Test func labelsOfARegression() throws {
    // Whole numbers with gaps, as of the diabetes data.
    #expect(
      try warnings(rows: 442, labels: (0..<214).map { "\(25 + 3 * $0 / 2)" }) == [.regressionTarget(labels: 214, rows: 442)])
    #expect(try warnings(rows: 500, labels: (0..<500).map(String.init)) == [.regressionTarget(labels: 500, rows: 500)])
    #expect(try warnings(rows: 900, labels: (0..<12).map { "\($0).5" }) == [.regressionTarget(labels: 12, rows: 900)])
    #expect(try warnings(rows: 60, labels: (1...21).map(String.init)) == [.regressionTarget(labels: 21, rows: 60)])
    // The sentence that is shown.
    #expect(
      "\(DatasetWarning.regressionTarget(labels: 214, rows: 442))"
        == "214 distinct labels in 442 rows look like a regression target; each is trained as a class of its own")
  }

  @Test func labelsOfClasses() throws {
    // Three rows of each label; codes with gaps, but many rows of each; few classes.
    #expect(try warnings(rows: 60, labels: (1...20).map(String.init)).isEmpty)
    #expect(try warnings(rows: 6_000, labels: (0..<600).map { "\(7 * $0)" }).isEmpty)
    #expect(try warnings(rows: 4, labels: ["-1", "1"]).isEmpty)
    #expect(try warnings(rows: 9, labels: ["0.5", "1.5", "2.5"]).isEmpty)
  }

  @Test func unscaledFeatures() throws {
    #expect(try warnings(["1 1:0.5 2:-30", "2 1:30"]).isEmpty)
    #expect(try warnings(["1 1:0.5 2:-346.5", "2 1:100"]) == [.unscaled(value: -346.5)])
    #expect(try warnings(["1 1:0.5", "2 1:31"]) == [.unscaled(value: 31)])
    #expect("\(DatasetWarning.unscaled(value: 31))".contains("a value of 31 is beyond -30 to 30"))
    #expect("\(DatasetWarning.unscaled(value: 31))".contains("`refinery data scale`"))
  }
}
