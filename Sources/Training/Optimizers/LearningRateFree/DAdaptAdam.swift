import SIMDShims
import Schedules

/// Adam with D-Adaptation, as `DAdaptAdam` of the package dadaptation: without bias correction, and with lambda the weight decay,
///
///     g <- g + lambda w;    n <- sqrt(b2) n + (1 - sqrt(b2)) d eta <g, s / (sqrt(v) + eps)>
///     m <- b1 m + (1-b1) d eta g;    v <- b2 v + (1-b2) g^2;    s <- sqrt(b2) s + (1 - sqrt(b2)) d eta g
///     d <- max(d, min(n / ((1 - sqrt(b2)) norm1(s)), growth-rate d));    w <- w - m / (sqrt(v) + eps).
///
/// Intended for a rate of 1; a step whose rate is 0 changes nothing.
///
/// Source: Defazio, Mishchenko, "Learning-Rate-Free Learning by D-Adaptation", arXiv 2301.07733.
struct DAdaptAdam: OptimizerMethod {
  static let name = "d-adapt-adam"
  static let title = "D-Adapt Adam"
  static let summary = "Adam with D-Adaptation, as the package dadaptation; made for a rate of 1"
  static let norm = GradientNorm.l1
  static let beta1 = NumberParameter("beta1", default: 0.9, in: 0..<1, help: "Decay of the first moment.")
  static let beta2 = NumberParameter("beta2", default: 0.999, in: 0..<1, help: "Decay of the second moment.")
  static let epsilon = NumberParameter(
    "epsilon", default: 1e-8, above: 0, help: "Added to the root of the second moment.")
  static let weightDecay = NumberParameter(
    "weight-decay", default: 0, in: 0...(.infinity), help: "L2 coefficient; times the weight, added to the gradient.")
  static let d0 = NumberParameter("d0", default: 1e-6, above: 0, help: "The estimate of the distance to begin with.")
  static let growthRate = GrowthRateParameter()
  static let parameters: [any ScheduleParameter] = [beta1, beta2, epsilon, weightDecay, d0, growthRate]
  static let scalars = ["d"]
  static let isSelfTuning = true

  let beta1: Double
  let beta2: Double
  let epsilon: Double
  let weightDecay: Double
  let d0: Double
  let growthRate: Double

  init(_ arguments: ScheduleArguments) {
    beta1 = arguments[Self.beta1]
    beta2 = arguments[Self.beta2]
    epsilon = arguments[Self.epsilon]
    weightDecay = arguments[Self.weightDecay]
    d0 = arguments[Self.d0]
    growthRate = arguments[Self.growthRate]
  }

  var costs: UpdateCosts { .dividing }

  func reference(count: Int) -> any ReferenceRule { Reference(self, count: count) }

  func train(_ trainer: StepwiseTrainer, _ cancellation: inout Cancellation) throws -> TrainedLanes {
    try trainer.train(wholeGradient: { Rule(self, $0) }, &cancellation)
  }

  /// The scalars of a run.
  private struct Estimate: BitwiseCopyable {
    var d: Double
    private let root: Double
    private let growthRate: Double
    private var numerator = 0.0
    /// d eta of the latest step; 0 if it changed nothing.
    private(set) var step = 0.0

    init(_ method: DAdaptAdam) {
      d = method.d0
      growthRate = method.growthRate
      root = method.beta2.squareRoot()
    }

    /// - Returns: d eta.
    mutating func begin(rate: Double) -> Double {
      step = rate > 0 ? d * rate : 0
      return step
    }

    /// - Parameters:
    ///   - product: <g, s / (sqrt(v) + eps)> before the updates of s and v.
    ///   - sum: norm1(s) after it.
    mutating func end(product: Double, sum: Double) {
      guard step > 0, sum != 0 else { return }
      numerator = root * numerator + (1 - root) * step * product
      d = max(d, min(numerator / ((1 - root) * sum), d * growthRate))
    }
  }

  private struct Reference: ReferenceRule {
    let method: DAdaptAdam
    var estimate: Estimate
    var first: [Double]
    var second: [Double]
    var sum: [Double]
    var scalars: [Double] { [estimate.d] }

    init(_ method: DAdaptAdam, count: Int) {
      self.method = method
      estimate = Estimate(method)
      first = [Double](repeating: 0, count: count)
      second = first
      sum = first
    }

