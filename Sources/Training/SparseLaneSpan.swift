import SIMDShims

/// Neighbouring vectors of a row: one, two, four or eight registers, composed of pairs.
///
/// The row of a feature holds its vectors of all classes and runs side by side, and every kernel of the sparse path takes
/// sums of rows times scalars: which class and runs a vector belongs to does not matter.
protocol SparseLaneSpan {
  static var count: Int { get }
  init(loading source: UnsafePointer<LaneVector>)
  init(zero: Void)
  /// self += factor * source
  mutating func add(_ factor: LaneVector, times source: UnsafePointer<LaneVector>)
  func store(to target: UnsafeMutablePointer<LaneVector>)
  /// Takes the span as the gradient of the entries from `entry` on of a row that starts at `row`, and moves their weights.
  func update<Rule: SparseLaneRule>(_ rule: Rule, row: Int, entry: Int, _ norms: SparseLaneNorms)
}

struct SparseLaneSingle: SparseLaneSpan {
  private var vector: LaneVector
  @inline(__always) static var count: Int { 1 }
  @inline(__always) init(loading source: UnsafePointer<LaneVector>) { vector = source[0] }
  @inline(__always) init(zero: Void) { vector = lane_splat(0) }
  @inline(__always) mutating func add(_ factor: LaneVector, times source: UnsafePointer<LaneVector>) {
    vector = lane_fma(factor, source[0], vector)
  }
  @inline(__always) func store(to target: UnsafeMutablePointer<LaneVector>) { target[0] = vector }
  @inline(__always)
  func update<Rule: SparseLaneRule>(_ rule: Rule, row: Int, entry: Int, _ norms: SparseLaneNorms) {
    let square = lane_multiply(vector, vector)
    norms.add(magnitude: lane_abs(vector), square: square, entry: entry)
    rule.update(vector, square: square, at: row + entry, entry: entry)
  }
}

struct SparseLanePair<Half: SparseLaneSpan>: SparseLaneSpan {
  private var low: Half
  private var high: Half
  @inline(__always) static var count: Int { 2 * Half.count }
  @inline(__always) init(loading source: UnsafePointer<LaneVector>) {
    low = Half(loading: source)
    high = Half(loading: source + Half.count)
  }
  @inline(__always) init(zero: Void) {
    low = Half(zero: ())
    high = Half(zero: ())
  }
  @inline(__always) mutating func add(_ factor: LaneVector, times source: UnsafePointer<LaneVector>) {
    low.add(factor, times: source)
    high.add(factor, times: source + Half.count)
  }
  @inline(__always) func store(to target: UnsafeMutablePointer<LaneVector>) {
    low.store(to: target)
    high.store(to: target + Half.count)
  }
  @inline(__always)
  func update<Rule: SparseLaneRule>(_ rule: Rule, row: Int, entry: Int, _ norms: SparseLaneNorms) {
    low.update(rule, row: row, entry: entry, norms)
    high.update(rule, row: row, entry: entry + Half.count, norms)
  }
}

typealias SparseLaneTwo = SparseLanePair<SparseLaneSingle>
typealias SparseLaneFour = SparseLanePair<SparseLaneTwo>
typealias SparseLaneEight = SparseLanePair<SparseLaneFour>

/// Sums of |g| and g^2 for each entry of a row, first over blocks of features: long sums lose digits.
struct SparseLaneNorms {
  private let l1: UnsafeMutablePointer<LaneVector>
  private let squared: UnsafeMutablePointer<LaneVector>
  private let entries: Int

  static var featuresPerBlock: Int { 64 }

  /// - Parameter memory: four rows.
  init(memory: UnsafeMutablePointer<LaneVector>, entries: Int) {
    l1 = memory
    squared = memory + entries
    self.entries = entries
  }

  @inline(__always)
  func add(magnitude: LaneVector, square: LaneVector, entry: Int) {
    l1[entry] = lane_add(l1[entry], magnitude)
    squared[entry] = lane_add(squared[entry], square)
  }

  /// Starts a step.
  @inline(__always)
  func clear() { for entry in 0..<4 * entries { l1[entry] = lane_splat(0) } }

  /// Ends a block.
  @inline(__always)
  func closeBlock() {
    for entry in 0..<2 * entries {
      l1[2 * entries + entry] = lane_add(l1[2 * entries + entry], l1[entry])
      l1[entry] = lane_splat(0)
    }
  }

  /// The sums over the blocks and, for vector `vector` of the lanes, over the classes.
  @inline(__always)
  func total(vector: Int, vectors: Int) -> (l1: LaneVector, squared: LaneVector) {
    var total = (l1: lane_splat(0), squared: lane_splat(0))
    for entry in stride(from: vector, to: entries, by: vectors) {
      total.l1 = lane_add(total.l1, l1[2 * entries + entry])
      total.squared = lane_add(total.squared, l1[3 * entries + entry])
    }
    return total
  }
}
