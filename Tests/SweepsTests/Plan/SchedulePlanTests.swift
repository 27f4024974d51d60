import Foundation
import Testing
import Training

@testable import Sweeps

/// The grid follows the results; these are made up.
@Suite struct SchedulePlanTests {
  static let configuration: SweepConfiguration = {
    var configuration = SweepConfiguration()
    configuration.minimumExponent = -2
    configuration.maximumExponent = 2
    configuration.minimumExtendedExponent = -5
    configuration.maximumExtendedExponent = 6
    configuration.seeds = 2
    return configuration
  }()

  /// Plans and "trains" until nothing is missing; the error of a run depends on its rate's exponent, nil is divergence.
  func finished(error: (Int) -> Double?) -> (plan: SchedulePlan, exponents: [Int], rounds: Int) {
    let unit = UnitKeys(
      problem: RunKeyTests.problem, optimizer: .sgd(), configuration: Self.configuration, factors: FactorDigests())
    var known: [String: RunRecord] = [:]
    var rounds = 0
    while true {
      let plan = SchedulePlan(
        schedule: "linear", factors: nil, unit: unit, configuration: Self.configuration, known: known)
      if plan.isComplete || rounds > 100 {
        return (plan, Set(plan.runs.map { Int(log2($0.learningRate)) }).sorted(), rounds)
      }
      rounds += 1
      for run in plan.missing {
        let error = error(Int(log2(run.learningRate)))
        known[run.key] = RunRecord(
          key: run.key, problem: "iris", optimizer: "sgd", schedule: run.schedule, learningRate: run.learningRate,
          seed: run.seed, steps: 1, quantities: [.trainError: error, .trainLoss: error], diverged: error == nil)
      }
    }
  }

  @Test func anInteriorBestNeedsNoExtension() {
    let result = finished { abs(Double($0)) + 1 }
    #expect(result.exponents == Array(-2...2) && result.rounds == 1)
    #expect(result.plan.best?.learningRate == 1)
    #expect(result.plan.runs.count == 10)
  }

  @Test func theGridGrowsUntilTheBestIsInterior() {
    #expect(finished { abs(Double($0) - 4) + 1 }.exponents == Array(-2...5))
    #expect(finished { abs(Double($0) + 3) + 1 }.exponents == Array(-4...2))
    #expect(finished { abs(Double($0) - 2) + 1 }.exponents == Array(-2...3))
  }

  @Test func theGridEndsAtItsLimits() {
    let up = finished { 100 - Double($0) }
    #expect(up.exponents == Array(-2...6))
    #expect(up.plan.best?.isHighestTried == true)
    #expect(finished { 100 + Double($0) }.exponents == Array(-5...2))
  }

  @Test func divergenceIsNoEdge() {
    #expect(finished { $0 > 2 ? nil : 10 - Double($0) }.exponents == Array(-2...3))
  }

  @Test func whereAllDivergeSmallerRatesAreTried() {
    #expect(finished { $0 >= -3 ? nil : abs(Double($0) + 4) + 1 }.exponents == Array(-5...2))
    let never = finished { _ in nil }
    #expect(never.exponents == Array(-5...2) && never.plan.best == nil)
  }

  @Test func withoutErrorsThereIsNothingToGain() {
    #expect(finished { max(0, 2 - Double($0)) }.exponents == Array(-2...2))
    #expect(finished { max(0, 3 - Double($0)) }.exponents == Array(-2...3))
  }

  @Test func missingRunsArePlannedOnce() {
    let unit = UnitKeys(
      problem: RunKeyTests.problem, optimizer: .sgd(), configuration: Self.configuration, factors: FactorDigests())
    let plan = SchedulePlan(schedule: "flat", factors: nil, unit: unit, configuration: Self.configuration, known: [:])
    #expect(plan.missing.count == 10 && Set(plan.missing).count == 10 && plan.best == nil)
    #expect(Set(plan.missing.map(\.learningRate)) == [0.25, 0.5, 1, 2, 4])
    #expect(Set(plan.missing.map(\.seed)) == [1, 2])
  }
}
