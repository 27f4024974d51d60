import SIMDShims

/// Sums of |g| and g^2 of a step, first over blocks of features: long sums lose digits.
struct SparseLaneNorms {
  private var blockL1 = lane_splat(0)
  private var blockSquared = lane_splat(0)
  private(set) var l1 = lane_splat(0)
  private(set) var squared = lane_splat(0)

  static var featuresPerBlock: Int { 64 }

  @inline(__always)
  mutating func add<Span: SparseLaneSpan>(_ gradient: Span) {
    blockL1 = lane_add(blockL1, gradient.magnitude)
    blockSquared = lane_add(blockSquared, gradient.square)
  }

  /// Ends a block.
  @inline(__always)
  mutating func closeBlock() {
    l1 = lane_add(l1, blockL1)
    squared = lane_add(squared, blockSquared)
    blockL1 = lane_splat(0)
    blockSquared = lane_splat(0)
  }
}
