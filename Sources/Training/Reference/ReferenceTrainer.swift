import Sparse

/// The readable trainer: scalar, in Double, one run at a time, one line of code per line of the definition.
public struct ReferenceTrainer: Sendable {
  public let problem: Problem
  public let settings: TrainingSettings

  public init(problem: Problem, settings: TrainingSettings) {
    settings.checkRanges()
    self.problem = problem
    self.settings = settings
  }

  /// Steps per run: the required length of `Run.factors`.
  public var steps: Int { settings.epochs * order(seed: 0).stepsPerEpoch }

  /// Trains runs one after the other.
  ///
  /// - Throws: `CancellationError` soon after `isCancelled` first returns true; it is polled at every step.
  /// - Complexity: O(runs x steps x batch size x features x classes).
  public func train(
    _ runs: [Run], seed: UInt64, recording: Recording = Recording(), isCancelled: () -> Bool = { false }
  ) throws -> [RunOutcome] {
    try runs.map { run in
      precondition(run.factors.count == steps, "a run has one factor a step")
      return try train(run, order(seed: seed), recording, isCancelled)
    }
  }

  private func order(seed: UInt64) -> SampleOrder {
    SampleOrder(
      rows: problem.training.rowCount, batchSize: settings.batchSize, seed: seed, keepsLastBatch: settings.keepsLastBatch)
  }

  private func train(_ run: Run, _ order: SampleOrder, _ recording: Recording, _ isCancelled: () -> Bool) throws -> RunOutcome {
    var model = LogisticModel(
      features: problem.training.featureCount, classes: problem.training.classCount, l2: settings.l2)
    var optimizer = settings.optimizer.method.reference(count: model.weights.count)
    var outcome = RunOutcome(trainError: 1, trainLoss: 0, diverged: false, steps: steps)
    var losses: [Double] = []
    func evaluate(after step: Int) -> CheckpointOutcome {
      var result = model
      result.weights = optimizer.result(model.weights)
      return result.outcome(problem.training, after: step)
    }
    var indices = [Int32](repeating: 0, count: order.rows)
    for epoch in 0..<settings.epochs {
      order.shuffle(epoch: epoch, into: &indices)
      for batch in 0..<order.stepsPerEpoch {
        if isCancelled() { throw CancellationError() }
        let start = batch * order.batchSize
        let (loss, gradient) = model.lossAndGradient(
          problem.training, rows: indices[start..<min(start + order.batchSize, order.rows)])
        if recording.norms {
          outcome.l1Norms.append(Float(gradient.reduce(0) { $0 + abs($1) }))
          outcome.l2Norms.append(Float(gradient.reduce(0) { $0 + $1 * $1 }.squareRoot()))
        }
        if recording.traceLength > 0 { losses.append(loss) }
        let step = epoch * order.stepsPerEpoch + batch
        if settings.checkpoints.contains(step) { outcome.checkpoints.append(evaluate(after: step)) }
        let rate = run.learningRate * run.factors[step]
        optimizer.step(&model.weights, gradient, loss: loss, rate: rate)
      }
    }
    let end = evaluate(after: steps)
    if settings.checkpoints.contains(steps) { outcome.checkpoints.append(end) }
    (outcome.trainError, outcome.trainLoss, outcome.trainObjective) = (end.trainError, end.trainLoss, end.trainObjective)
    model.weights = optimizer.result(model.weights)
    outcome.trace = Self.windowedMeans(losses, length: recording.traceLength)
    if let test = problem.test {
      let (error, loss) = model.errorAndLoss(test)
      outcome.testError = error
      outcome.testLoss = loss
    }
    outcome.diverged = !outcome.trainLoss.isFinite || !model.weights.allSatisfy { $0.isFinite }
    return outcome
  }

  /// Means over windows of equal length, at most `length` of them; the last may be shorter.
  private static func windowedMeans(_ losses: [Double], length: Int) -> [Float] {
    guard length > 0 else { return [] }
    let window = max(1, (losses.count + length - 1) / length)
    return stride(from: 0, to: losses.count, by: window).map { start in
      let stretch = losses[start..<min(start + window, losses.count)]
      return Float(stretch.reduce(0, +) / Double(stretch.count))
    }
  }
}
