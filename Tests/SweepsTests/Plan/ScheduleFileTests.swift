import Foundation
import Schedules
import Testing
import Training

@testable import Sweeps

/// Schedules that come from a file count by what it holds.
@Suite struct ScheduleFileTests {
  private func sweep(_ schedule: String, optimizer: Optimizer = .sgd(), in folder: String) throws -> SweepOutcome {
    var configuration = PlanHistoryTests.configuration
    configuration.schedules = [schedule]
    configuration.optimizers = [optimizer]
    return try TinySweep.run(in: folder, configuration: configuration, data: SweepData(problems: [PlanHistoryTests.alpha]))
  }

  @Test func aTableThatIsReplacedIsTrainedAgain() throws {
    try TinySweep.withFolder { folder in
      let table = folder + ".table"
      defer { try? FileManager.default.removeItem(atPath: table) }
      try "1\n0.5\n0\n".write(toFile: table, atomically: true, encoding: .utf8)
      let first = try sweep("table:file=\(table)", in: folder)
      let before = try SweepResults.load(folder: folder)
      #expect(try sweep("table:file=\(table)", in: folder).runsTrained == 0)
      try "1\n1\n0\n".write(toFile: table, atomically: true, encoding: .utf8)
      let second = try sweep("table:file=\(table)", in: folder)
      #expect(first.runsTrained > 0 && second.runsTrained > 0 && second.runsReused == 0)
      let after = try SweepResults.load(folder: folder)
      #expect(Set(after.runs.map(\.key)).isDisjoint(with: before.runs.map(\.key)))
      #expect(after.otherPlans.first?.contains("table:file=\(table) changed") == true)
      // The same factors by another path are the same runs, under their new name.
      try "1\n1\n0\n".write(toFile: table + "2", atomically: true, encoding: .utf8)
      defer { try? FileManager.default.removeItem(atPath: table + "2") }
      #expect(try sweep("table:file=\(table)2", in: folder).runsTrained == 0)
      #expect(Set(try SweepResults.load(folder: folder).runs.map(\.schedule)) == ["table:file=\(table)2"])
    }
  }

  /// Adam takes the l1 plane of a log that has both, SGD the l2 plane.
  @Test func thePlaneThatTheOptimizerUsesCounts() throws {
    try TinySweep.withFolder { folder in
      let log = folder + ".npy"
      defer { try? FileManager.default.removeItem(atPath: log) }
      func write(l1: (Int) -> Float) throws {
        let values = (0..<50).flatMap { [l1($0), 1 + Float($0 % 3)] }
        try Data(NumPyArrayFile(shape: [50, 1, 2], float32: values).bytes).write(to: URL(fileURLWithPath: log))
      }
      let schedule = "refined:norms=\(log)"
      try write { 3 - Float($0) / 30 }
      _ = try sweep(schedule, optimizer: .adam(), in: folder)
      _ = try sweep(schedule, optimizer: .sgd(), in: folder)
      try write { 1 + Float($0) / 10 }
      #expect(try sweep(schedule, optimizer: .sgd(), in: folder).runsTrained == 0)
      let adam = try sweep(schedule, optimizer: .adam(), in: folder)
      #expect(adam.runsTrained > 0 && adam.runsReused == 0)
    }
  }

  @Test func everyKeyHasTheDigestOfTheFactors() throws {
    let problem = PlanHistoryTests.alpha.summary
    let configuration = PlanHistoryTests.configuration
    let digests = try FactorDigests(of: configuration, problems: [problem])
    let unit = UnitKeys(problem: problem, optimizer: .sgd(), configuration: configuration, factors: digests)
    let steps = FactorDigests.steps(of: problem, configuration: configuration)
    #expect(steps == 20)
    for schedule in configuration.schedules {
      let factors = try Schedule(parsing: schedule).factors(steps: steps)
      #expect(unit.digest(of: schedule) == RunKey.digest(of: factors))
    }
    let line = try JSONEncoder().encode(digests)
    #expect(try JSONDecoder().decode(FactorDigests.self, from: line) == digests)
  }
}
