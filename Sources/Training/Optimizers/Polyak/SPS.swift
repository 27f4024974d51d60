import SIMDShims
import Schedules

/// The stochastic Polyak step, bounded: SGD with step size min(f / (c norm(g)^2), rate), with f the loss of the batch and g its
/// gradient. The smallest loss of a batch is taken to be 0, and the bound is not smoothed.
///
/// Source: Loizou, Vaswani, Laradji, Lacoste-Julien, "Stochastic Polyak Step-size for SGD", arXiv 2002.10542, SPS_max.
struct SPS: OptimizerMethod {
  static let name = "sps"
  static let title = "SPS"
  static let summary = "SGD with stochastic Polyak step sizes, at most the rate, arXiv 2002.10542"
  static let norm = GradientNorm.l2
  static let c = NumberParameter("c", default: 0.5, above: 0, help: "Divides the step size.")
  static let parameters: [any ScheduleParameter] = [c]
  static let scalars = ["step_size"]

  let c: Double

  init(_ arguments: ScheduleArguments) { c = arguments[Self.c] }

  func reference(count: Int) -> any ReferenceRule { Reference(c: c) }

  func train(_ trainer: StepwiseTrainer, _ cancellation: inout Cancellation) throws -> TrainedLanes {
    try trainer.train(wholeGradient: { Rule(self, $0) }, &cancellation)
  }

  var lists: ListsForm? { ListsForm(standing: { Rule(self, $0) }, arrays: 1) }

  private struct Reference: ReferenceRule {
    let c: Double
    var size = 0.0
    var scalars: [Double] { [size] }

    mutating func step(_ weights: inout [Double], _ gradient: [Double], loss: Double, rate: Double) {
      let squared = gradient.reduce(0) { $0 + $1 * $1 }
      size = squared > 0 ? min(loss / (c * squared), rate) : rate
      for i in weights.indices { weights[i] -= size * gradient[i] }
    }
  }

  private struct Rule: WholeGradientRule {
    private let weights: UnsafeMutablePointer<LaneVector>
    private let c: LaneVector
    private var negativeStep = lane_splat(0)

    static let needsLoss = true
    init(_ method: SPS, _ memory: RuleMemory) {
      weights = memory.weights
      c = lane_splat(Float(method.c))
    }
    var scalars: [LaneVector] { [lane_subtract(lane_splat(0), negativeStep)] }
    @inline(__always) mutating func begin(_ step: LaneStep, _ totals: BatchTotals) {
      // The rate where the gradient is zero: the quotient is then infinite or not a number.
      let size = lane_divide(totals.loss, lane_multiply(c, totals.norms.squared))
      negativeStep = lane_subtract(lane_splat(0), lane_where_less(size, step.rate, size, step.rate))
    }
    @inline(__always) func update(_ gradient: LaneVector, at index: Int) -> LaneVector {
      weights[index] = lane_fma(negativeStep, gradient, weights[index])
      return lane_splat(0)
    }
  }
}
