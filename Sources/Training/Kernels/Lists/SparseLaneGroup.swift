import SIMDShims
import Sparse

/// One vector of runs on the sparse path: weights and moments, and what has been noted of its steps.
final class SparseLaneGroup {
  private let shape: LaneShape
  private let classes: Int
  private let stepper: any SparseLaneStepper
  private let state: LaneBuffer
  private let logits: LaneBuffer
  private let norms: LaneBuffer
  private var trace: LossTrace
  private let notesNorms: Bool
  private let pass: SparseLanePass

  /// - Precondition: `SparseLaneTrainer.offers(settings.optimizer)`.
  init(
    _ runs: ArraySlice<Run>, shape: LaneShape, settings: TrainingSettings, corrections: BiasCorrection, order: SampleOrder,
    recording: Recording
  ) {
    self.shape = shape
    classes = SparseLaneTrainer.storedClasses(shape)
    let steps = order.stepsPerEpoch * settings.epochs
    let arrays: Int
    switch settings.optimizer {
    case .sgd(momentum: 0, weightDecay: 0):
      stepper = SparseLaneSGD(runs, order: order, steps: steps)
      arrays = SparseSGDRule.arrays
    case .sgd(let momentum, let weightDecay):
      stepper = SparseLaneMomentum(runs, momentum: momentum, weightDecay: weightDecay, order: order, steps: steps)
      arrays = SparseMomentumRule.arrays
    case .adam(let beta1, let beta2, let epsilon, let weightDecay, _):
      guard let terms = SparseLaneTerms(beta1: beta1, beta2: beta2, epsilon: epsilon) else {
        preconditionFailure("the sparse path does not offer \(settings.optimizer)")
      }
      stepper = SparseLaneAdam(
        runs, terms: terms, weightDecay: weightDecay, corrections: corrections, order: order, steps: steps)
      arrays = SparseReplayRule.arrays
    }
    // The arrays of a feature stand side by side: its update then finds them in one place.
    let stride = arrays * classes
    state = LaneBuffer(count: (shape.features + 1) * stride)
    logits = LaneBuffer(count: order.batchSize * classes, cacheLineOffset: 11)
    norms = LaneBuffer(count: recording.norms ? 2 * steps : 0)
    notesNorms = recording.norms
    trace = LossTrace(length: recording.traceLength, steps: steps)
    pass = SparseLanePass(
      classes: classes, stride: stride, bias: shape.features, copies: shape.classes == 2 ? 2 : 1, weights: state.pointer,
      forward: SparseLaneForward(
        classes: classes, weights: UnsafePointer(state.pointer), featureStride: stride, bias: shape.features,
        prefetches: state.count * MemoryLayout<LaneVector>.stride > Self.nearbyCache),
      logits: logits.pointer)
  }

  /// Larger states are prefetched.
  private static let nearbyCache = 512 << 10

  /// Fills in the rates and decays of an epoch.
  func begin(epochFrom step: Int) { stepper.begin(epochFrom: step) }

  /// Takes the steps of listed batches.
  ///
  /// - Parameters:
  ///   - firstStep: of the run.
  ///   - stepOfEpoch: the same counted from the epoch's first.
  func take(
    _ batches: [SparseLaneBatch], firstStep: Int, stepOfEpoch: Int, _ cancellation: inout Cancellation
  ) throws {
    let wantsLoss = trace.isWanted
    try batches.withUnsafeBufferPointer { batches in
      for index in 0..<batches.count {
        let batch = batches[index]
        try cancellation.check(work: 2 * (batch.nonzeros + batch.recordCount + 1) * classes)
        let (loss, norms) = stepper.take(
          batch, on: pass, step: firstStep &+ index, stepOfEpoch: stepOfEpoch &+ index, wantsLoss: wantsLoss)
        if notesNorms {
          let totals = pass.totals(norms)
          self.norms.pointer[2 &* (firstStep &+ index)] = totals.l1
          self.norms.pointer[2 &* (firstStep &+ index) &+ 1] = totals.l2
        }
        if wantsLoss { trace.add(lane_multiply(lane_splat(1 / Float(batch.samples)), loss)) }
      }
    }
  }

  /// Ends the last window of the trace, and hands out the weights.
  func finish() -> TrainedLanes {
    trace.close()
    var lanes = TrainedLanes(weights: state, shape: shape, storedClasses: classes, featureStride: pass.stride)
    lanes.trace = trace.means
    if notesNorms {
      lanes.l1Norms = norms.floats(everySecondFrom: 0)
      lanes.l2Norms = norms.floats(everySecondFrom: 1)
    }
    return lanes
  }
}
