import Schedules
import Sweeps

/// Which problems of two sweeps are the same: those with the same training data.
///
/// Of several with the same data the one of the same name is taken. Problems of the second sweep take the names of the first.
struct ProblemPairing {
  /// Sentences on other data under one name, on the same data under two, and on test files that differ.
  private(set) var remarks: [String] = []
  /// By the name in the second sweep: the name in the first.
  private var names: [String: String] = [:]
  private var otherData: Set<String> = []
  private var otherTestData: Set<String> = []

  init(_ first: [ProblemSummary], _ second: [ProblemSummary]) {
    let secondByName = Dictionary(second.map { ($0.name, $0) }, uniquingKeysWith: { a, _ in a })
    for problem in first {
      let sameName = secondByName[problem.name]
      if let sameName, sameName.hasSameTrainingData(as: problem) {
        pair(problem, sameName)
      } else if let renamed = second.first(where: { candidate in
        candidate.hasSameTrainingData(as: problem) && names[candidate.name] == nil
          && !first.contains { $0.name == candidate.name && $0.hasSameTrainingData(as: candidate) }
      }) {
        remarks.append("\(problem.name) of the first sweep is \(renamed.name) of the second: the same data.")
        pair(problem, renamed)
      }
    }
    for problem in first {
      guard let other = secondByName[problem.name], names[other.name] == nil else { continue }
      if names.values.contains(problem.name) {
        // The first sweep's data are in the second under another name, and this name has gone to others.
        names[other.name] = "\(other.name) (second sweep)"
      } else {
        otherData.insert(problem.name)
      }
      remarks.append(
        "\(problem.name) is other data in the second sweep (\(Self.description(of: other)) instead of "
          + "\(Self.description(of: problem))): not compared.")
    }
  }

  private mutating func pair(_ first: ProblemSummary, _ second: ProblemSummary) {
    names[second.name] = first.name
    guard first.testChecksum != second.testChecksum || first.testRows != second.testRows else { return }
    otherTestData.insert(first.name)
    remarks.append("\(first.name) has another test file in the second sweep: only what training ended with is compared.")
  }

  private static func description(of problem: ProblemSummary) -> String {
    "\(counted(problem.rows, "row")), \(counted(problem.features, "feature")), checksum \(problem.checksum)"
  }

  func isOtherData(_ name: String) -> Bool { otherData.contains(name) }

  func haveSameTestData(_ name: String) -> Bool { !otherTestData.contains(name) }

  /// The second sweep with the names of the first.
  func renamed(_ results: SweepResults) -> SweepResults {
    var results = results
    let names = names.filter { $0.key != $0.value }
    guard !names.isEmpty else { return results }
    for index in results.problems.indices { rename(&results.problems[index].name, names) }
    for index in results.runs.indices { rename(&results.runs[index].problem, names) }
    for index in results.refinements.indices { rename(&results.refinements[index].problem, names) }
    for index in results.traces.indices { rename(&results.traces[index].problem, names) }
    for index in results.incomplete.indices { rename(&results.incomplete[index].problem, names) }
    return results
  }

  private func rename(_ name: inout String, _ names: [String: String]) {
    if let new = names[name] { name = new }
  }
}
