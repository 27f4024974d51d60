import Schedules
import Training

/// Digests of the factors of a sweep's schedules, over the steps of its runs.
///
/// They are part of the run keys, so that a changed file or formula leads to new runs.
struct FactorDigests: Codable, Hashable, Sendable {
  /// By spelling, then by number of steps and, if it depends on the optimizer, norm: `93700`, `93700 l1`.
  private var digests: [String: [String: String]] = [:]

  init() {}

  /// Digests for every schedule that does not come from a prior run.
  ///
  /// - Throws: where a schedule cannot be built: its file, too few steps.
  /// - Complexity: O(schedules x steps) for each number of steps: every problem at every condition has one.
  init(of configuration: SweepConfiguration, problems: [ProblemSummary]) throws {
    let conditions = configuration.conditions.map(configuration.at)
    let lengths = Set(conditions.flatMap { at in problems.map { FactorDigests.steps(of: $0, configuration: at) } })
    for spelling in Set(configuration.trainedSchedules) {
      let schedule = try Schedule(parsing: spelling)
      for steps in lengths {
        for optimizer in configuration.allOptimizers {
          let kind = FactorDigests.kind(of: schedule, steps: steps, optimizer: optimizer)
          guard digests[spelling]?[kind] == nil else { continue }
          let factors = try schedule.factors(steps: steps, unspecifiedNorm: optimizer.norm)
          digests[spelling, default: [:]][kind] = RunKey.digest(of: factors)
        }
      }
    }
  }

  init(from decoder: any Decoder) throws {
    digests = try decoder.singleValueContainer().decode([String: [String: String]].self)
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(digests)
  }

  func digest(of spelling: String, steps: Int, optimizer: Optimizer) -> String? {
    guard let byKind = digests[spelling], let schedule = try? Schedule(parsing: spelling) else { return nil }
    return byKind[FactorDigests.kind(of: schedule, steps: steps, optimizer: optimizer)]
  }

  /// Schedules in both whose factors differ.
  func changedSchedules(in other: FactorDigests) -> [String] {
    digests.keys.sorted().filter { spelling in
      guard let own = digests[spelling], let others = other.digests[spelling] else { return false }
      return own.contains { kind, digest in others[kind].map { $0 != digest } ?? false }
    }
  }

  /// Adds what only `other` has.
  mutating func merge(_ other: FactorDigests) {
    digests.merge(other.digests) { $0.merging($1) { own, _ in own } }
  }

  /// The digests as text, in a fixed order.
  var text: String {
    digests.sorted { $0.key < $1.key }.map { spelling, byKind in
      byKind.sorted { $0.key < $1.key }.map { "\(spelling) \($0.key) \($0.value)\n" }.joined()
    }.joined()
  }

  /// The number of steps of a run.
  static func steps(of problem: ProblemSummary, configuration: SweepConfiguration) -> Int {
    let order = SampleOrder(
      rows: problem.rows, batchSize: configuration.batchSize, seed: 1, keepsLastBatch: configuration.keepsLastBatch)
    return configuration.epochs * order.stepsPerEpoch
  }

  /// The numbers of steps after which a run records its loss and error, ascending.
  static func checkpoints(of problem: ProblemSummary, configuration: SweepConfiguration) -> [Int] {
    let steps = steps(of: problem, configuration: configuration)
    return Set(configuration.checkpoints.map { stepCount(share: $0, of: steps) }).sorted()
  }

  private static func kind(of schedule: Schedule, steps: Int, optimizer: Optimizer) -> String {
    let takesNormOfOptimizer = schedule.refinementOptions != nil && !schedule.gives("norm")
    return takesNormOfOptimizer ? "\(steps) \(optimizer.norm.rawValue)" : "\(steps)"
  }
}
