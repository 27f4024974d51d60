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
  static let parameters: [any ScheduleParameter] = [
    momentum, weightDecay, ScheduleFreeAveraging.power, ScheduleFreeAveraging.ratePower,
  ]
  static let scalars = ["averaging_weight"]
  static let yieldsLastIterate = false

  let momentum: Double
  let weightDecay: Double
  let averaging: ScheduleFreeAveraging

  init(_ arguments: ScheduleArguments) {
    momentum = arguments[Self.momentum]
    weightDecay = arguments[Self.weightDecay]
    averaging = ScheduleFreeAveraging(arguments)
  }

  // The dense and scatter kernels cost as much as SGD's; the lists kernels go through two more arrays, twice.
  var costs: UpdateCosts {
    UpdateCosts(dense: 0.3, scatter: 1, listedNonzero: 5, listedFeature: 10, listedWeight: 5, listedStep: 400)
  }

  func reference(count: Int) -> any ReferenceRule {
    Reference(method: self, z: [Double](repeating: 0, count: count), averaging: .init(averaging))
  }

  func train(_ trainer: StepwiseTrainer, _ cancellation: inout Cancellation) throws -> TrainedLanes {
    try trainer.train(Rule.self, self, &cancellation)
  }

  /// Not with weight decay, which moves every weight.
  var lists: ListsForm? {
    guard weightDecay == 0, averaging.power + averaging.ratePower <= ScheduleFreeSteps.largestPower else { return nil }
    return ListsForm(arrays: 3, looksAhead: false) { ScheduleFreeSteps(self, $0, $1, $2) }
  }

  private struct Reference: ReferenceRule {
    let method: ScheduleFreeSGD
    var z: [Double]
    var averaging: ScheduleFreeAveraging.State
    var t = 0

    mutating func step(_ weights: inout [Double], _ gradient: [Double], loss: Double, rate: Double) {
      let share = averaging.advance(step: t, rate: rate)
      t += 1
      for i in weights.indices {
        let y = weights[i]
        let g = gradient[i] + method.weightDecay * y
        weights[i] = y + share * (z[i] - y) + rate * (method.momentum * (1 - share) - 1) * g
        z[i] -= rate * g
      }
    }

    var scalars: [Double] { [averaging.share] }

    func result(_ weights: [Double]) -> [Double] {
      zip(weights, z).map { y, z in y + (1 - 1 / method.momentum) * (z - y) }
    }
  }

  private struct Rule: LaneRule {
    private let y: UnsafeMutablePointer<LaneVector>
    private let z: UnsafeMutablePointer<LaneVector>
    private let momentum: Float
    private let weightDecay: LaneVector
    private let averaging: PerLane<ScheduleFreeAveraging.State>
    private var share = lane_splat(0)
    private var rateOfY = lane_splat(0)
    private var rateOfZ = lane_splat(0)

    init(_ method: ScheduleFreeSGD, _ memory: RuleMemory) {
      y = memory.weights
      z = memory.array()
      momentum = Float(method.momentum)
      weightDecay = lane_splat(Float(method.weightDecay))
      averaging = PerLane(.init(method.averaging), in: memory)
    }
    mutating func begin(_ step: LaneStep) {
      share = averaging.map { $0.advance(step: step.index, rate: Double(step.rate[$1])) }
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
    var scalars: [LaneVector] { [share] }
    func finish(_ memory: RuleMemory) {
      let weight = lane_splat(1 - 1 / momentum)
      memory.forEachWeight { y[$0] = lane_fma(weight, lane_subtract(z[$0], y[$0]), y[$0]) }
    }
  }
}
