import Synchronization

/// Threads that work beside the calling one, job after job, and end with the team.
///
/// Starting a thread takes as long as parsing 100 KB, and waking one that sleeps nearly as long: one team does all that a file needs,
/// and who waits stays awake for a while.
final class WorkerTeam {
  private let state = State()

  /// - Parameter others: threads beside the calling one; fewer where the system gives none.
  init(others: Int) {
    for _ in 0..<others { _ = WorkerThread.start { [state] in state.work() } }
  }

  deinit { state.end() }

  /// Runs `body` for each of 0 ..< count, on this thread and on whichever others have time; returns when all have ended.
  func perform(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
    state.set(Job(body: body, count: count))
    while state.runPart() {}
    state.waitForParts()
  }

  /// Has a thread of the team run `body` at its end; where there is none, runs it now.
  func runAtEnd(_ body: @escaping @Sendable () -> Void) {
    if !state.setLast(body) { body() }
  }

  private struct Job {
    let body: @Sendable (Int) -> Void
    let count: Int
  }

  private final class State: @unchecked Sendable {
    private let monitor = Monitor()
    private var job: Job?
    private var begun = 0
    private var threads = 0
    private var last: (@Sendable () -> Void)?
    // Beside the lock, for those who wait: taking it again and again would put its owners to sleep.
    private let hasParts = Atomic(false)
    private let unfinished = Atomic(0)
    private let hasEnded = Atomic(false)

    func set(_ job: Job) {
      unfinished.store(job.count, ordering: .relaxed)
      monitor.locked {
        self.job = job
        begun = 0
        hasParts.store(job.count > 0, ordering: .releasing)
        monitor.signal()
      }
    }

    /// - Returns: false where no part is left to begin.
    func runPart() -> Bool {
      let part: (job: Job, number: Int)? = monitor.locked {
        guard let job, begun < job.count else { return nil }
        defer {
          begun += 1
          if begun == job.count { hasParts.store(false, ordering: .relaxed) }
        }
        return (job, begun)
      }
      guard let part else { return false }
      part.job.body(part.number)
      if unfinished.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 { monitor.locked { monitor.signal() } }
      return true
    }

    func waitForParts() {
      monitor.wait { unfinished.load(ordering: .acquiring) == 0 }
      monitor.locked { job = nil }
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

    func work() {
      monitor.locked { threads += 1 }
      repeat {
        while runPart() {}
        monitor.wait { hasParts.load(ordering: .acquiring) || hasEnded.load(ordering: .acquiring) }
      } while !hasEnded.load(ordering: .acquiring)
      let body = monitor.locked {
        threads -= 1
        defer { last = nil }
        return last
      }
      body?()
    }
  }
}
