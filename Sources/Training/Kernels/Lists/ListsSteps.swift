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
  /// Called at checkpoints and after the last step: stores the optimizer's result in place of the weights. Later steps must not
  /// depend on what it replaces.
  func finish(_ arrays: RuleMemory)
  /// What the optimizer computed for itself in the latest step, in the order of `OptimizerMethod.scalars`.
  var scalars: [LaneVector] { get }
}

extension ListsSteps {
  func finish(_ arrays: RuleMemory) {}
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
  /// stores the gradient of the features that occur, then applies the rule of the other kernels to them. Its sums over all weights
  /// follow the contributions of the weights that change (`WholeGradientRule.contribution`).
  ///
  /// - Parameter arrays: without the gradient.
  @inline(__always)
  init<Rule: WholeGradientRule>(standing makeRule: @escaping (RuleMemory) -> Rule, arrays: Int)
  where Rule.Sums == LaneVector {
    self.init(arrays: arrays + 1, looksAhead: false) { StoredGradientSteps(makeRule, $0, $1, $2) }
  }
}

/// Steps of an optimizer that leaves absent features unchanged, and needs the whole gradient.
final class StoredGradientSteps<Rule: WholeGradientRule>: ListsSteps where Rule.Sums == LaneVector {
  private let rates: Rates
  private let gradient: GradientStore
  private var rule: Rule
  /// The rule's sums over all weights, which begin at zero, in Double. A weight's contributions cancel exactly when it changes
  /// again, so that the only errors are those of adding up a step's changes, relative to the changes.
  private let sums: PerLane<Double>

  init(_ makeRule: (RuleMemory) -> Rule, _ group: LaneGroup, _ arrays: RuleMemory, _ memory: KernelMemory) {
    rates = Rates(group, capacity: group.order.stepsPerEpoch, in: memory)
    rule = makeRule(arrays)
    gradient = GradientStore(target: arrays.array())
    sums = PerLane(0, in: arrays)
  }

  var scalars: [LaneVector] { rule.scalars }

  func begin(epochFrom step: Int) { rates.fill(from: step) }

  func take(_ batch: ListedBatch, on pass: ListsPass, step: Int, stepOfEpoch: Int, wantsLoss: Bool) -> ListedSums {
    let totals = pass.store(gradient, of: batch, wantsLoss: wantsLoss || Rule.needsLoss)
    let loss = lane_multiply(lane_splat(1 / Float(batch.samples)), totals.loss)
    rule.begin(
      LaneStep(index: step, rate: rates.vectors[stepOfEpoch]),
      BatchTotals(norms: totals.norms.totals.times(pass.copies), loss: loss))
    let rule = rule
    var changes = lane_splat(0)
    // Sum over blocks first: long sums lose accuracy.
    var (block, rowsInBlock) = (lane_splat(0), 0)
    pass.forEachRow(of: batch) { row in
      for index in row {
        let contribution = rule.contribution(at: index)
        block = lane_add(block, lane_subtract(rule.update(gradient.target[index], at: index), contribution))
      }
      rowsInBlock &+= 1
      if rowsInBlock == BlockedNorms.partsPerBlock {
        changes = lane_add(changes, block)
        (block, rowsInBlock) = (lane_splat(0), 0)
      }
    }
    changes = lane_add(changes, block)
    let copies = pass.copies
    self.rule.end(
      sums.map {
        $0 += Double(copies * changes[$1])
        return $0
      })
    return totals
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
