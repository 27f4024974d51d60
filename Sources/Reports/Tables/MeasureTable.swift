import Foundation
import Training

extension Comparison {
  /// Problems in rows, schedules in columns: mean ± standard error, in bold the best and what is not significantly different
  /// from it.
  ///
  /// - Returns: nil if no problem has values of the measure.
  func table(_ measure: Measure) -> Table? {
    let shown = problems.indices.filter { isShown(measure, problem: $0) }
    guard !shown.isEmpty else { return nil }
    let standings = shown.map { standing(measure, problem: $0) }
    var rows = zip(shown, standings).map { problem, standing in
      Table.Row(
        problems[problem].name, marks: headingMarks(measure, problem: problem),
        columns.indices.map { cell(measure, problem: problem, column: $0, isBold: columns.count > 1 && standing.isBold($0)) })
    }
    let ranking = Ranking(measure, of: self)
    if ranking.problems.count > 1 { rows += summaryRows(ranking) }
    let isTested = standings.contains { $0.isTested }
    return Table(
      identifier: "\(measure.identifier)-\(identifier)", title: "\(measure.title), \(optimizerTitle)",
      headings: ["problem"] + columns.map(\.title), schedules: columns.map(\.key), optimizer: optimizer, rows: rows,
      notes: notes(measure, ranking: ranking, isTested: isTested, shown: shown))
  }

  private func isShown(_ measure: Measure, problem: Int) -> Bool {
    switch measure {
    case .trainError: true
    case .testError: problems[problem].testRows != nil
    case .trainLoss: !isRegularised && problems[problem].optimum == nil
    case .distance: !isRegularised && problems[problem].optimum != nil
    case .objective: isRegularised && problems[problem].optimum == nil
    case .objectiveDistance: isRegularised && problems[problem].optimum != nil
    }
  }

  private func headingMarks(_ measure: Measure, problem: Int) -> [Table.Mark] {
    var marks = separableMarks(problem)
    if measure.isDistance, let optimum = problems[problem].optimum, !optimum.attained, !separable[problem] {
      marks.append(.notAttained)
    }
    return marks
  }

  /// Marks for a problem's name.
  func separableMarks(_ problem: Int) -> [Table.Mark] {
    separable[problem] ? [endsWithoutErrors[problem] ? .separable : .separableUnreached] : []
  }

  private func cell(_ measure: Measure, problem: Int, column: Int, isBold: Bool) -> Table.Cell {
    let cell = cells(measure)[problem][column]
    guard let sample = sample(measure, problem: problem, column: column) else { return Table.Cell(cell.placeholder) }
    var marks = edgeMarks(cell, problem: problem)
    if !cell.isComplete || sample.count < seeds { marks.append(.incomplete) }
    if measure.isDistance, let optimum = problems[problem].optimum, let runs = cell.best?.runs,
      runs.contains(where: { ($0[measure.quantity] ?? .infinity) - optimum.loss <= Measure.smallestDistance })
    {
      marks.append(.atResolution)
    }
    return Table.Cell(
      fixed(sample.mean, measure.decimals), uncertainty: sample.standardError.map { fixed($0, measure.decimals) },
      isBold: isBold, marks: marks, sortValue: sample.mean)
  }

  /// For separable problems an edge means nothing: ever larger rates are better.
  func edgeMarks(_ cell: Cell, problem: Int) -> [Table.Mark] {
    guard let best = cell.best, !separable[problem] else { return [] }
    return (best.isHighestTried ? [.upperEdge] : []) + (best.isLowestTried ? [.lowerEdge] : [])
  }

  private func summaryRows(_ ranking: Ranking) -> [Table.Row] {
    let measure = ranking.measure
    let means = columns.indices.map { column -> Double? in
      let values = ranking.problems.map { sample(measure, problem: $0, column: column)?.mean }
      let known = values.compactMap { $0 }
      return known.count == values.count ? SampleMean(known)?.mean : nil
    }
    let ranks = ranking.averages ?? []
    return [
      Table.Row(
        "mean", means.map { mean in mean.map { Table.Cell(fixed($0, measure.decimals), sortValue: $0) } ?? Table.Cell("–") },
        isSummary: true),
      Table.Row("average rank", ranks.map { Table.Cell(fixed($0, 2), sortValue: $0) }, isSummary: true),
    ]
  }

