import SIMDShims
import Schedules

/// Distance over gradients, as `DoG` of the package dog-optimizer: SGD with step size
///
///     eta_t = rate r_t / sqrt(eps + sum_{i<=t} norm(g_i)^2),    r_t = max(r_eps, max_{i<=t} norm(w_i - w_0)),
///
/// where r_eps = reps (1 + norm(w_0)). Intended for a rate of 1.
///
/// Source: Ivgi, Hinder, Carmon, "DoG is SGD's Best Friend: A Parameter-Free Dynamic Step Size Schedule", arXiv 2302.12022.
struct DoG: OptimizerMethod {
  static let name = "dog"
  static let title = "DoG"
  static let summary = "distance over gradients, as in the package dog-optimizer; intended for a learning rate of 1"
  static let norm = GradientNorm.l2
  static let reps = NumberParameter(
    "reps", default: 1e-6, above: 0, help: "Initial estimate of the distance from the starting point.")
  static let epsilon = NumberParameter("epsilon", default: 1e-8, above: 0, help: "Added once to the sum of squared norms.")
  static let parameters: [any ScheduleParameter] = [reps, epsilon]
  static let scalars = ["r", "step_size"]
  static let isSelfTuning = true

  let reps: Double
  let epsilon: Double

  init(_ arguments: ScheduleArguments) {
    reps = arguments[Self.reps]
    epsilon = arguments[Self.epsilon]
  }

  var costs: UpdateCosts { .twoPasses }

  func reference(count: Int) -> any ReferenceRule { Reference(distance: reps, squares: epsilon) }

  func train(_ trainer: StepwiseTrainer, _ cancellation: inout Cancellation) throws -> TrainedLanes {
    try trainer.train(wholeGradient: { Rule(self, $0) }, &cancellation)
  }

  var lists: ListsForm? { ListsForm(standing: { Rule(self, $0) }, arrays: 1) }

  private struct Reference: ReferenceRule {
    var distance: Double
    var squares: Double
    var size = 0.0
    var scalars: [Double] { [distance, size] }

    mutating func step(_ weights: inout [Double], _ gradient: [Double], loss: Double, rate: Double) {
      // w_0 is zero.
      distance = max(distance, weights.reduce(0) { $0 + $1 * $1 }.squareRoot())
      squares += gradient.reduce(0) { $0 + $1 * $1 }
      size = rate * distance / squares.squareRoot()
      for i in weights.indices { weights[i] -= size * gradient[i] }
    }
  }

  private struct Rule: WholeGradientRule {
    private let weights: UnsafeMutablePointer<LaneVector>
    private var distance: LaneVector
    private var squares: LaneVector
    private var distanceOfStep = lane_splat(0)
    private var negativeStep = lane_splat(0)

    var scalars: [LaneVector] { [distanceOfStep, lane_subtract(lane_splat(0), negativeStep)] }
    init(_ dog: DoG, _ memory: RuleMemory) {
      weights = memory.weights
      distance = lane_splat(Float(dog.reps))
      squares = lane_splat(Float(dog.epsilon))
    }
    @inline(__always) mutating func begin(_ step: LaneStep, _ totals: BatchTotals) {
      squares = lane_add(squares, totals.norms.squared)
      let size = lane_divide(lane_multiply(step.rate, distance), lane_sqrt(squares))
      distanceOfStep = distance
      negativeStep = lane_subtract(lane_splat(0), size)
    }
    /// - Returns: the square of the updated weight, for its distance from the start, which is zero.
    @inline(__always) func update(_ gradient: LaneVector, at index: Int) -> LaneVector {
      let weight = lane_fma(negativeStep, gradient, weights[index])
      weights[index] = weight
      return lane_multiply(weight, weight)
    }
    @inline(__always) func contribution(at index: Int) -> LaneVector { lane_multiply(weights[index], weights[index]) }
    @inline(__always) mutating func end(_ sums: LaneVector) { distance = lane_max(lane_sqrt(sums), distance) }
  }
}
