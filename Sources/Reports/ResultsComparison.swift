import Foundation
import Schedules
import Sweeps
import Training

/// Two sweeps side by side: what a change of code or protocol changed, with its uncertainty.
///
/// Every complete cell of the error table is compared, each sweep at its own chosen rate, by a paired t-test over the shared
/// seeds; p-values are corrected by Holm's method for the number of cells. Problems are matched by their training data,
/// whatever their names; different data under one name are reported, not compared.
///
///     print(ResultsComparison(before, after).markdown)
public struct ResultsComparison: Sendable {
  /// One cell of both error tables.
  public struct Difference: Sendable {
    /// The name in the first sweep that has the problem.
    public let problem: String
    public let optimizer, schedule: String
    /// Mean training errors, fractions of 1; nil if the sweep has no such cell.
    public let first, second: Double?
    /// Over the shared seeds; nil if there are too few.
    public let test: PairedTTest?
    /// Corrected for the number of cells tested; nil if nothing was tested.
    public let adjustedP: Double?
    /// Whether every shared seed has the same error and loss in both sweeps.
    public let isIdentical: Bool
  }

  public let differences: [Difference]
  /// What was not compared, or was compared under different names, one sentence each.
  public let remarks: [String]
  /// Runs (problem, optimizer, schedule, learning rate, seed) in both sweeps, and how many of them differ in any result.
  public let sharedRuns: Int
  public let differingRuns: Int

  /// - Complexity: O(n log n) in the number of runs.
  public init(_ first: SweepResults, _ second: SweepResults) {
    let pairing = ProblemPairing(first.problems, second.problems)
    let second = pairing.renamed(second)
    let reports = [Report(first), Report(second)]
    let cells = reports.map(Self.cells)
    var order: [Key] = []
    var seen: Set<Key> = []
    for key in cells[0].order + cells[1].order where seen.insert(key).inserted && !pairing.isOtherData(key.problem) {
      order.append(key)
    }
    let tests = order.map { key in Self.test(cells[0].cells[key], cells[1].cells[key]) }
    var adjusted = holmAdjusted(tests.compactMap { $0?.pValue })[...]
    differences = zip(order, tests).map { key, test in
      let (a, b) = (cells[0].cells[key], cells[1].cells[key])
      return Difference(
        problem: key.problem, optimizer: key.optimizer, schedule: key.schedule, first: a?.best?.meanTrainError,
        second: b?.best?.meanTrainError, test: test, adjustedP: test == nil ? nil : adjusted.popFirst(),
        isIdentical: Self.isIdentical(a, b, withTest: pairing.haveSameTestData(key.problem)))
    }
    let unfinished = order.filter { key in
      [cells[0].cells[key], cells[1].cells[key]].contains { $0.map { !$0.isComplete && $0.best != nil } ?? false }
    }
    remarks =
      pairing.remarks
      + (unfinished.isEmpty
        ? []
        : [
          "Not all learning rates and seeds have been run yet, and so not tested: "
            + listed(unfinished.map { "\($0.problem), \($0.optimizer), \($0.schedule)" }) + "."
        ])
    let results = [first, second].map { results in
      Dictionary(
        results.runs.lazy.filter { !pairing.isOtherData($0.problem) }.map { (RunKey($0), $0) }, uniquingKeysWith: { a, _ in a })
    }
    let shared = results[0].compactMap { key, run in results[1][key].map { (run, $0) } }
    sharedRuns = shared.count
    differingRuns = shared.count { a, b in
      !Self.haveSameResult(a, b, withTest: pairing.haveSameTestData(a.problem))
    }
  }

  private struct Key: Hashable {
    let problem, optimizer, schedule: String
  }

  private struct RunKey: Hashable {
    let cell: Key
    let learningRate: Double
    let seed: UInt64

    init(_ run: RunRecord) {
      cell = Key(problem: run.problem, optimizer: run.optimizer, schedule: run.schedule)
      (learningRate, seed) = (run.learningRate, run.seed)
    }
  }

  private static func cells(_ report: Report) -> (order: [Key], cells: [Key: Cell]) {
    var order: [Key] = []
    var cells: [Key: Cell] = [:]
    for comparison in report.comparisons {
      for (problem, row) in zip(comparison.problems, comparison.byError) {
        for (column, cell) in zip(comparison.columns, row) {
          let key = Key(problem: problem.name, optimizer: comparison.optimizer, schedule: column.key)
          order.append(key)
          cells[key] = cell
        }
      }
    }
    return (order, cells)
  }

  private static func haveSameResult(_ a: RunRecord, _ b: RunRecord, withTest: Bool) -> Bool {
    a.diverged == b.diverged && Quantity.allCases.allSatisfy { $0.isOfTestFile && !withTest || a[$0] == b[$0] }
  }

