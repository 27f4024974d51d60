import SIMDShims
import Schedules

/// SGD with D-Adaptation, as `DAdaptSGD` of the package dadaptation: with mu the momentum and g_0 the first gradient,
///
///     lambda = d eta / norm(g_0);    n <- n + lambda <g, s>;    s <- s + lambda g
///     d <- max(d, min(2 n / norm(s), growth-rate d));    w <- mu w - (1 - mu) s.
///
/// s and n start at 0, d at d0; w_0 is zero. Intended for a rate of 1; a step whose rate is 0 changes nothing.
///
/// Source: Defazio, Mishchenko, "Learning-Rate-Free Learning by D-Adaptation", arXiv 2301.07733. The paper's estimate is the
/// package's up to its factor 2; the momentum is the package's.
struct DAdaptSGD: OptimizerMethod {
  static let name = "d-adapt-sgd"
  static let title = "D-Adapt SGD"
  static let summary = "SGD with D-Adaptation, as the package dadaptation; made for a rate of 1"
  static let norm = GradientNorm.l2
  static let momentum = NumberParameter("momentum", default: 0, in: 0..<1, help: "Share of the old weights in the new.")
  static let d0 = NumberParameter("d0", default: 1e-6, above: 0, help: "The estimate of the distance to begin with.")
  static let growthRate = GrowthRateParameter()
  static let parameters: [any ScheduleParameter] = [momentum, d0, growthRate]
  static let scalars = ["d"]
  static let isSelfTuning = true

  let momentum: Double
  let d0: Double
  let growthRate: Double

  init(_ arguments: ScheduleArguments) {
    momentum = arguments[Self.momentum]
    d0 = arguments[Self.d0]
    growthRate = arguments[Self.growthRate]
  }

  func reference(count: Int) -> any ReferenceRule {
    Reference(estimate: Estimate(self), momentum: momentum, sum: [Double](repeating: 0, count: count))
  }

  func train(_ trainer: StepwiseTrainer, _ cancellation: inout Cancellation) throws -> TrainedLanes {
    try trainer.train(wholeGradient: { Rule(self, $0) }, &cancellation)
  }

  /// The scalars of a run.
  private struct Estimate: BitwiseCopyable {
    var d: Double
    private let growthRate: Double
    private var firstNorm = 0.0
    private var numerator = 0.0
    /// lambda of the latest step; 0 if it changed nothing.
    private(set) var step = 0.0

    init(_ method: DAdaptSGD) {
      d = method.d0
      growthRate = method.growthRate
    }

    /// - Returns: lambda.
    mutating func begin(rate: Double, norm: @autoclosure () -> Double) -> Double {
      if rate > 0, firstNorm == 0 { firstNorm = norm() }
      step = rate > 0 && firstNorm > 0 ? d * rate / firstNorm : 0
      return step
    }

    /// - Parameters:
    ///   - product: <g, s> with s before its update.
    ///   - squares: norm(s)^2 after it.
    mutating func end(product: Double, squares: Double) {
      guard step > 0, squares != 0 else { return }
      numerator += step * product
      d = max(d, min(2 * numerator / squares.squareRoot(), d * growthRate))
    }
  }

  private struct Reference: ReferenceRule {
    var estimate: Estimate
    let momentum: Double
    var sum: [Double]
    var scalars: [Double] { [estimate.d] }

    mutating func step(_ weights: inout [Double], _ gradient: [Double], loss: Double, rate: Double) {
      let lambda = estimate.begin(rate: rate, norm: gradient.reduce(0) { $0 + $1 * $1 }.squareRoot())
      if lambda == 0 { return }
      let product = zip(gradient, sum).reduce(0) { $0 + $1.0 * $1.1 }
      for i in weights.indices { sum[i] += lambda * gradient[i] }
      estimate.end(product: product, squares: sum.reduce(0) { $0 + $1 * $1 })
      for i in weights.indices { weights[i] = momentum * weights[i] - (1 - momentum) * sum[i] }
    }
  }

  private struct Rule: WholeGradientRule {
    private let weights: UnsafeMutablePointer<LaneVector>
    private let sum: UnsafeMutablePointer<LaneVector>
    private let estimates: PerLane<Estimate>
    private let momentum: Float
    private var step = lane_splat(0)
    /// Shares of the old weights and of -s in the new weights.
    private var kept = lane_splat(1)
    private var taken = lane_splat(0)

    init(_ method: DAdaptSGD, _ memory: RuleMemory) {
      weights = memory.weights
      sum = memory.array()
      momentum = Float(method.momentum)
      estimates = PerLane(Estimate(method), in: memory)
    }
    var scalars: [LaneVector] { [estimates.map { estimate, _ in estimate.d }] }
    mutating func begin(_ step: LaneStep, _ totals: BatchTotals) {
      self.step = estimates.map {
        $0.begin(rate: Double(step.rate[$1]), norm: Double(totals.norms.squared[$1]).squareRoot())
      }
      let zero = lane_splat(0)
      kept = lane_where_less(zero, self.step, lane_splat(momentum), lane_splat(1))
      taken = lane_where_less(zero, self.step, lane_splat(momentum - 1), zero)
    }
    @inline(__always) func update(_ gradient: LaneVector, at index: Int) -> Vectors2 {
      let old = sum[index]
      let new = lane_fma(step, gradient, old)
      sum[index] = new
      weights[index] = lane_fma(taken, new, lane_multiply(kept, weights[index]))
      return Vectors2(lane_multiply(gradient, old), lane_multiply(new, new))
    }
    mutating func end(_ sums: Vectors2) {
      let (product, squares) = (sums.head, sums.tail)
      estimates.forEach { $0.end(product: Double(product[$1]), squares: Double(squares[$1])) }
    }
  }
}
