import SIMDShims

/// Plain SGD on the sparse path.
final class SparseLaneSGD: SparseLaneStepper {
  /// Minus the learning rates.
  private let rates: LaneRates

  init(_ runs: ArraySlice<Run>, order: SampleOrder, steps: Int) {
    rates = LaneRates(runs, capacity: order.stepsPerEpoch, steps: steps)
  }

  func begin(epochFrom step: Int) { rates.fill(from: step) { _ in -1 } }

  func take(
    _ batch: SparseLaneBatch, on pass: SparseLanePass, step: Int, stepOfEpoch: Int, wantsLoss: Bool
  ) -> SparseLaneStepSums {
    let rule = SparseSGDRule(weights: pass.weights, rate: rates.vectors.pointer[stepOfEpoch])
    var sums = pass.forEachRecord(batch, wantsLoss: wantsLoss) { pass.update($0, soon: $1, of: batch, rule, &$2) }
    pass.updateBias(batch, rule, &sums.norms)
    return sums
  }
}
