import Foundation
import SIMDShims
import Schedules

/// Adam with a model-based step size, as `MomoAdam` of the package momo-opt: with l the lower bound of the loss and
/// t = 1, 2, ...,
///
///     m <- b1 m + (1-b1) g;    v <- b2 v + (1-b2) g^2;    D = sqrt(v / (1-b2^t)) + eps
///     f_bar <- b1 f_bar + (1-b1) f;    gamma <- b1 gamma + (1-b1) <g, w>
///     w <- w - min(eta / (1-b1^t), max(f_bar - (1-b1^t) l + <m, w> - gamma, 0) / <m, m/D>) m/D.
///
/// The averages start at 0. The package's rate is 0.01.
///
/// Source: Schaipp, Ohana, Eickenberg, Defazio, Gower, "MoMo: Momentum Models for Adaptive Learning Rates", arXiv 2305.07583.
struct MoMoAdam: OptimizerMethod {
  static let name = "momo-adam"
  static let title = "MoMo-Adam"
  static let summary = "Adam with step sizes from a model of the loss, as the package momo-opt"
  static let norm = GradientNorm.l1
  static let beta1 = NumberParameter("beta1", default: 0.9, in: 0..<1, help: "Decay of the first moment and the averages.")
  static let beta2 = NumberParameter("beta2", default: 0.999, in: 0..<1, help: "Decay of the second moment.")
  static let epsilon = NumberParameter(
    "epsilon", default: 1e-8, above: 0, help: "Added to the root of the second moment.")
  static let lowerBound = NumberParameter(
    "lower-bound", default: 0, in: 0...(.infinity), help: "A lower bound of the batches' losses.")
  static let parameters: [any ScheduleParameter] = [beta1, beta2, epsilon, lowerBound]
  static let scalars = ["step_size"]

  let beta1: Double
  let beta2: Double
  let epsilon: Double
  let lowerBound: Double

  init(_ arguments: ScheduleArguments) {
    beta1 = arguments[Self.beta1]
    beta2 = arguments[Self.beta2]
    epsilon = arguments[Self.epsilon]
    lowerBound = arguments[Self.lowerBound]
  }

  var costs: UpdateCosts { .dividing }

  func reference(count: Int) -> any ReferenceRule { Reference(self, count: count) }

  func train(_ trainer: StepwiseTrainer, _ cancellation: inout Cancellation) throws -> TrainedLanes {
    try trainer.train(wholeGradient: { Rule(self, $0) }, &cancellation)
  }

  /// The model of the loss in a run.
  private struct Model: BitwiseCopyable {
    private let beta: Double
    private let lowerBound: Double
    private var power = 1.0
    private var loss = 0.0
    private var product = 0.0
    private(set) var size = 0.0

    init(_ method: MoMoAdam) {
      beta = method.beta1
      lowerBound = method.lowerBound
    }

    /// - Parameters:
    ///   - gradientProduct: <g, w>.
    ///   - momentumProduct: <m, w>.
    ///   - squares: <m, m/D>.
    /// - Returns: the step size.
    mutating func step(
      loss batchLoss: Double, rate: Double, gradientProduct: Double, momentumProduct: Double, squares: Double
    ) -> Double {
      power *= beta
      loss = beta * loss + (1 - beta) * batchLoss
      product = beta * product + (1 - beta) * gradientProduct
      let gap = max(loss - (1 - power) * lowerBound + momentumProduct - product, 0)
      let bound = rate / (1 - power)
      size = squares > 0 ? min(bound, gap / squares) : bound
      return size
    }
  }

  private struct Reference: ReferenceRule {
    let method: MoMoAdam
    var model: Model
    var first: [Double]
    var second: [Double]
    var t = 0.0
    var scalars: [Double] { [model.size] }

    init(_ method: MoMoAdam, count: Int) {
      self.method = method
      model = Model(method)
      first = [Double](repeating: 0, count: count)
      second = first
    }

    mutating func step(_ weights: inout [Double], _ gradient: [Double], loss: Double, rate: Double) {
      t += 1
      let (beta1, beta2) = (method.beta1, method.beta2)
      var directions = first
      for i in weights.indices {
        first[i] = beta1 * first[i] + (1 - beta1) * gradient[i]
        second[i] = beta2 * second[i] + (1 - beta2) * gradient[i] * gradient[i]
        directions[i] = first[i] / ((second[i] / (1 - pow(beta2, t))).squareRoot() + method.epsilon)
      }
      let size = model.step(
        loss: loss, rate: rate, gradientProduct: zip(gradient, weights).reduce(0) { $0 + $1.0 * $1.1 },
        momentumProduct: zip(first, weights).reduce(0) { $0 + $1.0 * $1.1 },
        squares: zip(first, directions).reduce(0) { $0 + $1.0 * $1.1 })
      for i in weights.indices { weights[i] -= size * directions[i] }
    }
  }

  private struct Rule: WholeGradientRule {
    private let weights: UnsafeMutablePointer<LaneVector>
    private let first: UnsafeMutablePointer<LaneVector>
    private let second: UnsafeMutablePointer<LaneVector>
    /// m/D.
    private let directions: UnsafeMutablePointer<LaneVector>
    private let models: PerLane<Model>
    private let methodBeta2: Double
    private let beta1: LaneVector
    private let rest1: LaneVector
    private let beta2: LaneVector
    private let rest2: LaneVector
    private let epsilon: LaneVector
    /// 1 / sqrt(1-b2^t).
    private var correction = lane_splat(1)
    private var rate = lane_splat(0)
    private var loss = lane_splat(0)
    private var negativeStep = lane_splat(0)

    static var needsNorms: Bool { false }
    static var needsLoss: Bool { true }
    static var measuresFirst: Bool { true }
    init(_ method: MoMoAdam, _ memory: RuleMemory) {
      methodBeta2 = method.beta2
      weights = memory.weights
      first = memory.array()
      second = memory.array()
      directions = memory.array()
      models = PerLane(Model(method), in: memory)
      beta1 = lane_splat(Float(method.beta1))
      rest1 = lane_splat(Float(1 - method.beta1))
      beta2 = lane_splat(Float(method.beta2))
      rest2 = lane_splat(Float(1 - method.beta2))
      epsilon = lane_splat(Float(method.epsilon))
    }
    var scalars: [LaneVector] { [lane_subtract(lane_splat(0), negativeStep)] }
    mutating func begin(_ step: LaneStep, _ totals: BatchTotals) {
      correction = lane_splat(Float(1 / (1 - pow(methodBeta2, Double(step.index + 1))).squareRoot()))
      rate = step.rate
      loss = totals.loss
    }
    @inline(__always) func measure(_ gradient: LaneVector, at index: Int) -> Vectors3 {
      let weight = weights[index]
      let m = lane_fma(beta1, first[index], lane_multiply(rest1, gradient))
      let v = lane_fma(rest2, lane_multiply(gradient, gradient), lane_multiply(beta2, second[index]))
      let direction = lane_divide(m, lane_fma(lane_sqrt(v), correction, epsilon))
      first[index] = m
      second[index] = v
      directions[index] = direction
      return Vectors3(Vectors2(lane_multiply(gradient, weight), lane_multiply(m, weight)), lane_multiply(m, direction))
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
      weights[index] = lane_fma(negativeStep, directions[index], weights[index])
      return lane_splat(0)
    }
  }
}
