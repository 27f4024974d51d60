import Foundation
import Testing

/// What `refine`, `bound` and `schedule` say of the logs that they read.
@Suite struct RefineCommandTests {
  private func withLog(_ text: String, _ body: (String) throws -> Void) throws {
    let folder = try Program.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appendingPathComponent("norms.csv").path
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    try body(path)
  }

  private func numbers(_ text: String) -> [Double] { text.split(separator: "\n").compactMap { Double($0) } }

  @Test func stepsAreUsedByEveryCommand() throws {
    let factors = numbers(try Program.run("refine", "-", input: Data("4\n3\n2\n1\n".utf8)).output)
    #expect(factors.count == 4)
    try withLog("step,gnorm\n3,1\n2,2\n1,3\n0,4\n") { path in
      let warning = "\(path): warning: rows are not in the order of 'step'; sorted by it\n"
      let refined = try Program.run("refine", path)
      #expect(numbers(refined.output) == factors)
      #expect(refined.errors.hasPrefix(warning))
      let schedule = try Program.run("schedule", "refined:norms=\(path)", "--steps", "4")
      #expect(numbers(schedule.output) == factors)
      #expect(schedule.errors == warning)
      let bound = try Program.run("bound", "--schedule", "linear", "--norms", path, "--distance", "1", "--json")
      #expect(bound.errors == warning)
      let right = try Program.run(
        "bound", "--schedule", "linear", "--norms", "-", "--distance", "1", "--json", input: Data("4\n3\n2\n1\n".utf8))
      #expect(bound.output == right.output)
    }
  }

  /// The printed line of Python, evaluated up to and beyond the end of the run.
  @Test func theLineOfPythonEndsAtZero() throws {
    let norms = (0..<300).map { "\(0.3 + 2 * exp(-Double($0) / 40))" }.joined(separator: "\n")
    let result = try Program.run("refine", "-", input: Data(norms.utf8))
    let line = try #require(
      result.errors.split(separator: "\n").first { $0.contains("Python: ") }?.split(separator: "Python: ").last)
    #expect(line.contains("max(0, "))
  }
}
