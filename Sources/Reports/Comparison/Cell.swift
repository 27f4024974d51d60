import Foundation
import Sweeps

/// The results of a sweep for one problem, optimizer and column: the runs at the rate shown, or why there are none.
public struct Cell: Sendable {
  public enum Status: Sendable, Hashable {
    case measured
    /// Nothing has been run yet.
    case missing
    /// Every rate tried diverged with some seed.
    case diverged
    /// There is no refined schedule, with the reason.
    case noRefinement(String)
  }

  public let status: Status
  public let best: BestRate?
  /// The runs that are shown: those at the best rate or, across optimizers, each seed's at the rate that the others choose.
  let runs: [RunRecord]
  /// Whether all learning rates and seeds of the plan have been run. Incomplete cells may still change, so they are not
  /// compared with anything.
  public let isComplete: Bool
  /// Learning rates at which a seed diverged, by spelling.
  public let divergedRates: [String: [Double]]

  /// - Parameters:
  ///   - seeds: the number of seeds in the plan.
  ///   - isIncomplete: whether runs of some spelling are missing.
  init(
    runs: [RunRecord], criterion: BestRate.Criterion, seeds: Int, isIncomplete: Bool, refinementFailure: String?
  ) {
    best = BestRate.select(from: runs, by: criterion)
    self.runs = best?.runs ?? []
    isComplete = !isIncomplete && (best?.runs.count ?? seeds) >= seeds
    var rates: [String: Set<Double>] = [:]
    for run in runs where run.diverged { rates[run.schedule, default: []].insert(run.learningRate) }
    divergedRates = rates.mapValues { $0.sorted() }
    if best != nil {
      status = .measured
    } else if !runs.isEmpty {
      status = .diverged
    } else if let refinementFailure {
      status = .noRefinement(refinementFailure)
    } else {
      status = .missing
    }
  }

  /// - Parameter chosen: One run of each seed, at rates that may differ; empty where nothing was chosen.
  init(chosen: [RunRecord], isComplete: Bool) {
    best = nil
    runs = chosen
    self.isComplete = isComplete
    divergedRates = [:]
    status = !chosen.isEmpty ? .measured : isComplete ? .diverged : .missing
  }

  /// The rates of the runs shown: their geometric mean over the seeds, and one standard error to each side; nil where nothing
  /// was chosen, or it is not known.
  var rate: (mean: Double, low: Double, high: Double)? {
    let rates = runs.map(\.learningRate)
    guard let first = rates.first, rates.allSatisfy({ $0 > 0 }) else { return nil }
    guard rates.contains(where: { $0 != first }), let sample = SampleMean(rates.map(log2)) else { return (first, first, first) }
    let error = sample.standardError ?? 0
    return (exp2(sample.mean), exp2(sample.mean - error), exp2(sample.mean + error))
  }

  /// The values of a measure by seed; seeds without a finite value are left out.
  func values(_ measure: (RunRecord) -> Double?) -> [UInt64: Double] {
    var values: [UInt64: Double] = [:]
    for run in runs {
      if let value = measure(run) { values[run.seed] = value }
    }
    return values
  }
}
