import Foundation
import SIMDShims
import Schedules

/// An average of the iterates w_1 .. w_T as the result in place of w_T:
///
///     a_t = a_{t-1} + c_t (w_t - a_{t-1}),    c_1 = 1,
///
/// with c_t = 1/t (`uniform`); 1/(t - s), and 1 up to s, for s = `average-start` T rounded (`tail`); 1 - `average-decay` (`ema`);
/// or (1 + gamma)/(t + gamma) with gamma = `average-gamma` (`polynomial`, as `PolynomialDecayAverager` of the package
/// dog-optimizer; Shamir and Zhang, arXiv 1212.1824).
struct IterateAverage: Sendable {
  static let kind = ChoiceParameter(
    "average", default: nil, of: Kind.allCases.map(\.rawValue), help: "The average of the iterates that is the result.")
  static let start = NumberParameter(
    "average-start", default: 0.5, in: 0..<1, help: "Share of the steps before a tail average; the result up to there is the iterate.")
  static let decay = NumberParameter("average-decay", default: 0.999, in: 0..<1, help: "Decay of an exponential average.")
  static let gamma = NumberParameter("average-gamma", default: 8, in: 0...1e6, help: "Power of a polynomial average.")
  static let parameters: [any ScheduleParameter] = [kind, start, decay, gamma]

  enum Kind: String, CaseIterable, Sendable {
    case uniform, tail, ema, polynomial
  }

  private let kind: Kind
  private let start: Double
  private let decay: Double
  private let gamma: Double

  /// nil if there is no `average`.
  ///
  /// - Throws: `ScheduleError` for a constant of an average that is not taken.
  init?(_ arguments: ScheduleArguments, in spelling: String) throws {
    let kind = arguments[Self.kind].flatMap(Kind.init)
    for (key, owner) in [(Self.start.key, Kind.tail), (Self.decay.key, .ema), (Self.gamma.key, .polynomial)]
    where arguments.text(of: key) != nil && kind != owner {
      throw ScheduleError(spelling: spelling, "\(key) is a constant of average=\(owner.rawValue)")
    }
    guard let kind else { return nil }
    self.kind = kind
    start = arguments[Self.start]
    decay = arguments[Self.decay]
    gamma = arguments[Self.gamma]
  }

  /// c_t.
  ///
  /// - Parameters:
  ///   - step: t - 1.
  ///   - steps: T.
  func share(step: Int, of steps: Int) -> Double {
    let t = Double(step + 1)
    switch kind {
    case .uniform: return 1 / t
    case .tail: return 1 / max(1, t - min((start * Double(steps)).rounded(), Double(steps - 1)))
    case .ema: return step == 0 ? 1 : 1 - decay
    case .polynomial: return (1 + gamma) / (t + gamma)
    }
  }
}

/// The average of a run of the reference trainer.
struct AveragingReference: ReferenceRule {
  private var rule: any ReferenceRule
  private let average: IterateAverage
  private let steps: Int
  private var values: [Double]
  private var step = 0

  init(_ rule: any ReferenceRule, _ average: IterateAverage, steps: Int, count: Int) {
    self.rule = rule
    self.average = average
    self.steps = steps
    values = [Double](repeating: 0, count: count)
  }

  var scalars: [Double] { rule.scalars }

  mutating func step(_ weights: inout [Double], _ gradient: [Double], loss: Double, rate: Double) {
    rule.step(&weights, gradient, loss: loss, rate: rate)
    let share = average.share(step: step, of: steps)
    step += 1
    for i in weights.indices { values[i] += share * (weights[i] - values[i]) }
  }

  func result(_ weights: [Double]) -> [Double] { values }
}

/// The averages of a vector of runs.
struct LaneAverage {
  let values: UnsafeMutablePointer<LaneVector>
  private let average: IterateAverage
  private let memory: RuleMemory
  private let steps: Int

  init(_ average: IterateAverage, steps: Int, _ memory: RuleMemory) {
    self.average = average
    self.memory = memory
    self.steps = steps
    values = memory.array()
  }

  /// The average in place of the weights, in the same layout.
  func substituted(in weights: LaneWeights) -> LaneWeights {
    var weights = weights
    weights.weights = values
    return weights
  }

  /// Adds the weights after step `step`, counted from 0.
  func add(step: Int) {
    let share = lane_splat(Float(average.share(step: step, of: steps)))
    let (values, weights) = (values, memory.weights)
    memory.forEachWeight {
      values[$0] = lane_fma(share, lane_subtract(weights[$0], values[$0]), values[$0])
    }
  }
}
