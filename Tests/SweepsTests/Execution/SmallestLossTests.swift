import Foundation
import Synchronization
import Testing

@testable import Sweeps

@Suite struct SmallestLossTests {
  /// A class for each row: no smallest loss is found within the bound, which takes longer by far than all training here.
  private static var data: SweepData {
    SweepData(problems: [TinySweep.problem("noisy", spread: 2), TinySweep.problem("regression", rows: 300, classes: 300)])
  }

  private static var configuration: SweepConfiguration {
    var configuration = TinySweep.configuration
    configuration.schedules = ["linear", "refined"]
    configuration.seeds = 1
    configuration.epochs = 1
    return configuration
  }

  private func runner(_ folder: String, jobs: Int) throws -> SweepRunner {
    try SweepRunner(configuration: Self.configuration, data: Self.data, results: folder, jobs: jobs, version: "test")
  }

  private struct Kind: Decodable {
    let kind: String
  }

  private func kinds(in folder: String) throws -> [String] {
    try String(contentsOfFile: folder + "/details.ndjson", encoding: .utf8).split(separator: "\n").map {
      try JSONDecoder().decode(Kind.self, from: Data($0.utf8)).kind
    }
  }

  @Test(arguments: [1, 3]) func trainingGoesFirst(jobs: Int) throws {
    try TinySweep.withFolder { folder in
      try TinySweep.run(in: folder, configuration: Self.configuration, data: Self.data, jobs: jobs)
      // What belongs to training, the smallest loss of `regression`, and the session's end. One thread does both searches last.
      let kinds = try kinds(in: folder)
      #expect(kinds.suffix(2) == ["optimum", "session"])
      #expect(kinds.filter { $0 == "optimum" }.count == 2)
      if jobs == 1 { #expect(kinds.suffix(3) == ["optimum", "optimum", "session"]) }
    }
  }

  @Test func aSearchThatEndsAtItsBoundIsNotRepeated() throws {
    try TinySweep.withFolder { folder in
      let outcome = try runner(folder, jobs: 2).run()
      let warning = "warning: regression: the smallest training loss was not found within 1.0e10 operations; "
      #expect(outcome.warnings.filter { $0.hasPrefix(warning) }.count == 1)
      let results = try TinySweep.results(in: folder)
      #expect(results.problems.map { $0.optimum != nil } == [true, false])
      #expect(results.warnings.filter { $0.hasPrefix(warning) }.count == 1)
      let plan = try runner(folder, jobs: 2).plan()
      #expect(plan.smallestLosses.map(\.isDone) == [true, true] && plan.estimatedSeconds == 0)
      let again = try runner(folder, jobs: 2).run()
      #expect(again.runsTrained == 0)
      #expect(again.warnings.filter { $0.hasPrefix(warning) }.count == 1)
      #expect(try kinds(in: folder).filter { $0 == "optimum" }.count == 2)
      #expect(try TinySweep.results(in: folder).everything == results.everything)
    }
  }

  @Test func aSearchIsNamedAndCanBeCancelled() throws {
    try TinySweep.withFolder { folder in
      let planned = try runner(folder, jobs: 2).plan()
      #expect(planned.smallestLosses.map(\.problem) == ["noisy", "regression"])
      let seconds = planned.smallestLosses.map(\.estimatedSeconds)
      #expect(seconds[0] < 0.1 && seconds[1] > 0.5)
      #expect(planned.estimatedSeconds > seconds[0] + seconds[1])
      let isNamed = Flag()
      let outcome = try runner(folder, jobs: 2).run(
        progress: { progress in
          guard progress.smallestLosses == ["regression"], progress.runsDone == progress.runsTotal else { return }
          #expect(progress.fraction < 1)
          isNamed.raise()
        },
        isCancelled: { isNamed.isRaised })
      #expect(isNamed.isRaised && outcome.wasCancelled && outcome.warnings.isEmpty)
      let plan = try runner(folder, jobs: 2).plan()
      // Results may still have called for more runs when it was cancelled; none that was finished is lost.
      #expect(plan.runsDone == outcome.runsTrained)
      #expect(plan.smallestLosses.map(\.isDone) == [true, false])
      #expect(try !runner(folder, jobs: 3).run().wasCancelled)
      #expect(try kinds(in: folder).filter { $0 == "optimum" }.count == 2)
      #expect(try runner(folder, jobs: 2).run().runsTrained == 0)
    }
  }
}

private final class Flag: Sendable {
  private let value = Atomic(false)
  func raise() { value.store(true, ordering: .relaxed) }
  var isRaised: Bool { value.load(ordering: .relaxed) }
}
