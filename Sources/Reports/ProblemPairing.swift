import Schedules
import Sweeps

/// Which problems of two sweeps are the same: those with the same training data.
///
/// If several have the same data, the one with the same name is taken. Problems of the second sweep get the names of the
/// first.
struct ProblemPairing {
  /// Sentences about different data under one name, the same data under two names, and test files that differ.
  private(set) var remarks: [String] = []
  /// Names in the first sweep, by name in the second.
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
        // In the second sweep, the first sweep's data have another name, and this name belongs to other data.
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

  /// The second sweep's results with the names of the first.
  func renamed(_ results: SweepResults) -> SweepResults {
    var results = results
    let names = names.filter { $0.key != $0.value }
    guard !names.isEmpty else { return results }
    for index in results.problems.indices { rename(&results.problems[index].name, names) }
    for index in results.runs.indices { rename(&results.runs[index].problem, names) }
    for index in results.refinements.indices { rename(&results.refinements[index].problem, names) }
    for index in results.bestFound.indices {
      rename(&results.bestFound[index].record.problem, names)
      for run in results.bestFound[index].runs.indices { rename(&results.bestFound[index].runs[run].problem, names) }
    }
    for index in results.traces.indices { rename(&results.traces[index].problem, names) }
    for index in results.incomplete.indices { rename(&results.incomplete[index].problem, names) }
    return results
  }

  private func rename(_ name: inout String, _ names: [String: String]) {
    if let new = names[name] { name = new }
  }
}
