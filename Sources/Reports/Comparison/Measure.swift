import Foundation
import Sweeps
import Training

/// The quantity that a table shows.
enum Measure: Sendable, Hashable {
  case trainError
  case testError
  case trainLoss
  /// log10(training loss - optimum).
  case distance
  /// The regularised objective.
  case objective
  /// log10(regularised objective - its optimum).
  case objectiveDistance

  /// What schedules are ranked by, in order. Of losses, the distance from the optimum where all optima are known.
  static func all(isRegularised: Bool, problems: [ProblemSummary]) -> [Measure] {
    let isKnown = problems.allSatisfy { $0.optimum != nil }
    return isRegularised
      ? [isKnown ? .objectiveDistance : .objective, .trainError, .testError]
      : [.trainError, isKnown ? .distance : .trainLoss, .testError]
  }

  /// Whether it is shown at the rates chosen by error, where the objective is not regularised; there all are at the same rates.
  var isOfErrors: Bool { self == .trainError || self == .testError }

  /// Whether it is the logarithm of a distance.
  var isDistance: Bool { self == .distance || self == .objectiveDistance }

  /// The recorded quantity that the measure is computed from.
  var quantity: Quantity {
    switch self {
    case .trainError: .trainError
    case .testError: .testError
    case .trainLoss, .distance: .trainLoss
    case .objective, .objectiveDistance: .trainObjective
    }
  }

  /// Errors in per cent, losses in nats; nil where the run has no such value.
  func value(of run: RunRecord, problem: ProblemSummary) -> Double? {
    guard let value = run[quantity] else { return nil }
    if quantity.isFraction { return 100 * value }
    guard isDistance else { return value }
    return problem.optimum.map { log10(max(value - $0.loss, Self.smallestDistance)) }
  }

  /// Optima are known to about this accuracy; a loss at or below its optimum is shown at this distance.
  static let smallestDistance = 1e-10

  var decimals: Int {
    switch self {
    case .trainError, .testError, .distance, .objectiveDistance: 2
    case .trainLoss, .objective: 4
    }
  }
}

extension Comparison {
  var measures: [Measure] { Measure.all(isRegularised: isRegularised, problems: problems) }

  /// What schedules are ranked by first.
  var primaryMeasure: Measure { measures[0] }

  func cells(_ measure: Measure) -> [[Cell]] { measure.isOfErrors ? byError : byLoss }

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
