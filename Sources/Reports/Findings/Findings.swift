import Schedules

/// What opens a report: for each optimizer and measure which schedule is best, by how much, and what cannot be told from it;
/// then what the paper's two claims come to.
struct Findings {
  private let comparisons: [Comparison]

  init(_ comparisons: [Comparison]) { self.comparisons = comparisons }

  /// Markup, one bullet each, of at most 60 words where names are short.
  var bullets: [String] {
    guard comparisons.contains(where: { !$0.problems.isEmpty }) else {
      return ["No schedule can be called best yet: there are no results."]
    }
    let verdicts = comparisons.flatMap { comparison in
      comparison.measures.compactMap { measure in Verdict(measure, of: comparison).map(bullet) }
    }
    let claims = Claims(comparisons)
    return verdicts + obstacles + [claims.bullet, claims.variantsBullet].compactMap { $0 }
  }

  /// One sentence for each reason why schedules cannot be compared by the first measure, with the optimizers concerned.
  private var obstacles: [String] {
    var optimizers: [String: [String]] = [:]
    var order: [String] = []
    for comparison in comparisons where Verdict(comparison.primaryMeasure, of: comparison) == nil {
      let obstacle = comparison.obstacle
      if optimizers[obstacle] == nil { order.append(obstacle) }
      optimizers[obstacle, default: []].append(Markup.plain(comparison.optimizerName))
    }
    return order.map { "With \(listed(optimizers[$0] ?? [])), \($0)." }
  }

  private func bullet(_ verdict: Verdict) -> String {
    let heading = "**\(Markup.plain(verdict.comparison.optimizerName)), \(verdict.measure.shortTitle)**"
    let leader = "**\(verdict.title(verdict.leader))**"
    let certainty = verdict.problems.count == 1 ? oneProblem(verdict) : severalProblems(verdict)
    let tie =
      verdict.tied.isEmpty
      ? "" : ", as \(verdict.tied.count == 1 ? "has" : "have") \(shortlisted(verdict.tied.map(verdict.title)))"
    let claim =
      verdict.isSupported ? "is best" : verdict.problems.count == 1 ? "is lowest" : "has the lowest rank" + tie
    return "\(heading): \(leader) \(claim)\(basis(verdict))"
      + "\(margins(verdict)). \(certainty.capitalizedFirst)."
  }

  private func basis(_ verdict: Verdict) -> String {
    if let rank = verdict.averageRank {
      return " (average rank \(fixed(rank, 2)) of \(verdict.comparison.columns.count), "
        + "\(counted(verdict.problems.count, "problem")))"
    }
    return verdict.comparison.problems.count == 1 ? " on the one problem" : " on the one problem that can be compared"
  }

  private func margins(_ verdict: Verdict) -> String {
    let isOne = verdict.problems.count == 1
    let parts = verdict.margins.map { margin in
      let size = 100 * abs(margin.fraction)
      let amount = size < 0.05 ? "less than 0.1" : fixed(size, 1)
      let text = size < 1e-9 ? "equal to" : "\(amount) % \(margin.fraction < 0 ? "below" : "above")"
      return "\(text) \(verdict.title(margin.column))"
        + (margin.isRunnerUp && verdict.others.count > 1 ? " (the next)" : "")
    }
    guard !parts.isEmpty else { return "; no ratio can be formed" }
    let subject = verdict.measure.isDistance ? "its distance from the optimum " : ""
    return ", \(subject)\(isOne ? "" : "on average ")\(listed(parts))"
  }

  private func severalProblems(_ verdict: Verdict) -> String {
    let tests =
      verdict.isTested
      ? "in bold on \(verdict.boldCount) of \(counted(verdict.problems.count, "problem"))"
      : "too few seeds to tell merit from chance"
    guard let friedman = verdict.ranking.friedman else { return "two schedules are too few for a test of ranks; \(tests)" }
    guard !verdict.isBestByChance else {
      return "ranks differ no more than by chance (Friedman test, p = \(fixed(friedman.pValue, 2))); \(tests)"
    }
    let untold = verdict.others.filter(verdict.ranking.isAmongBest).map(verdict.title)
    return (untold.isEmpty ? "by rank told from all others" : "by rank not told from \(shortlisted(untold))")
      + "; \(tests)"
  }

  private func oneProblem(_ verdict: Verdict) -> String {
    guard verdict.isTested else { return "there are too few seeds to tell merit from chance" }
    let told = verdict.toldByTest.map(verdict.title)
    let untold = verdict.untoldByTest.map(verdict.title)
    let parts =
      (told.isEmpty ? [] : ["is significantly better than \(shortlisted(told))"])
      + (untold.isEmpty ? [] : ["cannot be told from \(shortlisted(untold))"])
    return "it \(listed(parts)) (paired t-tests over the seeds); one problem cannot be generalised from"
  }
}

/// `a, b, c and 9 others` for more than five, or more than eight words.
func shortlisted(_ items: [String]) -> String {
  var words = 0
  let fitting = items.prefix { item in
    words += item.split(separator: " ").count
    return words <= 8
  }.count
  if fitting >= items.count, items.count <= 5 { return listed(items) }
  let shown = max(1, min(fitting, 4))
  let rest = items.count - shown
  return rest == 0
    ? listed(items) : items.prefix(shown).joined(separator: ", ") + " and \(rest) other\(rest == 1 ? "" : "s")"
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
      let names = shortlisted(problems.map { Markup.plain($0.name) })
      return "no schedule can be called best: "
        + (problems.count == 1 ? "the one problem, \(names), is separable" : "all problems (\(names)) are separable")
    }
    // What keeps problems from being complete, columns with the same reason together.
    let missing = columns.indices.filter { column in counted.contains { byError[$0][column].status == .missing } }
    let unrefined = columns.indices.filter { column in counted.allSatisfy { byError[$0][column].isWithoutRefinement } }
    let titles = { (indices: [Int]) in shortlisted(indices.map { Markup.plain(self.columns[$0].title) }) }
    let reasons =
      (missing.isEmpty ? [] : ["not run yet on some of them: \(titles(missing))"])
      + (unrefined.isEmpty ? [] : ["no refinement: \(titles(unrefined))"])
    guard counted.contains(where: { problem in byError[problem].contains { $0.status == .measured } }) else {
      return "no schedule can be called best\(missing.isEmpty ? "" : " yet"): on no problem that is not separable has any "
        + "schedule been measured without divergence"
    }
    if counted.allSatisfy({ !hasErrors(primaryMeasure, problem: $0) }) {
      return "no schedule can be called best: every one ends without errors on every problem"
    }
    return "no schedule can be called best\(missing.isEmpty ? "" : " yet"): no problem that is not separable has been measured "
      + "with every schedule" + (reasons.isEmpty ? "" : " (\(reasons.joined(separator: "; ")))")
  }
}

extension Cell {
  fileprivate var isWithoutRefinement: Bool { if case .noRefinement = status { true } else { false } }
}
