/// What a session sets out to train: a configuration, the data that it found, and the factors of its schedules.
///
/// A shard's plan is that of the whole sweep, so that all shards of a sweep have the same one.
struct PlanRecord: Codable, Hashable, Sendable {
  /// `SweepConfiguration.protocolYAML`.
  var yaml: String
  /// Refinery's version when the plan was first recorded; no part of its identity.
  var version: String
  /// By name; without optima.
  var problems: [ProblemSummary]
  var factors = FactorDigests()
  /// In journals from before plans were recorded: digests of the schedules that come from a file. Nil in others.
  var fileDigests: [String: String]?

  /// Eight hexadecimal digits by which users name the plan.
  var key: String {
    let data = problems.map { "\($0.name) \(RunKey.identity(of: $0))\n" }.joined()
    return SHA256.digest("plan\n\(yaml)\(data)\(factors.text)", bytes: 4)
  }
}

extension ProblemSummary {
  /// Whether both have the same training data, whatever their names and test files.
  public func hasSameTrainingData(as other: ProblemSummary) -> Bool {
    (checksum, rows, features, nonzeros, classes)
      == (other.checksum, other.rows, other.features, other.nonzeros, other.classes)
  }

  func hasSameData(as other: ProblemSummary) -> Bool {
    hasSameTrainingData(as: other) && testChecksum == other.testChecksum && testRows == other.testRows
  }
}
