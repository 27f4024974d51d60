import Synchronization

/// Threads that work beside the calling one and end with the team.
///
/// Until a thread that is started or woken is at work, others could parse 100 KB: the threads that parse a file also give its memory
/// back at the end, and who waits stays awake for a while.
final class WorkerTeam {
  /// Threads, with the calling one.
  let size: Int
  private let state = State()

  /// - Parameter size: threads, with the calling one; there are fewer where the system gives none.
  init(size: Int) {
    self.size = max(1, size)
    for worker in 1..<self.size { _ = WorkerThread.start { [state] in state.work(worker) } }
  }

  deinit { state.end() }

  /// Has each thread but this one run `body`, as workers 1 ..< `size`. A team does this once, and `finish` follows.
  func begin(_ body: @escaping @Sendable (Int) -> Void) { state.begin(body) }

  /// Runs the body on this thread, as worker 0, and returns when all have ended that have begun it; threads that come later do not begin.
  func finish() { state.finish() }

  /// Has a thread of the team run `body` at its end; where there is none, runs it now.
  func runAtEnd(_ body: @escaping @Sendable () -> Void) {
    if !state.setLast(body) { body() }
  }

  private final class State: @unchecked Sendable {
    private let monitor = Monitor()
    private var job: (@Sendable (Int) -> Void)?
    private var threads = 0
    private var last: (@Sendable () -> Void)?
    // Beside the lock, for those who wait: taking it again and again would put its owners to sleep.
    private let hasBegun = Atomic(false)
    private let busy = Atomic(0)
    private let hasEnded = Atomic(false)

    func begin(_ body: @escaping @Sendable (Int) -> Void) {
      monitor.locked {
        job = body
        hasBegun.store(true, ordering: .releasing)
        monitor.signal()
      }
    }

    func finish() {
      monitor.locked { job }?(0)
      monitor.locked { job = nil }
      monitor.wait { busy.load(ordering: .acquiring) == 0 }
    }

    func setLast(_ body: @escaping @Sendable () -> Void) -> Bool {
      monitor.locked {
        guard threads > 0 else { return false }
        last = body
        return true
      }
    }

    func end() {
      hasEnded.store(true, ordering: .releasing)
      monitor.locked { monitor.signal() }
    }

    func work(_ worker: Int) {
      monitor.locked { threads += 1 }
      monitor.wait { hasBegun.load(ordering: .acquiring) || hasEnded.load(ordering: .acquiring) }
      doJob(worker)
      monitor.wait { hasEnded.load(ordering: .acquiring) }
      let body = monitor.locked {
        threads -= 1
        defer { last = nil }
        return last
      }
      body?()
    }

    /// A function of its own, so that the thread does not keep the job, and what it refers to, while it waits for the end: the job may
    /// refer to the team.
    private func doJob(_ worker: Int) {
      let body: (@Sendable (Int) -> Void)? = monitor.locked {
        if job != nil { busy.add(1, ordering: .relaxed) }
        return job
      }
      guard let body else { return }
      body(worker)
      if busy.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 { monitor.locked { monitor.signal() } }
    }
  }
}
