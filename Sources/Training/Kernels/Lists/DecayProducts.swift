import SIMDShims

/// Factors by which decoupled weight decay shrinks a weight over several steps: products of 1 - eta_t lambda, for one vector of
/// runs.
///
/// For SGD without momentum, coupled decay is the same.
final class DecayProducts {
  /// Whether there is any decay; if not, every product is 1.
  let isActive: Bool
  private let runs: ArraySlice<Run>
  private let weightDecay: Double
  /// Steps per run; no decay after the last.
  private let steps: Int
  /// Number of steps filled in together.
  private let capacity: Int
  /// A binary tree of products: leaf i is vector `capacity + i`; node i is the product of nodes 2i and 2i + 1.
  private let nodes: UnsafeMutablePointer<LaneVector>

  /// - Parameters:
  ///   - group: at most `laneWidth` runs.
  ///   - capacity: number of steps filled in together.
  init(_ group: LaneGroup, weightDecay: Double, capacity: Int, in memory: KernelMemory) {
    runs = group.runs
    steps = group.steps
    self.weightDecay = weightDecay
    self.capacity = capacity
    isActive = weightDecay != 0
    let count = isActive ? 2 * capacity : capacity
    nodes = memory.vectors(count)
    for i in 0..<count { nodes[i] = lane_splat(1) }
  }

  /// - Parameter ahead: minimum number of steps to cover after an epoch.
  convenience init(_ group: LaneGroup, weightDecay: Double, ahead: Int, in memory: KernelMemory) {
    // A feature's next event is within two epochs.
    let capacity = group.order.stepsPerEpoch + max(group.order.stepsPerEpoch, ahead)
    self.init(group, weightDecay: weightDecay, capacity: capacity, in: memory)
  }

  /// Fills in the factors of the steps from `start` on.
  ///
  /// - Complexity: O(`capacity` x runs).
  func fill(from start: Int) {
    guard isActive else { return }
    let leaves = UnsafeMutableRawPointer(nodes + capacity).assumingMemoryBound(to: Float.self)
    for (lane, run) in runs.enumerated() {
      for i in 0..<capacity {
        leaves[i * laneWidth + lane] =
          start + i < steps ? Float(1 - run.learningRate * run.factors[start + i] * weightDecay) : 1
      }
    }
    for i in stride(from: capacity - 1, to: 0, by: -1) {
      nodes[i] = lane_multiply(nodes[2 * i], nodes[2 * i + 1])
    }
  }

  /// The factors of the filled-in steps, starting with the one at index `first`.
  @inline(__always)
  func factors(from first: Int) -> UnsafePointer<LaneVector> {
    UnsafePointer(nodes + (isActive ? capacity &+ first : 0))
  }

  /// The same, or nil if every factor is 1.
  @inline(__always)
  func factorsIfActive(from first: Int) -> UnsafePointer<LaneVector>? { isActive ? factors(from: first) : nil }

  /// The decay factor over the part of the `gap` steps starting at `first` that lies beyond the look-ahead's horizon.
  @inline(__always)
  func tail(_ gap: Int, beyond horizon: Int, from first: Int) -> LaneVector {
    guard isActive, gap > horizon else { return lane_splat(1) }
    return product((first + horizon)..<(first + gap))
  }

  /// The product over the steps in `range`, counted from the first one filled in.
  ///
  /// - Complexity: O(log count).
  func product(_ range: Range<Int>) -> LaneVector {
    var product = lane_splat(1)
    guard isActive else { return product }
    var (low, high) = (range.lowerBound + capacity, range.upperBound + capacity)
    while low < high {
      if low & 1 == 1 {
        product = lane_multiply(product, nodes[low])
        low += 1
      }
      if high & 1 == 1 {
        high -= 1
        product = lane_multiply(product, nodes[high])
      }
      low >>= 1
      high >>= 1
    }
    return product
  }
}
