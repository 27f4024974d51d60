/// How a plan differs from a later one, in words, to help choose between them.
struct PlanDifference {
  /// Settings as the plan has them: "epochs: 5".
  var settings: [String] = []
  /// Datasets in both whose data differ, and schedules in both whose factors differ: "wine.scale changed".
  var changes: [String] = []
  /// Datasets, schedules and optimizers that only one of the two names.
  var selections: [String] = []
  /// What the plan has and the other lacks: "letter.scale", "schedules wsd, onecycle", "10 seeds".
  var more: [String] = []

  var phrases: [String] { settings + changes + selections }

  init(of plan: Plan, from newest: Plan) {
    compareSettings(plan.configuration, newest.configuration)
    compareProblems(plan.record.problems, newest.record.problems)
    changes += plan.record.factors.changedSchedules(in: newest.record.factors).map { "\($0) changed" }
    if let own = plan.record.fileDigests, let other = newest.record.fileDigests {
      changes += own.keys.sorted().filter { other[$0] != nil && other[$0] != own[$0] }.map { "\($0) changed" }
    }
    compare("schedule", plan.configuration.schedules, newest.configuration.schedules)
    compare("optimizer", plan.configuration.optimizers.map(\.spelling), newest.configuration.optimizers.map(\.spelling))
    compare("method", plan.configuration.methods.map(\.name), newest.configuration.methods.map(\.name))
  }

  /// Keys that only name what is shown.
  private static let selectingKeys: [SettingKey] = [
    .name, .data, .schedules, .optimizers, .methods, .reference, .referenceMethod,
  ]

  private mutating func compareSettings(_ own: SweepConfiguration, _ other: SweepConfiguration) {
    for key in SettingKey.allCases where !PlanDifference.selectingKeys.contains(key) {
      let text = own.line(of: key)
      if text != other.line(of: key) { settings.append(text.isEmpty ? "no \(key.rawValue)" : text) }
    }
    if own.seeds > other.seeds { more.append("\(own.seeds) seeds") }
    if own.minimumExponent < other.minimumExponent || own.maximumExponent > other.maximumExponent {
      more.append("more learning rates")
    }
  }

  private mutating func compareProblems(_ own: [ProblemSummary], _ other: [ProblemSummary]) {
    let names = Set(own.map(\.name))
    var renamed: Set<String> = []
    for problem in own {
      if let same = other.first(where: { $0.name == problem.name }) {
        guard !same.hasSameData(as: problem) else { continue }
        guard same.hasSameTrainingData(as: problem) else {
          changes.append("\(problem.name) changed")
          continue
        }
        let verb = same.testChecksum == nil ? "removed" : problem.testChecksum == nil ? "added" : "changed"
        changes.append("test file of \(problem.name) \(verb)")
        if same.testChecksum == nil { more.append("the test file of \(problem.name)") }
      } else if let same = other.first(where: { $0.hasSameData(as: problem) && !names.contains($0.name) }) {
        renamed.insert(same.name)
        selections.append("\(problem.name) renamed to \(same.name)")
      } else {
        selections.append("\(problem.name) removed")
        more.append(problem.name)
      }
    }
    for name in other.map(\.name) where !names.contains(name) && !renamed.contains(name) {
      selections.append("\(name) added")
    }
  }

  private mutating func compare(_ kind: String, _ own: [String], _ other: [String]) {
    let lacking = other.filter { !own.contains($0) }
    let besides = own.filter { !other.contains($0) }
    if !lacking.isEmpty { selections.append("\(kind)s without \(lacking.joined(separator: ", "))") }
    if !besides.isEmpty { selections.append("\(kind)s with \(besides.joined(separator: ", "))") }
    if lacking.isEmpty, besides.isEmpty, own != other { selections.append("\(kind)s in another order") }
    if !besides.isEmpty { more.append("\(kind)\(besides.count == 1 ? "" : "s") \(besides.joined(separator: ", "))") }
  }
}
