import Foundation
import Testing

@testable import Sweeps

/// A cell is complete when every rate and seed that the plan asks for is there.
@Suite struct CompletenessTests {
  /// Loads a finished sweep of which some runs are lost.
  private func incomplete(
    highestExponent: Int = 0, without isLost: (RunRecord) -> Bool
  ) throws -> [IncompleteSchedule] {
    try TinySweep.withFolder { folder in
      try PlanHistoryTests.run([PlanHistoryTests.alpha, PlanHistoryTests.beta], in: folder) {
        $0.schedules = ["flat", "refined"]
        ($0.minimumExponent, $0.maximumExponent) = (highestExponent - 3, highestExponent)
        $0.minimumExtendedExponent = -12
      }
      let results = try SweepResults.load(folder: folder)
      #expect(results.incomplete.isEmpty)
      let kept = results.runs.filter { !isLost($0) }
      #expect(kept.count < results.runs.count)
      let prior = try JournalContents(folder: folder).runs.values.filter { $0.schedule == "linear" }
      try (kept + prior).map(\.journalLine).joined().write(toFile: folder + "/runs.jsonl", atomically: true, encoding: .utf8)
      return try SweepResults.load(folder: folder).incomplete
    }
  }

  @Test func oneLostRunOfTheGrid() throws {
    let lost = try incomplete { run in
      run.problem == "alpha" && run.schedule == "flat" && run.learningRate == 0.25 && run.seed == 2
    }
    #expect(lost.map(\.problem) == ["alpha"] && lost.map(\.schedule) == ["flat"] && lost.map(\.optimizer) == ["sgd"])
    #expect(lost[0].missingRuns == 1 && lost[0].runs >= 7)
  }

  @Test func anExtensionThatTheResultsAskFor() throws {
    // Rates that are far too low: the grid is extended.
    let lost = try incomplete(highestExponent: -8) { run in run.schedule == "flat" && run.learningRate > exp2(-8) }
    #expect(!lost.isEmpty && lost.allSatisfy { $0.schedule == "flat" && $0.missingRuns == 2 })
  }

  @Test func allOfOneSchedule() throws {
    let lost = try incomplete { run in run.problem == "beta" && run.schedule == "refined" }
    #expect(lost.map(\.problem) == ["beta"] && lost[0].runs == 0 && lost[0].missingRuns == 8)
  }

  /// Without its prior it is not known what is asked of a refined schedule, but that it is not complete.
  @Test func whatIsNotRefinedYet() throws {
    try TinySweep.withFolder { folder in
      try PlanHistoryTests.run([PlanHistoryTests.alpha], in: folder) { $0.schedules = ["flat", "refined"] }
      let runs = try JournalContents(folder: folder).runs.values.filter { $0.schedule == "flat" }
      try runs.map(\.journalLine).joined().write(toFile: folder + "/runs.jsonl", atomically: true, encoding: .utf8)
      #expect(try SweepResults.load(folder: folder).incomplete.map(\.schedule) == ["refined"])
    }
  }
}
