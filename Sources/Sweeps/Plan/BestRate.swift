import Training

/// The learning rate at which a schedule is reported: one rule for the sweep (grid extension, prior run) and the report.
///
/// The lowest mean training error over the seeds wins; ties are broken by the mean training loss, then by the smaller rate. A
/// rate at which any seed diverged is not chosen. While a sweep is unfinished, only the rates with the most finished seeds
/// are considered: means over fewer seeds are not comparable.
public struct BestRate: Sendable, Hashable {
  public enum Criterion: Sendable, Hashable {
    /// Mean training error, ties by mean training loss: tables of errors, the prior run, grid extension.
    case trainError
    /// Mean training loss: the table of losses.
    case trainLoss
    /// Mean training objective, ties by the smaller rate: everything, where the objective is regularised.
    case trainObjective
  }

  /// Canonical spelling of the winning schedule, if several (one with different parameters) were given.
  public let schedule: String
  public let learningRate: Double
  public let meanTrainError: Double
  public let meanTrainLoss: Double
  /// Equal to `meanTrainLoss` without regularisation.
  public let meanTrainObjective: Double
  /// The finished runs at this rate, by ascending seed.
  public let runs: [RunRecord]
  /// Whether no smaller rate of the schedule was tried: the optimum may lie beyond the grid.
  public let isLowestTried: Bool
  /// Whether no larger rate of the schedule was tried.
  public let isHighestTried: Bool

  func mean(_ criterion: Criterion) -> Double {
    switch criterion {
    case .trainError: meanTrainError
    case .trainLoss: meanTrainLoss
    case .trainObjective: meanTrainObjective
    }
  }

  /// Means closer than this are ties: summing the same errors in another order changes the last digits, and one sample of a
  /// hundred million rows is 1e-8.
  static let tie = 1e-9

  /// The best rate for one problem, one optimizer and one schedule, or several spellings of it, each with its own rates.
  ///
  /// - Parameters:
  ///   - runs: Records of one problem and optimizer, in any order.
  ///   - criterion: What to minimise.
  /// - Returns: nil where every rate has a diverged seed, or nothing was run.
  /// - Complexity: O(n log n) in the number of runs.
  public static func select(from runs: some Sequence<RunRecord>, by criterion: Criterion = .trainError) -> BestRate? {
    let cells = Dictionary(grouping: runs) { Cell(schedule: $0.schedule, learningRate: $0.learningRate) }
    guard let mostSeeds = cells.values.map(\.count).max() else { return nil }
    var candidates: [Candidate] = []
    for (cell, runs) in cells where runs.count == mostSeeds {
      if let candidate = Candidate(cell: cell, runs: runs) { candidates.append(candidate) }
    }
    if criterion == .trainError, let lowest = candidates.map(\.error).min() {
      candidates.removeAll { $0.error > lowest + tie }
    }
    let best = candidates.min { a, b in
      let (first, second) = criterion == .trainObjective ? (a.objective, b.objective) : (a.loss, b.loss)
      return (first, a.cell.learningRate, a.cell.schedule) < (second, b.cell.learningRate, b.cell.schedule)
    }
    guard let best else { return nil }
    let rates = cells.keys.filter { $0.schedule == best.cell.schedule }.map(\.learningRate)
    return BestRate(
      schedule: best.cell.schedule, learningRate: best.cell.learningRate, meanTrainError: best.error,
      meanTrainLoss: best.loss, meanTrainObjective: best.objective, runs: best.runs,
      isLowestTried: rates.allSatisfy { $0 >= best.cell.learningRate },
      isHighestTried: rates.allSatisfy { $0 <= best.cell.learningRate })
  }

  private struct Cell: Hashable {
    let schedule: String
    let learningRate: Double
  }

  private struct Candidate {
    let cell: Cell
    let runs: [RunRecord]
    let error: Double
    let loss: Double
    let objective: Double

    /// nil if a run diverged.
    init?(cell: Cell, runs: [RunRecord]) {
      self.cell = cell
      self.runs = runs.sorted { $0.seed < $1.seed }
      var error = 0.0
      var loss = 0.0
      var objective = 0.0
      for run in self.runs {
        guard !run.diverged, let runError = run[.trainError], let runLoss = run[.trainLoss] else { return nil }
        error += runError
        loss += runLoss
        objective += run[.trainObjective] ?? runLoss
      }
      self.error = error / Double(runs.count)
      self.loss = loss / Double(runs.count)
      self.objective = objective / Double(runs.count)
    }
  }
}
