import Foundation
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

  /// Each thread once, and all have ended when `finish` returns.
  @Test(arguments: [1, 2, 5]) func eachWorkerDoesTheJobOnce(size: Int) {
    let begun = Calls()
    let ended = Calls()
    let team = WorkerTeam(size: size)
    team.begin { worker in
      begun.note(worker)
      if worker == 0 { begun.wait(for: size) } else { usleep(3000) }
      ended.note(worker)
    }
    begun.wait(for: size - 1)
    #expect(!begun.sorted.contains(0))
    team.finish()
    #expect(ended.sorted == Array(0..<size))
  }

  @Test func aThreadThatComesTooLateDoesNothing() {
    for _ in 0..<50 {
      let calls = Calls()
      let team = WorkerTeam(size: 2)
      team.begin { calls.note($0) }
      team.finish()
      let after = calls.sorted
      #expect(after == [0] || after == [0, 1])
      usleep(1000)
      #expect(calls.sorted == after)
    }
  }

  /// A job may refer to its team: threads that wait for the end do not keep it.
  @Test func nobodyKeepsTheJob() {
    let team = WorkerTeam(size: 3)
    weak var kept: Calls?
    do {
      let calls = Calls()
      kept = calls
      team.begin { worker in
        calls.note(worker)
        if worker == 0 { calls.wait(for: 3) }
      }
      team.finish()
    }
    for _ in 0..<1000 where kept != nil { usleep(1000) }
    #expect(kept == nil)
    withExtendedLifetime(team) {}
  }

  @Test(arguments: [1, 3], [false, true]) func theLastTaskIsDoneAtTheEnd(size: Int, performs: Bool) {
    let calls = Calls()
    do {
      let team = WorkerTeam(size: size)
      if performs {
        let begun = Calls()
        team.begin { worker in
          begun.note(worker)
          if worker == 0 { begun.wait(for: size) }
        }
        team.finish()
      }
      team.runAtEnd { calls.note(9) }
      // With threads that are there for certain, not before the end.
      if performs, size > 1 {
        usleep(3000)
        #expect(calls.sorted == [])
      }
    }
    calls.wait(for: 1)
    #expect(calls.sorted == [9])
  }
}
