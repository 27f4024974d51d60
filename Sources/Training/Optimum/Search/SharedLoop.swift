import Foundation

/// A loop of one thread that others may help with: each takes the next free slice.
///
/// Slices write to disjoint memory, each in its own fixed order, so results do not depend on who takes part.
public final class SharedLoop: @unchecked Sendable {
  private let condition = NSCondition()
  private var body: ((Int) -> Void)?
  private var next = 0
  private var count = 0
  private var running = 0
  private var recalls = 0
  private var isClosed = false
  private var counted = 0.0

  public init() {}

  /// Multiply-adds of all loops so far.
  public var operations: Double { condition.withLock { counted } }

  /// Whether more slices may come.
  public var isOpen: Bool { condition.withLock { !isClosed } }

  func count(_ operations: Double) { condition.withLock { counted += operations } }

  /// Runs `body` for each of 0 ..< `slices`; returns when all have ended.
  ///
  /// - Parameter isCancelled: polled on this thread after each of its slices; may do other work in the meantime.
  /// - Throws: `CancellationError`, after the running slices have ended.
  func run(slices: Int, isCancelled: () -> Bool, body: @escaping (Int) -> Void) throws {
    condition.withLock {
      (self.body, next, count) = (body, 0, slices)
      if slices > 1 { condition.broadcast() }
    }
    var wasCancelled = false
    while let (slice, body) = take() {
      body(slice)
      end()
      if isCancelled() {
        wasCancelled = true
        condition.withLock { next = count }
      }
    }
    condition.withLock {
      while running > 0 { condition.wait() }
      self.body = nil
    }
    if wasCancelled { throw CancellationError() }
  }

  /// Takes slices of this loop and later ones, until the loop is closed or `isOver` returns true.
  ///
  /// - Parameter isOver: polled before each slice, and again after `recallAssistants`.
  public func assist(until isOver: () -> Bool) {
    while true {
      let known = condition.withLock { recalls }
      if isOver() { return }
      if let (slice, body) = take() {
        body(slice)
        end()
        continue
      }
      let isAtEnd = condition.withLock {
        while body == nil || next == count, !isClosed, recalls == known { condition.wait() }
        return isClosed
      }
      if isAtEnd { return }
    }
  }

  /// Makes waiting assistants poll `isOver` again.
  public func recallAssistants() {
    condition.withLock {
      recalls += 1
      condition.broadcast()
    }
  }

  /// Dismisses the assistants: no more slices will come.
  public func close() {
    condition.withLock {
      isClosed = true
      condition.broadcast()
    }
  }

  private func take() -> (slice: Int, body: (Int) -> Void)? {
    condition.withLock {
      guard let body, next < count else { return nil }
      defer { next += 1 }
      running += 1
      return (next, body)
    }
  }

  private func end() {
    condition.withLock {
      running -= 1
      if running == 0 && next == count { condition.broadcast() }
    }
  }
}
