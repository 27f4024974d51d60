import SIMDShims

/// Neighbouring classes in one row of a matrix of vectors: one, two or three registers.
///
/// Tiles are composed of value types, which the optimizer takes apart into registers; an array would live in memory.
protocol ClassSpan {
  static var count: Int { get }
  init(repeating vector: LaneVector)
  init(loading source: UnsafePointer<LaneVector>)
  func store(to target: UnsafeMutablePointer<LaneVector>)
  /// self += factor * other
  mutating func add(_ factor: LaneVector, times other: Self)
  mutating func add(_ other: Self)
  var maximum: LaneVector { get }
  /// Adds the classes to a sum, in ascending order.
  func addEach(to sum: inout LaneVector)
  /// Hands gradients to the optimizer, and adds |g| and g^2 to the sums.
  func update<Rule: UpdateRule>(_ rule: Rule, at index: Int, _ norms: inout SpanNorms<Self>)
}

/// Sums of |g| and g^2 down the columns of a span.
struct SpanNorms<Span: ClassSpan> {
  var l1: Span
  var squared: Span
}

struct OneClass: ClassSpan {
  var a: LaneVector
  @inline(__always) static var count: Int { 1 }
  @inline(__always) init(repeating vector: LaneVector) { a = vector }
  @inline(__always) init(loading source: UnsafePointer<LaneVector>) { a = source[0] }
  @inline(__always) func store(to target: UnsafeMutablePointer<LaneVector>) { target[0] = a }
  @inline(__always) mutating func add(_ factor: LaneVector, times other: Self) { a = lane_fma(factor, other.a, a) }
  @inline(__always) mutating func add(_ other: Self) { a = lane_add(a, other.a) }
  @inline(__always) var maximum: LaneVector { a }
  @inline(__always) func addEach(to sum: inout LaneVector) { sum = lane_add(sum, a) }
  @inline(__always)
  func update<Rule: UpdateRule>(_ rule: Rule, at index: Int, _ norms: inout SpanNorms<Self>) {
    let square = lane_multiply(a, a)
    norms.l1.a = lane_add(norms.l1.a, lane_abs(a))
    norms.squared.a = lane_add(norms.squared.a, square)
    rule.update(a, square: square, at: index)
  }
}

struct TwoClasses: ClassSpan {
  var a: LaneVector
  var b: LaneVector
  @inline(__always) static var count: Int { 2 }
  @inline(__always) init(repeating vector: LaneVector) {
    a = vector
    b = vector
  }
  @inline(__always) init(loading source: UnsafePointer<LaneVector>) {
    a = source[0]
    b = source[1]
  }
  @inline(__always) func store(to target: UnsafeMutablePointer<LaneVector>) {
    target[0] = a
    target[1] = b
  }
  @inline(__always) mutating func add(_ factor: LaneVector, times other: Self) {
    a = lane_fma(factor, other.a, a)
    b = lane_fma(factor, other.b, b)
  }
  @inline(__always) mutating func add(_ other: Self) {
    a = lane_add(a, other.a)
    b = lane_add(b, other.b)
  }
  @inline(__always) var maximum: LaneVector { lane_max(a, b) }
  @inline(__always) func addEach(to sum: inout LaneVector) { sum = lane_add(lane_add(sum, a), b) }
  @inline(__always)
  func update<Rule: UpdateRule>(_ rule: Rule, at index: Int, _ norms: inout SpanNorms<Self>) {
    let squareA = lane_multiply(a, a)
    let squareB = lane_multiply(b, b)
    norms.l1.a = lane_add(norms.l1.a, lane_abs(a))
    norms.l1.b = lane_add(norms.l1.b, lane_abs(b))
    norms.squared.a = lane_add(norms.squared.a, squareA)
    norms.squared.b = lane_add(norms.squared.b, squareB)
    rule.update(a, square: squareA, at: index)
    rule.update(b, square: squareB, at: index + 1)
  }
}

struct ThreeClasses: ClassSpan {
  var a: LaneVector
  var b: LaneVector
  var c: LaneVector
  @inline(__always) static var count: Int { 3 }
  @inline(__always) init(repeating vector: LaneVector) {
    a = vector
    b = vector
    c = vector
  }
  @inline(__always) init(loading source: UnsafePointer<LaneVector>) {
    a = source[0]
    b = source[1]
    c = source[2]
  }
  @inline(__always) func store(to target: UnsafeMutablePointer<LaneVector>) {
    target[0] = a
    target[1] = b
    target[2] = c
  }
  @inline(__always) mutating func add(_ factor: LaneVector, times other: Self) {
    a = lane_fma(factor, other.a, a)
    b = lane_fma(factor, other.b, b)
    c = lane_fma(factor, other.c, c)
  }
  @inline(__always) mutating func add(_ other: Self) {
    a = lane_add(a, other.a)
    b = lane_add(b, other.b)
    c = lane_add(c, other.c)
  }
  @inline(__always) var maximum: LaneVector { lane_max(lane_max(a, b), c) }
  @inline(__always) func addEach(to sum: inout LaneVector) { sum = lane_add(lane_add(lane_add(sum, a), b), c) }
  @inline(__always)
  func update<Rule: UpdateRule>(_ rule: Rule, at index: Int, _ norms: inout SpanNorms<Self>) {
    let squareA = lane_multiply(a, a)
    let squareB = lane_multiply(b, b)
    let squareC = lane_multiply(c, c)
    norms.l1.a = lane_add(norms.l1.a, lane_abs(a))
    norms.l1.b = lane_add(norms.l1.b, lane_abs(b))
    norms.l1.c = lane_add(norms.l1.c, lane_abs(c))
    norms.squared.a = lane_add(norms.squared.a, squareA)
    norms.squared.b = lane_add(norms.squared.b, squareB)
    norms.squared.c = lane_add(norms.squared.c, squareC)
    rule.update(a, square: squareA, at: index)
    rule.update(b, square: squareB, at: index + 1)
    rule.update(c, square: squareC, at: index + 2)
  }
}

