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
  /// The path that the settings and the shape of the data lead to. What the sparse path does not offer goes the dense way.
  let chosenPath: TrainingSettings.Path

  public init(problem: Problem, settings: TrainingSettings) {
    self.problem = problem
    self.settings = settings
    trainingRows = KernelRows(problem.training)
    testRows = problem.test.map(KernelRows.init)
    shape = LaneShape(features: problem.training.featureCount, classes: problem.training.classCount)
    chosenPath = Self.path(problem, settings, shape)
    corrections = BiasCorrection(
      optimizer: settings.optimizer, steps: Self.order(problem, settings, seed: 0).stepsPerEpoch * settings.epochs)
  }

  /// Steps of a run: the length that the runs' factors must have.
  public var steps: Int { settings.epochs * order(seed: 0).stepsPerEpoch }

  /// How many runs are best given to one call of `train`: a multiple of 16.
  public var preferredRunCount: Int {
    chosenPath == .sparse ? SparseLaneTrainer.preferredLanes(shape, settings.optimizer) : 16
  }

  /// Estimated seconds of one run on a typical core, for planning: a function of the shape of the problem, never measured.
  public var estimatedCost: Double {
    let batchSize = Double(order(seed: 0).batchSize)
    let weights = Double(shape.vectorCount)
    let fmas = 2 * batchSize * weights + 12 * weights + 12 * batchSize * Double(shape.classes)
    return Double(steps) * (fmas * 0.4e-9 / 16 + 5e-9)
  }

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

  private static func path(
    _ problem: Problem, _ settings: TrainingSettings, _ shape: LaneShape
  ) -> TrainingSettings.Path {
    guard settings.path != .dense, shape.classes > 1 else { return .dense }
    guard settings.path == .sparse || SparseLaneTrainer.isBest(for: problem.training) else { return .dense }
    return SparseLaneTrainer.offers(settings.optimizer) ? .sparse : .dense
  }

  /// Runs that train side by side.
  private var groupWidth: Int { chosenPath == .sparse ? preferredRunCount : laneWidth }

  /// Trains all runs and throws the result away; for measuring.
  func trainWithoutEvaluation(_ runs: [Run], seed: UInt64) throws {
    var cancellation = Cancellation { false }
    try withSubnormalsFlushedToZero {
      let width = groupWidth
      for start in stride(from: 0, to: runs.count, by: width) {
        _ = try trainLanes(runs[start..<min(start + width, runs.count)], seed, Recording(), &cancellation)
      }
    }
  }

  private func train(
    _ group: ArraySlice<Run>, _ seed: UInt64, _ recording: Recording, _ cancellation: inout Cancellation
  ) throws -> [RunOutcome] {
    let lanes = try trainLanes(group, seed, recording, &cancellation)
    return try outcomes(of: lanes, count: group.count, &cancellation)
  }

  private func trainLanes(
    _ group: ArraySlice<Run>, _ seed: UInt64, _ recording: Recording, _ cancellation: inout Cancellation
  ) throws -> TrainedLanes {
    if chosenPath == .sparse {
      let path = SparseLaneTrainer(rows: trainingRows, shape: shape, settings: settings, corrections: corrections)
      return try path.train(group, order: order(seed: seed), recording: recording, cancellation: &cancellation)
    }
    let path = DenseLaneTrainer(rows: trainingRows, shape: shape, settings: settings, corrections: corrections)
    return try path.train(group, order: order(seed: seed), recording: recording, cancellation: &cancellation)
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
