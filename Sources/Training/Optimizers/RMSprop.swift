import SIMDShims
import Schedules

/// RMSprop, as `torch.optim.RMSprop`: v <- alpha v + (1 - alpha) g^2;  w <- w - eta g / (sqrt(v) + eps).
///
/// Source: Hinton, Srivastava, Swersky, "Neural Networks for Machine Learning", lecture 6, 2012.
struct RMSprop: OptimizerMethod {
  static let name = "rmsprop"
  static let title = "RMSprop"
  static let summary = "RMSprop, as torch.optim.RMSprop"
  static let norm = GradientNorm.l1
  static let alpha = NumberParameter("alpha", default: 0.99, in: 0..<1, help: "Decay of the second moment.")
  static let epsilon = NumberParameter(
    "epsilon", default: 1e-8, above: 0, help: "Added to the root of the second moment.")
  static let parameters: [any ScheduleParameter] = [alpha, epsilon]

  let alpha: Double
  let epsilon: Double

  init(_ arguments: ScheduleArguments) {
    alpha = arguments[Self.alpha]
    epsilon = arguments[Self.epsilon]
  }

  var costs: UpdateCosts { .dividing }

  func reference(count: Int) -> any ReferenceRule { Reference(method: self, second: [Double](repeating: 0, count: count)) }

  func train(_ trainer: StepwiseTrainer, _ cancellation: inout Cancellation) throws -> TrainedLanes {
    try trainer.train(Rule.self, self, &cancellation)
  }

  /// While a feature is absent its weights stand still and their second moments decay.
  var lists: ListsForm? { ListsForm(arrays: 2, looksAhead: true) { Steps(self, $0, $1, $2) } }

  private final class Steps: ListsSteps {
    private let rates: Rates
    private let powers: DecayPowers
    private var rule: Rule

    init(_ method: RMSprop, _ group: LaneGroup, _ arrays: RuleMemory, _ memory: KernelMemory) {
      rates = Rates(group, capacity: group.order.stepsPerEpoch, in: memory)
      powers = DecayPowers(of: method.alpha, steps: group.steps, in: memory)
      rule = Rule(method, arrays)
    }

    func begin(epochFrom step: Int) { rates.fill(from: step) }

    func take(_ batch: ListedBatch, on pass: ListsPass, step: Int, stepOfEpoch: Int, wantsLoss: Bool) -> ListedSums {
      rule.begin(LaneStep(index: step, rate: rates.vectors[stepOfEpoch]))
      let (rule, powers) = (rule, powers)
      var sums = pass.forEachFeature(batch, wantsLoss: wantsLoss) {
        pass.update($0, soon: $1, of: batch, rule.decaying(by: powers[Int($0.gap)]), &$2)
      }
      pass.updateBias(batch, rule, &sums.norms)
      return sums
    }
  }

  private struct Reference: ReferenceRule {
    let method: RMSprop
    var second: [Double]

    mutating func step(_ weights: inout [Double], _ gradient: [Double], loss: Double, rate: Double) {
      for i in weights.indices {
        second[i] = method.alpha * second[i] + (1 - method.alpha) * gradient[i] * gradient[i]
        weights[i] -= rate * gradient[i] / (second[i].squareRoot() + method.epsilon)
      }
    }
  }

  /// The second moment is stored decayed to the weight's next gradient.
  private struct Rule: LaneRule {
    private let weights: UnsafeMutablePointer<LaneVector>
    private let second: UnsafeMutablePointer<LaneVector>
    /// alpha^k, if the next gradient is that of k steps ahead.
    private var decay: LaneVector
    private let weightOfSquare: LaneVector
    private let epsilon: LaneVector
    private var negativeRate = lane_splat(0)

    init(_ method: RMSprop, _ memory: RuleMemory) {
      weights = memory.weights
      second = memory.array()
      decay = lane_splat(Float(method.alpha))
      weightOfSquare = lane_splat(Float(1 - method.alpha))
      epsilon = lane_splat(Float(method.epsilon))
    }
    @inline(__always) func decaying(by decay: LaneVector) -> Rule {
      var rule = self
      rule.decay = decay
      return rule
    }
    @inline(__always) mutating func begin(_ step: LaneStep) { negativeRate = lane_subtract(lane_splat(0), step.rate) }
    @inline(__always) func update(_ gradient: LaneVector, square: LaneVector, at index: Int) {
      let v = lane_fma(weightOfSquare, square, second[index])
      second[index] = lane_multiply(decay, v)
      let direction = lane_divide(gradient, lane_add(lane_sqrt(v), epsilon))
      weights[index] = lane_fma(negativeRate, direction, weights[index])
    }
  }
}
