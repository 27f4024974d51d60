import Foundation
import SIMDShims

/// Lion without weight decay on listed batches. Over the k steps to a feature's next event, with m the momentum after this step's
/// gradient, the direction of the missed steps is that of m, for as long as m has not decayed to nothing:
///
///     w <- w - eta_t sign(b1 m_{t-1} + (1-b1) g) - sign(m) (eta_{t+1} + ... + eta_{t+k-1});    m <- b2^(k-1) m.
///
/// The other kernels multiply m by b2 step by step, and flush it, and b1 m, to zero below the smallest normal Float: from there on
/// a weight stands still. Here the missed steps up to that point are counted by logarithms, and summed. Since m carries rounding
/// errors there, the count may differ by one.
final class LionSteps: ListsSteps {
  private let rates: RateSums
  private let powers: DecayPowers
  private let state: LionState

  init(_ lion: Lion, _ group: LaneGroup, _ arrays: RuleMemory, _ memory: KernelMemory) {
    // A feature's next event is within two epochs.
    rates = RateSums(group, capacity: 2 * group.order.stepsPerEpoch, in: memory)
    powers = DecayPowers(of: lion.beta2, steps: group.steps, in: memory)
    state = LionState(
      weights: arrays.weights, momentum: arrays.array(), beta1: lane_splat(Float(lion.beta1)),
      rest1: lane_splat(Float(1 - lion.beta1)), beta2: lane_splat(Float(lion.beta2)),
      rest2: lane_splat(Float(1 - lion.beta2)))
  }

  func begin(epochFrom step: Int) { rates.fill(from: step) }

  func take(_ batch: ListedBatch, on pass: ListsPass, step: Int, stepOfEpoch: Int, wantsLoss: Bool) -> ListedSums {
    let (rate, sums, powers, state) = (rates.rates.vectors[stepOfEpoch], rates.sums(from: stepOfEpoch + 1), powers, state)
    @inline(__always)
    func update(_ gap: Int) -> LionUpdate {
      LionUpdate(
        state: state, rate: rate, missed: gap &- 1, sums: sums, decay: powers[gap &- 1],
        last: lane_multiply(state.beta1, powers[max(0, gap &- 2)]))
    }
    var listed = pass.forEachFeature(batch, wantsLoss: wantsLoss) {
      pass.update($0, soon: $1, of: batch, update(Int($0.gap)), &$2)
    }
    pass.updateBias(batch, update(1), &listed.norms)
    return listed
  }
}

/// Lion's arrays and constants.
private struct LionState {
  let weights: UnsafeMutablePointer<LaneVector>
  /// Decayed to the feature's next event.
  let momentum: UnsafeMutablePointer<LaneVector>
  let beta1: LaneVector
  let rest1: LaneVector
  let beta2: LaneVector
  let rest2: LaneVector
}

private struct LionUpdate: LaneUpdate {
  let state: LionState
  let rate: LaneVector
  /// k - 1.
  let missed: Int
  /// Of the rates of the missed steps.
  let sums: RateSums.Pointer
  /// b2^(k-1).
  let decay: LaneVector
  /// b1 b2^(k-2): times m, the direction of the last missed step.
  let last: LaneVector

  @inline(__always) func update(_ gradient: LaneVector, square: LaneVector, at index: Int) {
    let m = state.momentum[index]
    let direction = lane_fma(state.beta1, m, lane_multiply(state.rest1, gradient))
    let moved = lane_add(state.weights[index], move(rate, against: direction))
    let decayed = lane_fma(state.beta2, m, lane_multiply(state.rest2, gradient))
    guard missed > 0 else {
      state.weights[index] = moved
      state.momentum[index] = decayed
      return
    }
    let size = lane_abs(decayed)
    var sum = sums[missed]
    // The last missed step moves nothing though m is not zero.
    let zero = lane_splat(0)
    let smallest = lane_splat(.leastNormalMagnitude)
    if lane_any_less(lane_multiply(last, size), lane_where_less(zero, size, smallest, zero)) { sum = sumUntilFlushed(size) }
    state.weights[index] = lane_add(moved, move(sum, against: decayed))
    state.momentum[index] = lane_multiply(decay, decayed)
  }

  /// - Returns: -`size` times the sign of the direction. A direction that is not a number moves by itself, and so is seen.
  @inline(__always) private func move(_ size: LaneVector, against direction: LaneVector) -> LaneVector {
    let zero = lane_splat(0)
    let rise = lane_where_less(direction, zero, size, lane_multiply(zero, direction))
    return lane_where_less(zero, direction, lane_subtract(zero, size), rise)
  }

  /// The sums of the rates of the missed steps whose direction is not flushed to zero, for the absolute values of m.
  @inline(never) private func sumUntilFlushed(_ size: LaneVector) -> LaneVector {
    var result = sums[missed]
    let smallest = Float.leastNormalMagnitude
    for lane in 0..<laneWidth where last[lane] * size[lane] < smallest {
      let first = state.beta1[lane] * size[lane]
      // log(0) is -infinity: only the first step moves.
      let count = first < smallest ? 0 : 1 + (log(first / smallest) / -log(state.beta2[lane])).rounded(.down)
      result[lane] = sums[count < Float(missed) ? Int(count) : missed][lane]
    }
    return result
  }
}
