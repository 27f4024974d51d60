import Sweeps

/// The last-iterate bound's ranking of the schedules on one problem, beside the measured ranking.
struct TheoryRow {
  let problem: Int
  /// The indices of the compared columns.
  let columns: [Int]
  /// By compared column: the bound at its best scale, the lowest over its spellings.
  let bounds: [Double]
  let predictedRanks: [Double]
  let errorRanks: [Double]
  let lossRanks: [Double]

  var errorTau: Double? { kendallTau(predictedRanks, errorRanks) }
  var lossTau: Double? { kendallTau(predictedRanks, lossRanks) }

  /// - Returns: nil if fewer than two columns have both a bound and complete measurements.
  init?(_ comparison: Comparison, problem: Int) {
    let known = comparison.bounds(problem: problem)
    guard !known.isEmpty else { return nil }
    var columns: [Int] = []
    var bounds: [Double] = []
    var errors: [Double] = []
    var losses: [Double] = []
    for column in comparison.columns.indices {
      let spellings = comparison.columns[column].schedules.compactMap { known[$0] }.filter(\.isFinite)
      let cell = comparison.byError[problem][column]
      guard cell.isComplete, let bound = spellings.min(), let error = cell.best?.meanTrainError,
        let best = comparison.byLoss[problem][column].best
      else { continue }
      columns.append(column)
      bounds.append(bound)
      // Rounded so that equal means, summed in another order, tie.
      errors.append((error * 1e9).rounded())
      losses.append(((comparison.isRegularised ? best.meanTrainObjective : best.meanTrainLoss) * 1e9).rounded())
    }
    guard columns.count > 1 else { return nil }
    self.problem = problem
    self.columns = columns
    self.bounds = bounds
    predictedRanks = averageRanks(bounds)
    errorRanks = averageRanks(errors)
    lossRanks = averageRanks(losses)
  }
}

extension Comparison {
  /// The last-iterate bounds of a problem's schedules at their best scales, by spelling, all for the norms of one run.
  ///
  /// Every refinement has its own bound and those of the schedules that are not refined.
  func bounds(problem: Int) -> [String: Double] {
    let records = refinements[problem].filter { !$0.bounds.isEmpty }
    guard let first = records.first else { return [:] }
    return records.filter { $0.hasBoundsUnderNorms(of: first) }.reduce(into: [:]) { bounds, record in
      bounds.merge(record.bounds) { known, _ in known }
    }
  }

  /// - Returns: nil if no problem has bounds.
  func theoryTable() -> Table? {
    let theory = problems.indices.compactMap { TheoryRow(self, problem: $0) }
    guard !theory.isEmpty else { return nil }
    var rows = theory.map { row in
      Table.Row(
        problems[row.problem].name, marks: separableMarks(row.problem),
        columns.indices.map { column -> Table.Cell in
          guard let i = row.columns.firstIndex(of: column) else { return Table.Cell("–") }
          return Table.Cell("\(rank(row.predictedRanks[i])) / \(rank(row.errorRanks[i]))", sortValue: row.predictedRanks[i])
        } + [tauCell(row.errorTau), tauCell(row.lossTau)])
    }
    let averaged = theory.filter { !separable[$0.problem] }
    if averaged.count > 1 {
      let mean = { (values: [Double?]) in tauCell(SampleMean(values.compactMap { $0 })?.mean) }
      rows.append(
        Table.Row(
          "mean", columns.map { _ in Table.Cell("") } + [mean(averaged.map(\.errorTau)), mean(averaged.map(\.lossTau))],
          isSummary: true))
    }
    return Table(
      identifier: "theory-\(identifier)", title: "Predicted and measured ranking, \(optimizerTitle)",
      headings: ["problem"] + columns.map(\.title) + ["τ, error", "τ, loss"], schedules: columns.map(\.key) + [nil, nil],
      optimizer: optimizer, rows: rows,
      notes: [
        "Predicted rank / measured rank by training error. The prediction is the last-iterate bound (Defazio et al. 2023, "
          + "Theorem 10) of each schedule at its best scale, with the gradient norms of the prior run "
          + "(\(priorText)); of schedules with several hyper-parameters the one with the least bound.",
        "τ: Kendall's tau-b between the predicted ranking and the one measured by mean training error and by mean training loss; "
          + "1 is full agreement, 0 what chance gives, −1 the opposite order.",
      ])
  }

  private var priorText: String {
    let priors = Set(refinements.compactMap { $0.first?.priorSchedule }).sorted()
    return priors.isEmpty ? "none" : listed(priors) + ", first seed, at its best learning rate"
  }

  private func rank(_ value: Double) -> String { value == value.rounded() ? fixed(value, 0) : fixed(value, 1) }

  private func tauCell(_ tau: Double?) -> Table.Cell { tau.map { Table.Cell(fixed($0, 2), sortValue: $0) } ?? Table.Cell("–") }
}

extension RefinementRecord {
  /// Whether both have bounds for the norms of the same run: the bounds of the schedules in both agree, up to rounding.
  fileprivate func hasBoundsUnderNorms(of other: RefinementRecord) -> Bool {
    let shared = bounds.compactMap { schedule, bound in other.bounds[schedule].map { (bound, $0) } }
    guard !shared.isEmpty else {
      return (priorSchedule, priorLearningRate, priorSeed, norm) == (
        other.priorSchedule, other.priorLearningRate, other.priorSeed, other.norm
      )
    }
    return shared.allSatisfy { abs($0 - $1) <= 1e-9 * abs($1) }
  }
}
