import Foundation
import Sweeps
import Training

/// The quantity that a table shows.
enum Measure: Sendable {
  case trainError
  case testError
  case trainLoss
  /// log10(training loss - optimum).
  case distance

  var criterion: BestRate.Criterion {
    switch self {
    case .trainError, .testError: .trainError
    case .trainLoss, .distance: .trainLoss
    }
  }

  /// The recorded quantity that the measure is computed from.
  var quantity: Quantity {
    switch self {
    case .trainError: .trainError
    case .testError: .testError
    case .trainLoss, .distance: .trainLoss
    }
  }

  /// Errors in per cent, losses in nats; nil where the run has no such value.
  func value(of run: RunRecord, problem: ProblemSummary) -> Double? {
    switch self {
    case .trainError, .testError, .trainLoss: run[quantity].map { quantity.isFraction ? 100 * $0 : $0 }
    case .distance:
      run[quantity].flatMap { loss in
        problem.optimum.map { log10(max(loss - $0.loss, Self.smallestDistance)) }
      }
    }
  }

  /// Optima are known to about this accuracy; a loss at or below its optimum is shown at this distance.
  static let smallestDistance = 1e-10

  var decimals: Int {
    switch self {
    case .trainError, .testError: 2
    case .trainLoss: 4
    case .distance: 2
    }
  }
}

extension Comparison {
  /// What schedules are ranked by first.
  var primaryMeasure: Measure { .trainError }

  /// Of losses: the distance from the optimum where all optima are known.
  var lossMeasure: Measure { problems.allSatisfy { $0.optimum != nil } ? .distance : .trainLoss }

  /// What schedules are ranked by, in order.
  var measures: [Measure] { [primaryMeasure, lossMeasure, .testError] }

  func cells(_ measure: Measure) -> [[Cell]] { measure.criterion == .trainError ? byError : byLoss }

  /// The values of a cell by seed.
  func values(_ measure: Measure, problem: Int, column: Int) -> [UInt64: Double] {
    cells(measure)[problem][column].values { measure.value(of: $0, problem: problems[problem]) }
  }

  /// The sample of a cell, ordered by seed; nil if there are no values.
  func sample(_ measure: Measure, problem: Int, column: Int) -> SampleMean? {
    let values = values(measure, problem: problem, column: column)
    return SampleMean(values.keys.sorted().compactMap { values[$0] })
  }
}
