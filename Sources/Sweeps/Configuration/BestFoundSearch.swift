/// The search for the best schedule of every problem, optimizer and condition of a sweep.
public struct BestFoundSearch: Sendable, Hashable {
  /// Runs of one search, without those that tune the schedules that it starts from and judge the one found.
  public var budget: Int
  /// Knots of a schedule.
  public var knots: Int

  public init(budget: Int = SearchSettings().budget, knots: Int = SearchSettings().knots) {
    self.budget = budget
    self.knots = knots
  }

  /// Where a search starts, and what is compared with the schedule found, at rates tuned as finely as its own. The same
  /// whatever the columns, so that what is found does not depend on them.
  public static let starts = ["linear", "cosine", "refined", "refined:method=bound"]

  /// - Parameter seeds: the number of seeds of the sweep, none of which the search sees.
  func settings(besideSeeds seeds: Int) -> SearchSettings {
    var settings = SearchSettings()
    settings.budget = budget
    settings.knots = knots
    settings.firstSeed = UInt64(max(1000, seeds)) + 1
    settings.schedules = Self.starts
    return settings
  }
}

extension SweepConfiguration {
  /// The settings of the searches; nil where there are none.
  var searchSettings: SearchSettings? { search?.settings(besideSeeds: seeds) }

  /// What is trained of a schedule at one learning rate only: every seed.
  func at(learningRate: Double) -> SweepConfiguration {
    var configuration = self
    configuration.learningRates = [learningRate]
    configuration.racing = nil
    return configuration
  }
}
