import SIMDShims
import Schedules

/// RMSprop, as `torch.optim.RMSprop`: v <- alpha v + (1 - alpha) g^2;  w <- w - eta g / (sqrt(v) + eps).
///
/// Source: Hinton, Srivastava, Swersky, "Neural Networks for Machine Learning", lecture 6, 2012.
struct RMSprop: OptimizerMethod {
  static let name = "rmsprop"
  static let title = "RMSprop"
  static let summary = "RMSprop, as torch.optim.RMSprop"
  static let norm = GradientNorm.l1
  static let alpha = NumberParameter("alpha", default: 0.99, in: 0..<1, help: "Decay of the second moment.")
  static let epsilon = NumberParameter(
    "epsilon", default: 1e-8, above: 0, help: "Added to the root of the second moment.")
  static let parameters: [any ScheduleParameter] = [alpha, epsilon]

  let alpha: Double
  let epsilon: Double

  init(_ arguments: ScheduleArguments) {
    alpha = arguments[Self.alpha]
    epsilon = arguments[Self.epsilon]
  }

  var costs: UpdateCosts { .dividing }

  func reference(count: Int) -> any ReferenceRule { Reference(method: self, second: [Double](repeating: 0, count: count)) }

  func train(_ trainer: StepwiseTrainer, _ cancellation: inout Cancellation) throws -> TrainedLanes {
    try trainer.train(Rule.self, self, &cancellation)
  }

  private struct Reference: ReferenceRule {
    let method: RMSprop
    var second: [Double]

    mutating func step(_ weights: inout [Double], _ gradient: [Double], loss: Double, rate: Double) {
      for i in weights.indices {
        second[i] = method.alpha * second[i] + (1 - method.alpha) * gradient[i] * gradient[i]
        weights[i] -= rate * gradient[i] / (second[i].squareRoot() + method.epsilon)
      }
    }
  }

  private struct Rule: LaneRule {
    private let weights: UnsafeMutablePointer<LaneVector>
    private let second: UnsafeMutablePointer<LaneVector>
    private let alpha: LaneVector
    private let weightOfSquare: LaneVector
    private let epsilon: LaneVector
    private var negativeRate = lane_splat(0)

    init(_ method: RMSprop, _ memory: RuleMemory) {
      weights = memory.weights
      second = memory.array()
      alpha = lane_splat(Float(method.alpha))
      weightOfSquare = lane_splat(Float(1 - method.alpha))
      epsilon = lane_splat(Float(method.epsilon))
    }
    @inline(__always) mutating func begin(_ step: LaneStep) { negativeRate = lane_subtract(lane_splat(0), step.rate) }
    @inline(__always) func update(_ gradient: LaneVector, square: LaneVector, at index: Int) {
      let v = lane_fma(weightOfSquare, square, lane_multiply(alpha, second[index]))
      second[index] = v
      let direction = lane_divide(gradient, lane_add(lane_sqrt(v), epsilon))
      weights[index] = lane_fma(negativeRate, direction, weights[index])
    }
  }
}
