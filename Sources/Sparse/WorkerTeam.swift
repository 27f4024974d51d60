/// Threads that work beside the calling one, job after job, and end with the team.
///
/// Starting a thread takes as long as parsing 100 KB, and waking one that sleeps nearly as long: a team is started before there is
/// anything to do, and who waits stays awake for a while.
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
    private var unfinished = 0
    private var threads = 0
    private var hasEnded = false
    private var last: (@Sendable () -> Void)?

    func set(_ job: Job) {
      monitor.locked {
        self.job = job
        begun = 0
        unfinished = job.count
        monitor.signal()
      }
    }

    /// - Returns: false where no part is left to begin.
    func runPart() -> Bool {
      let part: (job: Job, number: Int)? = monitor.locked {
        guard let job, begun < job.count else { return nil }
        defer { begun += 1 }
        return (job, begun)
      }
      guard let part else { return false }
      part.job.body(part.number)
      monitor.locked {
        unfinished -= 1
        if unfinished == 0 { monitor.signal() }
      }
      return true
    }

    func waitForParts() {
      monitor.wait { unfinished == 0 }
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
      monitor.locked {
        hasEnded = true
        monitor.signal()
      }
    }

    func work() {
      monitor.locked { threads += 1 }
      repeat {
        while runPart() {}
        monitor.wait { hasEnded || job.map { begun < $0.count } ?? false }
      } while !monitor.locked { hasEnded }
      let body = monitor.locked {
        threads -= 1
        defer { last = nil }
        return last
      }
      body?()
    }
  }
}
