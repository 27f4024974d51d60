import SIMDShims

/// Neighbouring classes in one row of a matrix of vectors: one, two or three registers.
///
/// Tiles are composed of value types, which the optimizer takes apart into registers; an array would live in memory.
protocol ClassSpan: LaneVectors {
  static var count: Int { get }
  init(repeating vector: LaneVector)
  init(loading source: UnsafePointer<LaneVector>)
  func store(to target: UnsafeMutablePointer<LaneVector>)
  /// self += factor * other
  mutating func add(_ factor: LaneVector, times other: Self)
  mutating func add(_ other: Self)
  var maximum: LaneVector { get }
  /// Hands gradients to the optimizer, those of the weights from `index` on, and adds them to their norms.
  func fold<Rule: UpdateRule, Choice: NormsChoice>(_ rule: Rule, at index: Int, into norms: inout GradientNorms<Self, Choice>)
}

/// Whether a kernel computes gradient norms: a type, so that kernels are compiled for each answer, and no instruction is left of norms that
/// are not wanted. As an argument it would be a branch at every weight.
protocol NormsChoice {
  static var areWanted: Bool { get }
}

enum WithNorms: NormsChoice {
  @inline(__always) static var areWanted: Bool { true }
}

enum WithoutNorms: NormsChoice {
  @inline(__always) static var areWanted: Bool { false }
}

/// Sums of |g| and of g^2, class by class; zeros where nobody wants them.
struct GradientNorms<Span: ClassSpan, Choice: NormsChoice> {
  var l1 = Span(repeating: lane_splat(0))
  var squared = Span(repeating: lane_splat(0))

  @inline(__always) mutating func add(_ other: Self) {
    l1.add(other.l1)
    squared.add(other.squared)
  }
}

/// One gradient, into its norms and its weight. The square is shared: it is not fused with the sum.
@inline(__always)
private func foldOne<Rule: UpdateRule, Choice: NormsChoice>(
  _ gradient: LaneVector, _ rule: Rule, at index: Int, _: Choice.Type, _ l1: inout LaneVector, _ squared: inout LaneVector
) {
  let square = lane_multiply(gradient, gradient)
  if Choice.areWanted {
    l1 = lane_add(l1, lane_abs(gradient))
    squared = lane_add(squared, square)
  }
  rule.update(gradient, square: square, at: index)
}

