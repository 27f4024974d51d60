/// A run that the protocol asks for and the journal lacks.
struct PlannedRun: Sendable, Hashable {
  var key: String
  /// As run records spell it.
  var schedule: String
  var learningRate: Double
  var seed: UInt64
}

/// One schedule of one problem and optimizer: what the protocol asks for, given the results so far.
///
/// The runs of the whole grid come first. While the best rate lies at an edge of the rates tried, the next rate beyond it is
/// requested, unless the best rate makes no errors: that proves the problem separable, and ever larger rates would do better.
/// (Not so if the objective is regularised.) Where every rate diverged, smaller ones are requested. The requests depend only
/// on results, so that a sweep ends with the same runs however often it was interrupted.
///
/// With racing, the grid has the first seeds only, and then all seeds at the rates near the best of them; a grid is extended
/// with all seeds, by what the rates with all seeds have shown.
struct SchedulePlan {
  let schedule: String
  /// The known runs, by rate and seed.
  private(set) var runs: [RunRecord] = []
  private(set) var missing: [PlannedRun] = []
  /// The best rate among the known runs.
  private(set) var best: BestRate?

  var isComplete: Bool { missing.isEmpty }

  /// With racing, a rate is trained with all seeds if its mean error or its mean loss, at the end or at a checkpoint, is at most
  /// this much above the lowest.
  static let racingDistance = 0.1

  private let factors: String?
  private let unit: UnitKeys
  private let configuration: SweepConfiguration
  private let known: [String: RunRecord]
  /// Steps at which a run must have recorded its loss and error.
  private let checkpoints: [Int]

  /// - Parameters:
  ///   - factors: digest of the factors; nil in journals from before plans were recorded.
  ///   - unit: gives the keys of the runs of the problem and optimizer.
  ///   - configuration: one condition's.
  ///   - known: the finished runs, by key.
  init(
    schedule: String, factors: String?, unit: UnitKeys, configuration: SweepConfiguration, known: [String: RunRecord]
  ) {
    self.schedule = schedule
    self.factors = factors
    self.unit = unit
    self.configuration = configuration
    self.known = known
    checkpoints = FactorDigests.checkpoints(of: unit.problem, configuration: configuration)
    let rates = configuration.rates
    let seeds = UInt64(configuration.seeds)
    let firstSeeds = configuration.racing.map(UInt64.init) ?? seeds
    for rate in rates.base { ask(for: rate, seeds: 1...firstSeeds) }
    if missing.isEmpty, firstSeeds < seeds {
      for rate in promisingRates { ask(for: rate, seeds: firstSeeds + 1...seeds) }
    }
    var (above, below) = (rates.above[...], rates.below[...])
    while missing.isEmpty {
      best = BestRate.select(from: runs, by: configuration.criterion)
      let isImprovable = best.map { configuration.l2 > 0 || $0.meanTrainError > 0 }
      if let best, best.isHighestTried, isImprovable == true, let next = above.popFirst() {
        ask(for: next, seeds: 1...seeds)
      } else if best?.isLowestTried ?? true, isImprovable ?? true, let next = below.popFirst() {
        ask(for: next, seeds: 1...seeds)
      } else {
        break
      }
    }
    if !missing.isEmpty { best = BestRate.select(from: runs, by: configuration.criterion) }
    runs.sort { ($0.learningRate, $0.seed) < ($1.learningRate, $1.seed) }
  }

  private mutating func ask(for rate: Double, seeds: ClosedRange<UInt64>) {
    for seed in seeds {
      let keys = unit.keys(schedule: schedule, factors: factors, learningRate: rate, seed: seed)
      if var run = run(under: keys) {
        // Keys do not include names: the same data or factors may have been trained under other names.
        (run.problem, run.schedule) = (unit.problem.name, schedule)
        runs.append(run)
      } else {
        missing.append(PlannedRun(key: keys[0], schedule: schedule, learningRate: rate, seed: seed))
      }
    }
  }

  private func run(under keys: [String]) -> RunRecord? {
    for key in keys {
      if let run = known[key], run.has(checkpoints) { return run }
    }
    return nil
  }

  /// The rates that are near the best over the known runs, at the end or at a checkpoint, ascending.
  private var promisingRates: [Double] {
    let quantities: [BestRate.Criterion] = configuration.l2 > 0 ? [.trainObjective] : [.trainError, .trainLoss]
    let best = Dictionary(grouping: runs, by: \.learningRate).compactMapValues { BestRate.select(from: $0) }
    let atTheEnd = quantities.map { quantity in best.mapValues { $0.mean(quantity) } }
    // The table of checkpoints chooses by the error there.
    let atCheckpoints = checkpoints.map { step in
      best.compactMapValues { best -> Double? in
        let errors = best.runs.compactMap { run in run.checkpoints.first { $0.step == step }?.trainError }
        return errors.count == best.runs.count ? errors.reduce(0, +) / Double(errors.count) : nil
      }
    }
    return Set(
      (atTheEnd + atCheckpoints).flatMap { values -> [Double] in
        guard let lowest = values.values.min() else { return [] }
        return values.filter { $0.value <= lowest * (1 + SchedulePlan.racingDistance) + BestRate.tie }.map(\.key)
      }
    ).sorted()
  }
}

extension SweepConfiguration {
  /// What a sweep chooses a learning rate by, for its own decisions and for the tables of errors.
  public var criterion: BestRate.Criterion { l2 > 0 ? .trainObjective : .trainError }
}
