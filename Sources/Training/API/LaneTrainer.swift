import SIMDShims
import Sparse

/// The optimized trainer: runs of one seed share the sample order, so 16 of them train at once, one per vector lane.
///
/// Holds the problem in the layout its kernels need. May be used by several threads at once.
public struct LaneTrainer: Sendable {
  public let problem: Problem
  public let settings: TrainingSettings

  private let trainingRows: KernelRows
  private let testRows: KernelRows?
  private let shape: LaneShape
  /// The optimizer, with the tables that its runs share.
  private let method: any OptimizerMethod
  /// The kernels chosen for the settings and the shape of the data.
  package let kernels: Kernels
  private let costOfStep: Double

  public init(problem: Problem, settings: TrainingSettings) {
    settings.checkRanges()
    self.problem = problem
    self.settings = settings
    trainingRows = KernelRows(problem.training)
    testRows = problem.test.map(KernelRows.init)
    shape = LaneShape(features: problem.training.featureCount, classes: problem.training.classCount)
    method = settings.optimizer.method.prepared(steps: Self.order(problem, settings, seed: 0).stepsPerEpoch * settings.epochs)
    let isRegularised = settings.l2 > 0
    let choice = KernelChoice(
      problem.training, batchSize: settings.batchSize, shape, isRegularised ? method.costs.regularised : method.costs)
    kernels = choice.cheapest(settings.path, listsAreExact: method.lists != nil && !isRegularised)
    costOfStep = choice.step(kernels)
  }

  /// Steps per run: the required length of `Run.factors`.
  public var steps: Int { settings.epochs * order(seed: 0).stepsPerEpoch }

  /// Best number of runs per call of `train`: a multiple of 16.
  public var preferredRunCount: Int {
    guard kernels == .lists, let lists = method.lists else { return 16 }
    return ListsTrainer.preferredLanes(shape, arrays: lists.arrays)
  }

  /// Estimated seconds per run on a typical core, for planning. Depends only on the shape of the problem, never on
  /// measurements.
  public var estimatedCost: Double {
    // A checkpoint takes about half an epoch.
    let halves = settings.checkpoints.count * order(seed: 0).stepsPerEpoch
    return (Double(steps) + 0.5 * Double(halves)) * costOfStep * 1e-9 / 16
  }

  /// Trains any number of runs. A run's outcome does not depend on the other runs, bit for bit.
  ///
  /// - Throws: `CancellationError` soon after `isCancelled` first returns true; it is polled at least ten times a second.
  public func train(
    _ runs: [Run], seed: UInt64, recording: Recording = Recording(), isCancelled: () -> Bool = { false }
  ) throws -> [RunOutcome] {
    for run in runs { precondition(run.factors.count == steps, "a run has one factor a step") }
    precondition(settings.checkpoints.allSatisfy { $0 <= steps }, "a checkpoint after the last step")
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

  /// Number of runs that train together.
  private var groupWidth: Int { kernels == .lists ? preferredRunCount : laneWidth }

  /// Trains all runs and discards the results; for benchmarks.
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

  /// One result per vector of runs.
  private func trainLanes(
    _ runs: ArraySlice<Run>, _ seed: UInt64, _ recording: Recording, _ cancellation: inout Cancellation
  ) throws -> [TrainedLanes] {
    let group = LaneGroup(
      runs: runs, rows: trainingRows, shape: shape, settings: settings, order: order(seed: seed), recording: recording)
    if kernels == .lists, let lists = method.lists { return try lists.train(ListsTrainer(group: group), &cancellation) }
    return [try method.train(StepwiseTrainer(group: group, scatters: kernels == .scatter), &cancellation)]
  }

  private func outcomes(of lanes: TrainedLanes, count: Int, _ cancellation: inout Cancellation) throws -> [RunOutcome] {
    let training = try Evaluation(lanes.weights, shape, on: trainingRows, l2: settings.l2, &cancellation)
    let test = try testRows.map { try Evaluation(lanes.weights, shape, on: $0, l2: 0, &cancellation) }
    let areFinite = lanes.weightsAreFinite()
    return (0..<count).map { lane in
      let norms = lanes.recorder.norms(ofLane: lane)
      return RunOutcome(
        trainError: training.errors[lane], trainLoss: training.losses[lane], trainObjective: training.objectives?[lane],
        testError: test?.errors[lane], testLoss: test?.losses[lane],
        diverged: !areFinite[lane] || !training.losses[lane].isFinite, steps: steps, l1Norms: norms.l1, l2Norms: norms.l2,
        trace: lanes.recorder.trace(ofLane: lane), checkpoints: lanes.recorder.checkpoints(ofLane: lane))
    }
  }

  private func order(seed: UInt64) -> SampleOrder { Self.order(problem, settings, seed: seed) }

  private static func order(_ problem: Problem, _ settings: TrainingSettings, seed: UInt64) -> SampleOrder {
    SampleOrder(
      rows: problem.training.rowCount, batchSize: settings.batchSize, seed: seed, keepsLastBatch: settings.keepsLastBatch)
  }
}
