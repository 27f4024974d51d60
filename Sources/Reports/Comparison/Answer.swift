import Schedules

/// The sentences that open a report: which schedule wins, by how much and how certain that is; or why none can be called
/// best.
struct Answer {
  private let verdicts: [Verdict]
  private let comparisons: [Comparison]

  init(_ comparisons: [Comparison]) {
    self.comparisons = comparisons
    verdicts = comparisons.compactMap { Verdict($0) }
  }

  /// Markup for a paragraph of a `Document`: three sentences if schedules can be compared, and one for each obstacle.
  var text: String {
    guard comparisons.contains(where: { !$0.problems.isEmpty }) else {
      return "No schedule can be called best yet: there are no results."
    }
    let compared = verdicts.isEmpty ? [] : [winners, margins, certainty]
    return (compared + obstacles).joined(separator: " ")
  }

  /// One sentence for each reason why schedules cannot be compared, with the optimizers concerned.
  private var obstacles: [String] {
    var optimizers: [String: [String]] = [:]
    var order: [String] = []
    for comparison in comparisons where Verdict(comparison) == nil {
      let obstacle = comparison.obstacle
      if optimizers[obstacle] == nil { order.append(obstacle) }
      optimizers[obstacle, default: []].append(Markup.plain(comparison.optimizerTitle))
    }
    return order.map { "With \(listed(optimizers[$0] ?? [])), \($0)." }
  }

  private var winners: String {
    sentence { verdict, isFirst in
      let columns = verdict.comparison.columns.count
      let rank = verdict.averageRank.map {
        ", average rank \(fixed($0, 2)) of \(columns) over \(verdict.problems.count) problems"
      }
      let isAlone = verdict.comparison.problems.count == 1
      let basis = rank ?? (isAlone ? " on the one problem" : " on the one problem that can be compared")
      return (isFirst ? "the lowest training error is reached by " : "by ") + "**\(verdict.title(verdict.leader))**\(basis)"
    }
  }

  private var margins: String {
    sentence { verdict, isFirst in
      let isOne = verdict.problems.count == 1
      let parts = verdict.margins.map { margin in
        let size = 100 * abs(margin.fraction)
        let amount = size < 0.05 ? "less than 0.1" : fixed(size, 1)
        let text = size < 1e-9 ? "equal to that of" : "\(amount) % \(margin.fraction < 0 ? "below" : "above") that of"
        let next = verdict.others.count < 2 ? "" : isOne ? " (the next)" : " (the next by rank)"
        return "\(text) \(verdict.title(margin.column))\(margin.isRunnerUp ? next : "")"
      }
      guard !parts.isEmpty else { return "no ratio of errors can be formed" }
      return (isFirst ? "its error is \(isOne ? "" : "on average (geometric mean) ")" : "") + listed(parts)
    }
  }

  private var certainty: String {
    sentence { verdict, _ in verdict.problems.count == 1 ? oneProblem(verdict) : severalProblems(verdict) }
  }

  private func severalProblems(_ verdict: Verdict) -> String {
    let tests =
      verdict.isTested
      ? "it is best or not told from the best on \(verdict.boldCount) of \(counted(verdict.problems.count, "problem"))"
      : "there are too few seeds to tell merit from chance on any problem"
    guard let friedman = verdict.ranking.friedman else { return "\(tests), and two schedules are too few for a test of ranks" }
    guard friedman.pValue < friedman.level else {
      return "the ranks differ no more than by chance (Friedman test, p = \(fixed(friedman.pValue, 2))), and \(tests)"
    }
    let untold = verdict.untold.map(verdict.title)
    let told = verdict.told.map(verdict.title)
    let significance =
      told.isEmpty
      ? "it ranks significantly better than no other schedule"
      : "it ranks significantly better than \(listed(told))" + (untold.isEmpty ? "" : " but not than \(listed(untold))")
    return significance
      + " (5 % level, critical difference \(fixed(friedman.criticalDifference, 2)) ranks), and \(tests)"
  }

  private func oneProblem(_ verdict: Verdict) -> String {
    let caution = "one problem cannot be generalised from"
    guard verdict.isTested else { return "there are too few seeds to tell merit from chance, and \(caution)" }
    let told = verdict.toldByTest.map(verdict.title)
    let untold = verdict.untoldByTest.map(verdict.title)
    let parts =
      (told.isEmpty ? [] : ["is significantly better than \(listed(told))"])
      + (untold.isEmpty ? [] : ["cannot be told from \(listed(untold))"])
    return "it \(listed(parts)) (paired t-tests over the seeds, 5 % level), and \(caution)"
  }

  /// One sentence with a clause for each optimizer.
  private func sentence(_ clause: (Verdict, Bool) -> String) -> String {
    verdicts.enumerated().map { index, verdict in
      (index == 0 ? "With" : "with") + " \(Markup.plain(verdict.comparison.optimizerTitle)), " + clause(verdict, index == 0)
    }.joined(separator: "; ") + "."
  }
}

