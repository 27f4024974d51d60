import Training

/// What a search minimises: the mean of a quantity over the seeds.
public enum SearchObjective: String, Sendable, CaseIterable, Hashable, Codable {
  /// The training objective at the end of the run: without regularisation, the training loss.
  case loss
  /// The training error; ties are broken by the training objective.
  case error
  case testLoss = "test-loss"

  public var quantity: Quantity {
    switch self {
    case .loss: .trainObjective
    case .error: .trainError
    case .testLoss: .testLoss
    }
  }

  /// The score of a run on several seeds: infinite if one of them diverged.
  func score(_ outcomes: [Quantities]) -> SearchScore {
    func mean(_ quantity: Quantity) -> Double {
      outcomes.reduce(0) { $0 + ($1[quantity] ?? .infinity) } / Double(outcomes.count)
    }
    let tie = self == .error ? mean(.trainObjective) : 0
    let value = mean(quantity)
    return SearchScore(value: value.isNaN ? .infinity : value, tie: tie.isNaN ? .infinity : tie)
  }
}

/// A value to be minimised, and another one that breaks ties.
struct SearchScore: Sendable, Hashable, Comparable {
  var value: Double
  var tie: Double

  static func < (a: SearchScore, b: SearchScore) -> Bool { (a.value, a.tie) < (b.value, b.tie) }
}
