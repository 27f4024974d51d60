import Testing
import Training

@testable import Sweeps

/// Racing trains fewer runs, and each of them is one of the full sweep.
@Suite struct RacingTests {
  static var configuration: SweepConfiguration {
    var configuration = SchedulePlanTests.configuration
    configuration.seeds = 4
    configuration.racing = 2
    return configuration
  }

  /// The final plan for made-up errors by exponent and seed.
  ///
  /// - Parameter checkpoint: errors halfway, by exponent; nil for no checkpoint.
  private func finished(checkpoint: ((Int) -> Double)? = nil, error: (Int, UInt64) -> Double) -> SchedulePlan {
    var configuration = Self.configuration
    if checkpoint != nil { configuration.checkpoints = [0.5] }
    let unit = UnitKeys(
      problem: RunKeyTests.problem, optimizer: .sgd(), configuration: configuration, factors: FactorDigests())
    let steps = FactorDigests.checkpoints(of: RunKeyTests.problem, configuration: configuration)
    var known: [String: RunRecord] = [:]
    while true {
      let plan = SchedulePlan(
        schedule: "linear", factors: nil, unit: unit, configuration: configuration, known: known)
      if plan.isComplete { return plan }
      for run in plan.missing {
        let value = error(run.learningRate.exponentOf2, run.seed)
        var record = RunRecord(
          key: run.key, problem: "iris", optimizer: "sgd", schedule: run.schedule, learningRate: run.learningRate,
          seed: run.seed, steps: 1, quantities: [.trainError: value, .trainLoss: value], diverged: false)
        if let checkpoint {
          let halfway = checkpoint(run.learningRate.exponentOf2)
          record.checkpoints = steps.map { Checkpoint(step: $0, trainLoss: halfway, trainError: halfway) }
        }
        known[run.key] = record
      }
    }
  }

  private func seeds(_ plan: SchedulePlan) -> [Int: Int] {
    Dictionary(grouping: plan.runs) { $0.learningRate.exponentOf2 }.mapValues(\.count)
  }

  @Test func allSeedsAreForRatesNearTheBest() {
    let plan = finished { exponent, _ in 1 + 0.09 * Double(abs(exponent)) }
    #expect(seeds(plan) == [-2: 2, -1: 4, 0: 4, 1: 4, 2: 2])
    #expect(plan.best?.learningRate == 1 && plan.best?.runs.count == 4)
  }

  @Test func allSeedsAreAlsoForRatesNearTheBestAtACheckpoint() {
    let plan = finished(
      checkpoint: { 1 + abs(Double($0) - 2) }, error: { exponent, _ in 1 + 0.2 * Double(abs(exponent)) })
    #expect(seeds(plan) == [-2: 2, -1: 2, 0: 4, 1: 2, 2: 4])
  }

  @Test func theRateIsChosenWithAllSeeds() {
    // The first two seeds prefer rate 1, all four prefer rate 2.
    let plan = finished { exponent, seed in
      exponent == 1 ? (seed <= 2 ? 1.05 : 0.5) : 1 + 0.2 * Double(abs(exponent))
    }
    #expect(plan.best?.learningRate == 2)
  }

  @Test func theGridGrowsWithAllSeeds() {
    let plan = finished { exponent, _ in 1 + abs(Double(exponent) - 3) }
    #expect(seeds(plan) == [-2: 2, -1: 2, 0: 2, 1: 2, 2: 4, 3: 4, 4: 4])
    #expect(plan.best?.learningRate == 8)
  }

  @Test func aSweepTrainsFewerRunsOfTheSameSweep() throws {
    var configuration = TinySweep.configuration
    configuration.seeds = 4
    let full = try TinySweep.withFolder { folder in
      try TinySweep.run(in: folder, configuration: configuration)
      return try TinySweep.results(in: folder)
    }
    configuration.racing = 2
    try TinySweep.withFolder { folder in
      let countdown = Countdown(200)
      // Interrupted once, and in two shards.
      try TinySweep.run(in: folder, configuration: configuration, isCancelled: { countdown.isOver() })
      for index in 1...2 { try TinySweep.run(in: folder, configuration: configuration, shard: Shard(index: index, count: 2)) }
      let raced = try TinySweep.results(in: folder)
      #expect(raced.incomplete.isEmpty && raced.runs.count < full.runs.count)
      let runs = Dictionary(uniqueKeysWithValues: full.runs.map { ($0.key, $0) })
      let unrefined = raced.runs.filter { !$0.schedule.hasPrefix("refined") }
      #expect(unrefined.allSatisfy { runs[$0.key] == $0 })
      #expect(try TinySweep.run(in: folder, configuration: configuration).runsTrained == 0)
    }
  }
}

extension Double {
  fileprivate var exponentOf2: Int { Int(exponent) }
}
