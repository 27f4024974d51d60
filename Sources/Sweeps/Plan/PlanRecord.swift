/// What a session sets out to train: a configuration, the data that it found, and the factors of its schedules.
///
/// A shard records the plan of the whole sweep, so that all shards have the same plan.
struct PlanRecord: Codable, Hashable, Sendable {
  /// `SweepConfiguration.protocolYAML`.
  var yaml: String
  /// Refinery's version when the plan was first recorded; not part of its identity.
  var version: String
  /// By name; without optima.
  var problems: [ProblemSummary]
  var factors = FactorDigests()
  /// In journals from before plans were recorded: digests of the schedules that come from a file. Nil in others.
  var fileDigests: [String: String]?

  /// Eight hexadecimal digits that identify the plan to users.
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
