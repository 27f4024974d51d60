import SIMDShims

/// The rule of an optimizer whose step depends on the whole gradient or on the batch's loss: how far it goes is known only when all of the
/// gradient is. Its update may add up sums over all weights, such as norms and inner products, for the next step.
protocol WholeGradientRule {
  /// What an update contributes to the sums: as many vectors as there are sums.
  associatedtype Sums: Vectors = LaneVector
  /// Whether `begin` reads the batch's loss.
  static var needsLoss: Bool { get }
  /// Sets the scalars of a step, whose gradient and loss are known.
  mutating func begin(_ step: LaneStep, _ totals: BatchTotals)
  /// Moves the weight `index`.
  ///
  /// - Returns: its contribution to the sums.
  func update(_ gradient: LaneVector, at index: Int) -> Sums
  /// - Parameter sums: over all weights. Of two classes a sparse kernel stores one: the sums are over that one's, `copies` times.
  mutating func end(_ sums: Sums)
  /// A whole step. There is no need to write it: the one below is compiled for each rule, and called once a step.
  mutating func move(_ step: LaneStep, _ totals: BatchTotals, _ gradient: UnsafePointer<LaneVector>, _ memory: RuleMemory)
}

extension WholeGradientRule {
  static var needsLoss: Bool { false }

  @inline(__always) mutating func end(_ sums: Sums) {}

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
      // First over blocks: long sums lose digits.
      if feature % BlockedNorms.partsPerBlock == 0 || feature == features {
        sums = sums.adding(block)
        block = .zero
      }
    }
    let copies = lane_splat(memory.copies)
    end(sums.map { lane_multiply(copies, $0) })
  }
}

/// Writes the gradient of a step down, and then lets a `WholeGradientRule` move all weights.
struct GatheringRule: LaneRule {
  private var rule: any WholeGradientRule
  private let gradient: GradientStore
  let needsLoss: Bool

  init(_ makeRule: @escaping (RuleMemory) -> any WholeGradientRule, _ memory: RuleMemory) {
    rule = makeRule(memory)
    needsLoss = type(of: rule).needsLoss
    gradient = GradientStore(target: memory.array())
  }

  @inline(__always) static var needsNorms: Bool { true }
  @inline(__always) mutating func begin(_ step: LaneStep) {}
  @inline(__always) func update(_ gradient: LaneVector, square: LaneVector, at index: Int) {
    self.gradient.update(gradient, square: square, at: index)
  }
  @inline(__always) mutating func end(_ step: LaneStep, _ totals: BatchTotals, _ memory: RuleMemory) {
    rule.move(step, totals, UnsafePointer(gradient.target), memory)
  }
}
