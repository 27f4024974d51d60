import Foundation
import SIMDShims
import Sparse

/// One vector of runs on the sparse path: weights and moments, and what has been noted of its steps.
final class SparseLaneGroup {
  private let shape: LaneShape
  private let classes: Int
  private let method: Method
  /// Minus the learning rates, for Adam times the bias correction's scale.
  private let rates: LaneRates
  private let corrections: BiasCorrection?
  private let decays: SparseLaneDecays
  private let state: LaneBuffer
  private let logits: LaneBuffer
  private let norms: LaneBuffer
  private var trace: LossTrace
  private let notesNorms: Bool
  private let pass: SparseLanePass

  private enum Method {
    case sgd
    case momentum(SparseLaneLookAhead, powers: KernelArray<Float>)
    case adam(Adam)
  }

  /// What Adam's look-ahead needs beside its arrays.
  private struct Adam {
    let lookAhead: SparseLaneLookAhead
    let terms: SparseLaneTerms
    let beta1: Float
    let root: Float
    /// b1^k and b2^k, up to where they vanish.
    let powers1: KernelArray<Float>
    let powers2: KernelArray<Float>
    /// e of the steps that are replayed, and of those after them until it is settled.
    let epsilons: KernelArray<Float>
  }

  /// - Precondition: `SparseLaneTrainer.offers(settings.optimizer)`.
  init(
    _ runs: ArraySlice<Run>, shape: LaneShape, settings: TrainingSettings, corrections: BiasCorrection, order: SampleOrder,
    recording: Recording
  ) {
    self.shape = shape
    classes = SparseLaneTrainer.storedClasses(shape)
    let steps = order.stepsPerEpoch * settings.epochs
    var ahead = 0
    let arrays: Int
    let weightDecay =
      switch settings.optimizer {
      case .sgd(_, let weightDecay), .adam(_, _, _, let weightDecay, _): weightDecay
      }
    switch settings.optimizer {
    case .sgd(momentum: 0, weightDecay: 0):
      method = .sgd
      arrays = 1
    case .sgd(let momentum, _):
      let lookAhead = SparseLaneLookAhead(momentum: momentum, horizon: SparseLaneTrainer.horizon(momentum: momentum))
      method = .momentum(lookAhead, powers: Self.powers(momentum, steps))
      ahead = lookAhead.horizon
      arrays = 2
    case .adam(let beta1, let beta2, let epsilon, _, _):
      guard let terms = SparseLaneTerms(beta1: beta1, beta2: beta2, epsilon: epsilon) else {
        preconditionFailure("the sparse path does not offer \(settings.optimizer)")
      }
      let lookAhead = SparseLaneLookAhead(terms)
      method = .adam(
        Adam(
          lookAhead: lookAhead, terms: terms, beta1: Float(beta1), root: Float(beta2.squareRoot()),
          powers1: Self.powers(beta1, steps), powers2: Self.powers(beta2, steps),
          epsilons: KernelArray(
            (0...max(SparseLaneTerms.replayedSteps, min(steps, terms.settledStep))).map { corrections[$0].epsilon }, padding: 0)
        ))
      ahead = lookAhead.horizon + SparseLaneTerms.replayedSteps
      arrays = 3
      let rates = LaneRates(runs, capacity: ahead, steps: steps)
      let decays = SparseLaneDecays(runs, weightDecay: weightDecay, capacity: ahead, steps: steps)
      rates.fill(from: SparseLaneTerms.replayedSteps) { -corrections[$0].scale }
      decays.fill(from: SparseLaneTerms.replayedSteps)
      lookAhead.setStep(SparseLaneTerms.replayedSteps)
      withExtendedLifetime((rates, decays)) {
        lookAhead.prepareAfterReplay(
          rates: rates.vectors.pointer, decays: decays.isActive ? decays.factors(from: 0) : nil)
      }
    }
    self.corrections = if case .adam = method { corrections } else { nil }
    rates = LaneRates(runs, capacity: order.stepsPerEpoch + ahead, steps: steps)
    // A feature's next event is within two epochs.
    decays = SparseLaneDecays(
      runs, weightDecay: weightDecay, capacity: order.stepsPerEpoch + max(order.stepsPerEpoch, ahead), steps: steps)
    // The arrays of a feature stand side by side: its update then finds them in one place.
    let stride = arrays * classes
    state = LaneBuffer(count: (shape.features + 1) * stride)
    logits = LaneBuffer(count: order.batchSize * classes, cacheLineOffset: 11)
    norms = LaneBuffer(count: recording.norms ? 2 * steps : 0)
    notesNorms = recording.norms
    trace = LossTrace(length: recording.traceLength, steps: steps)
    pass = SparseLanePass(
      classes: classes, stride: stride, bias: shape.features, copies: shape.classes == 2 ? 2 : 1,
      forward: SparseLaneForward(
        classes: classes, weights: UnsafePointer(state.pointer), featureStride: stride, bias: shape.features,
        prefetches: state.count * MemoryLayout<LaneVector>.stride > Self.nearbyCache),
      logits: logits.pointer)
  }

