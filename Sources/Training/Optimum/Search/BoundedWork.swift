/// Shared by the steps of a search: the parallel loop, the bound on operations, and cancellation.
final class BoundedWork {
  struct BoundReached: Error {}

  private let loop: SharedLoop
  private let bound: Double
  private let isCancelled: () -> Bool
  private(set) var operations = 0.0

  /// Loops with fewer multiply-adds are not worth waking a thread.
  private static let leastShared = 2e5
  private static let mostSlices = 64

  init(bound: Double = .infinity, loop: SharedLoop = SharedLoop(), isCancelled: @escaping () -> Bool = { false }) {
    self.bound = bound
    self.loop = loop
    self.isCancelled = isCancelled
  }

  /// Counts operations about to be done.
  ///
  /// - Throws: `BoundReached`, `CancellationError`.
  func count(_ operations: Double) throws {
    self.operations += operations
    loop.count(operations)
    if self.operations > bound { throw BoundReached() }
    if isCancelled() { throw CancellationError() }
  }

  /// Runs `body` for each of 0 ..< `slices`, on all threads that share the loop.
  ///
  /// - Parameter operations: multiply-adds of all slices together.
  /// - Throws: as `count`, after all running slices have ended.
  func run(slices: Int, operations: Double, _ body: @escaping (Int) -> Void) throws {
    try count(operations)
    if operations < Self.leastShared {
      for slice in 0..<slices { body(slice) }
    } else {
      try loop.run(slices: slices, isCancelled: isCancelled, body: body)
    }
  }

  /// Runs `body` for consecutive ranges that partition 0 ..< `items`.
  func split(_ items: Int, operations: Double, _ body: @escaping (Range<Int>) -> Void) throws {
    let slices = max(1, min(items, Self.mostSlices, Int(min(1e9, operations / Self.leastShared))))
    try run(slices: slices, operations: operations) { body(items * $0 / slices..<items * ($0 + 1) / slices) }
  }
}
