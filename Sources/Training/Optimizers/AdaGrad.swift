import SIMDShims
import Schedules

/// AdaGrad, as `torch.optim.Adagrad`: s <- s + g^2;  w <- w - eta g / (sqrt(s) + eps).
///
/// Source: Duchi, Hazan, Singer, "Adaptive Subgradient Methods for Online Learning and Stochastic Optimization", JMLR 12, 2011.
struct AdaGrad: OptimizerMethod {
  static let name = "adagrad"
  static let title = "AdaGrad"
  static let summary = "AdaGrad, as torch.optim.Adagrad"
  static let norm = GradientNorm.l1
  static let epsilon = NumberParameter(
    "epsilon", default: 1e-10, above: 0, help: "Added to the root of the sum of squares.")
  static let parameters: [any ScheduleParameter] = [epsilon]

  let epsilon: Double

  init(_ arguments: ScheduleArguments) { epsilon = arguments[Self.epsilon] }

  // The dense kernels cost as much as Adam's, the others between SGD's and Adam's.
  var costs: UpdateCosts {
    UpdateCosts(dense: 1.3, scatter: 2.2, listedNonzero: 5, listedFeature: 4, listedWeight: 2, listedStep: 100)
  }

  func reference(count: Int) -> any ReferenceRule { Reference(epsilon: epsilon, sums: [Double](repeating: 0, count: count)) }

  func train(_ trainer: StepwiseTrainer, _ cancellation: inout Cancellation) throws -> TrainedLanes {
    try trainer.train(Rule.self, self, &cancellation)
  }

  var lists: ListsForm? { ListsForm(standing: Rule.self, self, arrays: 2) }

  private struct Reference: ReferenceRule {
    let epsilon: Double
    var sums: [Double]

    mutating func step(_ weights: inout [Double], _ gradient: [Double], loss: Double, rate: Double) {
      for i in weights.indices {
        sums[i] += gradient[i] * gradient[i]
        weights[i] -= rate * gradient[i] / (sums[i].squareRoot() + epsilon)
      }
    }
  }

  private struct Rule: LaneRule {
    private let weights: UnsafeMutablePointer<LaneVector>
    private let sums: UnsafeMutablePointer<LaneVector>
    private let epsilon: LaneVector
    private var negativeRate = lane_splat(0)

    init(_ adagrad: AdaGrad, _ memory: RuleMemory) {
      weights = memory.weights
      sums = memory.array()
      epsilon = lane_splat(Float(adagrad.epsilon))
    }
    @inline(__always) mutating func begin(_ step: LaneStep) { negativeRate = lane_subtract(lane_splat(0), step.rate) }
    @inline(__always) func update(_ gradient: LaneVector, square: LaneVector, at index: Int) {
      let sum = lane_add(sums[index], square)
      sums[index] = sum
      let direction = lane_divide(gradient, lane_add(lane_sqrt(sum), epsilon))
      weights[index] = lane_fma(negativeRate, direction, weights[index])
    }
    @inline(__always) func prefetch(at index: Int) {
      memory_prefetch(weights + index)
      memory_prefetch(sums + index)
    }
  }
}
