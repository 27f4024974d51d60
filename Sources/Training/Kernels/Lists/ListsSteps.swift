import SIMDShims

/// An optimizer's steps on the listed batches of one vector of runs.
///
/// Conformers are classes that own their tables, which a step borrows without counting references.
protocol ListsSteps: AnyObject {
  /// Fills in rates and decay factors of the epoch whose first step is step `step` of the run.
  func begin(epochFrom step: Int)

  /// Takes one step, number `step` in the run and `stepOfEpoch` in its epoch.
  func take(
    _ batch: ListedBatch, on pass: ListsPass, step: Int, stepOfEpoch: Int, wantsLoss: Bool
  ) -> ListedSums
  /// What the optimizer computed for itself in the latest step, in the order of `OptimizerMethod.scalars`.
  var scalars: [LaneVector] { get }
}

extension ListsSteps {
  var scalars: [LaneVector] { [] }
}

/// Result of a step: the sum of the samples' losses, if wanted, and the sums of the norms.
typealias ListedSums = (loss: LaneVector, norms: BlockedNorms)

/// How an optimizer takes exact steps on listed batches without touching absent features.
struct ListsForm {
  /// Number of the optimizer's arrays, including the weights.
  let arrays: Int
  /// Whether a feature's steps up to its next event are applied at once, which requires the gaps between events.
  let looksAhead: Bool
  let train: (ListsTrainer, inout Cancellation) throws -> [TrainedLanes]

  /// - Parameter makeSteps: for a vector of runs. Its static type lets the compiler specialize the kernels.
  @inline(__always)
  init<Steps: ListsSteps>(
    arrays: Int, looksAhead: Bool, _ makeSteps: @escaping (LaneGroup, RuleMemory, KernelMemory) -> Steps
  ) {
    self.arrays = arrays
    self.looksAhead = looksAhead
    train = { try $0.train(arrays: arrays, looksAhead: looksAhead, &$1, makeSteps) }
  }

  /// The form for an optimizer that, while a weight's gradient is zero, changes neither the weight nor anything its next update
  /// depends on: applies the rule of the other kernels to the features that occur.
  @inline(__always)
  init<Rule: LaneRule>(standing _: Rule.Type, _ method: Rule.Method, arrays: Int) {
    self.init(arrays: arrays, looksAhead: false) { StandingSteps<Rule>(method, $0, $1, $2) }
  }
}

extension ListsForm {
  /// The form for an optimizer whose step size depends on the whole gradient, and that changes nothing where the gradient is zero:
  /// stores the gradient of the features that occur, then applies the rule of the other kernels to them.
  ///
  /// - Parameter arrays: without the gradient. The rule must not need sums over all weights.
  @inline(__always)
  init<Rule: WholeGradientRule>(standing makeRule: @escaping (RuleMemory) -> Rule, arrays: Int) {
    self.init(arrays: arrays + 1, looksAhead: false) { StoredGradientSteps(makeRule, $0, $1, $2) }
  }
}

/// Steps of an optimizer that leaves absent features unchanged, and needs the whole gradient.
final class StoredGradientSteps<Rule: WholeGradientRule>: ListsSteps {
  private let rates: Rates
  private let gradient: GradientStore
  private var rule: Rule

  init(_ makeRule: (RuleMemory) -> Rule, _ group: LaneGroup, _ arrays: RuleMemory, _ memory: KernelMemory) {
    rates = Rates(group, capacity: group.order.stepsPerEpoch, in: memory)
    rule = makeRule(arrays)
    gradient = GradientStore(target: arrays.array())
  }

  var scalars: [LaneVector] { rule.scalars }

  func begin(epochFrom step: Int) { rates.fill(from: step) }

  func take(_ batch: ListedBatch, on pass: ListsPass, step: Int, stepOfEpoch: Int, wantsLoss: Bool) -> ListedSums {
    let gradient = gradient
    var sums = pass.forEachFeature(batch, wantsLoss: wantsLoss || Rule.needsLoss) {
      pass.update($0, soon: $1, of: batch, gradient, &$2)
    }
    pass.updateBias(batch, gradient, &sums.norms)
    let loss = lane_multiply(lane_splat(1 / Float(batch.samples)), sums.loss)
    rule.begin(
      LaneStep(index: step, rate: rates.vectors[stepOfEpoch]),
      BatchTotals(norms: sums.norms.totals.times(pass.copies), loss: loss))
    let rule = rule
    for listed in 0...batch.featureCount {
      let row = (listed < batch.featureCount ? Int(batch.features[listed].feature) : pass.bias) &* pass.stride
      for index in row..<(row &+ pass.classes) { _ = rule.update(gradient.target[index], at: index) }
    }
    return sums
  }
}

/// Steps of an optimizer that leaves absent features unchanged.
final class StandingSteps<Rule: LaneRule>: ListsSteps {
  private let rates: Rates
  private var rule: Rule

  init(_ method: Rule.Method, _ group: LaneGroup, _ arrays: RuleMemory, _ memory: KernelMemory) {
    rates = Rates(group, capacity: group.order.stepsPerEpoch, in: memory)
    rule = Rule(method, arrays)
  }

  func begin(epochFrom step: Int) { rates.fill(from: step) }

  func take(_ batch: ListedBatch, on pass: ListsPass, step: Int, stepOfEpoch: Int, wantsLoss: Bool) -> ListedSums {
    rule.begin(LaneStep(index: step, rate: rates.vectors[stepOfEpoch]))
    let rule = rule
    var sums = pass.forEachFeature(batch, wantsLoss: wantsLoss) { pass.update($0, soon: $1, of: batch, rule, &$2) }
    pass.updateBias(batch, rule, &sums.norms)
    return sums
  }
}
