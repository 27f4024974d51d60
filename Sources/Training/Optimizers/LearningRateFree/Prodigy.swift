import Foundation
import SIMDShims
import Schedules

/// Prodigy, as `Prodigy` of the package prodigyopt: with b3 = sqrt(b2), lambda the weight decay and k the step's number,
///
///     step = d eta, times sqrt(1-b2^k) / (1-b1^k) with bias correction
///     n <- b3 n + (d/d0) step <g, w_0 - w>;    s <- b3 s + (d/d0) step g    (d in place of step with safeguard-warmup)
///     m <- b1 m + (1-b1) d g;    v <- b2 v + (1-b2) d^2 g^2
///     e = d-coef n / norm1(s);    d <- max(d, e) while it is d0;    d_max <- max(d_max, e);    d <- min(d_max, growth-rate d)
///     w <- w - step lambda w;    w <- w - step m / (sqrt(v) + d eps),
///
/// where the last line has the new d but the old step. Weight decay is decoupled, the package's default. Without momentum
/// (b1 = 0) the package takes the new d in place of the old one that m has. Intended for a rate of 1; a step whose rate is 0
/// changes nothing, and is not counted.
///
/// Source: Mishchenko, Defazio, "Prodigy: An Expeditiously Adaptive Parameter-Free Learner", arXiv 2306.06101.
struct Prodigy: OptimizerMethod {
  static let name = "prodigy"
  static let title = "Prodigy"
  static let summary = "Adam with an estimated distance for a rate, as the package prodigyopt; made for a rate of 1"
  static let norm = GradientNorm.l1
  static let beta1 = NumberParameter("beta1", default: 0.9, in: 0..<1, help: "Decay of the first moment.")
  static let beta2 = NumberParameter("beta2", default: 0.999, in: 0..<1, help: "Decay of the second moment.")
  static let epsilon = NumberParameter(
    "epsilon", default: 1e-8, above: 0, help: "Added to the root of the second moment.")
  static let d0 = NumberParameter("d0", default: 1e-6, above: 0, help: "The estimate of the distance to begin with.")
  static let coefficient = NumberParameter("d-coef", default: 1, above: 0, help: "Factor of the estimate; what is tuned.")
  static let growthRate = GrowthRateParameter()
  static let weightDecay = NumberParameter(
    "weight-decay", default: 0, in: 0...(.infinity), help: "Decoupled weight decay: applied to the weights.")
  static let safeguardWarmup = FlagParameter("safeguard-warmup", help: "Keeps the rate out of the estimate's denominator.")
  static let biasCorrection = FlagParameter("bias-correction", help: "Adam's bias correction.")
  static let parameters: [any ScheduleParameter] = [
    beta1, beta2, epsilon, d0, coefficient, growthRate, weightDecay, safeguardWarmup, biasCorrection,
  ]
  static let scalars = ["d"]
  static let isSelfTuning = true

  let beta1: Double
  let beta2: Double
  let epsilon: Double
  let d0: Double
  let coefficient: Double
  let growthRate: Double
  let weightDecay: Double
  let safeguardsWarmup: Bool
  let correctsBias: Bool

  init(_ arguments: ScheduleArguments) {
    beta1 = arguments[Self.beta1]
    beta2 = arguments[Self.beta2]
    epsilon = arguments[Self.epsilon]
    d0 = arguments[Self.d0]
    coefficient = arguments[Self.coefficient]
    growthRate = arguments[Self.growthRate]
    weightDecay = arguments[Self.weightDecay]
    safeguardsWarmup = arguments[Self.safeguardWarmup]
    correctsBias = arguments[Self.biasCorrection]
  }

  var costs: UpdateCosts { .dividing }

  func reference(count: Int) -> any ReferenceRule { Reference(self, count: count) }

  func train(_ trainer: StepwiseTrainer, _ cancellation: inout Cancellation) throws -> TrainedLanes {
    try trainer.train(wholeGradient: { Rule(self, $0) }, &cancellation)
  }

  /// The scalars of a run.
  private struct Estimate: BitwiseCopyable {
    private(set) var d: Double
    private var largest: Double
    private var numerator = 0.0
    private var powers = (beta1: 1.0, beta2: 1.0)
    /// 0 if the latest step changed nothing.
    private(set) var step = 0.0
    /// d of the moments.
    private(set) var previous: Double

    init(_ method: Prodigy) {
      d = method.d0
      largest = d
      previous = d
    }

    /// - Returns: the step.
    mutating func begin(rate: Double, _ method: Prodigy) -> Double {
      previous = d
      step = 0
      guard rate > 0 else { return 0 }
      step = d * rate
      if method.correctsBias {
        powers.beta1 *= method.beta1
        powers.beta2 *= method.beta2
        step *= (1 - powers.beta2).squareRoot() / (1 - powers.beta1)
      }
      return step
    }

    /// Of the gradient in s.
    func factorOfSum(_ method: Prodigy) -> Double {
      step > 0 ? d / method.d0 * (method.safeguardsWarmup ? d : step) : 0
    }

    /// - Parameters:
    ///   - product: <g, w_0 - w>.
    ///   - sum: norm1(s) after its update.
    mutating func end(product: Double, sum: Double, _ method: Prodigy) {
      guard step > 0, sum != 0 else { return }
      numerator = method.beta2.squareRoot() * numerator + d / method.d0 * step * product
      let estimate = method.coefficient * numerator / sum
      if d == method.d0 { d = max(d, estimate) }
      largest = max(largest, estimate)
      d = min(largest, d * method.growthRate)
    }

