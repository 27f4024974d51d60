import SIMDShims

/// How a vector of weights moves, given its gradient.
protocol LaneUpdate {
  /// Whether an update divides, which keeps the divider busy about as long as a gradient's sum keeps the multipliers.
  static var usesDivider: Bool { get }
  /// - Parameters:
  ///   - square: of the gradient.
  ///   - index: of the vector in each of the optimizer's arrays.
  func update(_ gradient: LaneVector, square: LaneVector, at index: Int)
  /// Neighbouring weights from `index` on: one after the other, unless the rule has a better way.
  func update<Columns: Vectors>(columns gradient: Columns, from index: Int)
  /// Asks for all that an update reads.
  func prefetch(at index: Int)
}

extension LaneUpdate {
  @inline(__always) static var usesDivider: Bool { false }
  @inline(__always) func update<Columns: Vectors>(columns gradient: Columns, from index: Int) {
    gradient.update(self, square: gradient.squared, at: index)
  }
  @inline(__always) func prefetch(at index: Int) {}
}

/// A step of a vector of runs.
struct LaneStep {
  /// Counted from 0.
  let index: Int
  /// eta: the base learning rates times the schedules' factors.
  let rate: LaneVector
}

/// An optimizer's steps on the lanes of a vector, one rule for each run.
///
/// A step is `begin`, an `update` of every weight as soon as its gradient is summed, and `end`. All that a rule keeps from step to step is
/// in its arrays, weight by weight, and in its own stored properties, run by run. A rule that has to know the whole gradient before it
/// moves a weight is a `WholeGradientRule`.
///
/// Every operation on vectors is one of the functions `lane_...`: Swift's operators on SIMD types are compiled lane by lane.
protocol LaneRule: LaneUpdate {
  /// The optimizer's type, with its constants.
  associatedtype Method
  /// Whether `end` reads the gradient's norms, and whether it reads the batch's loss; they are computed then, whether or not
  /// they are recorded.
  static var needsNorms: Bool { get }
  var needsLoss: Bool { get }
  init(_ method: Method, _ memory: RuleMemory)
  /// Sets the scalars of a step.
  mutating func begin(_ step: LaneStep)
  mutating func end(_ step: LaneStep, _ totals: BatchTotals, _ memory: RuleMemory)
  /// After the last step: leaves the optimizer's result where the weights are. Gradients are taken at the weights, which need not be the
  /// result.
  func finish(_ memory: RuleMemory)
}

extension LaneRule {
  @inline(__always) static var needsNorms: Bool { false }
  @inline(__always) var needsLoss: Bool { false }
  @inline(__always) mutating func end(_ step: LaneStep, _ totals: BatchTotals, _ memory: RuleMemory) {}
  @inline(__always) func finish(_ memory: RuleMemory) {}
}

/// The arrays of an optimizer for one vector of runs: the weights, and what its rule asks for beside them, of the same shape. All are zero at
/// the start.
final class RuleMemory {
  let weights: UnsafeMutablePointer<LaneVector>
  let shape: LaneShape
  /// How many of the problem's weights a stored one stands for: 2 where of two classes one is stored.
  let copies: Float
  /// Vectors from a feature to the next, in each of the arrays.
  let featureStride: Int
  private let memory: KernelMemory
  private let isInterleaved: Bool
  private var arrays = 0

  init(shape: LaneShape, copies: Float, in memory: KernelMemory) {
    self.shape = shape
    self.copies = copies
    self.memory = memory
    isInterleaved = false
    featureStride = shape.classStride
    weights = memory.vectors(shape.vectorCount)
  }

  /// The arrays side by side for each feature: an update then finds them in one place.
  ///
  /// - Parameter arrays: the weights, and as many as the rule will ask for.
  init(interleaved shape: LaneShape, copies: Float, arrays: Int, in memory: KernelMemory) {
    self.shape = shape
    self.copies = copies
    self.memory = memory
    isInterleaved = true
    featureStride = arrays * shape.classes
    weights = memory.vectors((shape.features + 1) * featureStride)
  }

  func array() -> UnsafeMutablePointer<LaneVector> {
    arrays += 1
    precondition(!isInterleaved || (arrays + 1) * shape.classes <= featureStride, "an array more than there is room for")
    return isInterleaved ? weights + arrays * shape.classes : memory.vectors(shape.vectorCount, line: 21 * arrays)
  }

  /// What a rule keeps beside arrays of vectors: a table of its steps' scalars, or a record for each lane.
  func scalars<Element: BitwiseCopyable>(_ elements: [Element]) -> UnsafeMutablePointer<Element> { memory.array(elements) }

  /// The index of every weight, the bias last.
  @inline(__always)
  func forEachWeight(_ body: (Int) -> Void) {
    for feature in 0...shape.features {
      for c in 0..<shape.classes { body(feature &* featureStride &+ c) }
    }
  }
}

/// Writes gradients down.
struct GradientStore: LaneUpdate {
  let target: UnsafeMutablePointer<LaneVector>
  @inline(__always) func update(_ gradient: LaneVector, square: LaneVector, at index: Int) { target[index] = gradient }
}
