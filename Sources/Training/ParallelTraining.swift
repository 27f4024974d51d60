extension LaneTrainer {
  /// Trains any number of runs on up to `jobs` threads, in groups of at most `preferredRunCount`.
  ///
  /// The outcomes have the same bits as those of `train`, whatever the number of threads.
  ///
  /// - Throws: `CancellationError` soon after `isCancelled` first returns true.
  public func trainInParallel(
    _ runs: [Run], seed: UInt64, jobs: Int, recording: Recording = Recording(),
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) async throws -> [RunOutcome] {
    let lanes = 16
    let share = (runs.count + jobs - 1) / max(1, jobs)
    let groupSize = max(lanes, min(preferredRunCount, (share + lanes - 1) / lanes * lanes))
    let groups = stride(from: 0, to: runs.count, by: groupSize).map { $0..<min($0 + groupSize, runs.count) }
    return try await withThrowingTaskGroup(of: (Int, [RunOutcome]).self) { tasks in
      var results = [[RunOutcome]](repeating: [], count: groups.count)
      var next = 0
      func start() {
        let index = next
        next += 1
        tasks.addTask {
          (index, try train(Array(runs[groups[index]]), seed: seed, recording: recording, isCancelled: isCancelled))
        }
      }
      while next < min(jobs, groups.count) { start() }
      while let (index, outcomes) = try await tasks.next() {
        results[index] = outcomes
        if next < groups.count { start() }
      }
      return results.flatMap { $0 }
    }
  }
}
