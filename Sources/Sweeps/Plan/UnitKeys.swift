import Schedules
import Synchronization
import Training

/// One problem and one optimizer of a sweep, with the keys of their runs.
final class UnitKeys: Sendable {
  let problem: ProblemSummary
  let optimizer: Optimizer
  let optimizerSpelling: String
  private let maker: RunKey
  private let steps: Int
  private let factors: FactorDigests
  private let fileDigests: [String: String]
  /// A cache: every planning pass asks for keys, and hashing is not free.
  private let made = Mutex<[Query: String]>([:])

  private struct Query: Hashable {
    let schedule: String
    let factors: String?
    let learningRate: Double
    let seed: UInt64
  }

  /// - Parameters:
  ///   - factors: empty for a journal from before plans were recorded.
  ///   - fileDigests: for schedules that come from a file, in such a journal.
  init(
    problem: ProblemSummary, optimizer: Optimizer, configuration: SweepConfiguration, factors: FactorDigests,
    fileDigests: [String: String] = [:]
  ) {
    self.problem = problem
    self.optimizer = optimizer
    self.factors = factors
    self.fileDigests = fileDigests
    optimizerSpelling = optimizer.spelling
    steps = FactorDigests.steps(of: problem, configuration: configuration)
    maker = RunKey(problem: problem, optimizer: optimizer, configuration: configuration)
  }

  /// Digest of the factors of a schedule that does not come from a prior run.
  func digest(of schedule: String) -> String? { factors.digest(of: schedule, steps: steps, optimizer: optimizer) }

  /// The key of the search for the best schedule.
  func search(_ settings: SearchSettings) -> String { maker.search(settings) }

  /// The keys that a run may have: first the one that it is written with, then that of older journals, whose keys had digests
  /// only for schedules that come from a file, and spellings with the path.
  func keys(schedule: String, factors: String?, learningRate: Double, seed: UInt64) -> [String] {
    let older = Query(schedule: schedule, factors: fileDigests[schedule], learningRate: learningRate, seed: seed)
    guard let factors else { return [key(older)] }
    let name = SweepConfiguration.withoutPaths(schedule)
    return [key(Query(schedule: name, factors: factors, learningRate: learningRate, seed: seed)), key(older)]
  }

  private func key(_ query: Query) -> String {
    made.withLock { made in
      if let key = made[query] { return key }
      let key = maker.key(
        schedule: query.schedule, factors: query.factors, learningRate: query.learningRate, seed: query.seed)
      made[query] = key
      return key
    }
  }
}
