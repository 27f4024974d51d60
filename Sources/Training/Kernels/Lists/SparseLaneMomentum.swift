import SIMDShims

/// SGD with momentum or with weight decay on the sparse path: a feature's steps up to its next event are taken at once.
final class SparseLaneMomentum: SparseLaneStepper {
  /// Minus the learning rates.
  private let rates: LaneRates
  private let decays: SparseLaneDecays
  private let lookAhead: SparseLaneLookAhead
  private let powers: DecayPowers

  /// - Precondition: `SparseLaneTrainer.offers` this momentum and decay.
  init(_ runs: ArraySlice<Run>, momentum: Double, weightDecay: Double, order: SampleOrder, steps: Int) {
    lookAhead = SparseLaneLookAhead(momentum: momentum, horizon: SparseLaneTrainer.horizon(momentum: momentum))
    powers = DecayPowers(of: momentum, steps: steps)
    rates = LaneRates(runs, capacity: order.stepsPerEpoch + lookAhead.horizon, steps: steps)
    decays = SparseLaneDecays(runs, weightDecay: weightDecay, order: order, ahead: lookAhead.horizon, steps: steps)
  }

  func begin(epochFrom step: Int) {
    rates.fill(from: step) { _ in -1 }
    decays.fill(from: step)
  }

  func take(
    _ batch: SparseLaneBatch, on pass: SparseLanePass, step: Int, stepOfEpoch: Int, wantsLoss: Bool
  ) -> SparseLaneStepSums {
    lookAhead.prepare(batch, rates: rates.vectors.pointer + stepOfEpoch, decays: decays.factorsIfActive(from: stepOfEpoch))
    var sums = pass.forEachRecord(batch, wantsLoss: wantsLoss) {
      pass.update($0, soon: $1, of: batch, rule(Int($0.gap), pass, stepOfEpoch: stepOfEpoch), &$2)
    }
    pass.updateBias(batch, rule(1, pass, stepOfEpoch: stepOfEpoch), &sums.norms)
    return sums
  }

  @inline(__always)
  private func rule(_ gap: Int, _ pass: SparseLanePass, stepOfEpoch: Int) -> SparseMomentumRule {
    let tail = decays.tail(gap, beyond: lookAhead.horizon, from: stepOfEpoch)
    return SparseMomentumRule(
      weights: pass.weights, buffer: pass.weights + pass.classes, kept: lane_multiply(lookAhead.kept(gap: gap), tail),
      sum: lane_multiply(lookAhead.coefficients(gap: gap)[0], tail), decay: powers[gap])
  }
}
