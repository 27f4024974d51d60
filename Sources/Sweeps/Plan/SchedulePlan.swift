import Foundation

/// A run that the protocol asks for and the journal lacks.
struct PlannedRun: Sendable, Hashable {
  var key: String
  /// As `columns` of the configuration spell it.
  var schedule: String
  var learningRate: Double
  var seed: UInt64
}

/// One schedule of one problem and optimizer: what the protocol asks for, given the results so far.
///
/// The runs of the whole grid come first. While the best rate lies at an edge of the rates tried, the next rate beyond it is
/// requested, unless the best rate makes no errors: that proves the problem separable, and ever larger rates would do better.
/// Where every rate diverged, smaller ones are requested. The requests depend only on results, so that a sweep ends with the
/// same runs however often it was interrupted.
struct SchedulePlan {
  let schedule: String
  /// The known runs, by rate and seed.
  private(set) var runs: [RunRecord] = []
  private(set) var missing: [PlannedRun] = []
  /// The best rate among the known runs.
  private(set) var best: BestRate?

  var isComplete: Bool { missing.isEmpty }

  /// - Parameters:
  ///   - factors: digest of the factors; nil in journals from before plans were recorded.
  ///   - unit: gives the keys of the runs of the problem and optimizer.
  ///   - known: the finished runs, by key.
  init(
    schedule: String, factors: String?, unit: UnitKeys, configuration: SweepConfiguration, known: [String: RunRecord]
  ) {
    self.schedule = schedule
    var exponents = configuration.minimumExponent...configuration.maximumExponent
    ask(for: exponents, of: configuration, factors: factors, unit: unit, known: known)
    while missing.isEmpty {
      best = BestRate.select(from: runs)
      let isTooLow = best.map { $0.isHighestTried && $0.meanTrainError > 0 } ?? false
      let isTooHigh = best.map { $0.isLowestTried && $0.meanTrainError > 0 } ?? true
      if isTooLow, exponents.upperBound < configuration.maximumExtendedExponent {
        let next = exponents.upperBound + 1
        exponents = exponents.lowerBound...next
        ask(for: next...next, of: configuration, factors: factors, unit: unit, known: known)
      } else if isTooHigh, exponents.lowerBound > configuration.minimumExtendedExponent {
        let next = exponents.lowerBound - 1
        exponents = next...exponents.upperBound
        ask(for: next...next, of: configuration, factors: factors, unit: unit, known: known)
      } else {
        break
      }
    }
    if !missing.isEmpty { best = BestRate.select(from: runs) }
    runs.sort { ($0.learningRate, $0.seed) < ($1.learningRate, $1.seed) }
  }

  private mutating func ask(
    for exponents: ClosedRange<Int>, of configuration: SweepConfiguration, factors: String?, unit: UnitKeys,
    known: [String: RunRecord]
  ) {
    for exponent in exponents {
      let rate = exp2(Double(exponent))
      for seed in 1...UInt64(configuration.seeds) {
        let keys = unit.keys(schedule: schedule, factors: factors, learningRate: rate, seed: seed)
        if var run = keys.lazy.compactMap({ known[$0] }).first {
          // Keys do not include names: the same data or factors may have been trained under other names.
          (run.problem, run.schedule) = (unit.problem.name, schedule)
          runs.append(run)
        } else {
          missing.append(PlannedRun(key: keys[0], schedule: schedule, learningRate: rate, seed: seed))
        }
      }
    }
  }
}
