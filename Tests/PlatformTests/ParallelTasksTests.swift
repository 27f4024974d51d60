import Platform
import Synchronization
import Testing

@Suite struct ParallelTasksTests {
  @Test(arguments: [0, 1, 2, 100], [1, 2, 7]) func everyTaskIsDoneOnceAndResultsAreInOrder(count: Int, threads: Int) {
    let calls = Mutex([Int](repeating: 0, count: count))
    let results = mapTasks(count, threads: threads) { task, _ in
      calls.withLock { $0[task] += 1 }
      return 3 * task
    }
    #expect(results == (0..<count).map { 3 * $0 })
    #expect(calls.withLock { $0.allSatisfy { $0 == 1 } })
  }

  /// What a thread keeps under its number, no other thread touches meanwhile.
  @Test func aNumberIsInUseOnceAtATime() {
    let threads = 4
    let inUse = (0..<threads).map { _ in Flag() }
    let collisions = mapTasks(10_000, threads: threads) { _, thread in
      defer { inUse[thread].isSet.store(false, ordering: .releasing) }
      return inUse[thread].isSet.exchange(true, ordering: .acquiring)
    }
    #expect(!collisions.contains(true))
  }

  private final class Flag: Sendable {
    let isSet = Atomic(false)
  }
}
