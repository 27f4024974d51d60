import Testing

@testable import Sparse

@Suite struct WorkerTeamTests {
  private final class Calls: @unchecked Sendable {
    private let monitor = Monitor()
    private var workers: [Int] = []
    func note(_ worker: Int) {
      monitor.locked {
        workers.append(worker)
        monitor.signal()
      }
    }
    var sorted: [Int] { monitor.locked { workers.sorted() } }
    func wait(for count: Int) { monitor.locked { while workers.count < count { monitor.wait() } } }
  }

  /// Each thread once, and nobody works on once `perform` has returned.
  @Test(arguments: [1, 2, 5]) func eachWorkerDoesTheJobOnce(size: Int) {
    let calls = Calls()
    let team = WorkerTeam(size: size)
    team.perform { worker in
      calls.note(worker)
      if worker == 0 { calls.wait(for: size) }
    }
    #expect(calls.sorted == Array(0..<size))
  }

  @Test func aThreadThatComesTooLateDoesNothing() {
    for _ in 0..<200 {
      let calls = Calls()
      let team = WorkerTeam(size: 2)
      team.perform { calls.note($0) }
      let after = calls.sorted
      #expect(after == [0] || after == [0, 1])
      #expect(calls.sorted == after)
    }
  }

  @Test(arguments: [1, 3], [false, true]) func theLastTaskIsDoneAtTheEnd(size: Int, performs: Bool) {
    let calls = Calls()
    do {
      let team = WorkerTeam(size: size)
      if performs { team.perform { _ in } }
      team.runAtEnd { calls.note(9) }
    }
    calls.wait(for: 1)
    #expect(calls.sorted == [9])
  }
}
