import Dispatch
import Synchronization

/// The results of the tasks 0 ..< `count`, done by up to `threads` threads, the calling one among them. Each thread takes the next task
/// as soon as it is free.
///
/// - Parameters:
///   - count: number of tasks.
///   - threads: at least 1; with 1 the tasks are done in order.
///   - body: takes a task and the number of the thread that does it, in 0 ..< `threads`. A number is never in use twice at a time.
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
