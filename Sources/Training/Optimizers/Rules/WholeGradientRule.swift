import SIMDShims

/// The rule of an optimizer whose step size depends on the whole gradient or on the batch's loss. Its update may accumulate
/// sums over all weights, such as norms and inner products, for the next step; a pass before it may do so for this step.
protocol WholeGradientRule {
  /// A measurement's contribution to the sums of a step's first pass: one vector per sum.
  associatedtype Measures: Vectors = LaneVector
  /// An update's contribution to the sums: one vector per sum.
  associatedtype Sums: Vectors = LaneVector
  /// Whether `begin` reads the gradient's norms, and whether it reads the loss of the batch; these are then computed even if
  /// they are not recorded.
  static var needsNorms: Bool { get }
  static var needsLoss: Bool { get }
  /// Whether a pass over the weights, of `measure`, comes before that of `update`.
  static var measuresFirst: Bool { get }
  /// Sets the scalars of a step, given its norms and loss.
  mutating func begin(_ step: LaneStep, _ totals: BatchTotals)
  /// Updates what is kept of the gradient at the weight `index`.
  ///
  /// - Returns: its contribution to sums that the step itself depends on.
  func measure(_ gradient: LaneVector, at index: Int) -> Measures
  /// Sets the scalars that depend on the measures.
  ///
  /// - Parameter measures: sums over all weights, as in `end`.
  mutating func measured(_ measures: Measures)
  /// Updates the weight `index`.
  ///
  /// - Returns: its contribution to the sums.
  func update(_ gradient: LaneVector, at index: Int) -> Sums
  /// What the weight `index`, as it is, contributes to the sums: what `update` returned for it. A rule with sums has a form for
  /// lists if this depends on its weight only.
  func contribution(at index: Int) -> Sums
  /// - Parameter sums: over all weights. If a sparse kernel stores one of two classes, its sums are multiplied by `copies`.
  mutating func end(_ sums: Sums)
  /// What the method computed for itself by the end of the step, in the order of `OptimizerMethod.scalars`.
  var scalars: [LaneVector] { get }
  /// Called after the last step, and at checkpoints: stores the optimizer's result in place of the weights, and changes nothing
  /// else.
  func finish(_ memory: RuleMemory)
  /// A whole step. Conformers need not implement it; the default is specialized for each rule and called once per step.
  mutating func move(_ step: LaneStep, _ totals: BatchTotals, _ gradient: UnsafePointer<LaneVector>, _ memory: RuleMemory)
}

extension WholeGradientRule {
  static var needsNorms: Bool { true }
  static var needsLoss: Bool { false }
  static var measuresFirst: Bool { false }
  var scalars: [LaneVector] { [] }

  @inline(__always) func measure(_ gradient: LaneVector, at index: Int) -> Measures { .zero }
  @inline(__always) mutating func measured(_ measures: Measures) {}
  @inline(__always) func contribution(at index: Int) -> Sums { .zero }
  @inline(__always) mutating func end(_ sums: Sums) {}
  func finish(_ memory: RuleMemory) {}

  // Not inlined: into a witness, which is a thunk, whose calls of C functions the compiler marks as not to be inlined.
  @inline(never)
  mutating func move(_ step: LaneStep, _ totals: BatchTotals, _ gradient: UnsafePointer<LaneVector>, _ memory: RuleMemory) {
    begin(step, totals)
    if Self.measuresFirst {
      let rule = self
      measured(memory.sumOverWeights { rule.measure(gradient[$0], at: $0) })
    }
    let rule = self
    end(memory.sumOverWeights { rule.update(gradient[$0], at: $0) })
  }
}

extension RuleMemory {
  /// The sums of `contribution` over the problem's weights, in a fixed order.
  @inline(__always)
  func sumOverWeights<Sums: Vectors>(_ contribution: (Int) -> Sums) -> Sums {
    let (features, classes, stride) = (shape.features, shape.classes, featureStride)
    var sums = Sums.zero
    var block = Sums.zero
    for feature in 0...features {
      for index in (feature &* stride)..<(feature &* stride &+ classes) { block = block.adding(contribution(index)) }
      // Sum over blocks first: long sums lose accuracy.
      if feature % BlockedNorms.partsPerBlock == 0 || feature == features {
        sums = sums.adding(block)
        block = .zero
      }
    }
    let copies = lane_splat(copies)
    return sums.map { lane_multiply(copies, $0) }
  }
}
