import Sweeps

extension MethodComparison {
  /// Markup: what can be told from the reference method. Where some methods have a single rate, the leaders of the tuned ones and
  /// of these, by errors and by losses.
  var bullets: [String] {
    let own = columns.indices.filter { !columns[$0].isMadeElsewhere }
    let (tuned, untuned) = (own.filter { !columns[$0].isUntuned }, own.filter { columns[$0].isUntuned })
    guard !tuned.isEmpty, !untuned.isEmpty else { return [bullet].compactMap { $0 } }
    let bullets = measures.prefix(2).flatMap { measure in
      [leaders("Tuned", measure, of: tuned), leaders("Untuned, at one listed rate", measure, of: untuned)].compactMap { $0 }
    }
    return bullets.isEmpty ? [bullet].compactMap { $0 } : bullets
  }

  /// The three lowest average ranks of a group, with the problems on which each differs significantly from the reference.
  private func leaders(_ group: String, _ measure: Measure, of members: [Int]) -> String? {
    let ranked = ranked(measure)
    guard !ranked.isEmpty else { return nil }
    let ranks = averageRanks(measure, problems: ranked, columns: members)
    let order = zip(ranks, members).sorted { ($0.0, $0.1) < ($1.0, $1.1) }.prefix(3)
    let differences = ranked.map { self.differences(measure, problem: $0) }
    let isTested = differences.contains { $0.contains { $0 != nil } }
    let parts = order.map { rank, column in
      let known = differences.compactMap { $0[column] }
      let (below, above) = (
        known.count { $0.isSignificant && $0.mean < 0 }, known.count { $0.isSignificant && $0.mean > 0 }
      )
      let standing = column == reference ? "; the reference" : isTested ? "; \(below) / \(above)" : ""
      return "**\(Markup.plain(columns[column].title))** (\(fixed(rank, 1))\(standing))"
    }
    let problems = ranked.count == 1 ? "1 problem" : "\(ranked.count) problems"
    return "**\(group), \(measure.shortTitle)**: lowest average ranks of \(members.count), \(problems): "
      + "\(parts.joined(separator: ", "))."
      + (isTested
        ? " In brackets: problems where significantly below / above tuned \(Markup.plain(columns[reference].title)); "
          + "leaders are not tested against each other." : " Too few seeds for tests.")
  }

  /// One bullet: what can be told from the reference method, by the first measure.
  private var bullet: String? {
    guard let measure = measures.first else { return nil }
    let counted = problems.indices.filter { !separable[$0] }
    let differences = counted.map { self.differences(measure, problem: $0) }
    guard differences.contains(where: { $0.contains { $0 != nil } }) else { return nil }
    let parts = columns.indices.filter { $0 != reference }.map { column -> (text: String, score: Int, column: Int) in
      let known = differences.compactMap { $0[column] }
      let (below, above) = (known.count { $0.isSignificant && $0.mean < 0 }, known.count { $0.isSignificant && $0.mean > 0 })
      let text = "\(Markup.plain(columns[column].title)) lower on \(below), higher on \(above) of \(known.count)"
      return (text, above - below, column)
    }.sorted { ($0.score, $0.column) < ($1.score, $1.column) }
    let shown = parts.count > 4 ? parts.prefix(3).map(\.text) + ["\(parts.count - 3) others in the table"] : parts.map(\.text)
    return "**Across optimizers, \(measure.shortTitle)**, significantly different from "
      + "**\(Markup.plain(columns[reference].title))** with rates chosen by the other seeds, problems counted: "
      + shown.joined(separator: "; ") + "."
  }
}
