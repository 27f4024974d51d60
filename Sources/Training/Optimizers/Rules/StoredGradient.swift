import SIMDShims

/// Stores the gradient of a step, then updates all weights in a pass of their own.
///
/// The kernels are compiled once for all optimizers that are trained this way. Against a rule that is fused into the kernels
/// (`StepwiseTrainer.trainFused`) the pass costs a store and a load per weight; the results have the same bits.
struct StoredGradientRule: LaneRule {
  private var rule: any WholeGradientRule
  private let gradient: GradientStore
  let needsNorms: Bool
  let needsLoss: Bool

  init(_ makeRule: @escaping (RuleMemory) -> any WholeGradientRule, _ memory: RuleMemory) {
    rule = makeRule(memory)
    needsNorms = type(of: rule).needsNorms
    needsLoss = type(of: rule).needsLoss
    gradient = GradientStore(target: memory.array())
  }

  @inline(__always) mutating func begin(_ step: LaneStep) {}
  @inline(__always) func update(_ gradient: LaneVector, square: LaneVector, at index: Int) {
    self.gradient.update(gradient, square: square, at: index)
  }
  @inline(__always) mutating func end(_ step: LaneStep, _ totals: BatchTotals, _ memory: RuleMemory) {
    rule.move(step, totals, UnsafePointer(gradient.target), memory)
  }
  var scalars: [LaneVector] { rule.scalars }
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
  var scalars: [LaneVector] { rule.scalars }
  func finish(_ memory: RuleMemory) { rule.finish(memory) }
}
