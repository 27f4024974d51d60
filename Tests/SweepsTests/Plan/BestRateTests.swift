import Testing
import Training

@testable import Sweeps

@Suite struct BestRateTests {
  func run(
    _ rate: Double, seed: UInt64 = 1, error: Double?, loss: Double?, diverged: Bool = false, schedule: String = "linear"
  ) -> RunRecord {
    RunRecord(
      key: "\(schedule) \(rate) \(seed)", problem: "iris", optimizer: "adam", schedule: schedule, learningRate: rate,
      seed: seed, steps: 10, quantities: [.trainError: error, .trainLoss: loss], diverged: diverged)
  }

  @Test func lowestMeanErrorWins() throws {
    let runs = [
      run(1, seed: 1, error: 0.1, loss: 9), run(1, seed: 2, error: 0.2, loss: 9),
      run(2, seed: 1, error: 0.0, loss: 1), run(2, seed: 2, error: 0.4, loss: 1),
    ]
    let best = try #require(BestRate.select(from: runs))
    #expect(best.learningRate == 1)
    #expect(abs(best.meanTrainError - 0.15) < 1e-15)
    #expect(best.runs.map(\.seed) == [1, 2])
    #expect(best.isLowestTried && !best.isHighestTried)
    #expect(BestRate.select(from: runs, by: .trainLoss)?.learningRate == 2)
  }

  @Test func tiesGoToTheLowerLossThenTheSmallerRate() {
    #expect(BestRate.select(from: [run(1, error: 0.1, loss: 2), run(2, error: 0.1, loss: 1)])?.learningRate == 2)
    #expect(BestRate.select(from: [run(2, error: 0.1, loss: 1), run(1, error: 0.1, loss: 1)])?.learningRate == 1)
  }

  /// The same errors summed in another order differ in the last digit; that must not decide.
  @Test func roundingOfSumsIsNoDifference() {
    let errors = [0.1, 0.2, 0.3, 0.7, 0.11]
    #expect(errors.reduce(0, +) != errors.reversed().reduce(0, +))
    for flip in [false, true] {
      let low = flip ? Array(errors.reversed()) : errors
      let runs =
        low.enumerated().map { run(1, seed: UInt64($0.offset), error: $0.element, loss: 2) }
        + low.reversed().enumerated().map { run(2, seed: UInt64($0.offset), error: $0.element, loss: 1) }
      #expect(BestRate.select(from: runs)?.learningRate == 2)
    }
  }

  @Test func aRateWithADivergedSeedIsNotChosen() {
    let runs = [
      run(1, seed: 1, error: 0, loss: 0), run(1, seed: 2, error: nil, loss: nil, diverged: true),
      run(0.5, seed: 1, error: 0.5, loss: 1), run(0.5, seed: 2, error: 0.5, loss: 1),
    ]
    let best = BestRate.select(from: runs)
    #expect(best?.learningRate == 0.5)
    #expect(best?.isHighestTried == false)
    #expect(BestRate.select(from: runs.filter { $0.learningRate == 1 }) == nil)
    #expect(BestRate.select(from: []) == nil)
  }

  @Test func spellingsOfOneScheduleCompeteEachWithItsOwnEdges() {
    let runs = [
      run(1, error: 0.3, loss: 1, schedule: "inverse"), run(4, error: 0.3, loss: 1, schedule: "inverse"),
      run(2, error: 0.1, loss: 1, schedule: "inverse:offset=0.1"),
    ]
    let best = BestRate.select(from: runs)
    #expect(best?.schedule == "inverse:offset=0.1")
    #expect(best?.isHighestTried == true && best?.isLowestTried == true)
  }

  @Test func unfinishedRatesDoNotCompete() {
    let runs = [run(1, error: 0, loss: 0), run(2, error: 0.5, loss: 1), run(2, seed: 2, error: 0.5, loss: 1)]
    #expect(BestRate.select(from: runs)?.learningRate == 2)
  }

  @Test func orderOfRecordsDoesNotMatter() {
    var runs: [RunRecord] = []
    for i in 0..<40 {
      let error = Double((i * 7) % 5) / 5
      runs.append(run(Double(1 << (i % 8)), seed: UInt64(i / 8), error: error, loss: 1))
    }
    #expect(BestRate.select(from: runs) == BestRate.select(from: runs.reversed()))
  }
}
