import Schedules
import Training

/// How the best schedule is searched for.
public struct SearchSettings: Sendable, Hashable {
  public var objective = SearchObjective.loss
  /// Knots of a schedule.
  public var knots = 8
  /// Seeds that the search trains with; it is judged on others.
  public var seeds = 8
  /// The first seed of the search, which also seeds its random numbers.
  public var firstSeed: UInt64 = 1
  /// Runs of the search itself: those that tune and judge the named schedules are not counted.
  public var budget = 8_000
  /// Schedules that are tuned and compared with the one found; the best of them is where the search starts.
  public var schedules = SearchSettings.namedSchedules

  public static let namedSchedules = [
    "flat", "inverse:offset=0.001", "inverse", "inverse:offset=0.1", "inverse-sqrt:offset=0.001", "inverse-sqrt",
    "inverse-sqrt:offset=0.1", "stepwise", "cosine", "linear", "polynomial", "exponential", "wsd", "onecycle", "refined",
  ]

  public static let knotCounts = 2...64
  public static let seedCounts = 1...10_000

  public init() {}

  /// Schedules of a generation before the first restart: one vector of lanes.
  static let population = 16

  var searchSeeds: [UInt64] { (0..<UInt64(seeds)).map { firstSeed &+ $0 } }
  /// At least 16, twice as many as those of the search.
  var unseenSeeds: [UInt64] { (0..<UInt64(max(16, 2 * seeds))).map { firstSeed &+ UInt64(seeds) &+ $0 } }
  /// The smallest budget: one generation.
  public var leastBudget: Int { Self.population * seeds }

  /// Runs of tuning, search and judgement: more where a grid of rates is extended.
  var expectedRuns: Int {
    schedules.count * RateTuning.runsPerSeed * seeds + budget / leastBudget * leastBudget
      + SearchJudgement(settings: self).runs(schedules: schedules.count)
  }

  /// - Throws: `SettingError` for a value that is out of range; `ScheduleError`.
  public func validate() throws {
    func check(_ key: String, _ value: Int, _ range: ClosedRange<Int>) throws {
      guard !range.contains(value) else { return }
      throw SettingError(
        key: key, message: "expected a number from \(range.lowerBound) to \(range.upperBound), got \(value)")
    }
    try check("knots", knots, Self.knotCounts)
    try check("seeds", seeds, Self.seedCounts)
    guard budget >= leastBudget else {
      let generation = "one generation of \(Self.population) schedules with \(counted(seeds, "seed"))"
      throw SettingError(key: "budget", message: "expected at least \(leastBudget), \(generation), got \(budget)")
    }
    try check("budget", budget, leastBudget...1_000_000_000)
    guard !schedules.isEmpty else { throw SettingError(key: "schedules", message: "expected at least one, to start from") }
    for spelling in schedules { _ = try Schedule(parsing: spelling) }
  }
}
