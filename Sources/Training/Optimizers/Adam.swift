import Foundation
import SIMDShims
import Schedules

/// Adam as in `torch.optim.Adam`, or `torch.optim.AdamW` with decoupled weight decay: with lambda the weight decay,
///
///     w <- w - eta lambda w  (decoupled),    g <- g + lambda w  (else)
///     m <- b1 m + (1-b1) g,    v <- b2 v + (1-b2) g^2
///     w <- w - eta m_hat / (sqrt(v_hat) + eps),    m_hat = m/(1-b1^t),  v_hat = v/(1-b2^t).
///
/// The default beta2 is 0.95, as in the paper's experiments; PyTorch's is 0.999.
struct Adam: OptimizerMethod {
  static let name = "adam"
  static let title = "Adam"
  static let summary = "Adam, as torch.optim.Adam and AdamW, but for beta2"
  static let norm = GradientNorm.l1
  static let beta1 = NumberParameter("beta1", default: 0.9, in: 0..<1, help: "Decay of the first moment.")
  static let beta2 = NumberParameter("beta2", default: 0.95, in: 0..<1, help: "Decay of the second moment.")
  static let epsilon = NumberParameter(
    "epsilon", default: 1e-8, in: 0...(.infinity), help: "Added to the root of the second moment.")
  static let weightDecay = NumberParameter("weight-decay", default: 0, in: 0...(.infinity), help: "L2, in the gradient.")
  static let decoupled = FlagParameter("decoupled", help: "Weight decay beside the gradient, which makes it AdamW.")
  static let parameters: [any ScheduleParameter] = [beta1, beta2, epsilon, weightDecay, decoupled]

  let beta1: Double
  let beta2: Double
  let epsilon: Double
  let weightDecay: Double
  let isDecoupled: Bool
  private(set) var corrections = BiasCorrection()

  init(_ arguments: ScheduleArguments) {
    beta1 = arguments[Self.beta1]
    beta2 = arguments[Self.beta2]
    epsilon = arguments[Self.epsilon]
    weightDecay = arguments[Self.weightDecay]
    isDecoupled = arguments[Self.decoupled]
  }

  func prepared(steps: Int) -> Adam {
    var adam = self
    adam.corrections = BiasCorrection(beta1: beta1, beta2: beta2, epsilon: epsilon, steps: steps)
    return adam
  }

  var costs: UpdateCosts { .dividing }

  func reference(count: Int) -> any ReferenceRule {
    Reference(adam: self, first: [Double](repeating: 0, count: count), second: [Double](repeating: 0, count: count))
  }

  func train(_ trainer: StepwiseTrainer, _ cancellation: inout Cancellation) throws -> TrainedLanes {
    weightDecay == 0
      ? try trainer.trainFused(PlainRule.self, self, &cancellation) : try trainer.train(DecayingRule.self, self, &cancellation)
  }

  /// While a feature is absent its moments only decay, so its missed steps can be applied at once. Not if weight decay enters
  /// the moments, or if the look-ahead's polynomials do not cover the betas.
  var lists: ListsForm? {
    guard weightDecay == 0 || isDecoupled, let terms = AdamTerms(beta1: beta1, beta2: beta2, epsilon: epsilon) else {
      return nil
    }
    return ListsForm(arrays: 3, looksAhead: true) {
      AdamSteps(terms, weightDecay: weightDecay, corrections, $0, $1, $2)
    }
  }

  private struct Reference: ReferenceRule {
    let adam: Adam
    var first: [Double]
    var second: [Double]
    var t = 0.0

    mutating func step(_ weights: inout [Double], _ gradient: [Double], loss: Double, rate: Double) {
      t += 1
      let (beta1, beta2) = (adam.beta1, adam.beta2)
      for i in weights.indices {
        if adam.isDecoupled { weights[i] -= rate * adam.weightDecay * weights[i] }
        let g = gradient[i] + (adam.isDecoupled ? 0 : adam.weightDecay * weights[i])
        first[i] = beta1 * first[i] + (1 - beta1) * g
        second[i] = beta2 * second[i] + (1 - beta2) * g * g
        weights[i] -= rate * (first[i] / (1 - pow(beta1, t))) / ((second[i] / (1 - pow(beta2, t))).squareRoot() + adam.epsilon)
      }
    }
  }

