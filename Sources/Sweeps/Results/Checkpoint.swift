import Training

/// What a run had reached after some of its steps, on the whole training file.
public struct Checkpoint: Sendable, Codable, Hashable {
  /// The number of steps made.
  public var step: Int
  /// nil if not finite.
  public var trainLoss: Double?
  /// Fraction of 1; nil if the loss is not finite.
  public var trainError: Double?

  public init(step: Int, trainLoss: Double?, trainError: Double?) {
    self.step = step
    self.trainLoss = trainLoss
    self.trainError = trainError
  }

  enum CodingKeys: String, CodingKey {
    case step
    case trainLoss = "train_loss"
    case trainError = "train_error"
  }
}

extension RunRecord {
  /// Whether the run was recorded after all of these steps.
  func has(_ steps: [Int]) -> Bool {
    steps.allSatisfy { step in checkpoints.contains { $0.step == step } }
  }

  /// The checkpoints of two records of one run.
  func united(with other: RunRecord) -> RunRecord {
    var united = self
    let further = other.checkpoints.filter { !has([$0.step]) }
    united.checkpoints = (checkpoints + further).sorted { $0.step < $1.step }
    return united
  }

  /// What the rates are chosen by where it is regularised; without regularisation, the training loss. nil if not finite.
  public var trainObjective: Double? {
    Quantity(rawValue: "train_objective").flatMap { self[$0] } ?? self[.trainLoss]
  }
}
