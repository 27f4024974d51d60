/// Polls for cancellation every few milliseconds of work.
struct Cancellation {
  private let isCancelled: () -> Bool
  private var work = 0

  /// Work between two polls, in vector FMAs or the equivalent: 2 to 10 ms.
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
