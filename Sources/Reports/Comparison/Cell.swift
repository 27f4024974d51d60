import Sweeps

/// What a sweep found for one problem, optimizer and column: the runs at the rate it is shown at, or why there are none.
public struct Cell: Sendable {
  public enum Status: Sendable, Hashable {
    case measured
    /// Nothing was run yet.
    case missing
    /// Every rate that was tried diverged with some seed.
    case diverged
    /// There is no refined schedule, and why.
    case noRefinement(String)
  }

  public let status: Status
  public let best: BestRate?
  /// Whether all learning rates and seeds that the plan asks for have been run. What is not complete may still change, and is
  /// compared with nothing.
  public let isComplete: Bool
  /// Rates, by spelling, at which a seed diverged.
  public let divergedRates: [String: [Double]]

  /// - Parameters:
  ///   - seeds: that the plan asks for.
  ///   - isIncomplete: whether runs of some spelling are missing.
  init(
    runs: [RunRecord], criterion: BestRate.Criterion, seeds: Int, isIncomplete: Bool, refinementFailure: String?
  ) {
    best = BestRate.select(from: runs, by: criterion)
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

  /// The values of a measure by seed; seeds without a finite value are left out.
  func values(_ measure: (RunRecord) -> Double?) -> [UInt64: Double] {
    var values: [UInt64: Double] = [:]
    for run in best?.runs ?? [] {
      if let value = measure(run) { values[run.seed] = value }
    }
    return values
  }
}
