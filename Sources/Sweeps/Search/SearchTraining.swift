import Schedules
import Sparse
import Training

/// What a search needs of the problem that it searches: something that trains runs.
public struct SearchTraining: Sendable {
  /// Steps of a run.
  public var steps: Int
  /// Everything that determines a run's result but its learning rate, factors and seed; names the journal's file.
  public var identity: String
  /// The norm that the optimizer's refinement goes by.
  public var norm: GradientNorm
  /// Trains runs with one seed. A run's result, empty if it diverged, must not depend on the others; called by several threads.
  public var train: @Sendable (_ runs: [Run], _ seed: UInt64, _ isCancelled: () -> Bool) throws -> [Quantities]
  /// The gradient norms of a run; nil where there are none, and no schedule is refined then.
  public var norms: (@Sendable (_ run: Run, _ seed: UInt64, _ isCancelled: () -> Bool) throws -> [Double])?

  public init(
    steps: Int, identity: String, norm: GradientNorm = .l2,
    train: @escaping @Sendable ([Run], UInt64, () -> Bool) throws -> [Quantities],
    norms: (@Sendable (Run, UInt64, () -> Bool) throws -> [Double])? = nil
  ) {
    self.steps = steps
    self.identity = identity
    self.norm = norm
    self.train = train
    self.norms = norms
  }

  /// Logistic regression.
  public init(_ problem: Problem, settings: TrainingSettings) {
    let trainer = LaneTrainer(problem: problem, settings: settings)
    let identity = """
      search, engine \(RunKey.engineVersion)
      data \(RunKey.identity(of: SweepProblem(problem).summary))
      optimizer \(settings.optimizer.fullSpelling)
      epochs \(settings.epochs)
      batch size \(settings.batchSize)
      drop last \(!settings.keepsLastBatch)
      l2 \(settings.l2)
      """
    let norm = settings.optimizer.norm
    self.init(
      steps: trainer.steps, identity: identity, norm: norm,
      train: { runs, seed, isCancelled in
        try trainer.train(runs, seed: seed, isCancelled: isCancelled).map { $0.diverged ? [:] : $0.quantities }
      },
      norms: { run, seed, isCancelled in
        let outcomes = try trainer.train([run], seed: seed, recording: Recording(norms: true), isCancelled: isCancelled)
        return outcomes[0].norms(norm).map(Double.init)
      })
  }
}
