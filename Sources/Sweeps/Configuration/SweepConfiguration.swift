import Schedules
import Training

/// What a sweep trains: the contents of a configuration file, with the paper's protocol as defaults.
public struct SweepConfiguration: Sendable, Hashable {
  /// Where the problems are: folders (every dataset in them), files and glob patterns, relative to the working directory. Not
  /// part of the protocol: two runs of one configuration may find the same data in different places.
  public var data: [String] = ["datasets"]
  /// Canonical spellings, in the order of the tables' columns.
  public var schedules: [String] = [
    "flat",
    "inverse:offset=0.001", "inverse", "inverse:offset=0.1",
    "inverse-sqrt:offset=0.001", "inverse-sqrt", "inverse-sqrt:offset=0.1",
    "stepwise", "cosine", "linear", "refined",
  ]
  public var optimizers: [Optimizer] = [.adam(), .sgd()]
  /// Base learning rates 2^minimum ... 2^maximum, by factors of 2.
  public var minimumExponent = -12
  public var maximumExponent = 3
  /// How far the grid may be extended when a best rate is at its edge.
  public var minimumExtendedExponent = -20
  public var maximumExtendedExponent = 10
  public var seeds = 10
  public var epochs = 100
  public var batchSize = 16
  public var keepsLastBatch = false
  /// Smoothing fraction tau of refinement.
  public var smoothing = 0.1
  /// Rounds of refinement, each from the norms of the previous round's best run. `columns` has one schedule per round.
  public var rounds = 1
  /// The schedule whose best run provides the norms.
  public var priorSchedule = "linear"

  public init() {}

  /// The schedules as run records and tables spell them: those of the configuration and, if there are several rounds,
  /// `refined:round=2` and so on after each refined schedule.
  public var columns: [String] {
    schedules.flatMap { schedule in
      guard SweepConfiguration.isRefined(schedule) else { return [schedule] }
      return (1...max(rounds, 1)).map { SweepConfiguration.spelling(of: schedule, round: $0) }
    }
  }

  /// Whether the sweep refines the schedule from the norms of a prior run.
  static func isRefined(_ schedule: String) -> Bool {
    (try? Schedule(parsing: schedule))?.needsNorms ?? false
  }

  /// The smoothing fraction of a refined schedule: its own `tau`, or the configuration's.
  func smoothing(of refined: String) -> Double { refinementOptions(of: refined, optimizer: .sgd()).smoothing }

  /// How a refined schedule refines the norms of an optimizer's run; the norm is the one for the optimizer, unless the
  /// schedule sets it.
  func refinementOptions(of refined: String, optimizer: Optimizer) -> RefinementOptions {
    let schedule = try? Schedule(parsing: refined)
    var options = schedule?.refinementOptions ?? RefinementOptions()
    if schedule?.gives("tau") != true { options.smoothing = smoothing }
    if schedule?.gives("norm") != true { options.norm = optimizer.norm }
    return options
  }

  static func spelling(of refined: String, round: Int) -> String {
    round == 1 ? refined : "\(refined):round=\(round)"
  }
}
