import Foundation
import Schedules

/// The three sentences that a report opens with: which schedule wins, by how much, and how sure that is.
struct Answer {
  private let verdicts: [Verdict]
  private let comparisons: [Comparison]

  init(_ comparisons: [Comparison]) {
    self.comparisons = comparisons
    verdicts = comparisons.compactMap { Verdict($0) }
  }

  /// Exactly three sentences.
  var text: String {
    guard !verdicts.isEmpty else {
      let missing = comparisons.flatMap { comparison in
        comparison.columns.indices.filter { c in !comparison.byError.contains { $0[c].status == .measured } }
          .map { comparison.columns[$0].title }
      }
      let names = Array(NSOrderedSet(array: missing)).compactMap { $0 as? String }
      return "No schedule can be called best yet: no problem that is not separable has been measured with every schedule. "
        + (names.isEmpty ? "" : "Nothing has been measured anywhere for \(listed(names)); ")
        + "the tables show what there is, with missing cells marked. ".capitalizedFirst(if: names.isEmpty)
        + "Nothing can be said about chance before that."
    }
    return [winners, margins, certainty].joined(separator: " ")
  }

  private var winners: String {
    sentence { verdict, isFirst in
      let columns = verdict.comparison.columns.count
      let rank = verdict.averageRank.map {
        ", average rank \(fixed($0, 2)) of \(columns) over \(verdict.problems.count) problems"
      }
      let basis =
        rank ?? ", on \(verdict.problems.count == 1 ? "the one problem that can be compared" : "the problems compared")"
      return (isFirst ? "the lowest training error is reached by " : "by ") + "**\(verdict.title(verdict.leader))**\(basis)"
    }
  }

  private var margins: String {
    sentence { verdict, isFirst in
      let parts = verdict.margins.map { margin in
        let size = 100 * abs(margin.fraction)
        let text = size < 0.05 ? "equal to that of" : "\(fixed(size, 1)) % \(margin.fraction < 0 ? "below" : "above") that of"
        return "\(text) \(verdict.title(margin.column))\(margin.isRunnerUp ? " (the next by rank)" : "")"
      }
      guard !parts.isEmpty else { return "no ratio of errors can be formed" }
      return (isFirst ? "its error is on average (geometric mean) " : "") + listed(parts)
    }
  }

  private var certainty: String {
    sentence { verdict, _ in
      let tests =
        verdict.isTested
        ? "it is best or not told from the best on \(verdict.boldCount) of \(counted(verdict.problems.count, "problem"))"
        : "there are too few seeds to tell merit from chance on any problem"
      guard let friedman = verdict.ranking.friedman else {
        return "\(tests), and \(verdict.problems.count < 2 ? "one problem" : "so few schedules") cannot be generalised from"
      }
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
  }

  /// One sentence with a clause an optimizer.
  private func sentence(_ clause: (Verdict, Bool) -> String) -> String {
    verdicts.enumerated().map { index, verdict in
      (index == 0 ? "With" : "with") + " \(verdict.comparison.optimizerTitle), " + clause(verdict, index == 0)
    }.joined(separator: "; ") + "."
  }
}

/// Which schedule is best with one optimizer.
struct Verdict {
  struct Margin {
    let column: Int
    /// Error of the leader over this column's, minus 1.
    let fraction: Double
    let isRunnerUp: Bool
  }

  let comparison: Comparison
  let ranking: Ranking
  let leader: Int
  /// By rank, the leader left out.
  let others: [Int]
  let boldCount: Int
  let isTested: Bool

  var problems: [Int] { ranking.problems }
  var averageRank: Double? { ranking.problems.count > 1 ? ranking.averages?[leader] : nil }

  /// - Returns: nil where no problem can be counted or there is nothing to compare.
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
    let standings = ranking.problems.map { comparison.standing(.trainError, problem: $0) }
    boldCount = standings.count { $0.isBold(first) }
    isTested = standings.contains { $0.isTested }
  }

  func title(_ column: Int) -> String { comparison.columns[column].title }

  /// Columns whose average rank is within the critical difference of the leader's, and those beyond.
  var untold: [Int] { others.filter { !isTold($0) } }
  var told: [Int] { others.filter(isTold) }

  private func isTold(_ column: Int) -> Bool {
    guard let friedman = ranking.friedman, friedman.pValue < friedman.level else { return false }
    return friedman.averageRanks[column] - friedman.averageRanks[leader] > friedman.criticalDifference
  }

  /// Against the next by rank and against a flat schedule (or the last by rank, where none is flat).
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

extension String {
  fileprivate func capitalizedFirst(if condition: Bool) -> String { condition ? capitalizedFirst : self }
}
