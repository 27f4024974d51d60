import SIMDShims
import Sparse

/// Kernels of a step that updates every weight: `DensePass` or `ScatterPass`.
protocol StepwisePass {
  associatedtype Rule: LaneRule
  init(_ method: Rule.Method, _ group: LaneGroup, _ rows: RowPointers, in memory: KernelMemory)
  /// One step on the rows `indices[0 ..< count]`; `following` more indices after them are readable.
  ///
  /// - Parameters:
  ///   - wantsNorms: whether the caller reads the norms; if not, they may be left out.
  ///   - wantsLoss: whether the caller reads the loss.
  mutating func step(
    _ step: LaneStep, _ indices: UnsafePointer<Int32>, count: Int, following: Int, wantsNorms: Bool, wantsLoss: Bool,
    _ cancellation: inout Cancellation
  ) throws -> BatchTotals
  /// The optimizer's arrays.
  var arrays: RuleMemory { get }
  /// Replaces the weights by those of the optimizer's result.
  mutating func result() -> LaneWeights
}

extension StepwisePass {
  /// Calls `body` with the weights of the optimizer's result so far.
  fileprivate mutating func withResult<Result>(_ body: (LaneWeights) throws -> Result) rethrows -> Result {
    let memory = KernelMemory()
    let count = arrays.shape.vectorCount
    let kept = memory.vectors(count)
    kept.update(from: arrays.weights, count: count)
    defer {
      arrays.weights.update(from: kept, count: count)
      withExtendedLifetime(memory) {}
    }
    return try body(result())
  }
}

/// Trains one vector of runs, updating every weight at every step: on dense rows, or on sparse rows with scattered gradients.
struct StepwiseTrainer {
  /// Up to `laneWidth` runs; unused lanes have rate 0.
  let group: LaneGroup
  let scatters: Bool

  /// Called by an optimizer with its rule.
  func train<Rule: LaneRule>(
    _: Rule.Type, _ method: Rule.Method, _ cancellation: inout Cancellation
  ) throws -> TrainedLanes {
    try train(wholeGradient: { EntrywiseRule<Rule>(method, $0) }, &cancellation)
  }

  /// Fuses the rule into the kernels: a weight is updated as soon as its gradient is summed; with regularisation, the gradient is
  /// stored all the same. Every rule trained this way compiles kernels of its own, which takes the compiler tens of seconds: for
  /// SGD and Adam only.
  func trainFused<Rule: LaneRule>(
    _: Rule.Type, _ method: Rule.Method, _ cancellation: inout Cancellation
  ) throws -> TrainedLanes {
    if group.settings.l2 > 0 { return try train(Rule.self, method, &cancellation) }
    return try trainInKernels(Rule.self, method, &cancellation)
  }

  /// Called by an optimizer whose rule depends on the whole gradient.
  func train(
    wholeGradient makeRule: @escaping (RuleMemory) -> any WholeGradientRule, _ cancellation: inout Cancellation
  ) throws -> TrainedLanes {
    let l2 = group.settings.l2
    let method = StoredGradientRule.Method(makeRule: makeRule, penalty: l2 > 0 ? Penalty(l2: l2) : nil)
    return try trainInKernels(StoredGradientRule.self, method, &cancellation)
  }

  private func trainInKernels<Rule: LaneRule>(
    _: Rule.Type, _ method: Rule.Method, _ cancellation: inout Cancellation
  ) throws -> TrainedLanes {
    scatters
      ? try train(ScatterPass<Rule>.self, method, &cancellation) : try train(DensePass<Rule>.self, method, &cancellation)
  }

  private func train<Pass: StepwisePass>(
    _: Pass.Type, _ method: Pass.Rule.Method, _ cancellation: inout Cancellation
  ) throws -> TrainedLanes {
    let memory = KernelMemory()
    var recorder = StepRecorder(group)
    let order = group.order
    let rates = Rates(group, capacity: order.stepsPerEpoch, in: memory)
    let weights = try group.rows.withPointers { rows in
      var pass = Pass(method, group, rows, in: memory)
      var indices = [Int32](repeating: 0, count: order.rows)
      func evaluate(after step: Int) throws {
        let evaluation = try pass.withResult {
          try Evaluation($0, group.shape, on: group.rows, l2: group.settings.l2, &cancellation)
        }
        recorder.note(evaluation, atCheckpoint: step)
      }
      for epoch in 0..<group.settings.epochs {
        order.shuffle(epoch: epoch, into: &indices)
        let firstStep = epoch * order.stepsPerEpoch
        rates.fill(from: firstStep)
        for batches in group.stretches(ofEpoch: epoch) {
          if group.isCheckpoint(firstStep + batches.lowerBound) { try evaluate(after: firstStep + batches.lowerBound) }
          try take(batches, of: &pass, indices, firstStep: firstStep, rates: rates.vectors, &recorder, &cancellation)
        }
      }
      if group.isCheckpoint(group.steps) { try evaluate(after: group.steps) }
      return pass.result()
    }
    recorder.finish()
    return TrainedLanes(weights: weights, shape: group.shape, recorder: recorder, memory: memory)
  }

  /// Takes the steps of some of an epoch's batches.
  ///
  /// - Parameters:
  ///   - firstStep: index of the epoch's first step in the run.
  ///   - rates: one vector per step of the epoch.
  @inline(never)
  private func take<Pass: StepwisePass>(
    _ batches: Range<Int>, of pass: inout Pass, _ indices: [Int32], firstStep: Int, rates: UnsafePointer<LaneVector>,
    _ recorder: inout StepRecorder, _ cancellation: inout Cancellation
  ) throws {
    // With regularisation the rule sums the norms of the objective's gradient.
    let (wantsNorms, wantsLoss) = (recorder.wantsNorms && group.settings.l2 == 0, recorder.wantsLoss)
    let batchSize = group.order.batchSize
    try indices.withUnsafeBufferPointer { buffer in
      var indices = buffer.baseAddress.unsafelyUnwrapped + batches.lowerBound * batchSize
      var left = buffer.count - batches.lowerBound * batchSize
      for batch in batches {
        let count = min(batchSize, left)
        left &-= count
        let totals = try pass.step(
          LaneStep(index: firstStep &+ batch, rate: rates[batch]), indices, count: count, following: left,
          wantsNorms: wantsNorms, wantsLoss: wantsLoss, &cancellation)
        recorder.note(totals, step: firstStep &+ batch)
        indices += count
      }
    }
  }
}
