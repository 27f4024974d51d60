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
      #expect(schedule.errors.hasPrefix(warning) && schedule.errors.contains("nothing is smoothed"))
      let bound = try Program.run("bound", "--schedule", "linear", "--norms", path, "--distance", "1", "--json")
      #expect(bound.errors == warning)
      let right = try Program.run(
        "bound", "--schedule", "linear", "--norms", "-", "--distance", "1", "--json", input: Data("4\n3\n2\n1\n".utf8))
      #expect(bound.output == right.output)
    }
  }

  @Test func windowsAndPowers() throws {
    try withLog((0..<60).map { "\(1 + $0 * 7 % 5)" }.joined(separator: "\n")) { path in
      let direct = try Program.run("refine", path, "--window", "7", "--powers", "1/2")
      #expect(direct.status == 0)
      let schedule = try Program.run("schedule", "refined:norms=\(path):window=7:powers=1/2", "--steps", "60")
      #expect(direct.output == schedule.output)
      #expect(
        try Program.run("refine", path, "--norm", "l1").output == Program.run("refine", path, "--optimizer", "adamw").output)
      #expect(
        try Program.run("refine", path, "--powers", "2/2").output == Program.run("refine", path, "--optimizer", "sgd").output)
      #expect(try Program.run("refine", path, "--window", "61").status == 65)
      for arguments in [["--window", "8"], ["--window", "7", "--tau", "0.1"], ["--powers", "2"], ["--optimizer", "sgdd"]] {
        #expect(try Program.run(["refine", path] + arguments).status == 64)
      }
    }
  }

  /// l2 norms, which trainers log, are not what the paper refines for Adam.
  @Test func l2NormsForAdamAreWarnedOf() throws {
    try withLog("step,grad_norm\n" + (0..<40).map { "\($0),\(3 + $0 % 3)\n" }.joined()) { path in
      let adam = try Program.run("refine", path, "--optimizer", "adam")
      #expect(adam.errors.contains("warning: 'grad_norm' are l2 norms"))
      #expect(try adam.output == Program.run("refine", path, "--powers", "1/1").output)
      #expect(try !Program.run("refine", path, "--optimizer", "sgd").errors.contains("l2 norms"))
    }
  }

  @Test func severalRuns() throws {
    try withLog("5\n4\n3\n2\n") { first in
      try withLog("3\n2\n3\n2\n") { second in
        let both = try Program.run("refine", first, second, "--tau", "0")
        let median = try Program.run("refine", "-", "--tau", "0", input: Data("4\n3\n3\n2\n".utf8))
        #expect(both.output == median.output)
        #expect(numbers(both.output).count == 4)
      }
    }
  }

  /// Where the closest polynomial is far off, lines between knots are printed too.
  @Test func fitsSayHowCloseTheyAre() throws {
    let norms = (0..<300).map { "\(0.3 + 2 * exp(-Double($0) / 40))" }.joined(separator: "\n")
    let far = try Program.run("refine", "-", input: Data(norms.utf8)).errors
    #expect(far.contains("root mean square"))
    #expect(far.contains("closer: piecewise:knots=0@"))
    #expect(far.contains("max(0, "))
    let near = try Program.run("refine", "-", input: Data(String(repeating: "1\n", count: 300).utf8)).errors
    #expect(near.contains("largest 0.00"))
    #expect(!near.contains("piecewise"))
  }

  @Test func codeGoesToAFile() throws {
    try withLog("step,grad_norm\n" + (0..<40).map { "\($0),\(3 + $0 % 3)\n" }.joined()) { path in
      let out = path + ".py"
      let result = try Program.run("refine", path, "--emit", "pytorch", "--out", out)
      #expect(result.output.isEmpty)
      let code = try String(contentsOfFile: out, encoding: .utf8)
      #expect(code.hasPrefix("# Refined by refinery "))
      #expect(code.contains("40 norms (l2, running median over 5, powers 2/2)"))
      #expect(code.contains("# \(path), grad_norm\n"))
      #expect(try Program.run("refine", path, "--emit", "pytorch").output == code)
      let factors = path + ".txt"
      #expect(try Program.run("refine", path, "--emit", "optax", "--out", factors).output.contains("jnp"))
      #expect(try numbers(String(contentsOfFile: factors, encoding: .utf8)).count == 40)
    }
  }

  /// A gap and a norm that was left out show in the figure of the log.
  @Test func plots() throws {
    try withLog(
      "step,grad_norm\n" + (0..<40).filter { $0 != 20 }.map { "\($0 < 20 ? $0 : $0 + 30),\($0 == 9 ? "nan" : "3")\n" }.joined()
    ) { path in
      let plot = path + ".svg"
      #expect(try Program.run("refine", path, "--window", "5", "--plot", plot).status == 0)
      let svg = try String(contentsOfFile: plot, encoding: .utf8)
      #expect(svg.contains("smoothed, window 5"))
      #expect(svg.contains("</svg>"))
    }
  }

  @Test func normLogger() throws {
    let result = try Program.run("emit", "norm-logger", "pytorch")
    #expect(result.status == 0)
    #expect(result.output.contains("class NormLogger"))
    #expect(try Program.run("emit", "norm-logger", "jax").output.contains("jax.device_get"))
    #expect(try Program.run("emit", "norm-logger", "pytoch").status == 64)
  }
}
