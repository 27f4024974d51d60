import Foundation
import Sweeps
import Training

/// A made-up sweep with made-up searches: how much lower than the named schedules the best found is, is known.
struct BestFoundSweep {
  /// Training loss of each compared schedule less that of the best found, on every problem.
  var gains: [String: Double] = [
    "linear": 0.004, "cosine": 0.002, "refined": 0.001, "refined:method=bound": 0.005,
  ]
  /// Standard deviation of differences from seed to seed.
  var noise = 0.0005
  var sweep = SyntheticSweep(seeds: 4)

  static let schedule = "piecewise:knots=0@0.5/0.1@1/0.6@0.4/1@0.01:scale=log"

  func results() -> SweepResults {
    var results = sweep.results()
    results.configuration.search = BestFoundSearch()
    for problem in results.problems {
      for optimizer in results.configuration.optimizers {
        results.bestFound.append(found(problem, optimizer: optimizer.spelling, in: results))
      }
    }
    return results
  }

  private func found(_ problem: ProblemSummary, optimizer: String, in results: SweepResults) -> BestFound {
    let floor = problem.optimum?.loss ?? 0
    func outcomes(_ gain: Double, wave: Double) -> [Quantities] {
      (1...16).map { seed in
        // Differences wave about their mean, by the same amount upwards and downwards.
        let shift = noise * 2.0.squareRoot() * sin(wave * .pi * (Double(seed) - 0.5) / 8)
        let loss = floor + 0.02 + 0.001 * Double(seed % 4) + gain + shift
        return [.trainLoss: loss, .trainObjective: loss, .trainError: loss / 4]
      }
    }
    let ramp = (0..<400).map { (1 - pow(Double($0) / 400, 2)) }
    let compared = gains.sorted { $0.value < $1.value }.enumerated().map { place, entry in
      BestFoundRecord.Compared(
        schedule: entry.key, learningRate: 0.05, factors: entry.key.hasPrefix("refined") ? ramp : [],
        outcomes: outcomes(entry.value, wave: Double(place % 3 + 1)))
    }
    let band = [(0, 0.5, nil, 0.9), (0.1, 1, 0.7, nil), (0.6, 0.4, 0.3, 0.5), (1, 0.01, nil, nil)].map {
      (share, factor, lower, upper) -> FoundSchedule.BandKnot in
      FoundSchedule.BandKnot(share: share, factor: factor, lower: lower, upper: upper)
    }
    let record = BestFoundRecord(
      problem: problem.name, optimizer: optimizer, schedule: Self.schedule, learningRate: 0.08, band: band,
      outcomes: outcomes(0, wave: 0), compared: compared, runs: 9_000)
    let steps = results.runs.first { $0.problem == problem.name }?.steps ?? 100
    let runs = (1...UInt64(sweep.seeds)).map { seed in
      RunRecord(
        key: "\(problem.name)-\(optimizer)-found-\(seed)", problem: problem.name, optimizer: optimizer, schedule: Self.schedule,
        learningRate: 0.08, seed: seed, steps: steps,
        quantities: [.trainLoss: floor + 0.019, .trainObjective: floor + 0.019, .trainError: floor / 4], diverged: false)
    }
    return BestFound(record: record, runs: runs, isComplete: true)
  }
}
