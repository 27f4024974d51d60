/// The schedules ranked over all problems by one measure.
struct Ranking {
  let measure: Measure
  /// Indices of the problems that count.
  let problems: [Int]
  /// By counted problem, then column: 1 is best; a column that diverged at every rate is last.
  let ranks: [[Double]]
  /// By column; nil where no problem counts.
  let averages: [Double]?
  /// nil for fewer than two problems or three columns.
  let friedman: FriedmanTest?

  init(_ measure: Measure, of comparison: Comparison) {
    self.measure = measure
    problems = comparison.averaged(comparison.cells(measure)).filter { problem in
      comparison.hasErrors(measure, problem: problem)
        && comparison.columns.indices.allSatisfy { column in
          comparison.cells(measure)[problem][column].status == .diverged
            || comparison.sample(measure, problem: problem, column: column) != nil
        }
    }
    let rows = problems.map { problem in
      comparison.columns.indices.map { column -> Double in
        // Rounded so that equal errors, summed in another order, tie.
        comparison.sample(measure, problem: problem, column: column).map { ($0.mean * 1e9).rounded() } ?? .infinity
      }
    }
    let ranks = rows.map { averageRanks($0) }
    let count = Double(rows.count)
    self.ranks = ranks
    averages = ranks.first.map { first in first.indices.map { c in ranks.reduce(0) { $0 + $1[c] } / count } }
    friedman = FriedmanTest(rows)
  }

  /// Whether a column's average rank is not told from the lowest: what the table of ranks shows in bold, and what sentences about
  /// ranks say.
  func isAmongBest(_ column: Int) -> Bool {
    guard let averages, let lowest = averages.min() else { return false }
    // Without a test, as for two columns, nothing is told apart.
    let difference = friedman.map { $0.pValue < $0.level ? $0.criticalDifference : .infinity } ?? .infinity
    return averages[column] - lowest <= difference
  }
}

extension Comparison {
  /// Whether some column of a problem has errors. Where none has, a problem tells nothing about errors.
  func hasErrors(_ measure: Measure, problem: Int) -> Bool {
    guard measure.quantity.isFraction else { return true }
    return columns.indices.contains { sample(measure, problem: problem, column: $0).map { $0.mean > 0 } ?? true }
  }
}
