import Training

/// What a run had reached after some of its steps, on the whole training file.
public struct Checkpoint: Sendable, Codable, Hashable {
  /// The number of steps made.
  public var step: Int
  /// nil if not finite.
  public var trainLoss: Double?
  /// Fraction of 1; nil if the loss is not finite.
  public var trainError: Double?
  /// nil without regularisation, where it is the loss, or if not finite.
  public var trainObjective: Double?

  public init(step: Int, trainLoss: Double?, trainError: Double?, trainObjective: Double? = nil) {
    self.step = step
    self.trainLoss = trainLoss
    self.trainError = trainError
    self.trainObjective = trainObjective
  }

  init(_ outcome: CheckpointOutcome) {
    func finite(_ value: Double) -> Double? { value.isFinite ? value : nil }
    let isFinite = outcome.trainLoss.isFinite
    self.init(
      step: outcome.step, trainLoss: finite(outcome.trainLoss), trainError: isFinite ? finite(outcome.trainError) : nil,
      trainObjective: outcome.trainObjective.flatMap(finite))
  }

  enum CodingKeys: String, CodingKey {
    case step
    case trainLoss = "train_loss"
    case trainError = "train_error"
    case trainObjective = "train_objective"
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
}
