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

  var costs: UpdateCosts { .twoPasses }

  func reference(count: Int) -> any ReferenceRule { Reference(state: State(distance: reps)) }

  func train(_ trainer: StepwiseTrainer, _ cancellation: inout Cancellation) throws -> TrainedLanes {
    try trainer.train(wholeGradient: { Rule(self, $0) }, &cancellation)
  }

  var lists: ListsForm? { ListsForm(standing: { Rule(self, $0) }, arrays: 1) }

  /// The scalars of a run.
  private struct State: BitwiseCopyable {
    /// r_t.
    var distance: Double
    private var weighted = 0.0
    private(set) var size = 0.0

    init(distance: Double) { self.distance = distance }

    /// - Parameters:
    ///   - displacement: norm(w_t - w_0).
    ///   - squares: norm(g_t)^2.
    /// - Returns: the step size.
    mutating func step(rate: Double, displacement: Double, squares: Double) -> Double {
      distance = max(distance, displacement)
      weighted += distance * distance * squares
      size = weighted > 0 ? rate * distance * distance / weighted.squareRoot() : 0
      return size
    }
  }

  private struct Reference: ReferenceRule {
    var state: State
    var scalars: [Double] { [state.distance, state.size] }

    mutating func step(_ weights: inout [Double], _ gradient: [Double], loss: Double, rate: Double) {
      // w_0 is zero.
      let displacement = weights.reduce(0) { $0 + $1 * $1 }.squareRoot()
      let size = state.step(rate: rate, displacement: displacement, squares: gradient.reduce(0) { $0 + $1 * $1 })
      for i in weights.indices { weights[i] -= size * gradient[i] }
    }
  }

  private struct Rule: WholeGradientRule {
    private let weights: UnsafeMutablePointer<LaneVector>
    private let states: PerLane<State>
    /// norm(w_t - w_0)^2.
    private var displacement = lane_splat(0)
    private var negativeStep = lane_splat(0)

    init(_ method: DoWG, _ memory: RuleMemory) {
      weights = memory.weights
      states = PerLane(State(distance: method.reps), in: memory)
    }
    var scalars: [LaneVector] {
      [states.map { state, _ in state.distance }, lane_subtract(lane_splat(0), negativeStep)]
    }
    mutating func begin(_ step: LaneStep, _ totals: BatchTotals) {
      negativeStep = states.map {
        -$0.step(
          rate: Double(step.rate[$1]), displacement: Double(displacement[$1]).squareRoot(),
          squares: Double(totals.norms.squared[$1]))
      }
    }
    /// - Returns: the square of the updated weight, for its distance from the start, which is zero.
    @inline(__always) func update(_ gradient: LaneVector, at index: Int) -> LaneVector {
      let weight = lane_fma(negativeStep, gradient, weights[index])
      weights[index] = weight
      return lane_multiply(weight, weight)
    }
    @inline(__always) func contribution(at index: Int) -> LaneVector { lane_multiply(weights[index], weights[index]) }
    @inline(__always) mutating func end(_ sums: LaneVector) { displacement = sums }
  }
}
