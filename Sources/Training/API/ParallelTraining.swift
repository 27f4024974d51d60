import Dispatch
import Synchronization

extension LaneTrainer {
  /// Trains any number of runs on up to `jobs` threads, in groups of at most `preferredRunCount`.
  ///
  /// The outcomes are bit-identical to those of `train` for any number of threads.
  ///
  /// - Precondition: every run has `steps` factors.
  /// - Returns: one outcome per run, in the order of `runs`.
  /// - Throws: `CancellationError` soon after `isCancelled` first returns true.
  public func trainInParallel(
    _ runs: [Run], seed: UInt64, jobs: Int, recording: Recording = Recording(),
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws -> [RunOutcome] {
    let lanes = 16
    let share = (runs.count + jobs - 1) / max(1, jobs)
    let groupSize = max(lanes, min(preferredRunCount, (share + lanes - 1) / lanes * lanes))
    let groups = stride(from: 0, to: runs.count, by: groupSize).map { $0..<min($0 + groupSize, runs.count) }
    let next = Atomic(0)
    let results = Mutex([Result<[RunOutcome], any Error>?](repeating: nil, count: groups.count))
    DispatchQueue.concurrentPerform(iterations: max(1, min(jobs, groups.count))) { _ in
      while true {
        let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard index < groups.count else { return }
        let result = Result {
          try train(Array(runs[groups[index]]), seed: seed, recording: recording, isCancelled: isCancelled)
        }
        results.withLock { $0[index] = result }
      }
    }
    return try results.withLock { try $0.compactMap { try $0?.get() }.flatMap { $0 } }
  }
}
