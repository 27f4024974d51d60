import SIMDShims
import Sparse

/// The hand-tuned trainer: runs of one seed share the sample order, so 16 of them train at once as the lanes of vectors.
///
/// A value holds the problem in the form that its kernels want, and may be used by several threads at once.
public struct LaneTrainer: Sendable {
  public let problem: Problem
  public let settings: TrainingSettings

  private let trainingRows: KernelRows
  private let testRows: KernelRows?
  private let shape: LaneShape
  private let corrections: BiasCorrection
  /// What the settings and the shape of the data lead to.
  let kernels: Kernels

  private let costOfStep: Double

  public init(problem: Problem, settings: TrainingSettings) {
    self.init(problem: problem, settings: settings, kernels: nil)
  }

  /// - Parameter kernels: nil for what costs least.
  init(problem: Problem, settings: TrainingSettings, kernels: Kernels?) {
    self.problem = problem
    self.settings = settings
    trainingRows = KernelRows(problem.training)
    testRows = problem.test.map(KernelRows.init)
    shape = LaneShape(features: problem.training.featureCount, classes: problem.training.classCount)
    let costs = KernelCosts(problem.training, settings, shape)
    self.kernels = kernels ?? costs.cheapest(settings, shape)
    costOfStep = costs.step(self.kernels)
    corrections = BiasCorrection(
      optimizer: settings.optimizer, steps: Self.order(problem, settings, seed: 0).stepsPerEpoch * settings.epochs)
  }

  /// Steps of a run: the length that the runs' factors must have.
  public var steps: Int { settings.epochs * order(seed: 0).stepsPerEpoch }

  /// How many runs are best given to one call of `train`: a multiple of 16.
  public var preferredRunCount: Int {
    kernels == .lists ? SparseLaneTrainer.preferredLanes(shape, settings.optimizer) : 16
  }

  /// Estimated seconds of one run on a typical core, for planning: a function of the shape of the problem, never measured.
  public var estimatedCost: Double { Double(steps) * costOfStep * 1e-9 / 16 }

  /// Trains any number of runs. The outcome of a run does not depend on the runs beside it, bit for bit.
  ///
  /// - Throws: `CancellationError` soon after `isCancelled` first returns true; it is asked at least ten times a second.
  public func train(
    _ runs: [Run], seed: UInt64, recording: Recording = Recording(), isCancelled: () -> Bool = { false }
  ) throws -> [RunOutcome] {
    for run in runs { precondition(run.factors.count == steps, "a run has one factor a step") }
    return try withoutActuallyEscaping(isCancelled) { isCancelled in
      var cancellation = Cancellation(isCancelled)
      return try withSubnormalsFlushedToZero {
        var outcomes: [RunOutcome] = []
        let width = groupWidth
        for start in stride(from: 0, to: runs.count, by: width) {
          try cancellation.ask()
          let group = runs[start..<min(start + width, runs.count)]
          outcomes += try train(group, seed, recording, &cancellation)
        }
        return outcomes
      }
    }
  }

  /// "dense" or "sparse".
  package var chosenPath: TrainingSettings.Path { kernels == .dense ? .dense : .sparse }

  /// Runs that train side by side.
  private var groupWidth: Int { kernels == .lists ? preferredRunCount : laneWidth }

  /// Trains all runs and throws the result away; for measuring.
  package func trainWithoutEvaluation(_ runs: [Run], seed: UInt64, recording: Recording) throws {
    var cancellation = Cancellation { false }
    try withSubnormalsFlushedToZero {
      let width = groupWidth
      for start in stride(from: 0, to: runs.count, by: width) {
        _ = try trainLanes(runs[start..<min(start + width, runs.count)], seed, recording, &cancellation)
      }
    }
  }

  private func train(
    _ group: ArraySlice<Run>, _ seed: UInt64, _ recording: Recording, _ cancellation: inout Cancellation
  ) throws -> [RunOutcome] {
    var rest = group
    return try trainLanes(group, seed, recording, &cancellation).flatMap { lanes in
      defer { rest = rest.dropFirst(laneWidth) }
      return try outcomes(of: lanes, count: min(rest.count, laneWidth), &cancellation)
    }
  }

  /// One result for each vector of runs.
  private func trainLanes(
    _ group: ArraySlice<Run>, _ seed: UInt64, _ recording: Recording, _ cancellation: inout Cancellation
  ) throws -> [TrainedLanes] {
    let order = order(seed: seed)
    switch kernels {
    case .dense, .scatter:
      let trainer = StepwiseLaneTrainer(
        rows: trainingRows, shape: shape, settings: settings, corrections: corrections, scatters: kernels == .scatter)
      return [try trainer.train(group, order: order, recording: recording, cancellation: &cancellation)]
    case .lists:
      let trainer = SparseLaneTrainer(rows: trainingRows, shape: shape, settings: settings, corrections: corrections)
      return try trainer.train(group, order: order, recording: recording, cancellation: &cancellation)
    }
  }

  private func outcomes(of lanes: TrainedLanes, count: Int, _ cancellation: inout Cancellation) throws -> [RunOutcome] {
    let training = try LaneEvaluation(rows: trainingRows)(lanes, cancellation: &cancellation)
    let test = try testRows.map { try LaneEvaluation(rows: $0)(lanes, cancellation: &cancellation) }
    let areFinite = lanes.weightsAreFinite()
    return (0..<count).map { lane in
      RunOutcome(
        trainError: training.errors[lane], trainLoss: training.losses[lane], testError: test?.errors[lane],
        testLoss: test?.losses[lane], diverged: !areFinite[lane] || !training.losses[lane].isFinite, steps: steps,
        l1Norms: lanes.column(lane, of: lanes.l1Norms), l2Norms: lanes.column(lane, of: lanes.l2Norms),
        trace: lanes.column(lane, of: lanes.trace))
    }
  }

  private func order(seed: UInt64) -> SampleOrder { Self.order(problem, settings, seed: seed) }

  private static func order(_ problem: Problem, _ settings: TrainingSettings, seed: UInt64) -> SampleOrder {
    SampleOrder(
      rows: problem.training.rowCount, batchSize: settings.batchSize, seed: seed, keepsLastBatch: settings.keepsLastBatch)
  }
}
