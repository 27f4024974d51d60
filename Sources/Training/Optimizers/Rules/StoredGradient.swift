import SIMDShims

/// Stores the gradient of a step, adds that of the penalty if there is one, then updates all weights in a pass of their own.
///
/// The kernels are compiled once for all optimizers that are trained this way. Against a rule that is fused into the kernels
/// (`StepwiseTrainer.trainFused`) the pass costs a store and a load per weight; the results have the same bits.
struct StoredGradientRule: LaneRule {
  struct Method {
    let makeRule: (RuleMemory) -> any WholeGradientRule
    /// nil without regularisation.
    let penalty: Penalty?
  }

  private var rule: any WholeGradientRule
  private let gradient: GradientStore
  private let penalty: Penalty?
  let needsNorms: Bool
  let needsLoss: Bool

  init(_ method: Method, _ memory: RuleMemory) {
    rule = method.makeRule(memory)
    penalty = method.penalty
    // The penalty's pass sums the norms itself.
    needsNorms = penalty == nil && type(of: rule).needsNorms
    needsLoss = type(of: rule).needsLoss
    gradient = GradientStore(target: memory.array())
  }

  @inline(__always) mutating func begin(_ step: LaneStep) {}
  @inline(__always) func update(_ gradient: LaneVector, square: LaneVector, at index: Int) {
    self.gradient.update(gradient, square: square, at: index)
  }
  @inline(__always) mutating func end(_ step: LaneStep, _ totals: inout BatchTotals, _ memory: RuleMemory) {
    if let penalty { totals = penalty.add(to: gradient.target, loss: totals.loss, memory) }
    rule.move(step, totals, UnsafePointer(gradient.target), memory)
  }
  func finish(_ memory: RuleMemory) { rule.finish(memory) }
}

/// Stores gradients.
struct GradientStore: LaneUpdate {
  let target: UnsafeMutablePointer<LaneVector>
  @inline(__always) func update(_ gradient: LaneVector, square: LaneVector, at index: Int) { target[index] = gradient }
}

/// A rule that needs nothing of the gradient but its entry, in the form for a stored gradient.
struct EntrywiseRule<Rule: LaneRule>: WholeGradientRule {
  private var rule: Rule

  init(_ method: Rule.Method, _ memory: RuleMemory) { rule = Rule(method, memory) }

  static var needsNorms: Bool { false }
  @inline(__always) mutating func begin(_ step: LaneStep, _ totals: BatchTotals) { rule.begin(step) }
  @inline(__always) func update(_ gradient: LaneVector, at index: Int) -> LaneVector {
    rule.update(gradient, square: lane_multiply(gradient, gradient), at: index)
    return lane_splat(0)
  }
  func finish(_ memory: RuleMemory) { rule.finish(memory) }
}
