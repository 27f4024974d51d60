import Foundation
import Synchronization
import Testing

@testable import Training

/// Threads that assist a loop until it is closed.
struct AssistingThreads {
  private let group = DispatchGroup()

  /// Returns when all are at work.
  init(_ count: Int, of loop: SharedLoop) {
    let arrived = DispatchSemaphore(value: 0)
    for _ in 0..<count {
      group.enter()
      Thread.detachNewThread { [group] in
        loop.assist(until: {
          arrived.signal()
          return false
        })
        group.leave()
      }
    }
    for _ in 0..<count { arrived.wait() }
  }

  func join() { group.wait() }
}

@Suite struct SharedLoopTests {
  /// Each of the slices waits for the other: two threads must be at work.
  @Test func assistantsTakeSlices() throws {
    let loop = SharedLoop()
    let threads = AssistingThreads(1, of: loop)
    let arrivals = [DispatchSemaphore(value: 0), DispatchSemaphore(value: 0)]
    let met = Atomic(0)
    let meet = { (slice: Int) in
      arrivals[slice].signal()
      if arrivals[1 - slice].wait(timeout: .now() + 600) == .success { met.add(1, ordering: .relaxed) }
    }
    try loop.run(slices: 2, isCancelled: { false }, body: meet)
    #expect(met.load(ordering: .relaxed) == 2)
    loop.close()
    threads.join()
  }

  @Test func everySliceIsRunOnce() throws {
    let loop = SharedLoop()
    let threads = AssistingThreads(3, of: loop)
    let counts = UnsafeMutablePointer<Int>.allocate(capacity: 1_000)
    defer { counts.deallocate() }
    counts.initialize(repeating: 0, count: 1_000)
    for slices in [1, 2, 10, 1_000] {
      try loop.run(slices: slices, isCancelled: { false }, body: { counts[$0] += 1 })
    }
    loop.close()
    threads.join()
    #expect((0..<1_000).map { counts[$0] } == (0..<1_000).map { 1 + ($0 < 10 ? 1 : 0) + ($0 < 2 ? 1 : 0) + ($0 < 1 ? 1 : 0) })
  }

  @Test func cancellationLeavesTheRest() {
    let loop = SharedLoop()
    let done = Atomic(0)
    #expect(throws: CancellationError.self) {
      try loop.run(
        slices: 100, isCancelled: { done.load(ordering: .relaxed) == 5 }, body: { _ in done.add(1, ordering: .relaxed) })
    }
    #expect(done.load(ordering: .relaxed) == 5)
  }

  /// An assistant that is recalled asks again, and goes where there is something else to do.
  @Test func assistantsAreRecalled() {
    let loop = SharedLoop()
    let hasOtherWork = Atomic(false)
    let asked = DispatchSemaphore(value: 0)
    let gone = DispatchSemaphore(value: 0)
    Thread.detachNewThread {
      loop.assist(until: {
        asked.signal()
        return hasOtherWork.load(ordering: .acquiring)
      })
      gone.signal()
    }
    asked.wait()
    hasOtherWork.store(true, ordering: .releasing)
    loop.recallAssistants()
    #expect(gone.wait(timeout: .now() + 600) == .success)
  }
}
