import Dispatch
import Synchronization

/// The results of the tasks 0 ..< `count`, run on up to `threads` threads including the calling one. Each thread takes the next
/// task as soon as it is free.
///
/// - Parameters:
///   - count: number of tasks.
///   - threads: at least 1; with 1 the tasks run in order.
///   - body: receives a task and the number of its thread, in 0 ..< `threads`. Tasks with the same thread number never overlap.
public func mapTasks<Result: Sendable>(
  _ count: Int, threads: Int, _ body: @Sendable (_ task: Int, _ thread: Int) -> Result
) -> [Result] {
  guard min(count, threads) > 1 else { return (0..<count).map { body($0, 0) } }
  let next = Atomic(0)
  let results = Mutex([Result?](repeating: nil, count: count))
  DispatchQueue.concurrentPerform(iterations: min(count, threads)) { thread in
    while true {
      let task = next.wrappingAdd(1, ordering: .relaxed).oldValue
      guard task < count else { return }
      let result = body(task, thread)
      results.withLock { $0[task] = result }
    }
  }
  return results.withLock { $0.compactMap { $0 } }
}