  private func notes(_ measure: Measure, ranking: Ranking, isTested: Bool, shown: [Int]) -> [String] {
    var notes = [measure.caption(seeds: seeds, isRegularised: isRegularised)]
    if isTested {
      notes.append(
        "Bold: the lowest mean, and whatever a paired t-test over the shared seeds cannot tell from it (level "
          + "\(percent(Standing.level)) %, two-sided, Holm's correction for the number of columns compared).")
    } else if columns.count > 1 {
      let least = PairedTTest.minimumPairs
      let reason =
        seeds < least ? "Fewer than \(least) seeds" : "No two schedules of a problem have \(least) seeds in common"
      notes.append("Bold: the lowest mean. \(reason): nothing can be said about chance, and no test was made.")
    }
    if seeds < 2 { notes.append("One seed has no standard error: none is shown.") }
    if ranking.problems.count > 1, ranking.problems.count < shown.count {
      notes.append(
        "Mean and average rank are over the \(ranking.problems.count) problems that are complete and not separable"
          + (shown.allSatisfy { separable[$0] || hasErrors(measure, problem: $0) } ? ": " : ", with errors in some column: ")
          + listed(ranking.problems.map { problems[$0].name }) + ".")
    }
    for problem in shown {
      let failures = zip(columns, cells(measure)[problem]).compactMap { column, cell -> (title: String, reason: String)? in
        if case .noRefinement(let reason) = cell.status { (column.title, reason) } else { nil }
      }
      for (reason, columns) in Dictionary(grouping: failures, by: \.reason).sorted(by: { $0.key < $1.key }) {
        let titles = failures.count > 1 ? " (\(columns.map(\.title).joined(separator: ", ")))" : ""
        notes.append("\(problems[problem].name) has no refined schedule\(titles): \(reason).")
      }
    }
    return notes
  }
}

extension Cell {
  /// The text in place of a number.
  var placeholder: String {
    switch status {
    case .measured: "–"
    case .missing: "missing"
    case .diverged: "diverged"
    case .noRefinement: "no refinement"
    }
  }
}

extension Measure {
  var identifier: String {
    switch self {
    case .trainError: "training-error"
    case .testError: "test-error"
    case .trainLoss: "training-loss"
    case .distance: "training-loss-distance"
    case .objective: "training-objective"
    case .objectiveDistance: "training-objective-distance"
    }
  }

  var title: String {
    switch self {
    case .trainError: "Training error (%)"
    case .testError: "Test error (%)"
    case .trainLoss: "Training loss"
    case .distance: "Training loss, log10 of the distance from the optimum"
    case .objective: "Training objective"
    case .objectiveDistance: "Training objective, log10 of the distance from the optimum"
    }
  }

  func caption(seeds: Int, isRegularised: Bool) -> String {
    let mean = seeds > 1 ? "mean ± standard error over \(seeds) seeds" : "one seed"
    let rate = "at the learning rate with the lowest mean \(isRegularised ? "regularised objective" : "training error")"
    return switch self {
    case .trainError: "Error of the last iterate on the whole training file, \(mean), \(rate)."
    case .testError where isRegularised:
      "Error of the last iterate on the test file, \(mean), \(rate): the test file chooses nothing."
    case .testError:
      "Error of the last iterate on the test file, \(mean), at the rate chosen by training error: the test file chooses nothing."
    case .trainLoss:
      "Mean cross-entropy of the last iterate on the whole training file, \(mean), at the rate with the lowest mean training loss."
    case .distance:
      "log10(training loss of the last iterate − smallest possible training loss), \(mean), at the rate with the lowest mean "
        + "training loss; −2 is ten times nearer to the optimum than −1."
    case .objective:
      "Mean cross-entropy plus regularisation of the last iterate on the whole training file, \(mean), \(rate)."
    case .objectiveDistance:
      "log10(regularised objective of the last iterate − its smallest possible value), \(mean), \(rate); −2 is ten times nearer to "
        + "the optimum than −1."
    }
  }
}
