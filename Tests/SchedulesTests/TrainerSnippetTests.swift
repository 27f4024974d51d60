import Foundation
import Testing

@testable import Schedules

struct TrainerSnippetTests {
  /// A Python interpreter: REFINERY_PYTHON, or the `python3` of the path.
  private static let python = ProcessInfo.processInfo.environment["REFINERY_PYTHON"] ?? "python3"

  private static func run(_ arguments: [String]) -> (status: Int32, output: String) {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [python] + arguments
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return (127, "") }
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: data, as: UTF8.self))
  }

  private static func has(_ module: String) -> Bool {
    run(["-c", "import importlib.util, sys; sys.exit(importlib.util.find_spec('\(module)') is None)"]).status == 0
  }

  /// What the snippet trains with in PyTorch's own optimizer, for as many steps as factors and for twice as many.
  @Test(.enabled(if: has("torch"), "needs Python with torch; REFINERY_PYTHON names the interpreter"))
  func runsInPyTorch() throws {
    let folder = try TemporaryFolder()
    let factors = try Schedule(parsing: "cosine:warmup=0.1").factors(steps: 300)
    _ = try folder.file("snippet.py", TrainerSnippet.pytorch.code(for: factors))
    let script = try folder.file(
      "main.py",
      """
      import torch
      from snippet import refined_schedule

      for total_steps in (300, 600):
          optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
          scheduler = refined_schedule(optimizer, total_steps)
          for _ in range(total_steps):
              print(optimizer.param_groups[0]["lr"])
              optimizer.step()
              scheduler.step()
      """)
    let (status, output) = Self.run([script])
    #expect(status == 0)
    let rates = output.split(separator: "\n").compactMap { Double($0) }
    try #require(rates.count == 900)
    #expect(absoluteDifference(Array(rates[..<300]), factors) < 1e-12)
    #expect(absoluteDifference(Array(rates[300...]), linearlyInterpolated(factors, count: 600)) < 1e-12)
  }

  @Test(.enabled(if: has("ast"), "needs Python"), arguments: TrainerSnippet.allCases)
  func isPython(framework: TrainerSnippet) throws {
    let folder = try TemporaryFolder()
    let path = try folder.file("snippet.py", framework.code(for: [1, 0.5, 0]))
    #expect(Self.run(["-c", "import ast, sys; ast.parse(open(sys.argv[1]).read())", path]).status == 0)
  }

  /// Tables longer than 1,000 are thinned out as far as they stay within 0.001.
  @Test(arguments: TrainerSnippet.allCases)
  func longTablesAreThinnedOut(framework: TrainerSnippet) throws {
    func table(_ factors: [Double]) throws -> [Double] {
      let code = framework.code(for: factors)
      let rows = try #require(code.split(separator: "FACTORS = [\n").last?.split(separator: "\n]").first)
      return rows.split { $0 == "," || $0 == "\n" || $0 == " " }.compactMap { Double($0) }
    }
    let smooth = try Schedule(parsing: "cosine").factors(steps: 5000)
    #expect(try table(smooth).count < 500)
    #expect(try absoluteDifference(linearlyInterpolated(table(smooth), count: 5000), smooth) < 1e-3)
    let rough = (0..<1500).map { Double($0 % 2) }
    #expect(try table(rough) == rough)
    let short = try Schedule(parsing: "cosine").factors(steps: 1000)
    #expect(try table(short) == short)
  }
}