struct OneClass: ClassSpan {
  var a: LaneVector
  @inline(__always) static var count: Int { 1 }
  @inline(__always) init(repeating vector: LaneVector) { a = vector }
  @inline(__always) init(loading source: UnsafePointer<LaneVector>) { a = source[0] }
  @inline(__always) func store(to target: UnsafeMutablePointer<LaneVector>) { target[0] = a }
  @inline(__always) mutating func add(_ factor: LaneVector, times other: Self) { a = lane_fma(factor, other.a, a) }
  @inline(__always) mutating func add(_ other: Self) { a = lane_add(a, other.a) }
  @inline(__always) func mapped(_ operation: (LaneVector) -> LaneVector) -> Self {
    var result = self
    result.a = operation(a)
    return result
  }
  @inline(__always)
  func combined(with other: Self, _ operation: (LaneVector, LaneVector) -> LaneVector) -> Self {
    var result = self
    result.a = operation(a, other.a)
    return result
  }
  @inline(__always) var maximum: LaneVector { a }
  @inline(__always)
  func fold<Rule: UpdateRule, Choice: NormsChoice>(_ rule: Rule, at index: Int, into norms: inout GradientNorms<Self, Choice>) {
    foldOne(a, rule, at: index, Choice.self, &norms.l1.a, &norms.squared.a)
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
  @inline(__always) func mapped(_ operation: (LaneVector) -> LaneVector) -> Self {
    var result = self
    result.a = operation(a)
    result.b = operation(b)
    return result
  }
  @inline(__always)
  func combined(with other: Self, _ operation: (LaneVector, LaneVector) -> LaneVector) -> Self {
    var result = self
    result.a = operation(a, other.a)
    result.b = operation(b, other.b)
    return result
  }
  @inline(__always) var maximum: LaneVector { lane_max(a, b) }
  @inline(__always)
  func fold<Rule: UpdateRule, Choice: NormsChoice>(_ rule: Rule, at index: Int, into norms: inout GradientNorms<Self, Choice>) {
    foldOne(a, rule, at: index, Choice.self, &norms.l1.a, &norms.squared.a)
    foldOne(b, rule, at: index &+ 1, Choice.self, &norms.l1.b, &norms.squared.b)
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
  @inline(__always) func mapped(_ operation: (LaneVector) -> LaneVector) -> Self {
    var result = self
    result.a = operation(a)
    result.b = operation(b)
    result.c = operation(c)
    return result
  }
  @inline(__always)
  func combined(with other: Self, _ operation: (LaneVector, LaneVector) -> LaneVector) -> Self {
    var result = self
    result.a = operation(a, other.a)
    result.b = operation(b, other.b)
    result.c = operation(c, other.c)
    return result
  }
  @inline(__always) var maximum: LaneVector { lane_max(lane_max(a, b), c) }
  @inline(__always)
  func fold<Rule: UpdateRule, Choice: NormsChoice>(_ rule: Rule, at index: Int, into norms: inout GradientNorms<Self, Choice>) {
    foldOne(a, rule, at: index, Choice.self, &norms.l1.a, &norms.squared.a)
    foldOne(b, rule, at: index &+ 1, Choice.self, &norms.l1.b, &norms.squared.b)
    foldOne(c, rule, at: index &+ 2, Choice.self, &norms.l1.c, &norms.squared.c)
  }
}

/// Accumulators of a tile: rows (of samples, or of features) by the classes of a span.
///
/// Both matrix products of a step have this shape: sums over features of x[sample][feature] * W[feature][class], and sums over
/// samples of x[sample][feature] * residual[sample][class]. Every sum runs sequentially over its inner index, so that the shape
/// of the tiles does not show in the result.
protocol Tile: LaneVectors {
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
  /// Adds factors[row * stride] * other, row by row.
  mutating func add(_ factors: UnsafePointer<Float>, stride: Int, times other: Self)
  /// Takes rows as gradients of the weights from `index`, `index + stride`, ... on.
  func fold<Rule: UpdateRule, Choice: NormsChoice>(
    _ rule: Rule, at index: Int, stride: Int, into norms: inout GradientNorms<Span, Choice>)
  /// Raises maxima[row] to the largest of the row.
  func raise(_ maxima: UnsafeMutablePointer<LaneVector>)
}

struct SingleRow<Span: ClassSpan>: Tile {
  var span: Span
  @inline(__always) static var rows: Int { 1 }
  @inline(__always) init(span: Span) { self.span = span }
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
  @inline(__always) mutating func add(_ factors: UnsafePointer<Float>, stride: Int, times other: Self) {
    span.add(lane_splat(factors[0]), times: other.span)
  }
  @inline(__always) func mapped(_ operation: (LaneVector) -> LaneVector) -> Self {
    SingleRow(span: span.mapped(operation))
  }
  @inline(__always)
  func combined(with other: Self, _ operation: (LaneVector, LaneVector) -> LaneVector) -> Self {
    SingleRow(span: span.combined(with: other.span, operation))
  }
  @inline(__always)
  func fold<Rule: UpdateRule, Choice: NormsChoice>(
    _ rule: Rule, at index: Int, stride: Int, into norms: inout GradientNorms<Span, Choice>
  ) {
    span.fold(rule, at: index, into: &norms)
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
    tail = Tail(loading: source + Head.rows &* stride, stride: stride)
  }
  @inline(__always) mutating func add(_ x: UnsafePointer<Float>, stride: Int, times span: Head.Span) {
    head.add(x, stride: stride, times: span)
    tail.add(x + Head.rows &* stride, stride: stride, times: span)
  }
  @inline(__always) mutating func add(_ factor: LaneVector, times other: Self) {
    head.add(factor, times: other.head)
    tail.add(factor, times: other.tail)
  }
  @inline(__always) var maximum: LaneVector { lane_max(head.maximum, tail.maximum) }
  @inline(__always) func store(to target: UnsafeMutablePointer<LaneVector>, stride: Int) {
    head.store(to: target, stride: stride)
    tail.store(to: target + Head.rows &* stride, stride: stride)
  }
  @inline(__always) func raise(_ maxima: UnsafeMutablePointer<LaneVector>) {
    head.raise(maxima)
    tail.raise(maxima + Head.rows)
  }
  @inline(__always) mutating func add(_ factors: UnsafePointer<Float>, stride: Int, times other: Self) {
    head.add(factors, stride: stride, times: other.head)
    tail.add(factors + Head.rows &* stride, stride: stride, times: other.tail)
  }
  @inline(__always) func mapped(_ operation: (LaneVector) -> LaneVector) -> Self {
    var result = self
    result.head = head.mapped(operation)
    result.tail = tail.mapped(operation)
    return result
  }
  @inline(__always)
  func combined(with other: Self, _ operation: (LaneVector, LaneVector) -> LaneVector) -> Self {
    var result = self
    result.head = head.combined(with: other.head, operation)
    result.tail = tail.combined(with: other.tail, operation)
    return result
  }
  @inline(__always)
  func fold<Rule: UpdateRule, Choice: NormsChoice>(
    _ rule: Rule, at index: Int, stride: Int, into norms: inout GradientNorms<Head.Span, Choice>
  ) {
    head.fold(rule, at: index, stride: stride, into: &norms)
    tail.fold(rule, at: index &+ Head.rows &* stride, stride: stride, into: &norms)
  }
}

/// The row of the bias, whose feature is the constant 1.
struct BiasRow<Span: ClassSpan>: Tile {
  var row: SingleRow<Span>
  @inline(__always) static var rows: Int { 1 }
  @inline(__always) init(row: SingleRow<Span>) { self.row = row }
  @inline(__always) init(repeating span: Span) { row = SingleRow(repeating: span) }
  @inline(__always) init(loading source: UnsafePointer<LaneVector>, stride: Int) {
    row = SingleRow(loading: source, stride: stride)
  }
  @inline(__always) mutating func add(_ x: UnsafePointer<Float>, stride: Int, times other: Span) { row.span.add(other) }
  @inline(__always) mutating func add(_ factor: LaneVector, times other: Self) { row.add(factor, times: other.row) }
  @inline(__always) func store(to target: UnsafeMutablePointer<LaneVector>, stride: Int) {
    row.store(to: target, stride: stride)
  }
  @inline(__always) var maximum: LaneVector { row.maximum }
  @inline(__always) func raise(_ maxima: UnsafeMutablePointer<LaneVector>) { row.raise(maxima) }
  @inline(__always) mutating func add(_ factors: UnsafePointer<Float>, stride: Int, times other: Self) {
    row.add(factors, stride: stride, times: other.row)
  }
  @inline(__always) func mapped(_ operation: (LaneVector) -> LaneVector) -> Self {
    BiasRow(row: row.mapped(operation))
  }
  @inline(__always)
  func combined(with other: Self, _ operation: (LaneVector, LaneVector) -> LaneVector) -> Self {
    BiasRow(row: row.combined(with: other.row, operation))
  }
  @inline(__always)
  func fold<Rule: UpdateRule, Choice: NormsChoice>(
    _ rule: Rule, at index: Int, stride: Int, into norms: inout GradientNorms<Span, Choice>
  ) {
    row.fold(rule, at: index, stride: stride, into: &norms)
  }
}

typealias TwoRows<Span: ClassSpan> = RowPair<SingleRow<Span>, SingleRow<Span>>
typealias ThreeRows<Span: ClassSpan> = RowPair<TwoRows<Span>, SingleRow<Span>>
typealias FourRows<Span: ClassSpan> = RowPair<TwoRows<Span>, TwoRows<Span>>
typealias FiveRows<Span: ClassSpan> = RowPair<FourRows<Span>, SingleRow<Span>>
typealias SixRows<Span: ClassSpan> = RowPair<FourRows<Span>, TwoRows<Span>>
typealias SevenRows<Span: ClassSpan> = RowPair<FourRows<Span>, ThreeRows<Span>>
typealias EightRows<Span: ClassSpan> = RowPair<FourRows<Span>, FourRows<Span>>
