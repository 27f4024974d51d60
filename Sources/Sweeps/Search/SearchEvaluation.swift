import Foundation
import Platform
import Schedules
import Training

/// A schedule at a learning rate, ready to be trained.
struct Candidate: Sendable {
  /// Determines the factors, given the number of steps: a spelling, with a digest for schedules that come from norms or a file.
  var identity: String
  var run: Run
}

/// Trains the candidates of a search with several seeds on all threads, or takes their results from the journal.
struct SearchEvaluation {
  let training: SearchTraining
  let jobs: Int
  let journal: SearchJournal?
  let progress: (SearchProgress) -> Void
  let isCancelled: @Sendable () -> Bool
  private(set) var runs = 0
  private var runsTrained = 0
  private let start = Date()
  /// Runs expected at the end, and the best value so far, for the progress display.
  var expectedRuns = 0
  var best: Double?

  init(
    training: SearchTraining, jobs: Int, journal: SearchJournal?, progress: @escaping (SearchProgress) -> Void,
    isCancelled: @escaping @Sendable () -> Bool
  ) {
    self.training = training
    self.jobs = jobs
    self.journal = journal
    self.progress = progress
    self.isCancelled = isCancelled
  }

  /// The results of every candidate with every seed, by candidate and then by seed; empty for runs that diverged.
  ///
  /// - Parameter stage: what the candidates are, for the display and readers of the journal.
  /// - Throws: `CancellationError`, `JournalError`.
  mutating func results(of candidates: [Candidate], seeds: [UInt64], stage: String) throws -> [[Quantities]] {
    if isCancelled() { throw CancellationError() }
    let key = self.key(of: candidates, seeds: seeds)
    let known = journal?.results(of: key)
    let results = try known ?? train(candidates, seeds: seeds)
    let count = candidates.count * seeds.count
    runs += count
    if known == nil {
      runsTrained += count
      try journal?.append(key: key, stage: stage, results: results)
    }
    progress(
      SearchProgress(
        stage: stage, runsDone: runs, runsTotal: max(runs, expectedRuns), runsTrained: runsTrained,
        secondsElapsed: Date().timeIntervalSince(start), best: best))
    return results
  }

  /// The gradient norms of a run, trained again each time; nil if the problem has none.
  func norms(of run: Run, seed: UInt64) throws -> [Double]? { try training.norms?(run, seed, isCancelled) }

  /// One task for each seed and vector of lanes.
  private func train(_ candidates: [Candidate], seeds: [UInt64]) throws -> [[Quantities]] {
    let lanes = 16
    let groups = (candidates.count + lanes - 1) / lanes
    let (training, isCancelled) = (training, isCancelled)
    let runs = candidates.map(\.run)
    let tasks = mapTasks(groups * seeds.count, threads: max(1, jobs)) { task, _ in
      let first = task % groups * lanes
      return Result {
        try training.train(Array(runs[first..<min(first + lanes, runs.count)]), seeds[task / groups], isCancelled)
      }
    }
    let bySeed = try seeds.indices.map { seed in
      try (0..<groups).flatMap { try tasks[seed * groups + $0].get() }
    }
    return candidates.indices.map { candidate in seeds.indices.map { bySeed[$0][candidate] } }
  }

  private func key(of candidates: [Candidate], seeds: [UInt64]) -> String {
    let runs = candidates.map { "\($0.run.learningRate.bitPattern) \($0.identity)\n" }.joined()
    return SHA256.digest("\(training.identity)\nseeds \(seeds)\n\(runs)", bytes: 16)
  }
}
