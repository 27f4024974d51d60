import SIMDShims

/// Adam on listed batches: a feature's steps up to its next event are applied at once, except for a replay step by step at the
/// start of a run.
final class AdamSteps: ListsSteps {
  /// Negative learning rates, times the bias correction's scale.
  private let rates: Rates
  private let decays: DecayProducts
  private let corrections: BiasCorrection
  private let lookAhead: LookAhead
  private let terms: AdamTerms
  private let state: AdamState
  private let beta1: Float
  private let root: Float
  private let powers1: DecayPowers
  private let powers2: DecayPowers
  /// e_j of the replayed steps, and of those after them until it is settled.
  private let epsilons: UnsafeMutablePointer<Float>
  private let lastEpsilon: Int

  init(
    _ terms: AdamTerms, weightDecay: Double, _ corrections: BiasCorrection, _ group: LaneGroup, _ arrays: RuleMemory,
    _ memory: KernelMemory
  ) {
    self.terms = terms
    self.corrections = corrections
    state = AdamState(weights: arrays.weights, first: arrays.array(), second: arrays.array())
    lookAhead = LookAhead(terms, in: memory)
    beta1 = Float(terms.beta1)
    root = Float(terms.beta2.squareRoot())
    powers1 = DecayPowers(of: terms.beta1, steps: group.steps, in: memory)
    powers2 = DecayPowers(of: terms.beta2, steps: group.steps, in: memory)
    let replayed = AdamTerms.replayedSteps
    lastEpsilon = max(replayed, min(group.steps, terms.settledStep))
    epsilons = memory.array((0...lastEpsilon).map { corrections[$0].epsilon })
    let ahead = lookAhead.horizon + replayed
    rates = Rates(group, capacity: group.order.stepsPerEpoch + ahead, in: memory)
    decays = DecayProducts(group, weightDecay: weightDecay, ahead: ahead, in: memory)

    let local = KernelMemory()
    let ratesAfterReplay = Rates(group, capacity: ahead, in: local)
    let decaysAfterReplay = DecayProducts(group, weightDecay: weightDecay, capacity: ahead, in: local)
    ratesAfterReplay.fill(from: replayed) { -corrections[$0].scale }
    decaysAfterReplay.fill(from: replayed)
    lookAhead.setStep(replayed)
    withExtendedLifetime(local) {
      lookAhead.prepareAfterReplay(rates: ratesAfterReplay.vectors, decays: decaysAfterReplay.factorsIfActive(from: 0))
    }
  }

  func begin(epochFrom step: Int) {
    rates.fill(from: step) { -corrections[$0].scale }
    decays.fill(from: step)
  }

  func take(_ batch: ListedBatch, on pass: ListsPass, step: Int, stepOfEpoch: Int, wantsLoss: Bool) -> ListedSums {
    step < AdamTerms.replayedSteps
      ? replay(batch, pass, step: step, stepOfEpoch: stepOfEpoch, wantsLoss: wantsLoss)
      : lookAhead(batch, pass, step: step, stepOfEpoch: stepOfEpoch, wantsLoss: wantsLoss)
  }

  @inline(__always)
  private func lookAhead(
    _ batch: ListedBatch, _ pass: ListsPass, step: Int, stepOfEpoch: Int, wantsLoss: Bool
  ) -> ListedSums {
    if step == AdamTerms.replayedSteps || step <= terms.settledStep { lookAhead.setStep(step) }
    lookAhead.prepare(batch, rates: rates.vectors + stepOfEpoch, decays: decays.factorsIfActive(from: stepOfEpoch))
    let epsilon = epsilons[min(step, lastEpsilon)]
    let (short, middle, long) = (terms.short, terms.middle, terms.long)
    // For gaps beyond the horizon, coefficients and band are those of the horizon.
    let horizon = lookAhead.horizon
    let (longestOfShort, longestOfMiddle) = (short.longest, middle.longest)
    let offsets = (epsilon * Float(short.c), epsilon * Float(middle.c), epsilon * Float(long.c))
    let state = state
    @inline(__always)
    func rule<P: LookAheadPolynomial>(_ gap: Int, _: P.Type, _ offset: Float) -> LookAheadUpdate<P> {
      let tail = decays.tail(gap, beyond: lookAhead.horizon, from: stepOfEpoch)
      return LookAheadUpdate<P>(
        state: state, coefficients: lookAhead.coefficients(gap: gap), kept: lane_multiply(lookAhead.kept(gap: gap), tail),
        tail: tail, offset: lane_splat(offset), decay1: powers1[gap], decay2: powers2[gap])
    }
    var sums = pass.forEachFeature(batch, wantsLoss: wantsLoss) { feature, soon, norms in
      let gap = Int(feature.gap)
      let summed = min(gap, horizon)
      if summed <= longestOfShort {
        pass.update(feature, soon: soon, of: batch, rule(gap, Degree4.self, offsets.0), &norms)
      } else if summed <= longestOfMiddle {
        pass.update(feature, soon: soon, of: batch, rule(gap, Degree6.self, offsets.1), &norms)
      } else {
        pass.update(feature, soon: soon, of: batch, rule(gap, Degree8.self, offsets.2), &norms)
      }
    }
    pass.updateBias(batch, rule(1, Degree4.self, offsets.0), &sums.norms)
    return sums
  }

  @inline(never)
  private func replay(
    _ batch: ListedBatch, _ pass: ListsPass, step: Int, stepOfEpoch: Int, wantsLoss: Bool
  ) -> ListedSums {
    let offset = epsilons[AdamTerms.replayedSteps] * Float(terms.long.c)
    let state = state
    func rule(_ gap: Int) -> ReplayUpdate {
      let replayed = min(gap, AdamTerms.replayedSteps - step)
      let tail = decays.tail(gap - replayed, beyond: lookAhead.horizon, from: stepOfEpoch + replayed)
      return ReplayUpdate(
        state: state, rates: rates.vectors + stepOfEpoch, decays: decays.factors(from: stepOfEpoch),
        epsilons: UnsafePointer(epsilons) + step, steps: replayed,
        coefficients: gap > replayed ? lookAhead.coefficientsAfterReplay(gap: gap - replayed) : nil,
        kept: lane_multiply(lookAhead.keptAfterReplay(gap: gap - replayed), tail), tail: tail,
        offset: lane_splat(offset), beta1: lane_splat(beta1), root: lane_splat(root),
        decay1: powers1[gap], decay2: powers2[gap])
    }
    var sums = pass.forEachFeature(batch, wantsLoss: wantsLoss) {
      pass.update($0, soon: $1, of: batch, rule(Int($0.gap)), &$2)
    }
    pass.updateBias(batch, rule(1), &sums.norms)
    return sums
  }
}
