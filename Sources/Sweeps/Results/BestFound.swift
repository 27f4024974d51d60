import Training

/// The best schedule that a search found for one problem and optimizer of a sweep.
public struct BestFoundRecord: Sendable, Codable, Hashable {
  public var problem: String
  public var optimizer: String
  /// As `piecewise:knots=...:scale=log`; empty where nothing was found.
  public var schedule: String
  public var learningRate: Double
  /// How far the factor at each knot may move, judged on seeds that neither the search nor the sweep trains with.
  public var band: [FoundSchedule.BandKnot]
  /// What its runs ended with, by seed of the judgement: seeds that neither the search nor the sweep trains with. Empty where a run
  /// diverged.
  public var outcomes: [Quantities]
  /// The schedules that the search started from, each at a learning rate tuned in eighths of an octave on the seeds of the search.
  public var compared: [Compared]
  /// Runs of tuning, the search and its judgement.
  public var runs: Int
  /// Why nothing was found.
  public var failure: String?

  public init(
    problem: String, optimizer: String, schedule: String = "", learningRate: Double = 0, band: [FoundSchedule.BandKnot] = [],
    outcomes: [Quantities] = [], compared: [Compared] = [], runs: Int = 0, failure: String? = nil
  ) {
    self.problem = problem
    self.optimizer = optimizer
    self.schedule = schedule
    self.learningRate = learningRate
    self.band = band
    self.outcomes = outcomes
    self.compared = compared
    self.runs = runs
    self.failure = failure
  }

  /// A named schedule, judged with the same seeds as the one found.
  public struct Compared: Sendable, Codable, Hashable {
    /// `refined` and `refined:method=bound` come from the norms of linear decay at its tuned rate.
    public var schedule: String
    public var learningRate: Double
    /// At most 512 factors, evenly spaced over the steps, ends included; empty where the spelling determines them.
    public var factors: [Double]
    /// As `outcomes` of the record.
    public var outcomes: [Quantities]

    public init(schedule: String, learningRate: Double, factors: [Double] = [], outcomes: [Quantities]) {
      self.schedule = schedule
      self.learningRate = learningRate
      self.factors = factors
      self.outcomes = outcomes
    }
  }
}

/// The best schedule found, trained with the seeds of the sweep, none of which the search has seen.
public struct BestFound: Sendable, Hashable {
  public var record: BestFoundRecord
  /// By ascending seed; their schedule is the record's.
  public var runs: [RunRecord]
  /// Whether every seed is there.
  public var isComplete: Bool

  public init(record: BestFoundRecord, runs: [RunRecord], isComplete: Bool) {
    self.record = record
    self.runs = runs
    self.isComplete = isComplete
  }
}
