import Foundation
import Testing
import Training

@testable import Sweeps

@Suite struct SweepRunnerTests {
  @Test func aSweepTrainsWhatTheProtocolAsksForOnce() throws {
    try TinySweep.withFolder { folder in
      let outcome = try TinySweep.run(in: folder)
      #expect(!outcome.wasCancelled && outcome.runsReused == 0)
      let results = try TinySweep.results(in: folder)
      #expect(outcome.runsTrained == results.runs.count)
      #expect(results.problems.map(\.name) == ["clean", "noisy"])
      #expect(results.problems.allSatisfy { $0.optimum != nil })
      #expect(results.refinements.count == 4)
      #expect(results.traces.count == 16)
      for problem in ["clean", "noisy"] {
        for optimizer in ["adam", "sgd"] {
          for schedule in TinySweep.configuration.spellings {
            let runs = results.runs.filter {
              $0.problem == problem && $0.optimizer == optimizer && $0.schedule == schedule
            }
            #expect(Set(runs.map(\.learningRate)).isSuperset(of: [0.125, 0.25, 0.5, 1]))
            #expect(runs.count % 3 == 0 && Set(runs.map(\.key)).count == runs.count)
            #expect(runs.map(\.steps).allSatisfy { $0 == (problem == "clean" ? 12 : 20) })
          }
        }
      }
      #expect(results.runs.allSatisfy { $0.diverged || ($0[.trainLoss] != nil && $0[.testLoss] == $0[.trainLoss]) })
      let again = try TinySweep.run(in: folder)
      #expect(again.runsTrained == 0 && again.runsReused == outcome.runsTrained)
      #expect(try TinySweep.results(in: folder).everything == results.everything)
    }
  }

  /// The figure of losses shows each schedule at the rate with the lowest loss or, with l2, objective.
  @Test(arguments: [0, 0.3])
  func theRunsThatTheFigureOfLossesShowsAreTraced(l2: Double) throws {
    try TinySweep.withFolder { folder in
      var configuration = TinySweep.configuration
      configuration.l2Axis = [l2]
      configuration.optimizers = [.sgd()]
      try TinySweep.run(in: folder, configuration: configuration)
      let results = try TinySweep.results(in: folder)
      let runs = Dictionary(grouping: results.runs) { [$0.problem, $0.schedule] }
      let criterion = l2 > 0 ? BestRate.Criterion.trainObjective : .trainLoss
      let shown = runs.values.compactMap { BestRate.select(from: $0, by: criterion)?.runs.first?.key }
      #expect(shown.count == 8 && Set(results.traces.map(\.key)) == Set(shown))
      let byLoss = runs.values.compactMap { BestRate.select(from: $0, by: .trainLoss)?.runs.first?.key }
      #expect((Set(byLoss) == Set(shown)) == (l2 == 0))
    }
  }

  @Test(arguments: [1, 3, 7])
  func threadsDoNotMatter(jobs: Int) throws {
    let expected = try TinySweep.withFolder { folder in
      try TinySweep.run(in: folder, jobs: 2)
      return try TinySweep.results(in: folder)
    }
    try TinySweep.withFolder { folder in
      try TinySweep.run(in: folder, jobs: jobs)
      #expect(try TinySweep.results(in: folder).everything == expected.everything)
    }
  }

  @Test func interruptionsDoNotMatter() throws {
    let expected = try TinySweep.withFolder { folder in
      try TinySweep.run(in: folder)
      return try TinySweep.results(in: folder)
    }
    try TinySweep.withFolder { folder in
      var trained = 0
      var interruptions = 0
      for patience in [1, 2, 3, 5, 8, 12, 16, 20, 24, 28] {
        let countdown = Countdown(patience)
        let outcome = try TinySweep.run(in: folder) { countdown.isOver() }
        trained += outcome.runsTrained
        interruptions += outcome.wasCancelled ? 1 : 0
      }
      trained += try TinySweep.run(in: folder).runsTrained
      #expect(interruptions > 3)
      #expect(trained == expected.runs.count)
      #expect(try TinySweep.results(in: folder).everything == expected.everything)
    }
  }
}
