import Schedules
import Training

/// Digests of the factors that the schedules of a sweep have over the steps of its runs.
///
/// They are part of the runs' keys, so that a file that changes, or a formula, makes other runs.
struct FactorDigests: Codable, Hashable, Sendable {
  /// By spelling, then by steps and, where the optimizer decides, norm: `93700`, `93700 l1`.
  private var digests: [String: [String: String]] = [:]

  init() {}

  /// Of every schedule that does not come from a prior run.
  ///
  /// - Throws: where a schedule cannot be made: its file, too few steps.
  /// - Complexity: O(schedules x steps) for each number of steps.
  init(of configuration: SweepConfiguration, problems: [ProblemSummary]) throws {
    for spelling in Set(configuration.schedules + [configuration.priorSchedule]) {
      let schedule = try Schedule(parsing: spelling)
      guard !schedule.needsNorms else { continue }
      for steps in Set(problems.map { FactorDigests.steps(of: $0, configuration: configuration) }) {
        for optimizer in configuration.optimizers {
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

  /// Schedules of both whose factors differ somewhere.
  func changedSchedules(in other: FactorDigests) -> [String] {
    digests.keys.sorted().filter { spelling in
      guard let own = digests[spelling], let others = other.digests[spelling] else { return false }
      return own.contains { kind, digest in others[kind].map { $0 != digest } ?? false }
    }
  }

  /// Takes over what only the other has.
  mutating func merge(_ other: FactorDigests) {
    digests.merge(other.digests) { $0.merging($1) { own, _ in own } }
  }

  /// All of it as text, in a fixed order.
  var text: String {
    digests.sorted { $0.key < $1.key }.map { spelling, byKind in
      byKind.sorted { $0.key < $1.key }.map { "\(spelling) \($0.key) \($0.value)\n" }.joined()
    }.joined()
  }

  /// Steps of a run.
  static func steps(of problem: ProblemSummary, configuration: SweepConfiguration) -> Int {
    let order = SampleOrder(
      rows: problem.rows, batchSize: configuration.batchSize, seed: 1, keepsLastBatch: configuration.keepsLastBatch)
    return configuration.epochs * order.stepsPerEpoch
  }

  private static func kind(of schedule: Schedule, steps: Int, optimizer: Optimizer) -> String {
    let takesNormOfOptimizer = schedule.refinementOptions != nil && !schedule.gives("norm")
    return takesNormOfOptimizer ? "\(steps) \(optimizer.norm.rawValue)" : "\(steps)"
  }
}