/// Which schedule is best with one optimizer.
struct Verdict {
  struct Margin {
    let column: Int
    /// The leader's error over this column's, minus 1.
    let fraction: Double
    let isRunnerUp: Bool
  }

  let comparison: Comparison
  let ranking: Ranking
  let leader: Int
  /// By rank, without the leader.
  let others: [Int]
  let standings: [Standing]

  var problems: [Int] { ranking.problems }
  var averageRank: Double? { ranking.problems.count > 1 ? ranking.averages?[leader] : nil }
  /// Problems on which the leader is best, or not significantly different from the best.
  var boldCount: Int { standings.count { $0.isBold(leader) } }
  var isTested: Bool { standings.contains { $0.isTested } }

  /// - Returns: nil where no problem counts or there is nothing to compare.
  init?(_ comparison: Comparison) {
    let ranking = Ranking(.trainError, of: comparison)
    guard let averages = ranking.averages, comparison.columns.count > 1 else { return nil }
    self.comparison = comparison
    self.ranking = ranking
    let excess = comparison.columns.indices.map { comparison.meanExcess(column: $0, problems: ranking.problems) ?? .infinity }
    let order = comparison.columns.indices.sorted { (averages[$0], excess[$0], $0) < (averages[$1], excess[$1], $1) }
    guard let first = order.first else { return nil }
    leader = first
    others = Array(order.dropFirst())
    standings = ranking.problems.map { comparison.standing(.trainError, problem: $0) }
  }

  /// As markup.
  func title(_ column: Int) -> String { Markup.plain(comparison.columns[column].title) }

  /// Columns whose average rank is within the critical difference of the leader's, and columns beyond it.
  var untold: [Int] { others.filter { !isTold($0) } }
  var told: [Int] { others.filter(isTold) }

  private func isTold(_ column: Int) -> Bool {
    guard let friedman = ranking.friedman, friedman.pValue < friedman.level else { return false }
    return friedman.averageRanks[column] - friedman.averageRanks[leader] > friedman.criticalDifference
  }

  /// On the first problem: the columns in bold besides the leader, and those that a test finds significantly different from
  /// it.
  var untoldByTest: [Int] { others.filter { standings.first?.isBold($0) ?? false } }
  var toldByTest: [Int] { others.filter { standings.first?.pValues[$0] != nil && !untoldByTest.contains($0) } }

  /// Over the next schedule by rank and over a flat schedule (or the last by rank, if none is flat).
  var margins: [Margin] {
    let flat = comparison.columns.firstIndex { $0.key == "flat" } ?? others.last
    var columns = others.first.map { [$0] } ?? []
    if let flat, flat != leader, !columns.contains(flat) { columns.append(flat) }
    return columns.enumerated().compactMap { position, column in
      guard let own = comparison.meanExcess(column: leader, problems: problems),
        let other = comparison.meanExcess(column: column, problems: problems)
      else { return nil }
      return Margin(column: column, fraction: (1 + own) / (1 + other) - 1, isRunnerUp: position == 0)
    }
  }
}

extension Comparison {
  /// Why there is no verdict, as markup that follows the optimizer's name.
  fileprivate var obstacle: String {
    let cells = byError.flatMap { $0 }
    guard cells.contains(where: { $0.status != .missing }) else { return "nothing has been measured yet" }
    if columns.count == 1, let only = columns.first {
      return "**\(Markup.plain(only.title))** is the only schedule: there is nothing to compare it with"
    }
    let counted = problems.indices.filter { !separable[$0] }
    guard !counted.isEmpty else {
      let names = listed(problems.map { Markup.plain($0.name) })
      return "no schedule can be called best: "
        + (problems.count == 1 ? "the one problem, \(names), is separable" : "all problems (\(names)) are separable")
    }
    // What keeps problems from being complete, columns with the same reason together.
    let missing = columns.indices.filter { column in counted.contains { byError[$0][column].status == .missing } }
    let unrefined = columns.indices.filter { column in counted.allSatisfy { byError[$0][column].isWithoutRefinement } }
    let titles = { (indices: [Int]) in listed(indices.map { Markup.plain(self.columns[$0].title) }) }
    let reasons =
      (missing.isEmpty ? [] : ["not run yet on some of them: \(titles(missing))"])
      + (unrefined.isEmpty ? [] : ["no refinement: \(titles(unrefined))"])
    guard counted.contains(where: { problem in byError[problem].contains { $0.status == .measured } }) else {
      return "no schedule can be called best\(missing.isEmpty ? "" : " yet"): on no problem that is not separable has any "
        + "schedule been measured without divergence"
    }
    return "no schedule can be called best\(missing.isEmpty ? "" : " yet"): no problem that is not separable has been measured "
      + "with every schedule" + (reasons.isEmpty ? "" : " (\(reasons.joined(separator: "; ")))")
  }
}

extension Cell {
  fileprivate var isWithoutRefinement: Bool { if case .noRefinement = status { true } else { false } }
}
