import SIMDShims
import Schedules

/// Momentum with a model-based step size, as `Momo` of the package momo-opt: with l the lower bound of the loss,
///
///     m <- b m + (1-b) g;    f_bar <- b f_bar + (1-b) f;    gamma <- b gamma + (1-b) <g, w>
///     w <- w - min(eta, max(f_bar - l + <m, w> - gamma, 0) / norm(m)^2) m.
///
/// The averages start at the first step's values. The package's rate is 1.
///
/// Source: Schaipp, Ohana, Eickenberg, Defazio, Gower, "MoMo: Momentum Models for Adaptive Learning Rates", arXiv 2305.07583.
struct MoMo: OptimizerMethod {
  static let name = "momo"
  static let title = "MoMo"
  static let summary = "momentum with step sizes from a model of the loss, as the package momo-opt"
  static let norm = GradientNorm.l2
  static let beta = NumberParameter("beta", default: 0.9, in: 0..<1, help: "Decay of the averages.")
  static let lowerBound = NumberParameter(
    "lower-bound", default: 0, in: 0...(.infinity), help: "A lower bound of the batches' losses.")
  static let parameters: [any ScheduleParameter] = [beta, lowerBound]
  static let scalars = ["step_size"]

  let beta: Double
  let lowerBound: Double

  init(_ arguments: ScheduleArguments) {
    beta = arguments[Self.beta]
    lowerBound = arguments[Self.lowerBound]
  }

  func reference(count: Int) -> any ReferenceRule {
    Reference(method: self, model: Model(self), momentum: [Double](repeating: 0, count: count))
  }

  func train(_ trainer: StepwiseTrainer, _ cancellation: inout Cancellation) throws -> TrainedLanes {
    try trainer.train(wholeGradient: { Rule(self, $0) }, &cancellation)
  }

  /// The model of the loss in a run.
  private struct Model: BitwiseCopyable {
    private let beta: Double
    private let lowerBound: Double
    private var isFirst = true
    private var loss = 0.0
    private var product = 0.0
    private(set) var size = 0.0

    init(_ method: MoMo) {
      beta = method.beta
      lowerBound = method.lowerBound
    }

    /// - Parameters:
    ///   - gradientProduct: <g, w>.
    ///   - momentumProduct: <m, w>.
    ///   - squares: norm(m)^2.
    /// - Returns: the step size.
    mutating func step(
      loss batchLoss: Double, rate: Double, gradientProduct: Double, momentumProduct: Double, squares: Double
    ) -> Double {
      loss = isFirst ? batchLoss : beta * loss + (1 - beta) * batchLoss
      product = isFirst ? gradientProduct : beta * product + (1 - beta) * gradientProduct
      isFirst = false
      let gap = max(loss - lowerBound + momentumProduct - product, 0)
      size = squares > 0 ? min(rate, gap / squares) : rate
      return size
    }
  }

  private struct Reference: ReferenceRule {
    let method: MoMo
    var model: Model
    var momentum: [Double]
    var isFirst = true
    var scalars: [Double] { [model.size] }

    mutating func step(_ weights: inout [Double], _ gradient: [Double], loss: Double, rate: Double) {
      let beta = isFirst ? 0 : method.beta
      isFirst = false
      for i in weights.indices { momentum[i] = beta * momentum[i] + (1 - beta) * gradient[i] }
      let size = model.step(
        loss: loss, rate: rate, gradientProduct: zip(gradient, weights).reduce(0) { $0 + $1.0 * $1.1 },
        momentumProduct: zip(momentum, weights).reduce(0) { $0 + $1.0 * $1.1 },
        squares: momentum.reduce(0) { $0 + $1 * $1 })
      for i in weights.indices { weights[i] -= size * momentum[i] }
    }
  }

  private struct Rule: WholeGradientRule {
    private let weights: UnsafeMutablePointer<LaneVector>
    private let momentum: UnsafeMutablePointer<LaneVector>
    private let models: PerLane<Model>
    private let methodBeta: Float
    private var beta = lane_splat(0)
    private var added = lane_splat(1)
    private var rate = lane_splat(0)
    private var loss = lane_splat(0)
    private var negativeStep = lane_splat(0)

    static var needsNorms: Bool { false }
    static var needsLoss: Bool { true }
    static var measuresFirst: Bool { true }
    init(_ method: MoMo, _ memory: RuleMemory) {
      methodBeta = Float(method.beta)
      weights = memory.weights
      momentum = memory.array()
      models = PerLane(Model(method), in: memory)
    }
    var scalars: [LaneVector] { [lane_subtract(lane_splat(0), negativeStep)] }
    @inline(__always) mutating func begin(_ step: LaneStep, _ totals: BatchTotals) {
      beta = lane_splat(step.index == 0 ? 0 : methodBeta)
      added = lane_subtract(lane_splat(1), beta)
      rate = step.rate
      loss = totals.loss
    }
    @inline(__always) func measure(_ gradient: LaneVector, at index: Int) -> Vectors3 {
      let weight = weights[index]
      let m = lane_fma(beta, momentum[index], lane_multiply(added, gradient))
      momentum[index] = m
      return Vectors3(Vectors2(lane_multiply(gradient, weight), lane_multiply(m, weight)), lane_multiply(m, m))
    }
    mutating func measured(_ measures: Vectors3) {
      let (ofGradient, ofMomentum, squares) = (measures.head.head, measures.head.tail, measures.tail)
      negativeStep = models.map {
        -$0.step(
          loss: Double(loss[$1]), rate: Double(rate[$1]), gradientProduct: Double(ofGradient[$1]),
          momentumProduct: Double(ofMomentum[$1]), squares: Double(squares[$1]))
      }
    }
    @inline(__always) func update(_ gradient: LaneVector, at index: Int) -> LaneVector {
      weights[index] = lane_fma(negativeStep, momentum[index], weights[index])
      return lane_splat(0)
    }
  }
}
