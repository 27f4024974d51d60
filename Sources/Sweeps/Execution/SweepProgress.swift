/// The progress of a sweep, for display.
public struct SweepProgress: Sendable, Hashable {
  /// The best result so far of one schedule.
  public struct Best: Sendable, Hashable {
    public var schedule: String
    public var learningRate: Double
    /// Fraction of 1.
    public var meanTrainError: Double
  }

  /// Runs in the journal, including those of earlier sweeps.
  public var runsDone: Int
  /// Runs that will be in the journal at the end, as far as known: it grows when a grid is extended.
  public var runsTotal: Int
  /// Runs that this sweep has trained.
  public var runsTrained: Int
  public var secondsElapsed: Double
  /// nil until there is enough to estimate from.
  public var secondsLeft: Double?
  /// Fraction of all work that is done, smallest losses included; 0 to 1.
  public var fraction: Double
  /// The problem, optimizer and condition of the batch that finished last; empty at first.
  public var problem: String
  public var optimizer: String
  /// On the axes of the configuration, as in "epochs 10"; empty for one condition.
  public var condition: String
  /// For that problem and optimizer, in the configuration's order.
  public var best: [Best]
  /// The problems whose smallest loss is being searched for.
  public var smallestLosses: [String]

  /// Runs per second in this sweep.
  public var rate: Double { secondsElapsed > 0 ? Double(runsTrained) / secondsElapsed : 0 }
}

/// The outcome of a sweep.
public struct SweepOutcome: Sendable, Hashable {
  public var runsTrained: Int
  /// Runs that the protocol (or the shard) asks for and that already existed.
  public var runsReused: Int
  public var seconds: Double
  /// Whether it was interrupted; the same command continues it.
  public var wasCancelled: Bool
  /// Errors of files that could not be read; if there are any, the exit code is 65.
  public var failures: [String]
  public var warnings: [String]
}

/// What a sweep would do, for `--dry-run`.
public struct SweepPlanSummary: Sendable, Codable, Hashable {
  public struct Part: Sendable, Codable, Hashable {
    public var problem: String
    public var optimizer: String
    /// On the axes of the configuration, as in "epochs 10"; empty for one condition.
    public var condition: String
    /// Schedules of this part, including those yet to be refined.
    public var schedules: Int
    /// Runs that are known to be needed; extended grids need more.
    public var runs: Int
    public var runsDone: Int
    /// For what is missing, on one typical core.
    public var estimatedSeconds: Double
  }

  /// The search for the smallest training loss of one problem.
  public struct SmallestLoss: Sendable, Codable, Hashable {
    public var problem: String
    /// Strength of the regularisation; 0 for none.
    public var l2: Double
    public var isDone: Bool
    /// For what is missing, on one typical core.
    public var estimatedSeconds: Double
  }

  /// The search for the best schedule of one problem and optimizer.
  public struct BestSchedule: Sendable, Codable, Hashable {
    public var problem: String
    public var optimizer: String
    public var condition: String
    public var isDone: Bool
    /// For what is missing, on one typical core.
    public var estimatedSeconds: Double
  }

  public var parts: [Part]
  public var bestSchedules: [BestSchedule]
  public var smallestLosses: [SmallestLoss]
  public var shard: String?
  public var failures: [String]
  public var warnings: [String]

  public var runs: Int { parts.map(\.runs).reduce(0, +) }
  public var runsDone: Int { parts.map(\.runsDone).reduce(0, +) }
  public var estimatedSeconds: Double {
    parts.map(\.estimatedSeconds).reduce(0, +) + bestSchedules.map(\.estimatedSeconds).reduce(0, +)
      + smallestLosses.map(\.estimatedSeconds).reduce(0, +)
  }
}
