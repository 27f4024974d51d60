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
