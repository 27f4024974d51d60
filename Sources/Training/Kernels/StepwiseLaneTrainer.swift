import SIMDShims
import Sparse

/// What a step tells about its batch.
struct StepResult {
  var l1: LaneVector
  var squared: LaneVector
  /// Mean over the batch; 0 where it was not asked for.
  var loss: LaneVector
}

/// The arrays of one vector of runs.
protocol LaneMemory: AnyObject {
  init(shape: LaneShape, batchSize: Int, stateCount: Int)
  var optimizer: OptimizerMemory { get }
  /// The weights as the evaluation wants them.
  var trained: TrainedLanes { get }
}

/// The kernels of a step that moves every weight.
protocol LanePass {
  associatedtype Rule: UpdateRule
  associatedtype Memory: LaneMemory
  init(memory: Memory, rows: RowPointers, rule: Rule)
  /// One step on the rows `indices[0 ..< count]`, behind which `following` more are readable.
  ///
  /// - Parameter wantsNorms: whether the result's norms are read; where they are not, a pass need not compute them.
  mutating func step(
    _ indices: UnsafePointer<Int32>, count: Int, following: Int, rate: LaneVector, correction: BiasCorrection.Step,
    wantsNorms: Bool, wantsLoss: Bool, _ cancellation: inout Cancellation
  ) throws -> StepResult
}

/// Trains one vector of runs step by step, every weight at every step: on dense rows, or on sparse ones that are scattered.
struct StepwiseLaneTrainer {
  let rows: KernelRows
  let shape: LaneShape
  let settings: TrainingSettings
  let corrections: BiasCorrection
  let scatters: Bool

  /// Trains up to `laneWidth` runs; lanes without a run have rate 0.
  func train(
    _ runs: ArraySlice<Run>, order: SampleOrder, recording: Recording, cancellation: inout Cancellation
  ) throws -> TrainedLanes {
    switch settings.optimizer {
    case .sgd(momentum: 0, weightDecay: 0):
      try train(runs, SGDRule.self, order, recording, &cancellation)
    case .sgd:
      try train(runs, MomentumRule.self, order, recording, &cancellation)
    case .adam(_, _, _, weightDecay: 0, _):
      try train(runs, AdamRule.self, order, recording, &cancellation)
    case .adam:
      try train(runs, DecayingAdamRule.self, order, recording, &cancellation)
    }
  }

  private func train<Rule: UpdateRule>(
    _ runs: ArraySlice<Run>, _: Rule.Type, _ order: SampleOrder, _ recording: Recording, _ cancellation: inout Cancellation
  ) throws -> TrainedLanes {
    scatters
      ? try train(runs, ScatterLanePass<Rule>.self, order, recording, &cancellation)
      : try train(runs, DenseLanePass<Rule>.self, order, recording, &cancellation)
  }

  private func train<Pass: LanePass>(
    _ runs: ArraySlice<Run>, _: Pass.Type, _ order: SampleOrder, _ recording: Recording, _ cancellation: inout Cancellation
  ) throws -> TrainedLanes {
    let memory = Pass.Memory(shape: shape, batchSize: order.batchSize, stateCount: Pass.Rule.stateCount)
    let steps = order.stepsPerEpoch * settings.epochs
    let norms = LaneBuffer(count: recording.norms ? 2 * steps : 0)
    var trace = LossTrace(length: recording.traceLength, steps: steps)
    let rates = LaneRates(runs, capacity: order.stepsPerEpoch, steps: steps)
    try withExtendedLifetime((memory, norms, rates)) {
      try rows.withPointers { rows in
        let rule = Pass.Rule(optimizer: settings.optimizer, memory: memory.optimizer)
        var pass = Pass(memory: memory, rows: rows, rule: rule)
        var indices = [Int32](repeating: 0, count: order.rows)
        for epoch in 0..<settings.epochs {
          order.shuffle(epoch: epoch, into: &indices)
          rates.fill(from: epoch * order.stepsPerEpoch)
          try self.epoch(
            &pass, indices, order, firstStep: epoch * order.stepsPerEpoch, rates: rates.vectors.pointer,
            norms: recording.norms ? norms.pointer : nil, &trace, &cancellation)
        }
      }
    }
    trace.close()
    var lanes = memory.trained
    lanes.trace = trace.means
    if recording.norms {
      lanes.l1Norms = norms.floats(everySecondFrom: 0)
      lanes.l2Norms = norms.floats(everySecondFrom: 1)
    }
    return lanes
  }

  /// The steps of an epoch.
  ///
  /// - Parameters:
  ///   - rates: one vector a step of the epoch.
  ///   - norms: l1 and l2 of every step of the run; nil where they are not wanted.
  @inline(never)
  private func epoch<Pass: LanePass>(
    _ pass: inout Pass, _ indices: [Int32], _ order: SampleOrder, firstStep: Int, rates: UnsafePointer<LaneVector>,
    norms: UnsafeMutablePointer<LaneVector>?, _ trace: inout LossTrace, _ cancellation: inout Cancellation
  ) throws {
    let wantsLoss = trace.isWanted
    let stepCount = order.stepsPerEpoch
    try corrections.withPointer { corrections, lastCorrection in
      try indices.withUnsafeBufferPointer { buffer in
        var indices = buffer.baseAddress.unsafelyUnwrapped
        var left = order.rows
        for batch in 0..<stepCount {
          let count = min(order.batchSize, left)
          left &-= count
          let result = try pass.step(
            indices, count: count, following: left, rate: rates[batch],
            correction: corrections[min(firstStep &+ batch, lastCorrection)], wantsNorms: norms != nil, wantsLoss: wantsLoss,
            &cancellation)
          if let norms {
            norms[2 &* (firstStep &+ batch)] = result.l1
            norms[2 &* (firstStep &+ batch) &+ 1] = lane_sqrt(result.squared)
          }
          if wantsLoss { trace.add(result.loss) }
          indices += count
        }
      }
    }
  }
}