  private static func test(_ first: Cell?, _ second: Cell?) -> PairedTTest? {
    guard let first, let second, first.isComplete, second.isComplete else { return nil }
    let (a, b) = (first.values(\.[.trainError]), second.values(\.[.trainError]))
    let shared = a.keys.filter { b[$0] != nil }.sorted()
    return PairedTTest(shared.compactMap { b[$0] }, shared.compactMap { a[$0] })
  }

  private static func isIdentical(_ first: Cell?, _ second: Cell?, withTest: Bool) -> Bool {
    guard let a = first?.best, let b = second?.best, a.schedule == b.schedule, a.learningRate == b.learningRate,
      a.runs.count == b.runs.count
    else { return false }
    return zip(a.runs, b.runs).allSatisfy { $0.seed == $1.seed && haveSameResult($0, $1, withTest: withTest) }
  }

  /// The conditions that both studies have, one after the other.
  ///
  /// - Throws: `NoSharedCondition`.
  public static func markdown(_ first: StudyResults, _ second: StudyResults) throws(NoSharedCondition) -> String {
    let pairs = first.conditions.compactMap { entry in
      second.conditions.first { $0.condition == entry.condition }.map { (entry, $0) }
    }
    // Two sweeps of one condition each are compared whatever they differ in.
    if first.conditions.count == 1, second.conditions.count == 1 {
      return ResultsComparison(first.first, second.first).markdown
    }
    guard !pairs.isEmpty else { throw NoSharedCondition() }
    return pairs.map { a, b in
      ResultsComparison(a.results, b.results).markdown(title: "Two sweeps compared: \(a.condition.description(on: first.axes))")
    }.joined(separator: "\n")
  }

  public struct NoSharedCondition: Error, CustomStringConvertible {
    public var description: String { "the two studies have no condition (epochs, batch size, l2) in common" }
  }

  /// A one- or two-sentence summary, then a row for every cell that is not identical.
  public var markdown: String { markdown(title: "Two sweeps compared") }

  private func markdown(title: String) -> String {
    let changed = differences.filter { !$0.isIdentical && ($0.first != nil || $0.second != nil) }
    let significant = changed.count { ($0.adjustedP ?? 1) < Standing.level }
    let onlyFirst = differences.count { $0.first != nil && $0.second == nil }
    let onlySecond = differences.count { $0.first == nil && $0.second != nil }
    let shared = differences.count - onlyFirst - onlySecond
    let changedShared = changed.count - onlyFirst - onlySecond
    let alone =
      onlyFirst + onlySecond == 0
      ? "" : " \(counted(onlyFirst, "cell")) only in the first, \(onlySecond) only in the second."
    var blocks: [Document.Block] = [
      .heading(1, title),
      .paragraph(
        "\(counted(sharedRuns, "run")) in both; \(differingRuns) of them differ. "
          + "\(shared - changedShared) of \(counted(shared, "cell")) of the error tables have not changed; "
          + "\(significant) of the others differ by more than chance (paired t-test over the shared seeds, Holm's correction, "
          + "\(percent(Standing.level)) %).\(alone)"),
    ]
    if !remarks.isEmpty { blocks.append(.list(remarks)) }
    if !changed.isEmpty { blocks.append(.table(table(changed))) }
    return MarkdownWriter().write(Document(blocks: blocks))
  }

  private func table(_ changed: [Difference]) -> Table {
    let rows = changed.map { difference in
      let isSignificant = (difference.adjustedP ?? 1) < Standing.level
      return Table.Row(
        difference.problem,
        [
          Table.Cell(difference.optimizer), Table.Cell(difference.schedule),
          Table.Cell(difference.first.map { fixed(100 * $0, 2) } ?? "–"),
          Table.Cell(difference.second.map { fixed(100 * $0, 2) } ?? "–"),
          Table.Cell(
            difference.test.map { fixed(100 * $0.meanDifference, 2) } ?? "–",
            uncertainty: difference.test.map { fixed(100 * $0.standardError, 2) }, isBold: isSignificant),
          Table.Cell(difference.adjustedP.map { fixed($0, 3) } ?? "–"),
        ])
    }
    return Table(
      identifier: "differences", title: "Training error (%), first and second sweep",
      headings: ["problem", "optimizer", "schedule", "first", "second", "second − first", "p, corrected"],
      schedules: Array(repeating: nil, count: 6), rows: rows,
      notes: [
        "Second − first: mean ± standard error of the differences seed by seed; bold where chance does not explain it. "
          + "Fewer than \(PairedTTest.minimumPairs) shared seeds are not tested."
      ])
  }
}
