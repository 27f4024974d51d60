import Foundation
import Sweeps
import Training

/// The methods of a sweep side by side: an optimizer with a schedule each, and results made elsewhere.
///
/// Every seed's value is the one at the rate that the other seeds choose: a rate that is chosen and judged on the same seeds
/// favours methods that are tuned.
struct MethodComparison: Sendable {
  struct Column: Sendable {
    let title: String
    /// The schedule, as in "linear"; empty if it is not known.
    let schedule: String
    let isMadeElsewhere: Bool
    /// By problem: how many runs tuned it, 0 where nothing was chosen; nil where there are none.
    let tuningRuns: [Int?]
    /// By problem: the run of each seed at the rate chosen by error (by objective where it is regularised), and by loss.
    let byError, byLoss: [[UInt64: RunRecord]]
    /// By problem.
    let isComplete: [Bool]
    /// By problem: what some run has a value of. A quantity that none has does not apply, or was not given.
    let quantities: [Set<Quantity>]
    /// Whether no rate was chosen on any problem.
    var isUntuned: Bool { tuningRuns.contains(0) && tuningRuns.allSatisfy { ($0 ?? 0) == 0 } }
  }

  let problems: [ProblemSummary]
  let columns: [Column]
  /// The column that the others are tested against.
  let reference: Int
  let isRegularised: Bool
  /// By problem.
  let separable: [Bool]
  /// Number of seeds in the configuration.
  let seeds: Int
  /// By column: as figures draw it. The same place has the same style in every condition.
  let drawn: [ScheduleColumn]
  /// For anchors of tables.
  let identifier: String
  let title: String

  /// - Parameters:
  ///   - results: Of one condition.
  ///   - comparisons: Of the same results, which know what is separable.
  ///   - added: Runs made elsewhere, for this condition.
  /// - Returns: nil for fewer than two methods.
  init?(_ results: SweepResults, comparisons: [Comparison], added: [RunRecord], identifier: String, title: String) {
    problems = results.problems
    isRegularised = results.configuration.l2 > 0
    seeds = results.configuration.seeds
    self.identifier = identifier
    self.title = title
    separable = problems.indices.map { problem in comparisons.contains { $0.separable[problem] } }
    let isRegularised = isRegularised
    let names = problems.map(\.name)
    var columns = results.methods.map { Column($0, problems: names, isRegularised: isRegularised) }
    let groups = Dictionary(grouping: added) { [$0.optimizer, $0.schedule] }
    var order: [[String]] = []
    for run in added where !order.contains([run.optimizer, run.schedule]) { order.append([run.optimizer, run.schedule]) }
    for key in order {
      columns.append(Column(madeElsewhere: groups[key] ?? [], problems: names, isRegularised: isRegularised))
    }
    guard columns.count > 1 else { return nil }
    self.columns = columns
    drawn = zip(columns, ScheduleStyle.styles(of: columns.map { _ in "linear" })).enumerated().map { index, entry in
      ScheduleColumn(key: "method-\(index)", title: entry.0.title, schedules: [], style: entry.1)
    }
    reference = results.configuration.referenceMethod.flatMap { name in columns.firstIndex { $0.title == name } } ?? 0
  }

  var measures: [Measure] { Measure.all(isRegularised: isRegularised, problems: problems) }

  /// By seed.
  func values(_ measure: Measure, problem: Int, column: Int) -> [UInt64: Double] {
    let runs = measure.isOfErrors ? columns[column].byError[problem] : columns[column].byLoss[problem]
    return runs.compactMapValues { measure.value(of: $0, problem: problems[problem]) }
  }

  func sample(_ measure: Measure, problem: Int, column: Int) -> SampleMean? {
    let values = values(measure, problem: problem, column: column)
    return SampleMean(values.keys.sorted().compactMap { values[$0] })
  }

  /// How a column's values differ from the reference method's, with the p-value adjusted for the number of columns; nil for the
  /// reference itself and where there are too few shared seeds.
  struct Difference {
    let mean: Double
    let pValue: Double
    var isSignificant: Bool { pValue < Standing.level }
  }

  func differences(_ measure: Measure, problem: Int) -> [Difference?] {
    var tests: [(column: Int, test: PairedTTest)] = []
    let base = columns[reference].isComplete[problem] ? values(measure, problem: problem, column: reference) : [:]
    for column in columns.indices where column != reference && columns[column].isComplete[problem] {
      let own = values(measure, problem: problem, column: column)
      let shared = own.keys.filter { base[$0] != nil }.sorted()
      if let test = PairedTTest(shared.compactMap { own[$0] }, shared.compactMap { base[$0] }) { tests.append((column, test)) }
    }
    var differences = [Difference?](repeating: nil, count: columns.count)
    for (entry, p) in zip(tests, holmAdjusted(tests.map(\.test.pValue))) {
      differences[entry.column] = Difference(mean: entry.test.meanDifference, pValue: p)
    }
    return differences
  }