  /// Larger states are prefetched.
  private static let nearbyCache = 512 << 10

  /// base^0, base^1, ... up to `most` or to where a Float is zero.
  private static func powers(_ base: Double, _ most: Int) -> KernelArray<Float> {
    var powers: [Float] = [1]
    var power = base
    while powers.count <= most, power > 1e-37 {
      powers.append(Float(power))
      power *= base
    }
    if powers.count <= most { powers.append(0) }
    return KernelArray(powers, padding: 0)
  }

  /// Fills in the rates and decays of an epoch.
  func begin(epochFrom step: Int) {
    rates.fill(from: step) { -(corrections?[$0].scale ?? 1) }
    decays.fill(from: step)
  }

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
        let (loss, norms) = take(
          batch, step: firstStep &+ index, stepOfEpoch: stepOfEpoch &+ index, wantsLoss: wantsLoss)
        if notesNorms {
          let totals = pass.totals(norms)
          self.norms.pointer[2 &* (firstStep &+ index)] = totals.l1
          self.norms.pointer[2 &* (firstStep &+ index) &+ 1] = totals.l2
        }
        if wantsLoss { trace.add(lane_multiply(lane_splat(1 / Float(batch.samples)), loss)) }
      }
    }
  }

  /// What a step tells: the sum of its samples' losses where it is wanted, and the norms' sums.
  private typealias StepSums = (loss: LaneVector, norms: SparseLaneNorms)

  @inline(__always)
  private func take(_ batch: SparseLaneBatch, step: Int, stepOfEpoch: Int, wantsLoss: Bool) -> StepSums {
    switch method {
    case .sgd:
      let rule = SparseSGDRule(weights: state.pointer, rate: rates.vectors.pointer[stepOfEpoch])
      var sums = pass.forEachRecord(batch, wantsLoss: wantsLoss) { pass.update($0, soon: $1, of: batch, rule, &$2) }
      pass.updateBias(batch, rule, &sums.norms)
      return sums
    case .momentum(let lookAhead, let powers):
      return updateWithMomentum(batch, lookAhead, powers, stepOfEpoch: stepOfEpoch, wantsLoss: wantsLoss)
    case .adam(let adam):
      return step < SparseLaneTerms.replayedSteps
        ? replay(batch, adam, step: step, stepOfEpoch: stepOfEpoch, wantsLoss: wantsLoss)
        : lookAhead(batch, adam, step: step, stepOfEpoch: stepOfEpoch, wantsLoss: wantsLoss)
    }
  }

  /// Makes the step's coefficients.
  @inline(__always)
  private func prepare(_ lookAhead: SparseLaneLookAhead, _ batch: SparseLaneBatch, stepOfEpoch: Int) {
    lookAhead.prepare(
      batch.records, count: batch.recordCount, rates: rates.vectors.pointer + stepOfEpoch,
      decays: decays.isActive ? decays.factors(from: stepOfEpoch) : nil)
  }

  /// What decay leaves of a weight over the steps of a gap beyond the look-ahead's horizon.
  @inline(__always)
  private func tail(_ gap: Int, beyond horizon: Int, stepOfEpoch: Int) -> LaneVector {
    guard decays.isActive, gap > horizon else { return lane_splat(1) }
    return decays.product((stepOfEpoch + horizon)..<(stepOfEpoch + gap))
  }

  private func updateWithMomentum(
    _ batch: SparseLaneBatch, _ lookAhead: SparseLaneLookAhead, _ powers: KernelArray<Float>, stepOfEpoch: Int,
    wantsLoss: Bool
  ) -> StepSums {
    prepare(lookAhead, batch, stepOfEpoch: stepOfEpoch)
    func rule(_ gap: Int) -> SparseMomentumRule {
      let tail = tail(gap, beyond: lookAhead.horizon, stepOfEpoch: stepOfEpoch)
      return SparseMomentumRule(
        weights: state.pointer, buffer: state.pointer + classes, kept: lane_multiply(lookAhead.kept(gap: gap), tail),
        sum: lane_multiply(lookAhead.coefficients(gap: gap)[0], tail),
        decay: lane_splat(powers.pointer[min(gap, powers.count - 1)]))
    }
    var sums = pass.forEachRecord(batch, wantsLoss: wantsLoss) { pass.update($0, soon: $1, of: batch, rule(Int($0.gap)), &$2) }
    pass.updateBias(batch, rule(1), &sums.norms)
    return sums
  }

  private func lookAhead(
    _ batch: SparseLaneBatch, _ adam: Adam, step: Int, stepOfEpoch: Int, wantsLoss: Bool
  ) -> StepSums {
    let lookAhead = adam.lookAhead
    if step == SparseLaneTerms.replayedSteps || step <= adam.terms.settledStep { lookAhead.setStep(step) }
    prepare(lookAhead, batch, stepOfEpoch: stepOfEpoch)
    let epsilon = adam.epsilons.pointer[min(step, adam.epsilons.count - 1)]
    let (short, middle, long) = (adam.terms.bands[0], adam.terms.bands[1], adam.terms.bands[2])
    let longestOfShort = short.longest
    let longestOfMiddle = middle.longest
    let offsets = (epsilon * Float(short.c), epsilon * Float(middle.c), epsilon * Float(long.c))
    let adamState = adamState
    @inline(__always)
    func rule<P: SparseLanePolynomial>(_ gap: Int, _: P.Type, _ offset: Float) -> SparseLookAheadRule<P> {
      let tail = tail(gap, beyond: lookAhead.horizon, stepOfEpoch: stepOfEpoch)
      return SparseLookAheadRule<P>(
        state: adamState, coefficients: lookAhead.coefficients(gap: gap),
        kept: lane_multiply(lookAhead.kept(gap: gap), tail), tail: tail, offset: lane_splat(offset),
        decay1: lane_splat(adam.powers1.pointer[min(gap, adam.powers1.count - 1)]),
        decay2: lane_splat(adam.powers2.pointer[min(gap, adam.powers2.count - 1)]))
    }
    var sums = pass.forEachRecord(batch, wantsLoss: wantsLoss) { record, soon, norms in
      let gap = Int(record.gap)
      if gap <= longestOfShort {
        pass.update(record, soon: soon, of: batch, rule(gap, SparseLaneDegree4.self, offsets.0), &norms)
      } else if gap <= longestOfMiddle {
        pass.update(record, soon: soon, of: batch, rule(gap, SparseLaneDegree6.self, offsets.1), &norms)
      } else {
        pass.update(record, soon: soon, of: batch, rule(gap, SparseLaneDegree8.self, offsets.2), &norms)
      }
    }
    pass.updateBias(batch, rule(1, SparseLaneDegree4.self, offsets.0), &sums.norms)
    return sums
  }

  private var adamState: SparseAdamState {
    SparseAdamState(weights: state.pointer, first: state.pointer + classes, second: state.pointer + 2 * classes)
  }

  @inline(never)
  private func replay(
    _ batch: SparseLaneBatch, _ adam: Adam, step: Int, stepOfEpoch: Int, wantsLoss: Bool
  ) -> StepSums {
    let lookAhead = adam.lookAhead
    let beyond = adam.epsilons.pointer[SparseLaneTerms.replayedSteps]
    let offset = beyond * Float(adam.terms.bands[2].c)
    func rule(_ gap: Int) -> SparseReplayRule {
      let replayed = min(gap, SparseLaneTerms.replayedSteps - step)
      let tail = tail(gap - replayed, beyond: lookAhead.horizon, stepOfEpoch: stepOfEpoch + replayed)
      return SparseReplayRule(
        state: adamState, rates: rates.vectors.pointer + stepOfEpoch, decays: decays.factors(from: stepOfEpoch),
        epsilons: UnsafePointer(adam.epsilons.pointer) + step, steps: replayed,
        coefficients: gap > replayed ? lookAhead.coefficientsAfterReplay(gap: gap - replayed) : nil,
        kept: lane_multiply(lookAhead.keptAfterReplay(gap: gap - replayed), tail), tail: tail,
        offset: lane_splat(offset), beta1: lane_splat(adam.beta1), root: lane_splat(adam.root),
        decay1: lane_splat(adam.powers1.pointer[min(gap, adam.powers1.count - 1)]),
        decay2: lane_splat(adam.powers2.pointer[min(gap, adam.powers2.count - 1)]))
    }
    var sums = pass.forEachRecord(batch, wantsLoss: wantsLoss) { pass.update($0, soon: $1, of: batch, rule(Int($0.gap)), &$2) }
    pass.updateBias(batch, rule(1), &sums.norms)
    return sums
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
