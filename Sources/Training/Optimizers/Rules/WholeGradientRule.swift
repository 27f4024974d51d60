import SIMDShims

/// The rule of an optimizer whose step size depends on the whole gradient or on the batch's loss. Its update may accumulate
/// sums over all weights, such as norms and inner products, for the next step.
protocol WholeGradientRule {
  /// An update's contribution to the sums: one vector per sum.
  associatedtype Sums: Vectors = LaneVector
  /// Whether `begin` reads the gradient's norms, and whether it reads the loss of the batch; these are then computed even if
  /// they are not recorded.
  static var needsNorms: Bool { get }
  static var needsLoss: Bool { get }
  /// Sets the scalars of a step, given its norms and loss.
  mutating func begin(_ step: LaneStep, _ totals: BatchTotals)
  /// Updates the weight `index`.
  ///
  /// - Returns: its contribution to the sums.
  func update(_ gradient: LaneVector, at index: Int) -> Sums
  /// - Parameter sums: over all weights. If a sparse kernel stores one of two classes, its sums are multiplied by `copies`.
  mutating func end(_ sums: Sums)
  /// Called after the last step, and at checkpoints: stores the optimizer's result in place of the weights, and changes nothing
  /// else.
  func finish(_ memory: RuleMemory)
  /// A whole step. Conformers need not implement it; the default is specialized for each rule and called once per step.
  mutating func move(_ step: LaneStep, _ totals: BatchTotals, _ gradient: UnsafePointer<LaneVector>, _ memory: RuleMemory)
}

extension WholeGradientRule {
  static var needsNorms: Bool { true }
  static var needsLoss: Bool { false }

  @inline(__always) mutating func end(_ sums: Sums) {}
  func finish(_ memory: RuleMemory) {}

  @inline(__always)
  mutating func move(_ step: LaneStep, _ totals: BatchTotals, _ gradient: UnsafePointer<LaneVector>, _ memory: RuleMemory) {
    begin(step, totals)
    let (features, classes, stride) = (memory.shape.features, memory.shape.classes, memory.featureStride)
    var sums = Sums.zero
    var block = Sums.zero
    for feature in 0...features {
      for index in (feature &* stride)..<(feature &* stride &+ classes) {
        block = block.adding(update(gradient[index], at: index))
      }
      // Sum over blocks first: long sums lose accuracy.
      if feature % BlockedNorms.partsPerBlock == 0 || feature == features {
        sums = sums.adding(block)
        block = .zero
      }
    }
    let copies = lane_splat(memory.copies)
    end(sums.map { lane_multiply(copies, $0) })
  }
}
