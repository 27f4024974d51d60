import SIMDShims
import Schedules

/// Lion, as `Lion` of the package lion-pytorch: with lambda the weight decay,
///
///     w <- (1 - eta lambda) w - eta sign(b1 m + (1-b1) g);    m <- b2 m + (1-b2) g.
///
/// Source: Chen et al., "Symbolic Discovery of Optimization Algorithms", arXiv 2302.06675.
struct Lion: OptimizerMethod {
  static let name = "lion"
  static let title = "Lion"
  static let summary = "steps by the sign of a momentum, as the package lion-pytorch"
  static let norm = GradientNorm.l1
  static let beta1 = NumberParameter("beta1", default: 0.9, in: 0..<1, help: "Share of the momentum in a step's direction.")
  static let beta2 = NumberParameter("beta2", default: 0.99, in: 0..<1, help: "Decay of the momentum.")
  static let weightDecay = NumberParameter(
    "weight-decay", default: 0, in: 0...(.infinity), help: "Decoupled weight decay: applied to the weights.")
  static let parameters: [any ScheduleParameter] = [beta1, beta2, weightDecay]

  let beta1: Double
  let beta2: Double
  let weightDecay: Double

  init(_ arguments: ScheduleArguments) {
    beta1 = arguments[Self.beta1]
    beta2 = arguments[Self.beta2]
    weightDecay = arguments[Self.weightDecay]
  }

  // The dense and scatter kernels cost as much as SGD's; the lists kernels, as Adam's without a table of coefficients per step.
  var costs: UpdateCosts {
    UpdateCosts(dense: 0.3, scatter: 1, listedNonzero: 10, listedFeature: 12, listedWeight: 4, listedStep: 100)
  }

  func reference(count: Int) -> any ReferenceRule { Reference(lion: self, momentum: [Double](repeating: 0, count: count)) }

  func train(_ trainer: StepwiseTrainer, _ cancellation: inout Cancellation) throws -> TrainedLanes {
    try trainer.train(Rule.self, self, &cancellation)
  }

  /// While a feature is absent its momentum keeps its sign, so that the missed steps are one by the sum of their rates. Not with
  /// weight decay, which moves every weight.
  var lists: ListsForm? {
    weightDecay == 0 ? ListsForm(arrays: 2, looksAhead: true) { LionSteps(self, $0, $1, $2) } : nil
  }

  private struct Reference: ReferenceRule {
    let lion: Lion
    var momentum: [Double]

    mutating func step(_ weights: inout [Double], _ gradient: [Double], loss: Double, rate: Double) {
      for i in weights.indices {
        let direction = lion.beta1 * momentum[i] + (1 - lion.beta1) * gradient[i]
        let sign = direction > 0 ? 1 : direction < 0 ? -1 : direction
        weights[i] = (1 - rate * lion.weightDecay) * weights[i] - rate * sign
        momentum[i] = lion.beta2 * momentum[i] + (1 - lion.beta2) * gradient[i]
      }
    }
  }

  private struct Rule: LaneRule {
    private let weights: UnsafeMutablePointer<LaneVector>
    private let momentum: UnsafeMutablePointer<LaneVector>
    private let beta1: LaneVector
    private let rest1: LaneVector
    private let beta2: LaneVector
    private let rest2: LaneVector
    private let negativeDecay: LaneVector
    private var rate = lane_splat(0)
    private var negativeRate = lane_splat(0)
    /// Factor of weight decay.
    private var kept = lane_splat(1)

    init(_ lion: Lion, _ memory: RuleMemory) {
      weights = memory.weights
      momentum = memory.array()
      beta1 = lane_splat(Float(lion.beta1))
      rest1 = lane_splat(Float(1 - lion.beta1))
      beta2 = lane_splat(Float(lion.beta2))
      rest2 = lane_splat(Float(1 - lion.beta2))
      negativeDecay = lane_splat(-Float(lion.weightDecay))
    }
    @inline(__always) mutating func begin(_ step: LaneStep) {
      rate = step.rate
      negativeRate = lane_subtract(lane_splat(0), rate)
      kept = lane_fma(rate, negativeDecay, lane_splat(1))
    }
    @inline(__always) func update(_ gradient: LaneVector, square: LaneVector, at index: Int) {
      let zero = lane_splat(0)
      let m = momentum[index]
      let direction = lane_fma(beta1, m, lane_multiply(rest1, gradient))
      // A direction that is not a number moves by itself, and so is seen.
      let rise = lane_where_less(direction, zero, rate, lane_multiply(zero, direction))
      let move = lane_where_less(zero, direction, negativeRate, rise)
      weights[index] = lane_fma(kept, weights[index], move)
      momentum[index] = lane_fma(beta2, m, lane_multiply(rest2, gradient))
    }
  }
}
