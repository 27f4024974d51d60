import SIMDShims

/// Consecutive entries of an array of vectors, held in registers: a `LaneVector`, or a `Pair` of smaller ones.
///
/// They are the classes of a feature or a sample, or the samples of a class. Operations are written once for any number of
/// vectors, and each is applied to all of them before the next, so that independent dependency chains keep the FMA units busy.
/// Value types, which the compiler keeps in registers; an array would live in memory.
protocol Vectors {
  static var count: Int { get }
  init(all vector: LaneVector)
  /// The entries `source[0]`, `source[stride]`, ...
  init(loading source: UnsafePointer<LaneVector>, stride: Int)
  func store(to target: UnsafeMutablePointer<LaneVector>, stride: Int)
  /// self += factor * other
  mutating func add(_ factor: LaneVector, times other: Self)
  /// Adds factors[0] * other to the first entry, factors[stride] * other to the second, ...
  mutating func add(_ factors: UnsafePointer<Float>, stride: Int, times other: Self)
  func map(_ operation: (LaneVector) -> LaneVector) -> Self
  func map(with other: Self, _ operation: (LaneVector, LaneVector) -> LaneVector) -> Self
  /// Combines the entries pairwise with `operation`.
  func reduce(_ operation: (LaneVector, LaneVector) -> LaneVector) -> LaneVector
  /// `sum` plus the entries, one after the other.
  func added(to sum: LaneVector) -> LaneVector
  /// Treats the entries as gradients of the weights from `index` on, and updates these one after the other.
  func update<Rule: LaneUpdate>(_ rule: Rule, square: Self, at index: Int)
}

extension Vectors {
  @inline(__always) init(loading source: UnsafePointer<LaneVector>) { self.init(loading: source, stride: 1) }
  @inline(__always) func store(to target: UnsafeMutablePointer<LaneVector>) { store(to: target, stride: 1) }
  @inline(__always) static var zero: Self { Self(all: lane_splat(0)) }
  @inline(__always) var squared: Self { map { lane_multiply($0, $0) } }
  @inline(__always) func adding(_ other: Self) -> Self { map(with: other) { lane_add($0, $1) } }
}

extension LaneVector: Vectors {
  @inline(__always) static var count: Int { 1 }
  @inline(__always) init(all vector: LaneVector) { self = vector }
  @inline(__always) init(loading source: UnsafePointer<LaneVector>, stride: Int) { self = source[0] }
  @inline(__always) func store(to target: UnsafeMutablePointer<LaneVector>, stride: Int) { target[0] = self }
  @inline(__always) mutating func add(_ factor: LaneVector, times other: Self) { self = lane_fma(factor, other, self) }
  @inline(__always) mutating func add(_ factors: UnsafePointer<Float>, stride: Int, times other: Self) {
    self = lane_fma(lane_splat(factors[0]), other, self)
  }
  @inline(__always) func map(_ operation: (LaneVector) -> LaneVector) -> Self { operation(self) }
  @inline(__always) func map(with other: Self, _ operation: (LaneVector, LaneVector) -> LaneVector) -> Self {
    operation(self, other)
  }
  @inline(__always) func reduce(_ operation: (LaneVector, LaneVector) -> LaneVector) -> LaneVector { self }
  @inline(__always) func added(to sum: LaneVector) -> LaneVector { lane_add(sum, self) }
  @inline(__always) func update<Rule: LaneUpdate>(_ rule: Rule, square: Self, at index: Int) {
    rule.update(self, square: square, at: index)
  }
}

struct Pair<Head: Vectors, Tail: Vectors>: Vectors {
  private(set) var head: Head
  private(set) var tail: Tail
  @inline(__always) init(_ head: Head, _ tail: Tail) {
    self.head = head
    self.tail = tail
  }
  @inline(__always) static var count: Int { Head.count &+ Tail.count }
  @inline(__always) init(all vector: LaneVector) { self.init(Head(all: vector), Tail(all: vector)) }
  @inline(__always) init(loading source: UnsafePointer<LaneVector>, stride: Int) {
    self.init(Head(loading: source, stride: stride), Tail(loading: source + Head.count &* stride, stride: stride))
  }
  @inline(__always) func store(to target: UnsafeMutablePointer<LaneVector>, stride: Int) {
    head.store(to: target, stride: stride)
    tail.store(to: target + Head.count &* stride, stride: stride)
  }
  @inline(__always) mutating func add(_ factor: LaneVector, times other: Self) {
    head.add(factor, times: other.head)
    tail.add(factor, times: other.tail)
  }
  @inline(__always) mutating func add(_ factors: UnsafePointer<Float>, stride: Int, times other: Self) {
    head.add(factors, stride: stride, times: other.head)
    tail.add(factors + Head.count &* stride, stride: stride, times: other.tail)
  }
  @inline(__always) func map(_ operation: (LaneVector) -> LaneVector) -> Self {
    Self(head.map(operation), tail.map(operation))
  }
  @inline(__always) func map(with other: Self, _ operation: (LaneVector, LaneVector) -> LaneVector) -> Self {
    Self(head.map(with: other.head, operation), tail.map(with: other.tail, operation))
  }
  @inline(__always) func reduce(_ operation: (LaneVector, LaneVector) -> LaneVector) -> LaneVector {
    operation(head.reduce(operation), tail.reduce(operation))
  }
  @inline(__always) func added(to sum: LaneVector) -> LaneVector { tail.added(to: head.added(to: sum)) }
  @inline(__always) func update<Rule: LaneUpdate>(_ rule: Rule, square: Self, at index: Int) {
    head.update(rule, square: square.head, at: index)
    tail.update(rule, square: square.tail, at: index &+ Head.count)
  }
}

typealias Vectors2 = Pair<LaneVector, LaneVector>
typealias Vectors3 = Pair<Vectors2, LaneVector>
typealias Vectors4 = Pair<Vectors2, Vectors2>
typealias Vectors8 = Pair<Vectors4, Vectors4>
typealias Vectors12 = Pair<Vectors8, Vectors4>
typealias Vectors16 = Pair<Vectors8, Vectors8>
typealias Vectors20 = Pair<Vectors16, Vectors4>
typealias Vectors24 = Pair<Vectors16, Vectors8>
