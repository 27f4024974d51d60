import SIMDShims

/// How a vector of weights is updated, given its gradient.
protocol LaneUpdate {
  /// Whether an update divides, which occupies the divider about as long as a gradient's sum occupies the FMA units.
  static var usesDivider: Bool { get }
  /// - Parameters:
  ///   - square: the gradient squared.
  ///   - index: of the vector in each of the optimizer's arrays.
  func update(_ gradient: LaneVector, square: LaneVector, at index: Int)
  /// Updates consecutive weights from `index` on; by default one after the other.
  func update<Columns: Vectors>(columns gradient: Columns, from index: Int)
  /// Prefetches everything an update reads.
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

/// An optimizer's update for one vector of runs.
///
/// A step consists of `begin`, an `update` of each weight, and `end`. State per weight is kept in the rule's arrays, state per
/// run in its stored properties. A rule that needs the whole gradient before it updates a weight is a `WholeGradientRule`.
///
/// All vector operations are `lane_...` functions: Swift's operators on SIMD types are compiled lane by lane.
protocol LaneRule: LaneUpdate {
  /// The optimizer's type, with its constants.
  associatedtype Method
  /// Whether `end` reads the gradient's norms, and whether it reads the loss of the batch; these are then computed even if they
  /// are not recorded.
  var needsNorms: Bool { get }
  var needsLoss: Bool { get }
  init(_ method: Method, _ memory: RuleMemory)
  /// Sets the scalars of a step.
  mutating func begin(_ step: LaneStep)
  /// - Parameter totals: of the batch's cross-entropy; afterwards, of its objective.
  mutating func end(_ step: LaneStep, _ totals: inout BatchTotals, _ memory: RuleMemory)
  /// Called after the last step, and at checkpoints: stores the optimizer's result in place of the weights. Gradients are taken
  /// at the weights, which need not be the result. Changes nothing but the weights, which are restored after a checkpoint.
  func finish(_ memory: RuleMemory)
}

extension LaneRule {
  @inline(__always) var needsNorms: Bool { false }
  @inline(__always) var needsLoss: Bool { false }
  @inline(__always) mutating func end(_ step: LaneStep, _ totals: inout BatchTotals, _ memory: RuleMemory) {}
  @inline(__always) func finish(_ memory: RuleMemory) {}
}

/// The arrays of an optimizer for one vector of runs: the weights, and further arrays of the same shape that its rule requests.
/// All start at zero.
final class RuleMemory {
  let weights: UnsafeMutablePointer<LaneVector>
  let shape: LaneShape
  /// How many of the problem's weights a stored one stands for: 2 if one of two classes is stored.
  let copies: Float
  /// Vectors per feature in each of the arrays.
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

  /// Interleaves the arrays by feature, so that an update finds them in one place.
  ///
  /// - Parameter arrays: number of arrays: the weights, and as many as the rule will request.
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

  /// Memory for a rule's other data: a table of scalars per step, or a record per lane.
  func scalars<Element: BitwiseCopyable>(_ elements: [Element]) -> UnsafeMutablePointer<Element> { memory.array(elements) }

  /// Calls `body` with the index of every weight, the bias last.
  @inline(__always)
  func forEachWeight(_ body: (Int) -> Void) {
    for feature in 0...shape.features {
      for c in 0..<shape.classes { body(feature &* featureStride &+ c) }
    }
  }
}
