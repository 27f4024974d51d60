import SIMDShims

/// Adam on the sparse path: a feature's steps up to its next event are taken at once, in the first steps of a run one by one.
final class SparseLaneAdam: SparseLaneStepper {
  /// Minus the learning rates, times the bias correction's scale.
  private let rates: LaneRates
  private let decays: SparseLaneDecays
  private let corrections: BiasCorrection
  private let lookAhead: SparseLaneLookAhead
  private let terms: SparseLaneTerms
  private let beta1: Float
  private let root: Float
  private let powers1: DecayPowers
  private let powers2: DecayPowers
  /// e of the steps that are replayed, and of those after them until it is settled.
  private let epsilons: KernelArray<Float>

  init(
    _ runs: ArraySlice<Run>, terms: SparseLaneTerms, weightDecay: Double, corrections: BiasCorrection, order: SampleOrder,
    steps: Int
  ) {
    self.terms = terms
    self.corrections = corrections
    lookAhead = SparseLaneLookAhead(terms)
    beta1 = Float(terms.beta1)
    root = Float(terms.beta2.squareRoot())
    powers1 = DecayPowers(of: terms.beta1, steps: steps)
    powers2 = DecayPowers(of: terms.beta2, steps: steps)
    let replayed = SparseLaneTerms.replayedSteps
    epsilons = KernelArray((0...max(replayed, min(steps, terms.settledStep))).map { corrections[$0].epsilon }, padding: 0)
    let ahead = lookAhead.horizon + replayed
    rates = LaneRates(runs, capacity: order.stepsPerEpoch + ahead, steps: steps)
    decays = SparseLaneDecays(runs, weightDecay: weightDecay, order: order, ahead: ahead, steps: steps)

    let ratesAfterReplay = LaneRates(runs, capacity: ahead, steps: steps)
    let decaysAfterReplay = SparseLaneDecays(runs, weightDecay: weightDecay, capacity: ahead, steps: steps)
    ratesAfterReplay.fill(from: replayed) { -corrections[$0].scale }
    decaysAfterReplay.fill(from: replayed)
    lookAhead.setStep(replayed)
    withExtendedLifetime((ratesAfterReplay, decaysAfterReplay)) {
      lookAhead.prepareAfterReplay(
        rates: ratesAfterReplay.vectors.pointer, decays: decaysAfterReplay.factorsIfActive(from: 0))
    }
  }

  func begin(epochFrom step: Int) {
    rates.fill(from: step) { -corrections[$0].scale }
    decays.fill(from: step)
  }

  func take(
    _ batch: SparseLaneBatch, on pass: SparseLanePass, step: Int, stepOfEpoch: Int, wantsLoss: Bool
  ) -> SparseLaneStepSums {
    step < SparseLaneTerms.replayedSteps
      ? replay(batch, pass, step: step, stepOfEpoch: stepOfEpoch, wantsLoss: wantsLoss)
      : lookAhead(batch, pass, step: step, stepOfEpoch: stepOfEpoch, wantsLoss: wantsLoss)
  }

  @inline(__always)
  private func lookAhead(
    _ batch: SparseLaneBatch, _ pass: SparseLanePass, step: Int, stepOfEpoch: Int, wantsLoss: Bool
  ) -> SparseLaneStepSums {
    if step == SparseLaneTerms.replayedSteps || step <= terms.settledStep { lookAhead.setStep(step) }
    lookAhead.prepare(batch, rates: rates.vectors.pointer + stepOfEpoch, decays: decays.factorsIfActive(from: stepOfEpoch))
    let epsilon = epsilons.pointer[min(step, epsilons.count - 1)]
    let (short, middle, long) = (terms.short, terms.middle, terms.long)
    // Beyond the horizon the coefficients are the horizon's, and so is the band.
    let horizon = lookAhead.horizon
    let (longestOfShort, longestOfMiddle) = (short.longest, middle.longest)
    let offsets = (epsilon * Float(short.c), epsilon * Float(middle.c), epsilon * Float(long.c))
    let state = state(pass)
    @inline(__always)
    func rule<P: SparseLanePolynomial>(_ gap: Int, _: P.Type, _ offset: Float) -> SparseLookAheadRule<P> {
      let tail = decays.tail(gap, beyond: lookAhead.horizon, from: stepOfEpoch)
      return SparseLookAheadRule<P>(
        state: state, coefficients: lookAhead.coefficients(gap: gap), kept: lane_multiply(lookAhead.kept(gap: gap), tail),
        tail: tail, offset: lane_splat(offset), decay1: powers1[gap], decay2: powers2[gap])
    }
    var sums = pass.forEachRecord(batch, wantsLoss: wantsLoss) { record, soon, norms in
      let gap = Int(record.gap)
      let summed = min(gap, horizon)
      if summed <= longestOfShort {
        pass.update(record, soon: soon, of: batch, rule(gap, SparseLaneDegree4.self, offsets.0), &norms)
      } else if summed <= longestOfMiddle {
        pass.update(record, soon: soon, of: batch, rule(gap, SparseLaneDegree6.self, offsets.1), &norms)
      } else {
        pass.update(record, soon: soon, of: batch, rule(gap, SparseLaneDegree8.self, offsets.2), &norms)
      }
    }
    pass.updateBias(batch, rule(1, SparseLaneDegree4.self, offsets.0), &sums.norms)
    return sums
  }

  @inline(never)
  private func replay(
    _ batch: SparseLaneBatch, _ pass: SparseLanePass, step: Int, stepOfEpoch: Int, wantsLoss: Bool
  ) -> SparseLaneStepSums {
    let offset = epsilons.pointer[SparseLaneTerms.replayedSteps] * Float(terms.long.c)
    let state = state(pass)
    func rule(_ gap: Int) -> SparseReplayRule {
      let replayed = min(gap, SparseLaneTerms.replayedSteps - step)
      let tail = decays.tail(gap - replayed, beyond: lookAhead.horizon, from: stepOfEpoch + replayed)
      return SparseReplayRule(
        state: state, rates: rates.vectors.pointer + stepOfEpoch, decays: decays.factors(from: stepOfEpoch),
        epsilons: UnsafePointer(epsilons.pointer) + step, steps: replayed,
        coefficients: gap > replayed ? lookAhead.coefficientsAfterReplay(gap: gap - replayed) : nil,
        kept: lane_multiply(lookAhead.keptAfterReplay(gap: gap - replayed), tail), tail: tail,
        offset: lane_splat(offset), beta1: lane_splat(beta1), root: lane_splat(root),
        decay1: powers1[gap], decay2: powers2[gap])
    }
    var sums = pass.forEachRecord(batch, wantsLoss: wantsLoss) {
      pass.update($0, soon: $1, of: batch, rule(Int($0.gap)), &$2)
    }
    pass.updateBias(batch, rule(1), &sums.norms)
    return sums
  }

  @inline(__always)
  private func state(_ pass: SparseLanePass) -> SparseAdamState {
    SparseAdamState(weights: pass.weights, first: pass.weights + pass.classes, second: pass.weights + 2 * pass.classes)
  }
}
