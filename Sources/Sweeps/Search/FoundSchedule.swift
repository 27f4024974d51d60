import Training

/// The best schedule that a search found, and how far named schedules are from it, on seeds that the search has not seen.
public struct FoundSchedule: Sendable, Hashable {
  /// As `piecewise:knots=...:scale=log`.
  public var schedule: String
  public var learningRate: Double
  /// s_t, t = 0 ..< steps; the largest is 1.
  public var factors: [Double]
  /// By unseen seed; empty where the run diverged.
  public var outcomes: [Quantities]
  /// Means over the unseen seeds.
  public var means: Quantities
  /// The mean of the objective over the seeds of the search, by which it was chosen.
  public var searchValue: Double
  public var objective: SearchObjective
  /// Seeds of the search, and those that it was judged on.
  public var seeds: [UInt64]
  public var unseenSeeds: [UInt64]
  /// All runs: of tuning, the search and the judgement, whether trained now or taken from the journal.
  public var runs: Int
  public var generations: Int
  public var restarts: Int
  /// The named schedules, each at the rate that is best on the seeds of the search, in ascending order of the objective.
  public var compared: [Compared]
  /// Schedules that diverged at every rate, or could not be made, with the reason.
  public var left: [String: String]
  public var band: [BandKnot]

  /// A named schedule beside the one found.
  public struct Compared: Sendable, Hashable {
    public var schedule: String
    public var learningRate: Double
    /// s_t, t = 0 ..< steps.
    public var factors: [Double]
    /// By unseen seed; empty where the run diverged.
    public var outcomes: [Quantities]
    /// Means over the unseen seeds; nil where a run diverged.
    public var means: Quantities
    /// The objective's mean, less that of the schedule found, over the same seeds: what is left to gain.
    public var difference: PairedDifference?
    /// The same of the training error.
    public var errorDifference: PairedDifference?
  }

  /// How far the factor at one knot may move, all others in place.
  public struct BandKnot: Sendable, Hashable {
    /// Fraction of the run.
    public var share: Double
    public var factor: Double
    /// The objective's mean stays within two paired standard errors from here to `upper`, relative to the schedule's largest
    /// factor; nil where no limit was found within eight octaves.
    public var lower: Double?
    public var upper: Double?

    public init(share: Double, factor: Double, lower: Double?, upper: Double?) {
      self.share = share
      self.factor = factor
      self.lower = lower
      self.upper = upper
    }
  }
}

/// The mean of the differences between two runs of each seed.
public struct PairedDifference: Sendable, Hashable {
  public var mean: Double
  /// Standard deviation (n - 1 in the denominator) over the square root of n.
  public var standardError: Double

  /// - Returns: nil for fewer than two pairs, or where a value is missing.
  public init?(_ first: [Double?], less second: [Double?]) {
    let differences = zip(first, second).compactMap { a, b in a.flatMap { a in b.map { a - $0 } } }
    guard differences.count == first.count, first.count == second.count, differences.count > 1 else { return nil }
    let n = Double(differences.count)
    let mean = differences.reduce(0, +) / n
    self.mean = mean
    standardError = (differences.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (n - 1) / n).squareRoot()
  }
}

// As `refinery search --json` prints it; what does not apply is null.
extension FoundSchedule: Encodable {
  private enum CodingKeys: String, CodingKey {
    case schedule
    case learningRate = "learning_rate"
    case searchValue = "search_value"
    case objective, seeds
    case unseenSeeds = "unseen_seeds"
    case runs, generations, restarts, compared
    case left = "not_compared"
    case band
  }

  public func encode(to encoder: any Encoder) throws {
    try means.encode(to: encoder)
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(schedule, forKey: .schedule)
    try container.encode(learningRate, forKey: .learningRate)
    try container.encode(searchValue, forKey: .searchValue)
    try container.encode(objective, forKey: .objective)
    try container.encode(seeds, forKey: .seeds)
    try container.encode(unseenSeeds, forKey: .unseenSeeds)
    try container.encode(runs, forKey: .runs)
    try container.encode(generations, forKey: .generations)
    try container.encode(restarts, forKey: .restarts)
    try container.encode(compared, forKey: .compared)
    try container.encode(left, forKey: .left)
    try container.encode(band, forKey: .band)
  }
}

extension FoundSchedule.Compared: Encodable {
  private enum CodingKeys: String, CodingKey {
    case schedule
    case learningRate = "learning_rate"
    case difference
    case standardError = "standard_error"
    case errorDifference = "error_difference"
    case errorStandardError = "error_standard_error"
  }

  public func encode(to encoder: any Encoder) throws {
    try means.encode(to: encoder)
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(schedule, forKey: .schedule)
    try container.encode(learningRate, forKey: .learningRate)
    try container.encode(difference?.mean, forKey: .difference)
    try container.encode(difference?.standardError, forKey: .standardError)
    try container.encode(errorDifference?.mean, forKey: .errorDifference)
    try container.encode(errorDifference?.standardError, forKey: .errorStandardError)
  }
}

extension FoundSchedule.BandKnot: Codable {
  private enum CodingKeys: String, CodingKey { case share, factor, lower, upper }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(share, forKey: .share)
    try container.encode(factor, forKey: .factor)
    try container.encode(lower, forKey: .lower)
    try container.encode(upper, forKey: .upper)
  }
}

extension Quantities {
  /// The means over runs; nil where a run has no value.
  init(meansOf outcomes: [Quantities]) {
    self = [:]
    for quantity in Quantity.allCases {
      let values = outcomes.compactMap { $0[quantity] }
      if values.count == outcomes.count, !values.isEmpty { self[quantity] = values.reduce(0, +) / Double(values.count) }
    }
  }
}