  /// Without weight decay, with unnormalised moments: M <- b1 M + g, V <- b2 V + g^2. With m = (1-b1) M and v = (1-b2) V,
  ///
  ///     eta m_hat / (sqrt(v_hat) + eps) = eta s_t M / (sqrt(V) + e_t)
  ///
  /// where the step's scalars s_t and e_t contain the factors and the bias corrections (`BiasCorrection`).
  private struct PlainRule: LaneRule {
    private let weights: UnsafeMutablePointer<LaneVector>
    private let first: UnsafeMutablePointer<LaneVector>
    private let second: UnsafeMutablePointer<LaneVector>
    private let beta1: LaneVector
    private let beta2: LaneVector
    private let corrections: BiasCorrection.Pointer
    /// -eta s_t.
    private(set) var negativeStep = lane_splat(0)
    /// e_t.
    private var epsilon = lane_splat(0)

    @inline(__always) static var usesDivider: Bool { true }
    init(_ adam: Adam, _ memory: RuleMemory) {
      weights = memory.weights
      first = memory.array()
      second = memory.array()
      beta1 = lane_splat(Float(adam.beta1))
      beta2 = lane_splat(Float(adam.beta2))
      corrections = adam.corrections.copied(to: memory)
    }
    @inline(__always) mutating func begin(_ step: LaneStep) {
      let correction = corrections[step.index]
      negativeStep = lane_multiply(step.rate, lane_splat(-correction.scale))
      epsilon = lane_splat(correction.epsilon)
    }
    @inline(__always) func update(_ gradient: LaneVector, square: LaneVector, at index: Int) {
      weights[index] = lane_fma(negativeStep, direction(gradient, square: square, at: index), weights[index])
    }
    @inline(__always) func prefetch(at index: Int) {
      memory_prefetch(weights + index)
      memory_prefetch(first + index)
      memory_prefetch(second + index)
    }
    /// m_hat / (sqrt(v_hat) + eps) without the factor s_t.
    @inline(__always) func direction(_ gradient: LaneVector, square: LaneVector, at index: Int) -> LaneVector {
      let m = lane_fma(beta1, first[index], gradient)
      let v = lane_fma(beta2, second[index], square)
      first[index] = m
      second[index] = v
      return lane_divide(m, lane_add(lane_sqrt(v), epsilon))
    }
  }

  private struct DecayingRule: LaneRule {
    private let weights: UnsafeMutablePointer<LaneVector>
    private var rule: PlainRule
    private let coupledDecay: LaneVector
    private let decoupledDecay: LaneVector
    /// Factor of decoupled decay on a weight.
    private var kept = lane_splat(1)

    init(_ adam: Adam, _ memory: RuleMemory) {
      weights = memory.weights
      rule = PlainRule(adam, memory)
      coupledDecay = lane_splat(adam.isDecoupled ? 0 : Float(adam.weightDecay))
      decoupledDecay = lane_splat(adam.isDecoupled ? -Float(adam.weightDecay) : 0)
    }
    @inline(__always) mutating func begin(_ step: LaneStep) {
      rule.begin(step)
      kept = lane_fma(step.rate, decoupledDecay, lane_splat(1))
    }
    @inline(__always) func update(_ gradient: LaneVector, square: LaneVector, at index: Int) {
      let decayed = lane_fma(coupledDecay, weights[index], gradient)
      let direction = rule.direction(decayed, square: lane_multiply(decayed, decayed), at: index)
      weights[index] = lane_fma(rule.negativeStep, direction, lane_multiply(kept, weights[index]))
    }
    @inline(__always) func prefetch(at index: Int) { rule.prefetch(at: index) }
  }
}

extension Optimizer {
  /// `torch.optim.Adam`, or `AdamW` if `decoupled`; nil selects a default.
  ///
  /// - Precondition: the constants are in their ranges.
  public static func adam(
    beta1: Double? = nil, beta2: Double? = nil, epsilon: Double? = nil, weightDecay: Double? = nil, decoupled: Bool = false
  ) -> Optimizer {
    Optimizer(
      Adam.self,
      [Adam.beta1.key: beta1, Adam.beta2.key: beta2, Adam.epsilon.key: epsilon, Adam.weightDecay.key: weightDecay],
      flags: decoupled ? [Adam.decoupled.key] : [])
  }
}
