import SIMDShims
import Schedules

/// The non-negative Gauss-Newton step: SGD with step size r / (1 + r norm(g)^2 / (2 f)), with r the rate, f the loss of the
/// batch and g its gradient.
///
/// Source: Orvieto, Xiao, "An Adaptive Stochastic Gradient Method with Non-negative Gauss-Newton Stepsizes", arXiv 2407.04358.
struct NGN: OptimizerMethod {
  static let name = "ngn"
  static let title = "NGN"
  static let summary = "SGD with non-negative Gauss-Newton step sizes, arXiv 2407.04358"
  static let norm = GradientNorm.l2
  static let scalars = ["step_size"]

  init(_ arguments: ScheduleArguments) {}

  func reference(count: Int) -> any ReferenceRule { Reference() }

  func train(_ trainer: StepwiseTrainer, _ cancellation: inout Cancellation) throws -> TrainedLanes {
    try trainer.train(wholeGradient: { Rule($0) }, &cancellation)
  }

  var lists: ListsForm? { ListsForm(standing: { Rule($0) }, arrays: 1) }

  private struct Reference: ReferenceRule {
    var size = 0.0
    var scalars: [Double] { [size] }

    mutating func step(_ weights: inout [Double], _ gradient: [Double], loss: Double, rate: Double) {
      let squared = gradient.reduce(0) { $0 + $1 * $1 }
      size = loss > 0 ? rate / (1 + rate * squared / (2 * loss)) : 0
      for i in weights.indices { weights[i] -= size * gradient[i] }
    }
  }

  private struct Rule: WholeGradientRule {
    private let weights: UnsafeMutablePointer<LaneVector>
    private var negativeStep = lane_splat(0)

    static let needsLoss = true
    var scalars: [LaneVector] { [lane_subtract(lane_splat(0), negativeStep)] }
    init(_ memory: RuleMemory) { weights = memory.weights }
    @inline(__always) mutating func begin(_ step: LaneStep, _ totals: BatchTotals) {
      let doubled = lane_add(totals.loss, totals.loss)
      let divisor = lane_fma(step.rate, lane_divide(totals.norms.squared, doubled), lane_splat(1))
      // If the loss is zero, so is the gradient.
      let size = lane_where_less(lane_splat(0), doubled, lane_divide(step.rate, divisor), lane_splat(0))
      negativeStep = lane_subtract(lane_splat(0), size)
    }
    @inline(__always) func update(_ gradient: LaneVector, at index: Int) -> LaneVector {
      weights[index] = lane_fma(negativeStep, gradient, weights[index])
      return lane_splat(0)
    }
  }
}