    mutating func step(_ weights: inout [Double], _ gradient: [Double], loss: Double, rate: Double) {
      let step = estimate.begin(rate: rate)
      if step == 0 { return }
      let (beta1, beta2, root) = (method.beta1, method.beta2, method.beta2.squareRoot())
      var product = 0.0
      for i in weights.indices {
        let g = gradient[i] + method.weightDecay * weights[i]
        product += g * sum[i] / (second[i].squareRoot() + method.epsilon)
        first[i] = beta1 * first[i] + (1 - beta1) * step * g
        second[i] = beta2 * second[i] + (1 - beta2) * g * g
        sum[i] = root * sum[i] + (1 - root) * step * g
      }
      estimate.end(product: product, sum: sum.reduce(0) { $0 + abs($1) })
      for i in weights.indices { weights[i] -= first[i] / (second[i].squareRoot() + method.epsilon) }
    }
  }

  private struct Rule: WholeGradientRule {
    private let weights: UnsafeMutablePointer<LaneVector>
    private let first: UnsafeMutablePointer<LaneVector>
    private let second: UnsafeMutablePointer<LaneVector>
    private let sum: UnsafeMutablePointer<LaneVector>
    /// 1 / (sqrt(v) + eps). Zero at the first step, where s is zero, too.
    private let inverse: UnsafeMutablePointer<LaneVector>
    private let method: DAdaptAdam
    private let estimates: PerLane<Estimate>
    private let weightDecay: LaneVector
    private let epsilon: LaneVector
    // Factors of m, v and s, and of what is added to them: 1 and 0 where the rate is 0.
    private var beta1 = lane_splat(1)
    private var beta2 = lane_splat(1)
    private var root = lane_splat(1)
    private var added1 = lane_splat(0)
    private var added2 = lane_splat(0)
    private var addedToSum = lane_splat(0)
    /// -1, or 0 where the rate is 0.
    private var negativeStep = lane_splat(0)

    static var needsNorms: Bool { false }
    init(_ method: DAdaptAdam, _ memory: RuleMemory) {
      self.method = method
      weights = memory.weights
      first = memory.array()
      second = memory.array()
      sum = memory.array()
      inverse = memory.array()
      weightDecay = lane_splat(Float(method.weightDecay))
      epsilon = lane_splat(Float(method.epsilon))
      estimates = PerLane(Estimate(method), in: memory)
    }
    var scalars: [LaneVector] { [estimates.map { estimate, _ in estimate.d }] }
    mutating func begin(_ step: LaneStep, _ totals: BatchTotals) {
      let size = estimates.map { $0.begin(rate: Double(step.rate[$1])) }
      let root = method.beta2.squareRoot()
      func where0(_ otherwise: Float, _ zero: Float) -> LaneVector {
        lane_where_less(lane_splat(0), size, lane_splat(otherwise), lane_splat(zero))
      }
      beta1 = where0(Float(method.beta1), 1)
      beta2 = where0(Float(method.beta2), 1)
      self.root = where0(Float(root), 1)
      added1 = lane_multiply(size, lane_splat(Float(1 - method.beta1)))
      added2 = where0(Float(1 - method.beta2), 0)
      addedToSum = lane_multiply(size, lane_splat(Float(1 - root)))
      negativeStep = where0(-1, 0)
    }
    @inline(__always) func update(_ gradient: LaneVector, at index: Int) -> Vectors2 {
      let g = lane_fma(weightDecay, weights[index], gradient)
      let product = lane_multiply(g, lane_multiply(sum[index], inverse[index]))
      let m = lane_fma(added1, g, lane_multiply(beta1, first[index]))
      let v = lane_fma(added2, lane_multiply(g, g), lane_multiply(beta2, second[index]))
      let s = lane_fma(addedToSum, g, lane_multiply(root, sum[index]))
      let r = lane_divide(lane_splat(1), lane_add(lane_sqrt(v), epsilon))
      first[index] = m
      second[index] = v
      sum[index] = s
      inverse[index] = r
      weights[index] = lane_fma(negativeStep, lane_multiply(m, r), weights[index])
      return Vectors2(product, lane_abs(s))
    }
    mutating func end(_ sums: Vectors2) {
      let (product, sum) = (sums.head, sums.tail)
      estimates.update { $0.end(product: Double(product[$1]), sum: Double(sum[$1])) }
    }
  }
}
