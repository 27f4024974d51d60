import SIMDShims
import Sparse

/// State of one vector of runs on listed batches: weights, moments, and recorded norms and losses.
final class ListsGroup<Steps: ListsSteps> {
  private let shape: LaneShape
  private let steps: Steps
  private let arrays: RuleMemory
  private let memory = KernelMemory()
  private var recorder: StepRecorder
  private let pass: ListsPass

  /// Weights and moments of more bytes than this are prefetched.
  private static var nearbyCache: Int { 512 << 10 }

  init(_ group: LaneGroup, arrays: Int, _ makeSteps: (LaneGroup, RuleMemory, KernelMemory) -> Steps) {
    shape = group.shape
    let packed = shape.packed
    self.arrays = RuleMemory(interleaved: packed, copies: shape.copies, arrays: arrays, in: memory)
    steps = makeSteps(group, self.arrays, memory)
    recorder = StepRecorder(group)
    let logits = Logits(samples: group.order.batchSize, classes: packed.classes, stride: packed.classes, in: memory)
    let stride = self.arrays.featureStride
    pass = ListsPass(
      stride: stride, bias: shape.features, copies: shape.copies, arrays: arrays,
      forward: SparseForward(
        logits: logits, weights: UnsafePointer(self.arrays.weights), featureStride: stride, bias: shape.features,
        prefetches: (shape.features + 1) * stride * MemoryLayout<LaneVector>.stride > Self.nearbyCache),
      softmax: Softmax(logits, samples: group.order.batchSize, in: memory))
  }

  /// Fills in an epoch's rates and decay factors.
  func begin(epochFrom step: Int) { steps.begin(epochFrom: step) }

  /// Takes the steps of listed batches.
  ///
  /// - Parameters:
  ///   - firstStep: index of the first step in the run.
  ///   - stepOfEpoch: index of the first step in the epoch.
  func take(
    _ batches: [ListedBatch], firstStep: Int, stepOfEpoch: Int, _ cancellation: inout Cancellation
  ) throws {
    let wantsLoss = recorder.wantsLoss
    try batches.withUnsafeBufferPointer { batches in
      for index in 0..<batches.count {
        let batch = batches[index]
        try cancellation.check(work: 2 * (batch.nonzeros + batch.featureCount + 1) * pass.classes)
        let (loss, norms) = steps.take(
          batch, on: pass, step: firstStep &+ index, stepOfEpoch: stepOfEpoch &+ index, wantsLoss: wantsLoss)
        recorder.note(
          BatchTotals(
            norms: norms.totals.times(pass.copies), loss: lane_multiply(lane_splat(1 / Float(batch.samples)), loss)),
          step: firstStep &+ index)
        if recorder.wantsScalars { recorder.note(scalars: steps.scalars) }
      }
    }
  }

  private var weights: LaneWeights {
    LaneWeights(weights: arrays.weights, storedClasses: pass.classes, featureStride: pass.stride)
  }

  /// Evaluates the result after `step` steps, up to which every feature's updates must reach.
  func evaluate(on rows: KernelRows, atCheckpoint step: Int, _ cancellation: inout Cancellation) throws {
    steps.finish(arrays)
    // Regularised runs are not listed.
    recorder.note(try Evaluation(weights, shape, on: rows, l2: 0, &cancellation), atCheckpoint: step)
  }

  /// Closes the last window of the trace, and returns the result's weights.
  func finish() -> TrainedLanes {
    steps.finish(arrays)
    recorder.finish()
    return TrainedLanes(weights: weights, shape: shape, recorder: recorder, memory: memory)
  }
}
