import SIMDShims

/// Accumulators of a matrix product: rows (samples or features) by consecutive classes.
///
/// Both products of a step have this shape: sums over features of x[sample][feature] * W[feature][class], and sums over samples
/// of x[sample][feature] * residual[sample][class]. Each sum runs sequentially over its inner index, so the tile shape does not
/// affect the result.
protocol Tile {
  associatedtype Columns: Vectors
  static var rows: Int { get }
  init(all columns: Columns)
  init(loading source: UnsafePointer<LaneVector>, stride: Int)
  func store(to target: UnsafeMutablePointer<LaneVector>, stride: Int)
  /// Adds x[row * stride] * columns to each row.
  mutating func add(_ x: UnsafePointer<Float>, stride: Int, times columns: Columns)
  /// Treats rows as gradients of the weights at `index`, `index + stride`, ...: adds them to the norms, and updates the
  /// weights.
  func fold<Rule: LaneUpdate, Choice: NormsChoice>(
    _ rule: Rule, at index: Int, stride: Int, into norms: inout GradientNorms<Columns, Choice>)
  /// Raises maxima[row] to the row's maximum.
  func raise(_ maxima: UnsafeMutablePointer<LaneVector>)
}

struct Row<Columns: Vectors>: Tile {
  fileprivate var columns: Columns
  @inline(__always) static var rows: Int { 1 }
  @inline(__always) init(all columns: Columns) { self.columns = columns }
  @inline(__always) init(loading source: UnsafePointer<LaneVector>, stride: Int) { columns = Columns(loading: source) }
  @inline(__always) func store(to target: UnsafeMutablePointer<LaneVector>, stride: Int) { columns.store(to: target) }
  @inline(__always) mutating func add(_ x: UnsafePointer<Float>, stride: Int, times columns: Columns) {
    self.columns.add(lane_splat(x[0]), times: columns)
  }
  @inline(__always) func fold<Rule: LaneUpdate, Choice: NormsChoice>(
    _ rule: Rule, at index: Int, stride: Int, into norms: inout GradientNorms<Columns, Choice>
  ) {
    // The norms and the update share the square, so it is not fused with the sum.
    let square = columns.squared
    norms.add(columns, square: square)
    columns.update(rule, square: square, at: index)
  }
  @inline(__always) func raise(_ maxima: UnsafeMutablePointer<LaneVector>) {
    maxima[0] = lane_max(columns.reduce { lane_max($0, $1) }, maxima[0])
  }
}

/// The row of the bias, whose feature is the constant 1.
struct BiasRow<Columns: Vectors>: Tile {
  private var row: Row<Columns>
  @inline(__always) static var rows: Int { 1 }
  @inline(__always) init(all columns: Columns) { row = Row(all: columns) }
  @inline(__always) init(loading source: UnsafePointer<LaneVector>, stride: Int) {
    row = Row(loading: source, stride: stride)
  }
  @inline(__always) func store(to target: UnsafeMutablePointer<LaneVector>, stride: Int) {
    row.store(to: target, stride: stride)
  }
  @inline(__always) mutating func add(_ x: UnsafePointer<Float>, stride: Int, times columns: Columns) {
    row.columns = row.columns.adding(columns)
  }
  @inline(__always) func fold<Rule: LaneUpdate, Choice: NormsChoice>(
    _ rule: Rule, at index: Int, stride: Int, into norms: inout GradientNorms<Columns, Choice>
  ) {
    row.fold(rule, at: index, stride: stride, into: &norms)
  }
  @inline(__always) func raise(_ maxima: UnsafeMutablePointer<LaneVector>) { row.raise(maxima) }
}

struct RowPair<Head: Tile, Tail: Tile>: Tile where Head.Columns == Tail.Columns {
  private var head: Head
  private var tail: Tail
  @inline(__always) static var rows: Int { Head.rows &+ Tail.rows }
  @inline(__always) init(all columns: Head.Columns) {
    head = Head(all: columns)
    tail = Tail(all: columns)
  }
  @inline(__always) init(loading source: UnsafePointer<LaneVector>, stride: Int) {
    head = Head(loading: source, stride: stride)
    tail = Tail(loading: source + Head.rows &* stride, stride: stride)
  }
  @inline(__always) func store(to target: UnsafeMutablePointer<LaneVector>, stride: Int) {
    head.store(to: target, stride: stride)
    tail.store(to: target + Head.rows &* stride, stride: stride)
  }
  @inline(__always) mutating func add(_ x: UnsafePointer<Float>, stride: Int, times columns: Head.Columns) {
    head.add(x, stride: stride, times: columns)
    tail.add(x + Head.rows &* stride, stride: stride, times: columns)
  }
  @inline(__always) func fold<Rule: LaneUpdate, Choice: NormsChoice>(
    _ rule: Rule, at index: Int, stride: Int, into norms: inout GradientNorms<Head.Columns, Choice>
  ) {
    head.fold(rule, at: index, stride: stride, into: &norms)
    tail.fold(rule, at: index &+ Head.rows &* stride, stride: stride, into: &norms)
  }
  @inline(__always) func raise(_ maxima: UnsafeMutablePointer<LaneVector>) {
    head.raise(maxima)
    tail.raise(maxima + Head.rows)
  }
}

typealias Rows2<Columns: Vectors> = RowPair<Row<Columns>, Row<Columns>>
typealias Rows3<Columns: Vectors> = RowPair<Rows2<Columns>, Row<Columns>>
typealias Rows4<Columns: Vectors> = RowPair<Rows2<Columns>, Rows2<Columns>>
typealias Rows6<Columns: Vectors> = RowPair<Rows4<Columns>, Rows2<Columns>>
typealias Rows8<Columns: Vectors> = RowPair<Rows4<Columns>, Rows4<Columns>>
