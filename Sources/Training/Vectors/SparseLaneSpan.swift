import SIMDShims

/// Neighbouring classes in the row of a feature or a sample: 1 to 24 registers, composed of smaller spans.
///
/// Every sum of the sparse path is one of rows times scalars; sums run sequentially over the rows, so that how a row is cut into spans
/// does not show in them.
protocol SparseLaneSpan {
  static var count: Int { get }
  init(loading source: UnsafePointer<LaneVector>)
  init(zero: Void)
  /// self += factor * source
  mutating func add(_ factor: LaneVector, times source: UnsafePointer<LaneVector>)
  func store(to target: UnsafeMutablePointer<LaneVector>)
  /// target += factor * self
  func scatter(_ factor: LaneVector, to target: UnsafeMutablePointer<LaneVector>)
  /// Sums of |g| and of g^2 over the span.
  var magnitude: LaneVector { get }
  var square: LaneVector { get }
  /// Each vector through a function: of one span, or of two side by side.
  func map(_ function: (LaneVector) -> LaneVector) -> Self
  func map(with other: Self, _ function: (LaneVector, LaneVector) -> LaneVector) -> Self
  /// Takes the span as the gradient of the weights from `index` on, and moves them one after the other.
  func update<Rule: LaneUpdate>(_ rule: Rule, at index: Int)
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
  @inline(__always) func scatter(_ factor: LaneVector, to target: UnsafeMutablePointer<LaneVector>) {
    target[0] = lane_fma(factor, vector, target[0])
  }
  @inline(__always) var magnitude: LaneVector { lane_abs(vector) }
  @inline(__always) var square: LaneVector { lane_multiply(vector, vector) }
  @inline(__always) init(_ vector: LaneVector) { self.vector = vector }
  @inline(__always) func map(_ function: (LaneVector) -> LaneVector) -> Self { Self(function(vector)) }
  @inline(__always) func map(with other: Self, _ function: (LaneVector, LaneVector) -> LaneVector) -> Self {
    Self(function(vector, other.vector))
  }
  @inline(__always) func update<Rule: LaneUpdate>(_ rule: Rule, at index: Int) {
    rule.update(vector, square: square, at: index)
  }
}

struct SparseLaneJoin<Head: SparseLaneSpan, Tail: SparseLaneSpan>: SparseLaneSpan {
  private var head: Head
  private var tail: Tail
  @inline(__always) static var count: Int { Head.count + Tail.count }
  @inline(__always) init(loading source: UnsafePointer<LaneVector>) {
    head = Head(loading: source)
    tail = Tail(loading: source + Head.count)
  }
  @inline(__always) init(zero: Void) {
    head = Head(zero: ())
    tail = Tail(zero: ())
  }
  @inline(__always) mutating func add(_ factor: LaneVector, times source: UnsafePointer<LaneVector>) {
    head.add(factor, times: source)
    tail.add(factor, times: source + Head.count)
  }
  @inline(__always) func store(to target: UnsafeMutablePointer<LaneVector>) {
    head.store(to: target)
    tail.store(to: target + Head.count)
  }
  @inline(__always) func scatter(_ factor: LaneVector, to target: UnsafeMutablePointer<LaneVector>) {
    head.scatter(factor, to: target)
    tail.scatter(factor, to: target + Head.count)
  }
  @inline(__always) var magnitude: LaneVector { lane_add(head.magnitude, tail.magnitude) }
  @inline(__always) var square: LaneVector { lane_add(head.square, tail.square) }
  @inline(__always) init(_ head: Head, _ tail: Tail) {
    self.head = head
    self.tail = tail
  }
  @inline(__always) func map(_ function: (LaneVector) -> LaneVector) -> Self {
    Self(head.map(function), tail.map(function))
  }
  @inline(__always) func map(with other: Self, _ function: (LaneVector, LaneVector) -> LaneVector) -> Self {
    Self(head.map(with: other.head, function), tail.map(with: other.tail, function))
  }
  @inline(__always) func update<Rule: LaneUpdate>(_ rule: Rule, at index: Int) {
    head.update(rule, at: index)
    tail.update(rule, at: index &+ Head.count)
  }
}

typealias SparseLaneTwo = SparseLaneJoin<SparseLaneSingle, SparseLaneSingle>
typealias SparseLaneFour = SparseLaneJoin<SparseLaneTwo, SparseLaneTwo>
typealias SparseLaneEight = SparseLaneJoin<SparseLaneFour, SparseLaneFour>
typealias SparseLaneTwelve = SparseLaneJoin<SparseLaneEight, SparseLaneFour>
typealias SparseLaneSixteen = SparseLaneJoin<SparseLaneEight, SparseLaneEight>
typealias SparseLaneTwenty = SparseLaneJoin<SparseLaneSixteen, SparseLaneFour>
typealias SparseLaneTwentyFour = SparseLaneJoin<SparseLaneSixteen, SparseLaneEight>
