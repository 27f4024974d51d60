import Schedules
import Training

/// The search for the best schedule of a problem.
///
/// Named schedules are tuned on the seeds of the search. From the best of them, covariance matrix adaptation moves the knots of
/// a piecewise schedule; when it has settled, it starts again from the next one with twice the population, until the budget is
/// used up. The best schedule on the seeds of the search is then judged on others.
///
///     let training = SearchTraining(problem, settings: settings)
///     let found = try ScheduleSearch(training, settings: SearchSettings()).run()
///     found.schedule  // "piecewise:knots=...:scale=log"
///
/// The outcome depends on the problem and the settings alone: not on the number of threads, nor on interruptions.
public struct ScheduleSearch {
  let training: SearchTraining
  let settings: SearchSettings

  /// The first standard deviation of a knot, in octaves. The start is a good schedule already, but where many minima are, as on
  /// glass, half an octave finds worse ones.
  private static let deviation = 0.7
  /// A search has settled once no knot's standard deviation is larger, in octaves: a step size 0.2 % off is as good.
  private static let settledDeviation = 0.003
  private static let largestConditionNumber = 1e14

  public init(_ training: SearchTraining, settings: SearchSettings) {
    self.training = training
    self.settings = settings
  }

  /// - Parameters:
  ///   - jobs: threads, at least 1.
  ///   - journal: where finished batches are kept, and taken from.
  ///   - progress: called on this thread after every batch.
  ///   - isCancelled: called by every thread, at least ten times a second.
  /// - Throws: `SettingError`, `ScheduleError`, `ScheduleFileError`, `SearchError`, `JournalError`, `CancellationError`.
  public func run(
    jobs: Int = 1, journal: SearchJournal? = nil, progress: @escaping (SearchProgress) -> Void = { _ in },
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws -> FoundSchedule {
    try settings.validate()
    guard settings.knots <= training.steps else {
      throw SettingError(
        key: "knots", message: "expected at most \(training.steps), the steps of a run, got \(settings.knots)")
    }
    var evaluation = SearchEvaluation(
      training: training, jobs: jobs, journal: journal, progress: progress, isCancelled: isCancelled)
    evaluation.expectedRuns = settings.expectedRuns
    let named = try NamedSchedules(tuning: settings, in: &evaluation)
    let winner = try search(from: named.tuned, in: &evaluation)
    return try SearchJudgement(settings: settings).judge(winner, beside: named, in: &evaluation)
  }

  /// What a search ends with.
  struct Winner {
    /// Its identity is the schedule's spelling.
    var candidate: Candidate
    /// Its knots: the binary logarithms of step sizes.
    var point: [Double]
    var score: SearchScore
    var generations = 0
    var restarts = 0
  }

  private func search(from starts: [TunedSchedule], in evaluation: inout SearchEvaluation) throws -> Winner {
    let space = KnotSchedules(count: settings.knots)
    var budget = settings.budget
    var winner: Winner?
    var (generations, restart) = (0, 0)
    var population = SearchSettings.population
    while budget >= population * settings.seeds {
      let named = starts[restart % starts.count].candidate.run
      let start = space.point(learningRate: named.learningRate, factors: named.factors)
      var search = CMAES(
        start: start, deviation: Self.deviation, population: population, seed: settings.firstSeed, stream: UInt64(restart))
      var recentBests: [Double] = []
      while budget >= population * settings.seeds, !hasSettled(search, recentBests) {
        var points = search.points()
        // What is found is no worse than its start, as far as knots can draw that.
        if recentBests.isEmpty { points[0] = start }
        let candidates = try points.map { try space.candidate($0, steps: training.steps) }
        generations += 1
        let results = try evaluation.results(
          of: candidates, seeds: settings.searchSeeds, stage: "generation \(generations)")
        budget -= population * settings.seeds
        let scores = results.map(settings.objective.score)
        // Of equal scores, the order in which the points were drawn: the sort must not depend on its algorithm.
        let order = points.indices.sorted { (scores[$0], $0) < (scores[$1], $1) }
        search.update(ranked: order.map { points[$0] })
        recentBests.append(scores[order[0]].value)
        let best = order[0]
        if scores[best].value.isFinite, winner.map({ scores[best] < $0.score }) ?? true {
          winner = Winner(candidate: candidates[best], point: points[best], score: scores[best])
          evaluation.best = scores[best].value
        }
      }
      restart += 1
      population *= 2
      // Less than a generation of that is left: one more search of the first size.
      if budget < population * settings.seeds { population = SearchSettings.population }
    }
    guard var winner else { throw SearchError.everythingDiverged }
    (winner.generations, winner.restarts) = (generations, restart - 1)
    return winner
  }

  /// Whether more generations would change nothing that matters.
  private func hasSettled(_ search: CMAES, _ bests: [Double]) -> Bool {
    let window = 10 + 30 * settings.knots / search.population
    let recent = bests.suffix(window)
    let isFlat = recent.count == window && recent.allSatisfy { $0 == recent.first } && settings.objective != .error
    return isFlat || search.largestDeviation < Self.settledDeviation
      || search.conditionNumber > Self.largestConditionNumber
  }
}

/// Why a search found nothing.
public enum SearchError: Error, Hashable, CustomStringConvertible {
  /// No named schedule has a learning rate at which no run diverges.
  case noStart(reasons: [String: String])
  case everythingDiverged

  public var description: String {
    switch self {
    case .noStart(let reasons):
      "nothing to start from: " + reasons.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: "; ")
    case .everythingDiverged: "every schedule of the search diverged with some seed, or has no finite objective"
    }
  }
}
