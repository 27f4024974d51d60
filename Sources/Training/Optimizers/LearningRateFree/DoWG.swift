import SIMDShims
import Schedules

/// Distance over weighted gradients: SGD with step size
///
///     eta_t = rate r_t^2 / sqrt(sum_{i<=t} r_i^2 norm(g_i)^2),    r_t = max(reps, max_{i<=t} norm(w_i - w_0)).
///
/// Intended for a rate of 1.
///
/// Source: Khaled, Mishchenko, Jin, "DoWG Unleashed: An Efficient Universal Parameter-Free Gradient Descent Method",
/// arXiv 2305.16284, algorithm 1.
struct DoWG: OptimizerMethod {
  static let name = "dowg"
  static let title = "DoWG"
  static let summary = "distance over weighted gradients, arXiv 2305.16284; made for a rate of 1"
  static let norm = GradientNorm.l2
  static let reps = NumberParameter("reps", default: 1e-6, above: 0, help: "The distance to begin with.")
  static let parameters: [any ScheduleParameter] = [reps]
  static let scalars = ["r", "step_size"]
  static let isSelfTuning = true

  let reps: Double

  init(_ arguments: ScheduleArguments) { reps = arguments[Self.reps] }

  func reference(count: Int) -> any ReferenceRule { Reference(distance: reps) }

  func train(_ trainer: StepwiseTrainer, _ cancellation: inout Cancellation) throws -> TrainedLanes {
    try trainer.train(wholeGradient: { Rule(self, $0) }, &cancellation)
  }

  private struct Reference: ReferenceRule {
    var distance: Double
    var weighted = 0.0
    var size = 0.0
    var scalars: [Double] { [distance, size] }

    mutating func step(_ weights: inout [Double], _ gradient: [Double], loss: Double, rate: Double) {
      // w_0 is zero.
      distance = max(distance, weights.reduce(0) { $0 + $1 * $1 }.squareRoot())
      weighted += distance * distance * gradient.reduce(0) { $0 + $1 * $1 }
      size = weighted > 0 ? rate * distance * distance / weighted.squareRoot() : 0
      for i in weights.indices { weights[i] -= size * gradient[i] }
    }
  }

  private struct Rule: WholeGradientRule {
    private let weights: UnsafeMutablePointer<LaneVector>
    private var distance: LaneVector
    /// The weighted sum over r_t^2: itself it would underflow while the distance is small.
    private var weighted = lane_splat(0)
    private var distanceOfStep = lane_splat(0)
    private var negativeStep = lane_splat(0)

    init(_ method: DoWG, _ memory: RuleMemory) {
      weights = memory.weights
      distance = lane_splat(Float(method.reps))
      distanceOfStep = distance
    }
    var scalars: [LaneVector] { [distanceOfStep, lane_subtract(lane_splat(0), negativeStep)] }
    @inline(__always) mutating func begin(_ step: LaneStep, _ totals: BatchTotals) {
      // sum / r_t^2, so that the step size is eta r_t / sqrt(sum / r_t^2).
      let ratio = lane_divide(distanceOfStep, distance)
      weighted = lane_fma(lane_multiply(ratio, ratio), weighted, totals.norms.squared)
      distanceOfStep = distance
      let size = lane_divide(lane_multiply(step.rate, distance), lane_sqrt(weighted))
      negativeStep = lane_where_less(lane_splat(0), weighted, lane_subtract(lane_splat(0), size), lane_splat(0))
    }
    /// - Returns: the square of the updated weight, for its distance from the start, which is zero.
    @inline(__always) func update(_ gradient: LaneVector, at index: Int) -> LaneVector {
      let weight = lane_fma(negativeStep, gradient, weights[index])
      weights[index] = weight
      return lane_multiply(weight, weight)
    }
    @inline(__always) mutating func end(_ sums: LaneVector) { distance = lane_max(lane_sqrt(sums), distance) }
  }
}
