import Foundation

/// A loop of one thread that others may share: each takes the next slice that nobody has taken.
///
/// Slices write to different places and each in an order of its own, so no result depends on who takes part.
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

  /// Multiply-adds of the loops so far.
  public var operations: Double { condition.withLock { counted } }

  /// Whether there may be further slices.
  public var isOpen: Bool { condition.withLock { !isClosed } }

  func count(_ operations: Double) { condition.withLock { counted += operations } }

  /// Runs `body` for each of 0 ..< `slices` and returns when all have ended.
  ///
  /// - Parameter isCancelled: asked on this thread after each of its slices; may do other work meanwhile.
  /// - Throws: `CancellationError`, when the slices at work have ended.
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

  /// Takes slices of this loop and those that follow, until it is closed or `isOver` returns true.
  ///
  /// - Parameter isOver: asked before each slice, and again after `recallAssistants`.
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

  /// Has waiting assistants ask whether it is over.
  public func recallAssistants() {
    condition.withLock {
      recalls += 1
      condition.broadcast()
    }
  }

  /// Sends the assistants away: there will be no further slices.
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
