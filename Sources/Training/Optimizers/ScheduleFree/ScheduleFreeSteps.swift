import SIMDShims

/// Schedule-Free SGD on listed batches, in coordinates that stand still while a feature is absent. With A_t = a_1 + ... + a_t the
/// sum of the averaging weights, c_t = a_t / A_t, so that without a gradient x - z shrinks by A_{t-1} / A_t at every step, and
/// u = A_t (x - z) does not change at all:
///
///     z <- z - eta g;    u <- u + A_{t-1} eta g;    x = z + u / A_t;    y = z + beta u / A_t.
///
/// y takes the place of the weights for the features of a batch before its rows are scored; x, for all of them, where the result
/// is wanted.
///
/// A_t is scaled so that the last is about 2^60, by a power of two, which changes no bits: with `largestPower` the first ones are
/// then normal numbers for any number of steps that can be taken. While A_t is zero, so are all rates, and x is z.
final class ScheduleFreeSteps: ListsSteps {
  /// Largest sum of the powers of the step and of the rate in the averaging weights.
  static let largestPower = 8.0

  /// What a run remembers.
  private struct Averaging {
    var state: ScheduleFreeAveraging.State
    var scale = 1.0

    /// A_t.
    var sum: Float { Float(scale * state.sum) }
    /// 1 / A_t.
    var inverse: Float { sum >= .leastNormalMagnitude ? 1 / sum : 0 }
  }

  private let rates: Rates
  private let averaging: PerLane<Averaging>
  private let beta: LaneVector
  private let y: UnsafeMutablePointer<LaneVector>
  private let z: UnsafeMutablePointer<LaneVector>
  private let u: UnsafeMutablePointer<LaneVector>
  private var share = lane_splat(0)

  init(_ method: ScheduleFreeSGD, _ group: LaneGroup, _ arrays: RuleMemory, _ memory: KernelMemory) {
    rates = Rates(group, capacity: group.order.stepsPerEpoch, in: memory)
    beta = lane_splat(Float(method.momentum))
    y = arrays.weights
    z = arrays.array()
    u = arrays.array()
    let first = ScheduleFreeAveraging.State(method.averaging)
    averaging = PerLane(Averaging(state: first), in: arrays)
    let scales = group.runs.map { run in
      var state = first
      for step in 0..<group.steps { _ = state.advance(step: step, rate: run.learningRate * run.factors[step]) }
      guard state.sum > 0, state.sum.isFinite else { return 1.0 }
      return Double(sign: .plus, exponent: 60 - Int(state.sum.exponent), significand: 1)
    }
    averaging.update { averaging, lane in
      if lane < scales.count { averaging.scale = scales[lane] }
    }
  }

  var scalars: [LaneVector] { [share] }

  func begin(epochFrom step: Int) { rates.fill(from: step) }

  func take(_ batch: ListedBatch, on pass: ListsPass, step: Int, stepOfEpoch: Int, wantsLoss: Bool) -> ListedSums {
    let rate = rates.vectors[stepOfEpoch]
    let (y, z, u) = (y, z, u)
    let mix = lane_multiply(beta, averaging.map { averaging, _ in Double(averaging.inverse) })
    pass.forEachRow(of: batch) { row in
      for index in row { y[index] = lane_fma(mix, u[index], z[index]) }
    }
    let sum = averaging.map { averaging, _ in Double(averaging.sum) }
    let update = ScheduleFreeUpdate(
      z: z, u: u, negativeRate: lane_subtract(lane_splat(0), rate), growth: lane_multiply(sum, rate))
    share = averaging.map { $0.state.advance(step: step, rate: Double(rate[$1])) }
    var sums = pass.forEachFeature(batch, wantsLoss: wantsLoss) { pass.update($0, soon: $1, of: batch, update, &$2) }
    pass.updateBias(batch, update, &sums.norms)
    return sums
  }

  func finish(_ arrays: RuleMemory) {
    let inverse = averaging.map { averaging, _ in Double(averaging.inverse) }
    arrays.forEachWeight { y[$0] = lane_fma(inverse, u[$0], z[$0]) }
  }
}

private struct ScheduleFreeUpdate: LaneUpdate {
  let z: UnsafeMutablePointer<LaneVector>
  let u: UnsafeMutablePointer<LaneVector>
  let negativeRate: LaneVector
  /// A_{t-1} eta.
  let growth: LaneVector

  @inline(__always) func update(_ gradient: LaneVector, square: LaneVector, at index: Int) {
    z[index] = lane_fma(negativeRate, gradient, z[index])
    u[index] = lane_fma(growth, gradient, u[index])
  }
}
