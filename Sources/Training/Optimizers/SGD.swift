import SIMDShims
import Schedules

/// Stochastic gradient descent as in `torch.optim.SGD`: with mu the momentum and lambda the weight decay,
///
///     g <- g + lambda w;    b <- mu b + g  (b <- g at first);    w <- w - eta b,
///
/// or, with Nesterov momentum, w <- w - eta (g + mu b).
struct SGD: OptimizerMethod {
  static let name = "sgd"
  static let title = "SGD"
  static let summary = "stochastic gradient descent, as torch.optim.SGD"
  static let norm = GradientNorm.l2
  static let momentum = NumberParameter("momentum", default: 0, in: 0..<1, help: "Decay of the sum of gradients.")
  static let nesterov = FlagParameter("nesterov", help: "Nesterov's momentum.")
  static let weightDecay = NumberParameter("weight-decay", default: 0, in: 0...(.infinity), help: "L2, in the gradient.")
  static let parameters: [any ScheduleParameter] = [momentum, nesterov, weightDecay]
  static let laterKeys: Set = ["nesterov"]

  let momentum: Double
  let isNesterov: Bool
  let weightDecay: Double

  init(_ arguments: ScheduleArguments) throws {
    momentum = arguments[Self.momentum]
    isNesterov = arguments[Self.nesterov]
    weightDecay = arguments[Self.weightDecay]
    if isNesterov, momentum == 0 {
      throw ScheduleError(spelling: Self.name, "nesterov=true without a momentum; expected momentum= above 0")
    }
  }

  private var isPlain: Bool { momentum == 0 && weightDecay == 0 }

  func reference(count: Int) -> any ReferenceRule { Reference(sgd: self, buffer: [Double](repeating: 0, count: count)) }

  func train(_ trainer: StepwiseTrainer, _ cancellation: inout Cancellation) throws -> TrainedLanes {
    if isPlain { return try trainer.trainFused(PlainRule.self, self, &cancellation) }
    return isNesterov
      ? try trainer.train(NesterovRule.self, self, &cancellation) : try trainer.train(MomentumRule.self, self, &cancellation)
  }

  /// The look-ahead supports momentum or weight decay, but not both, and no Nesterov momentum.
  var lists: ListsForm? {
    if isPlain { return ListsForm(standing: PlainRule.self, self, arrays: 1) }
    guard !isNesterov, momentum == 0 || weightDecay == 0, let horizon = MomentumSteps.horizon(momentum: momentum) else {
      return nil
    }
    return ListsForm(arrays: 2, looksAhead: true) {
      MomentumSteps(momentum: momentum, horizon: horizon, weightDecay: weightDecay, $0, $1, $2)
    }
  }

  private struct Reference: ReferenceRule {
    let sgd: SGD
    var buffer: [Double]

    mutating func step(_ weights: inout [Double], _ gradient: [Double], loss: Double, rate: Double) {
      for i in weights.indices {
        let g = gradient[i] + sgd.weightDecay * weights[i]
        buffer[i] = sgd.momentum * buffer[i] + g
        weights[i] -= rate * (sgd.isNesterov ? g + sgd.momentum * buffer[i] : buffer[i])
      }
    }
  }

  /// Without momentum or weight decay.
  private struct PlainRule: LaneRule {
    private let weights: UnsafeMutablePointer<LaneVector>
    private var negativeRate = lane_splat(0)

    init(_ sgd: SGD, _ memory: RuleMemory) { weights = memory.weights }
    @inline(__always) mutating func begin(_ step: LaneStep) { negativeRate = lane_subtract(lane_splat(0), step.rate) }
    @inline(__always) func update(_ gradient: LaneVector, square: LaneVector, at index: Int) {
      weights[index] = lane_fma(negativeRate, gradient, weights[index])
    }
    @inline(__always) func prefetch(at index: Int) { memory_prefetch(weights + index) }
  }

  /// The buffer starts at zero, so the first step sets it to the gradient.
  private struct MomentumRule: LaneRule {
    private let weights: UnsafeMutablePointer<LaneVector>
    private let buffer: UnsafeMutablePointer<LaneVector>
    private let momentum: LaneVector
    private let weightDecay: LaneVector
    private var negativeRate = lane_splat(0)

    init(_ sgd: SGD, _ memory: RuleMemory) {
      weights = memory.weights
      buffer = memory.array()
      momentum = lane_splat(Float(sgd.momentum))
      weightDecay = lane_splat(Float(sgd.weightDecay))
    }
    @inline(__always) mutating func begin(_ step: LaneStep) { negativeRate = lane_subtract(lane_splat(0), step.rate) }
    @inline(__always) func update(_ gradient: LaneVector, square: LaneVector, at index: Int) {
      let direction = accumulated(decayed(gradient, index), index)
      weights[index] = lane_fma(negativeRate, direction, weights[index])
    }
    @inline(__always) func updateNesterov(_ gradient: LaneVector, at index: Int) {
      let decayed = decayed(gradient, index)
      let direction = lane_fma(momentum, accumulated(decayed, index), decayed)
      weights[index] = lane_fma(negativeRate, direction, weights[index])
    }
    @inline(__always) private func decayed(_ gradient: LaneVector, _ index: Int) -> LaneVector {
      lane_fma(weightDecay, weights[index], gradient)
    }
    @inline(__always) private func accumulated(_ gradient: LaneVector, _ index: Int) -> LaneVector {
      let sum = lane_fma(momentum, buffer[index], gradient)
      buffer[index] = sum
      return sum
    }
    @inline(__always) func prefetch(at index: Int) {
      memory_prefetch(weights + index)
      memory_prefetch(buffer + index)
    }
  }

  private struct NesterovRule: LaneRule {
    private var rule: MomentumRule

    init(_ sgd: SGD, _ memory: RuleMemory) { rule = MomentumRule(sgd, memory) }
    @inline(__always) mutating func begin(_ step: LaneStep) { rule.begin(step) }
    @inline(__always) func update(_ gradient: LaneVector, square: LaneVector, at index: Int) {
      rule.updateNesterov(gradient, at: index)
    }
    @inline(__always) func prefetch(at index: Int) { rule.prefetch(at: index) }
  }
}

extension Optimizer {
  /// `torch.optim.SGD`; nil selects a default.
  ///
  /// - Precondition: the constants are in their ranges.
  public static func sgd(momentum: Double? = nil, nesterov: Bool = false, weightDecay: Double? = nil) -> Optimizer {
    Optimizer(
      SGD.self, [SGD.momentum.key: momentum, SGD.weightDecay.key: weightDecay], flags: nesterov ? [SGD.nesterov.key] : [])
  }
}
