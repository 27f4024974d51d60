/// The progress of a search, for display.
public struct SearchProgress: Sendable, Hashable {
  /// What was finished last: "tuning cosine", "generation 12".
  public var stage: String
  public var runsDone: Int
  /// At the end, as far as known.
  public var runsTotal: Int
  /// Runs that were not in the journal.
  public var runsTrained: Int
  public var secondsElapsed: Double
  /// The least mean of the objective so far, over the seeds of the search.
  public var best: Double?

  /// 0 to 1.
  public var fraction: Double { runsTotal > 0 ? min(1, Double(runsDone) / Double(runsTotal)) : 0 }
  /// Runs per second.
  public var rate: Double { secondsElapsed > 0 ? Double(runsTrained) / secondsElapsed : 0 }
  /// nil until there is enough to estimate from.
  public var secondsLeft: Double? { rate > 0 ? Double(max(0, runsTotal - runsDone)) / rate : nil }
}
