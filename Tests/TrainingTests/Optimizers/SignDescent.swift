import SIMDShims
import Schedules

@testable import Training

/// Sign descent: w <- w - eta sign(g), and not at all where abs(g) is at most z, the dead zone.
///
/// Source: Bernstein, Wang, Azizzadenesheli, Anandkumar, "signSGD", arXiv 1802.04434.
struct SignDescent: OptimizerMethod {
  static let name = "sign-descent"
  static let title = "signSGD"
  static let summary = "descent by the gradient's signs"
  static let norm = GradientNorm.l1
  static let deadZone = NumberParameter("dead-zone", default: 0, in: 0...1, help: "The largest abs(g) that moves nothing.")
  static let parameters: [any ScheduleParameter] = [deadZone]

  let deadZone: Double

  init(_ arguments: ScheduleArguments) { deadZone = arguments[Self.deadZone] }

  func reference(count: Int) -> any ReferenceRule { Reference(deadZone: deadZone) }

  func train(_ trainer: StepwiseTrainer, _ cancellation: inout Cancellation) throws -> TrainedLanes {
    try trainer.train(Rule.self, self, &cancellation)
  }

  /// A weight without a gradient does not move, and the rule has no memory.
  var lists: ListsForm? { ListsForm(standing: Rule.self, self, arrays: 1) }

  private struct Reference: ReferenceRule {
    let deadZone: Double

    mutating func step(_ weights: inout [Double], _ gradient: [Double], loss: Double, rate: Double) {
      for i in weights.indices where abs(gradient[i]) > deadZone {
        weights[i] -= gradient[i] > 0 ? rate : -rate
      }
    }
  }

  private struct Rule: LaneRule {
    private let weights: UnsafeMutablePointer<LaneVector>
    private let deadZone: LaneVector
    private var rate = lane_splat(0)

    init(_ method: SignDescent, _ memory: RuleMemory) {
      weights = memory.weights
      deadZone = lane_splat(Float(method.deadZone))
    }
    @inline(__always) mutating func begin(_ step: LaneStep) { rate = step.rate }
    @inline(__always) func update(_ gradient: LaneVector, square: LaneVector, at index: Int) {
      let weight = weights[index]
      let minus = lane_subtract(lane_splat(0), gradient)
      let lowered = lane_where_less(deadZone, gradient, lane_subtract(weight, rate), weight)
      weights[index] = lane_where_less(deadZone, minus, lane_add(weight, rate), lowered)
    }
    @inline(__always) func prefetch(at index: Int) { memory_prefetch(weights + index) }
  }
}
