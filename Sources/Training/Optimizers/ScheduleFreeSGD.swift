import Foundation
import SIMDShims
import Schedules

/// Schedule-Free SGD, as `SGDScheduleFree` of the package schedulefree: gradients are taken at y, an interpolation between the
/// iterate z of SGD and the average x of all z, which is the result. With beta the momentum, lambda the weight decay and
/// t = 1, 2, ...,
///
///     g <- g + lambda y;    a_t = t^r (max_{i<=t} eta_i)^p;    c_t = a_t / sum_{i<=t} a_i
///     z <- z - eta g;    x <- (1 - c_t) x + c_t z;    y <- (1 - beta) z + beta x.
///
/// As in the package, y and z are stored: y <- y + c_t (z - y) + eta (beta (1 - c_t) - 1) g before z is updated,
/// and x = y + (1 - 1/beta) (z - y).
///
/// Source: Defazio, Yang, Mehta, Mishchenko, Khaled, Cutkosky, "The Road Less Scheduled", arXiv 2405.15682.
struct ScheduleFreeSGD: OptimizerMethod {
  static let name = "schedule-free-sgd"
  static let title = "Schedule-Free SGD"
  static let summary = "SGD with averaging in place of a schedule, as in the package schedulefree"
  static let norm = GradientNorm.l2
  static let momentum = NumberParameter(
    "momentum", default: 0.9, above: 0, below: 1, help: "Weight of the average in the point at which gradients are taken.")
  static let weightDecay = NumberParameter(
    "weight-decay", default: 0, in: 0...(.infinity), help: "L2 coefficient; times the point, added to the gradient.")
  static let power = NumberParameter("r", default: 0, in: 0...100, help: "Power of the step number in the averaging weights.")
  static let ratePower = NumberParameter(
    "weight-lr-power", default: 2, in: 0...100, help: "Power of the largest learning rate so far in the averaging weights.")
  static let parameters: [any ScheduleParameter] = [momentum, weightDecay, power, ratePower]

  let momentum: Double
  let weightDecay: Double
  let power: Double
  let ratePower: Double

  init(_ arguments: ScheduleArguments) {
    momentum = arguments[Self.momentum]
    weightDecay = arguments[Self.weightDecay]
    power = arguments[Self.power]
    ratePower = arguments[Self.ratePower]
  }

  func reference(count: Int) -> any ReferenceRule {
    Reference(method: self, z: [Double](repeating: 0, count: count), averaging: Averaging(self))
  }

  func train(_ trainer: StepwiseTrainer, _ cancellation: inout Cancellation) throws -> TrainedLanes {
    try trainer.train(Rule.self, self, &cancellation)
  }

  /// The averaging weights of one run.
  private struct Averaging {
    let power: Double
    let ratePower: Double
    var largestRate = 0.0
    var sum = 0.0

    init(_ method: ScheduleFreeSGD) {
      power = method.power
      ratePower = method.ratePower
    }

    /// c_t; `step` counts from 0.
    mutating func share(step: Int, rate: Double) -> Double {
      largestRate = max(largestRate, rate)
      let ofRate = ratePower == 2 ? largestRate * largestRate : pow(largestRate, ratePower)
      let weight = power == 0 ? ofRate : ofRate * pow(Double(step + 1), power)
      sum += weight
      return sum > 0 ? weight / sum : 0
    }
  }

  private struct Reference: ReferenceRule {
    let method: ScheduleFreeSGD
    var z: [Double]
    var averaging: Averaging
    var t = 0

    mutating func step(_ weights: inout [Double], _ gradient: [Double], loss: Double, rate: Double) {
      let share = averaging.share(step: t, rate: rate)
      t += 1
      for i in weights.indices {
        let y = weights[i]
        let g = gradient[i] + method.weightDecay * y
        weights[i] = y + share * (z[i] - y) + rate * (method.momentum * (1 - share) - 1) * g
        z[i] -= rate * g
      }
    }

    func result(_ weights: [Double]) -> [Double] {
      zip(weights, z).map { y, z in y + (1 - 1 / method.momentum) * (z - y) }
    }
  }

  private struct Rule: LaneRule {
    private let y: UnsafeMutablePointer<LaneVector>
    private let z: UnsafeMutablePointer<LaneVector>
    private let momentum: Float
    private let weightDecay: LaneVector
    /// One per lane.
    private let averaging: UnsafeMutablePointer<Averaging>
    private var share = lane_splat(0)
    private var rateOfY = lane_splat(0)
    private var rateOfZ = lane_splat(0)

    init(_ method: ScheduleFreeSGD, _ memory: RuleMemory) {
      y = memory.weights
      z = memory.array()
      momentum = Float(method.momentum)
      weightDecay = lane_splat(Float(method.weightDecay))
      averaging = memory.scalars([Averaging](repeating: Averaging(method), count: laneWidth))
    }
    mutating func begin(_ step: LaneStep) {
      for lane in 0..<laneWidth {
        share[lane] = Float(averaging[lane].share(step: step.index, rate: Double(step.rate[lane])))
      }
      rateOfZ = lane_subtract(lane_splat(0), step.rate)
      let factor = lane_fma(lane_splat(momentum), lane_subtract(lane_splat(1), share), lane_splat(-1))
      rateOfY = lane_multiply(step.rate, factor)
    }
    @inline(__always) func update(_ gradient: LaneVector, square: LaneVector, at index: Int) {
      let decayed = lane_fma(weightDecay, y[index], gradient)
      let averaged = lane_fma(share, lane_subtract(z[index], y[index]), y[index])
      y[index] = lane_fma(rateOfY, decayed, averaged)
      z[index] = lane_fma(rateOfZ, decayed, z[index])
    }
    @inline(__always) func prefetch(at index: Int) {
      memory_prefetch(y + index)
      memory_prefetch(z + index)
    }
    func finish(_ memory: RuleMemory) {
      let weight = lane_splat(1 - 1 / momentum)
      memory.forEachWeight { y[$0] = lane_fma(weight, lane_subtract(z[$0], y[$0]), y[$0]) }
    }
  }
}
