import Foundation
import SIMDShims
import Schedules

/// Schedule-Free AdamW, as `AdamWScheduleFree` of the package schedulefree: gradients are taken at y, an interpolation between the
/// iterate z and the average x of all z, which is the result. With lambda the weight decay and c_t as in `ScheduleFreeAveraging`,
///
///     v <- b2 v + (1-b2) g^2;    u = g / (sqrt(v / (1-b2^t)) + eps) + lambda y
///     y <- y + c_t (z - y) + eta (b1 (1 - c_t) - 1) u;    z <- z - eta u;    x = y + (1 - 1/b1) (z - y).
///
/// Source: Defazio, Yang, Mehta, Mishchenko, Khaled, Cutkosky, "The Road Less Scheduled", arXiv 2405.15682.
struct ScheduleFreeAdamW: OptimizerMethod {
  static let name = "schedule-free-adamw"
  static let title = "Schedule-Free AdamW"
  static let summary = "AdamW with averaging in place of a schedule, as the package schedulefree"
  static let norm = GradientNorm.l1
  static let beta1 = NumberParameter(
    "beta1", default: 0.9, above: 0, below: 1, help: "Weight of the average in the point at which gradients are taken.")
  static let beta2 = NumberParameter("beta2", default: 0.999, in: 0..<1, help: "Decay of the second moment.")
  static let epsilon = NumberParameter(
    "epsilon", default: 1e-8, above: 0, help: "Added to the root of the second moment.")
  static let weightDecay = NumberParameter(
    "weight-decay", default: 0, in: 0...(.infinity), help: "Decoupled weight decay, at the point at which gradients are taken.")
  static let parameters: [any ScheduleParameter] = [
    beta1, beta2, epsilon, weightDecay, ScheduleFreeAveraging.power, ScheduleFreeAveraging.ratePower,
  ]
  static let scalars = ["averaging_weight"]
  static let yieldsLastIterate = false

  let beta1: Double
  let beta2: Double
  let epsilon: Double
  let weightDecay: Double
  let averaging: ScheduleFreeAveraging

  init(_ arguments: ScheduleArguments) {
    beta1 = arguments[Self.beta1]
    beta2 = arguments[Self.beta2]
    epsilon = arguments[Self.epsilon]
    weightDecay = arguments[Self.weightDecay]
    averaging = ScheduleFreeAveraging(arguments)
  }

  var costs: UpdateCosts { .dividing }

  func reference(count: Int) -> any ReferenceRule { Reference(self, count: count) }

  func train(_ trainer: StepwiseTrainer, _ cancellation: inout Cancellation) throws -> TrainedLanes {
    try trainer.train(Rule.self, self, &cancellation)
  }

  private struct Reference: ReferenceRule {
    let method: ScheduleFreeAdamW
    var second: [Double]
    var z: [Double]
    var averaging: ScheduleFreeAveraging.State
    var t = 0

    init(_ method: ScheduleFreeAdamW, count: Int) {
      self.method = method
      second = [Double](repeating: 0, count: count)
      z = second
      averaging = .init(method.averaging)
    }

    mutating func step(_ weights: inout [Double], _ gradient: [Double], loss: Double, rate: Double) {
      let share = averaging.advance(step: t, rate: rate)
      t += 1
      let correction = 1 - pow(method.beta2, Double(t))
      for i in weights.indices {
        let y = weights[i]
        second[i] = method.beta2 * second[i] + (1 - method.beta2) * gradient[i] * gradient[i]
        let u = gradient[i] / ((second[i] / correction).squareRoot() + method.epsilon) + method.weightDecay * y
        weights[i] = y + share * (z[i] - y) + rate * (method.beta1 * (1 - share) - 1) * u
        z[i] -= rate * u
      }
    }

    var scalars: [Double] { [averaging.share] }

    func result(_ weights: [Double]) -> [Double] {
      zip(weights, z).map { y, z in y + (1 - 1 / method.beta1) * (z - y) }
    }
  }

  private struct Rule: LaneRule {
    private let method: ScheduleFreeAdamW
    private let y: UnsafeMutablePointer<LaneVector>
    private let z: UnsafeMutablePointer<LaneVector>
    private let second: UnsafeMutablePointer<LaneVector>
    private let beta2: LaneVector
    private let rest2: LaneVector
    private let weightDecay: LaneVector
    private let epsilon: LaneVector
    private let averaging: PerLane<ScheduleFreeAveraging.State>
    /// 1 / sqrt(1-b2^t).
    private var correction = lane_splat(1)
    private var share = lane_splat(0)
    private var rateOfY = lane_splat(0)
    private var rateOfZ = lane_splat(0)

    init(_ method: ScheduleFreeAdamW, _ memory: RuleMemory) {
      self.method = method
      y = memory.weights
      z = memory.array()
      second = memory.array()
      beta2 = lane_splat(Float(method.beta2))
      rest2 = lane_splat(Float(1 - method.beta2))
      weightDecay = lane_splat(Float(method.weightDecay))
      epsilon = lane_splat(Float(method.epsilon))
      averaging = PerLane(.init(method.averaging), in: memory)
    }
    mutating func begin(_ step: LaneStep) {
      share = averaging.map { $0.advance(step: step.index, rate: Double(step.rate[$1])) }
      correction = lane_splat(Float(1 / (1 - pow(method.beta2, Double(step.index + 1))).squareRoot()))
      rateOfZ = lane_subtract(lane_splat(0), step.rate)
      let factor = lane_fma(lane_splat(Float(method.beta1)), lane_subtract(lane_splat(1), share), lane_splat(-1))
      rateOfY = lane_multiply(step.rate, factor)
    }
    @inline(__always) func update(_ gradient: LaneVector, square: LaneVector, at index: Int) {
      let v = lane_fma(rest2, square, lane_multiply(beta2, second[index]))
      second[index] = v
      let normalized = lane_divide(gradient, lane_fma(lane_sqrt(v), correction, epsilon))
      let u = lane_fma(weightDecay, y[index], normalized)
      let averaged = lane_fma(share, lane_subtract(z[index], y[index]), y[index])
      y[index] = lane_fma(rateOfY, u, averaged)
      z[index] = lane_fma(rateOfZ, u, z[index])
    }
    var scalars: [LaneVector] { [share] }
    func finish(_ memory: RuleMemory) {
      let weight = lane_splat(1 - 1 / Float(method.beta1))
      memory.forEachWeight { y[$0] = lane_fma(weight, lane_subtract(z[$0], y[$0]), y[$0]) }
    }
  }
}