/// Accumulators of a tile: rows (of samples, or of features) by the classes of a span.
///
/// Both matrix products of a step have this shape: sums over features of x[sample][feature] * W[feature][class], and sums over
/// samples of x[sample][feature] * residual[sample][class]. Every sum runs sequentially over its inner index, so that the shape
/// of the tiles does not show in the result.
protocol Tile {
  associatedtype Span: ClassSpan
  static var rows: Int { get }
  init(repeating span: Span)
  init(loading source: UnsafePointer<LaneVector>, stride: Int)
  /// Adds x[row * stride] * span to each row.
  mutating func add(_ x: UnsafePointer<Float>, stride: Int, times span: Span)
  /// Adds factor * other.
  mutating func add(_ factor: LaneVector, times other: Self)
  func store(to target: UnsafeMutablePointer<LaneVector>, stride: Int)
  /// The largest in each lane.
  var maximum: LaneVector { get }
  /// Raises maxima[row] to the largest of the row.
  func raise(_ maxima: UnsafeMutablePointer<LaneVector>)
  /// Takes rows as gradients of the weights at `index`, `index + stride`, ...
  func update<Rule: UpdateRule>(_ rule: Rule, at index: Int, stride: Int, _ norms: inout SpanNorms<Span>)
}

struct SingleRow<Span: ClassSpan>: Tile {
  var span: Span
  @inline(__always) static var rows: Int { 1 }
  @inline(__always) init(repeating span: Span) { self.span = span }
  @inline(__always) init(loading source: UnsafePointer<LaneVector>, stride: Int) { span = Span(loading: source) }
  @inline(__always) mutating func add(_ x: UnsafePointer<Float>, stride: Int, times other: Span) {
    span.add(lane_splat(x[0]), times: other)
  }
  @inline(__always) mutating func add(_ factor: LaneVector, times other: Self) { span.add(factor, times: other.span) }
  @inline(__always) func store(to target: UnsafeMutablePointer<LaneVector>, stride: Int) { span.store(to: target) }
  @inline(__always) var maximum: LaneVector { span.maximum }
  @inline(__always) func raise(_ maxima: UnsafeMutablePointer<LaneVector>) {
    maxima[0] = lane_max(span.maximum, maxima[0])
  }
  @inline(__always)
  func update<Rule: UpdateRule>(_ rule: Rule, at index: Int, stride: Int, _ norms: inout SpanNorms<Span>) {
    span.update(rule, at: index, &norms)
  }
}

struct RowPair<Head: Tile, Tail: Tile>: Tile where Head.Span == Tail.Span {
  var head: Head
  var tail: Tail
  @inline(__always) static var rows: Int { Head.rows + Tail.rows }
  @inline(__always) init(repeating span: Head.Span) {
    head = Head(repeating: span)
    tail = Tail(repeating: span)
  }
  @inline(__always) init(loading source: UnsafePointer<LaneVector>, stride: Int) {
    head = Head(loading: source, stride: stride)
    tail = Tail(loading: source + Head.rows * stride, stride: stride)
  }
  @inline(__always) mutating func add(_ x: UnsafePointer<Float>, stride: Int, times span: Head.Span) {
    head.add(x, stride: stride, times: span)
    tail.add(x + Head.rows * stride, stride: stride, times: span)
  }
  @inline(__always) mutating func add(_ factor: LaneVector, times other: Self) {
    head.add(factor, times: other.head)
    tail.add(factor, times: other.tail)
  }
  @inline(__always) var maximum: LaneVector { lane_max(head.maximum, tail.maximum) }
  @inline(__always) func store(to target: UnsafeMutablePointer<LaneVector>, stride: Int) {
    head.store(to: target, stride: stride)
    tail.store(to: target + Head.rows * stride, stride: stride)
  }
  @inline(__always) func raise(_ maxima: UnsafeMutablePointer<LaneVector>) {
    head.raise(maxima)
    tail.raise(maxima + Head.rows)
  }
  @inline(__always)
  func update<Rule: UpdateRule>(_ rule: Rule, at index: Int, stride: Int, _ norms: inout SpanNorms<Head.Span>) {
    head.update(rule, at: index, stride: stride, &norms)
    tail.update(rule, at: index + Head.rows * stride, stride: stride, &norms)
  }
}

typealias TwoRows<Span: ClassSpan> = RowPair<SingleRow<Span>, SingleRow<Span>>
typealias FourRows<Span: ClassSpan> = RowPair<TwoRows<Span>, TwoRows<Span>>
typealias EightRows<Span: ClassSpan> = RowPair<FourRows<Span>, FourRows<Span>>