    /// Of m / (sqrt(v) + d eps) in the weights.
    func factorOfMoment(_ method: Prodigy) -> Double { method.beta1 == 0 ? step * d / previous : step }
  }

  private struct Reference: ReferenceRule {
    let method: Prodigy
    var estimate: Estimate
    var first: [Double]
    var second: [Double]
    var sum: [Double]
    var scalars: [Double] { [estimate.d] }

    init(_ method: Prodigy, count: Int) {
      self.method = method
      estimate = Estimate(method)
      first = [Double](repeating: 0, count: count)
      second = first
      sum = first
    }

    mutating func step(_ weights: inout [Double], _ gradient: [Double], loss: Double, rate: Double) {
      let step = estimate.begin(rate: rate, method)
      if step == 0 { return }
      let (beta1, beta2, beta3, d) = (method.beta1, method.beta2, method.beta2.squareRoot(), estimate.d)
      let factor = estimate.factorOfSum(method)
      for i in weights.indices {
        first[i] = beta1 * first[i] + (1 - beta1) * d * gradient[i]
        second[i] = beta2 * second[i] + (1 - beta2) * d * d * gradient[i] * gradient[i]
        sum[i] = beta3 * sum[i] + factor * gradient[i]
      }
      // w_0 is zero.
      let product = -zip(gradient, weights).reduce(0) { $0 + $1.0 * $1.1 }
      estimate.end(product: product, sum: sum.reduce(0) { $0 + abs($1) }, method)
      let size = estimate.factorOfMoment(method)
      for i in weights.indices {
        weights[i] -= step * method.weightDecay * weights[i]
        weights[i] -= size * first[i] / (second[i].squareRoot() + estimate.d * method.epsilon)
      }
    }
  }

  private struct Rule: WholeGradientRule {
    private let weights: UnsafeMutablePointer<LaneVector>
    private let first: UnsafeMutablePointer<LaneVector>
    private let second: UnsafeMutablePointer<LaneVector>
    private let sum: UnsafeMutablePointer<LaneVector>
    private let method: Prodigy
    private let estimates: PerLane<Estimate>
    // Factors of m, v and s, and of what is added to them: 1 and 0 where the rate is 0.
    private var beta1 = lane_splat(1)
    private var beta2 = lane_splat(1)
    private var beta3 = lane_splat(1)
    private var added1 = lane_splat(0)
    /// The root of v's.
    private var added2 = lane_splat(0)
    private var addedToSum = lane_splat(0)
    private var kept = lane_splat(1)
    private var negativeStep = lane_splat(0)
    private var epsilon = lane_splat(0)

    static var needsNorms: Bool { false }
    static var measuresFirst: Bool { true }
    init(_ method: Prodigy, _ memory: RuleMemory) {
      self.method = method
      weights = memory.weights
      first = memory.array()
      second = memory.array()
      sum = memory.array()
      estimates = PerLane(Estimate(method), in: memory)
    }
    var scalars: [LaneVector] { [estimates.map { estimate, _ in estimate.d }] }
    mutating func begin(_ step: LaneStep, _ totals: BatchTotals) {
      let size = estimates.map { $0.begin(rate: Double(step.rate[$1]), method) }
      let d = estimates.map { estimate, _ in estimate.d }
      let zero = lane_splat(0)
      func decay(_ beta: Double) -> LaneVector { lane_where_less(zero, size, lane_splat(Float(beta)), lane_splat(1)) }
      let active = lane_where_less(zero, size, d, zero)
      beta1 = decay(method.beta1)
      beta2 = decay(method.beta2)
      beta3 = decay(method.beta2.squareRoot())
      added1 = lane_multiply(active, lane_splat(Float(1 - method.beta1)))
      added2 = lane_multiply(active, lane_splat(Float((1 - method.beta2).squareRoot())))
      addedToSum = estimates.map { estimate, _ in estimate.factorOfSum(method) }
      kept = lane_fma(size, lane_splat(-Float(method.weightDecay)), lane_splat(1))
    }
    @inline(__always) func measure(_ gradient: LaneVector, at index: Int) -> Vectors2 {
      let scaled = lane_multiply(added2, gradient)
      let s = lane_fma(addedToSum, gradient, lane_multiply(beta3, sum[index]))
      first[index] = lane_fma(added1, gradient, lane_multiply(beta1, first[index]))
      second[index] = lane_fma(scaled, scaled, lane_multiply(beta2, second[index]))
      sum[index] = s
      return Vectors2(lane_multiply(gradient, weights[index]), lane_abs(s))
    }
    mutating func measured(_ measures: Vectors2) {
      let (product, sum) = (measures.head, measures.tail)
      estimates.update { $0.end(product: -Double(product[$1]), sum: Double(sum[$1]), method) }
      negativeStep = estimates.map { estimate, _ in -estimate.factorOfMoment(method) }
      epsilon = estimates.map { estimate, _ in estimate.d * method.epsilon }
    }
    @inline(__always) func update(_ gradient: LaneVector, at index: Int) -> LaneVector {
      let direction = lane_divide(first[index], lane_add(lane_sqrt(second[index]), epsilon))
      weights[index] = lane_fma(negativeStep, direction, lane_multiply(kept, weights[index]))
      return lane_splat(0)
    }
  }
}
