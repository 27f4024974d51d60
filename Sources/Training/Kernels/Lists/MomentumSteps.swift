import Foundation
import SIMDShims

/// SGD with momentum or weight decay on listed batches: a feature's steps up to its next event are applied at once.
final class MomentumSteps: ListsSteps {
  /// Negative learning rates.
  private let rates: Rates
  private let decays: DecayProducts
  private let lookAhead: LookAhead
  private let powers: DecayPowers
  private let weights: UnsafeMutablePointer<LaneVector>
  private let buffer: UnsafeMutablePointer<LaneVector>

  /// Longest supported horizon, in steps.
  private static let longestMomentum = 512

  /// Steps after which the remaining terms are below 1e-9 of the sum; nil if that takes too many.
  ///
  /// - Parameter momentum: at least 0 and below 1.
  static func horizon(momentum: Double) -> Int? {
    let steps = momentum == 0 ? 1 : max(1, (log(1e-9 * (1 - momentum)) / log(momentum)).rounded(.up))
    return steps <= Double(longestMomentum) ? Int(steps) : nil
  }

  /// - Parameter momentum: must have a horizon; 0 if weights decay.
  init(
    momentum: Double, horizon: Int, weightDecay: Double, _ group: LaneGroup, _ arrays: RuleMemory, _ memory: KernelMemory
  ) {
    weights = arrays.weights
    buffer = arrays.array()
    lookAhead = LookAhead(momentum: momentum, horizon: horizon, in: memory)
    powers = DecayPowers(of: momentum, steps: group.steps, in: memory)
    rates = Rates(group, capacity: group.order.stepsPerEpoch + horizon, in: memory)
    decays = DecayProducts(group, weightDecay: weightDecay, ahead: horizon, in: memory)
  }

  func begin(epochFrom step: Int) {
    rates.fill(from: step) { _ in -1 }
    decays.fill(from: step)
  }

  func take(_ batch: ListedBatch, on pass: ListsPass, step: Int, stepOfEpoch: Int, wantsLoss: Bool) -> ListedSums {
    lookAhead.prepare(batch, rates: rates.vectors + stepOfEpoch, decays: decays.factorsIfActive(from: stepOfEpoch))
    var sums = pass.forEachFeature(batch, wantsLoss: wantsLoss) {
      pass.update($0, soon: $1, of: batch, update(Int($0.gap), stepOfEpoch), &$2)
    }
    pass.updateBias(batch, update(1, stepOfEpoch), &sums.norms)
    return sums
  }

  @inline(__always)
  private func update(_ gap: Int, _ stepOfEpoch: Int) -> MomentumUpdate {
    let tail = decays.tail(gap, beyond: lookAhead.horizon, from: stepOfEpoch)
    return MomentumUpdate(
      weights: weights, buffer: buffer, kept: lane_multiply(lookAhead.kept(gap: gap), tail),
      sum: lane_multiply(lookAhead.coefficients(gap: gap)[0], tail), decay: powers[gap])
  }
}

/// SGD with momentum mu over the k steps to a feature's next event: with b the buffer after this step's gradient,
///
///     w <- w - b sum_{j<k} eta_{t+j} mu^j,    b <- mu^k b.
///
/// The buffer is stored decayed to the next event. Weight decay is supported only without momentum.
struct MomentumUpdate: LaneUpdate {
  let weights: UnsafeMutablePointer<LaneVector>
  let buffer: UnsafeMutablePointer<LaneVector>
  /// Decay factor of the weight.
  let kept: LaneVector
  /// The negative sum.
  let sum: LaneVector
  /// mu^k.
  let decay: LaneVector

  @inline(__always) func update(_ gradient: LaneVector, square: LaneVector, at index: Int) {
    let direction = lane_add(buffer[index], gradient)
    weights[index] = lane_fma(sum, direction, lane_multiply(kept, weights[index]))
    buffer[index] = lane_multiply(decay, direction)
  }
}
