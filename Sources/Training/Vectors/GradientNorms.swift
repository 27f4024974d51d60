import SIMDShims

/// Sums of |g| and g^2 per class; zeros if not wanted.
struct GradientNorms<Columns: Vectors, Choice: NormsChoice> {
  var l1 = Columns.zero
  var squared = Columns.zero

  @inline(__always) mutating func add(_ gradient: Columns, square: Columns) {
    guard Choice.areWanted else { return }
    l1 = l1.map(with: gradient) { lane_add($0, lane_abs($1)) }
    squared = squared.adding(square)
  }

  @inline(__always) mutating func add(_ other: Self) {
    l1 = l1.adding(other.l1)
    squared = squared.adding(other.squared)
  }
}

/// Whether a kernel computes gradient norms. A type rather than an argument, so that each variant is compiled without a branch
/// at every weight.
protocol NormsChoice {
  static var areWanted: Bool { get }
}

enum WithNorms: NormsChoice {
  @inline(__always) static var areWanted: Bool { true }
}

enum WithoutNorms: NormsChoice {
  @inline(__always) static var areWanted: Bool { false }
}

/// The norms of a whole gradient.
typealias NormTotals = GradientNorms<LaneVector, WithNorms>

extension GradientNorms where Columns == LaneVector, Choice == WithNorms {
  /// Adds the sums of several classes, one after the other.
  @inline(__always) mutating func add<Classes: Vectors, Wanted: NormsChoice>(classesOf norms: GradientNorms<Classes, Wanted>) {
    l1 = norms.l1.added(to: l1)
    squared = norms.squared.added(to: squared)
  }

  /// Multiplies the sums by `copies`.
  @inline(__always) func times(_ copies: Float) -> Self {
    Self(l1: lane_multiply(lane_splat(copies), l1), squared: lane_multiply(lane_splat(copies), squared))
  }
}

/// The norms of a gradient that arrives in parts, summed over blocks first: long sums lose accuracy.
struct BlockedNorms {
  private var block = NormTotals()
  private(set) var totals = NormTotals()

  /// Number of parts per block, counted by the callers.
  static var partsPerBlock: Int { 64 }

  @inline(__always) mutating func add<Columns: Vectors>(_ gradient: Columns) {
    block.l1 = lane_add(block.l1, gradient.map { lane_abs($0) }.reduce { lane_add($0, $1) })
    block.squared = lane_add(block.squared, gradient.squared.reduce { lane_add($0, $1) })
  }

  /// Ends a block.
  @inline(__always) mutating func closeBlock() {
    totals.add(block)
    block = NormTotals()
  }
}
