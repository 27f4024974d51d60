import SIMDShims

/// What an optimizer does with the listed batches of a vector of runs.
///
/// Conformers are classes that hold their tables: a step borrows those, and counts no references.
protocol ListsSteps: AnyObject {
  /// Fills in the rates and decays of the epoch whose first step is `step` of the run.
  func begin(epochFrom step: Int)

  /// Takes a step, `step` of the run and `stepOfEpoch` of its epoch.
  func take(
    _ batch: ListedBatch, on pass: ListsPass, step: Int, stepOfEpoch: Int, wantsLoss: Bool
  ) -> ListedSums
}

/// What a step tells: the sum of its samples' losses where it is wanted, and the norms' sums.
typealias ListedSums = (loss: LaneVector, norms: BlockedNorms)

/// How an optimizer's steps are taken exactly where a batch's features are listed: the features that are absent are not touched.
struct ListsForm {
  /// Arrays of the optimizer, the weights among them.
  let arrays: Int
  /// Whether a feature's steps up to its next event are applied at once, so that it is asked how long features stay away.
  let looksAhead: Bool
  let train: (ListsTrainer, inout Cancellation) throws -> [TrainedLanes]

  /// - Parameter makeSteps: for a vector of runs. Of a type that is known where this is called, so that the kernels are compiled for it.
  @inline(__always)
  init<Steps: ListsSteps>(
    arrays: Int, looksAhead: Bool, _ makeSteps: @escaping (LaneGroup, RuleMemory, KernelMemory) -> Steps
  ) {
    self.arrays = arrays
    self.looksAhead = looksAhead
    train = { try $0.train(arrays: arrays, looksAhead: looksAhead, &$1, makeSteps) }
  }

  /// The form of an optimizer that leaves a weight, and all that its next update depends on, where they are while its gradient is zero:
  /// the rule of the other kernels, for the features that occur.
  @inline(__always)
  init<Rule: LaneRule>(standing _: Rule.Type, _ method: Rule.Method, arrays: Int) {
    self.init(arrays: arrays, looksAhead: false) { StandingSteps<Rule>(method, $0, $1, $2) }
  }
}

/// Steps of an optimizer that leaves absent features where they are.
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
