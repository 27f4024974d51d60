/// Asks whether to stop, at a distance of some milliseconds of work.
struct Cancellation {
  private let isCancelled: () -> Bool
  private var work = 0

  /// Fused multiply-adds of vectors, or what takes as long, between two questions: 2 to 10 ms.
  private static var workBetweenQuestions: Int { 10_000_000 }

  init(_ isCancelled: @escaping () -> Bool) { self.isCancelled = isCancelled }

  /// - Throws: `CancellationError`.
  @inline(__always)
  mutating func check(work amount: Int) throws {
    work += amount
    if work >= Self.workBetweenQuestions { try ask() }
  }

  @inline(never)
  mutating func ask() throws {
    work = 0
    if isCancelled() { throw CancellationError() }
  }
}