  /// The problems that are complete for every method of the sweep, have a value for each, are not separable and not without
  /// errors for all.
  func ranked(_ measure: Measure) -> [Int] {
    let own = columns.indices.filter { !columns[$0].isMadeElsewhere }
    return problems.indices.filter { problem in
      guard !separable[problem], own.allSatisfy({ columns[$0].isComplete[problem] }) else { return false }
      let means = own.map { sample(measure, problem: problem, column: $0)?.mean }
      return !means.contains(nil) && (!measure.quantity.isFraction || means.contains { $0 != 0 })
    }
  }

  /// The columns that have values on all of these problems, as results made elsewhere need not.
  func columns(with measure: Measure, on problems: [Int]) -> [Int] {
    columns.indices.filter { column in problems.allSatisfy { sample(measure, problem: $0, column: column) != nil } }
  }

  /// Average ranks of some columns over some problems.
  func averageRanks(_ measure: Measure, problems: [Int], columns: [Int]) -> [Double] {
    let ranks = problems.map { problem in
      Reports.averageRanks(
        columns.map { column in
          // Rounded so that equal errors, summed in another order, tie.
          sample(measure, problem: problem, column: column).map { ($0.mean * 1e9).rounded() } ?? .infinity
        })
    }
    return columns.indices.map { place in ranks.reduce(0) { $0 + $1[place] } / Double(max(1, ranks.count)) }
  }
}

extension MethodComparison.Column {
  init(_ results: MethodResults, problems: [String], isRegularised: Bool) {
    title = results.method.name
    schedule = results.method.column.title
    isMadeElsewhere = false
    let runs = Dictionary(grouping: results.runs) { $0.problem }
    tuningRuns = problems.map { problem in
      let isOne = Set((runs[problem] ?? []).map { "\($0.schedule) \($0.learningRate)" }).count <= 1
      return isOne ? 0 : results.tuningRuns[problem]
    }
    let choices = problems.map { SeedChoices(runs[$0] ?? [], isRegularised: isRegularised) }
    (byError, byLoss) = (choices.map(\.byError), choices.map(\.byLoss))
    isComplete = problems.map { problem in
      !(runs[problem] ?? []).isEmpty && !results.incomplete.contains { $0.problem == problem }
    }
    quantities = problems.map { Self.quantities(runs[$0] ?? []) }
  }

  init(madeElsewhere runs: [RunRecord], problems: [String], isRegularised: Bool) {
    title = (runs.first?.optimizer ?? "") + " (elsewhere)"
    schedule = runs.first?.schedule ?? ""
    isMadeElsewhere = true
    let ofProblem = Dictionary(grouping: runs) { $0.problem }
    tuningRuns = problems.map { problem in
      ofProblem[problem].map { runs in Set(runs.map(\.learningRate)).count > 1 ? runs.count : 0 }
    }
    let choices = problems.map { SeedChoices(ofProblem[$0] ?? [], isRegularised: isRegularised) }
    (byError, byLoss) = (choices.map(\.byError), choices.map(\.byLoss))
    isComplete = problems.map { ofProblem[$0] != nil }
    quantities = problems.map { Self.quantities(ofProblem[$0] ?? []) }
  }

  private static func quantities(_ runs: [RunRecord]) -> Set<Quantity> {
    Set(Quantity.allCases.filter { quantity in runs.contains { $0[quantity] != nil } })
  }
}

/// The run of each seed at the schedule and rate that the other seeds choose.
private struct SeedChoices {
  let byError, byLoss: [UInt64: RunRecord]

  /// - Parameter runs: Of one method and problem.
  init(_ runs: [RunRecord], isRegularised: Bool) {
    let objective = { (run: RunRecord) in run.diverged ? nil : run[.trainObjective] }
    byLoss = Self.choices(runs, by: objective, ties: { _ in nil }, tolerance: 0)
    byError =
      isRegularised ? byLoss : Self.choices(runs, by: { $0.diverged ? nil : $0[.trainError] }, ties: objective, tolerance: 1e-9)
  }

  private static func choices(
    _ runs: [RunRecord], by value: (RunRecord) -> Double?, ties: (RunRecord) -> Double?, tolerance: Double
  ) -> [UInt64: RunRecord] {
    let seeds = Set(runs.map(\.seed)).sorted()
    let candidates = Dictionary(grouping: runs) { Candidate(learningRate: $0.learningRate, schedule: $0.schedule) }
      .sorted { ($0.key.learningRate, $0.key.schedule) < ($1.key.learningRate, $1.key.schedule) }
      .map { Dictionary($0.value.map { ($0.seed, $0) }, uniquingKeysWith: { first, _ in first }) }
    let table = { (value: (RunRecord) -> Double?) in
      candidates.map { candidate in seeds.map { seed in candidate[seed].flatMap(value) } }
    }
    let (values, second) = (table(value), table(ties))
    // One seed has no others: it chooses for itself.
    let chosen =
      seeds.count == 1
      ? [values.indices.filter { values[$0][0] != nil }.min { (values[$0][0] ?? 0) < (values[$1][0] ?? 0) }]
      : leaveOneSeedOut(values, ties: second, tolerance: tolerance)
    var result: [UInt64: RunRecord] = [:]
    for (seed, choice) in zip(seeds, chosen) { result[seed] = choice.flatMap { candidates[$0][seed] } }
    return result
  }

  private struct Candidate: Hashable {
    let learningRate: Double
    let schedule: String
  }
}
