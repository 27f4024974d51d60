/// Which schedule is best with one optimizer by one measure.
struct Verdict {
  struct Margin {
    let column: Int
    /// The leader's value over this column's, minus 1.
    let fraction: Double
    let isRunnerUp: Bool
  }

  let measure: Measure
  let comparison: Comparison
  let ranking: Ranking
  let leader: Int
  /// By rank, without the leader.
  let others: [Int]
  let standings: [Standing]
  /// By column, as `meanExcess`.
  private let excess: [Double?]

  var problems: [Int] { ranking.problems }
  var averageRank: Double? { ranking.problems.count > 1 ? ranking.averages?[leader] : nil }
  /// Problems on which the leader is best, or not significantly different from the best.
  var boldCount: Int { standings.count { $0.isBold(leader) } }
  var isTested: Bool { standings.contains { $0.isTested } }
  /// Whether the ranks differ no more than by chance.
  var isBestByChance: Bool { ranking.friedman.map { $0.pValue >= $0.level } ?? false }
  /// Whether a test finds that ranks over several problems differ. On one problem the seeds are tested instead.
  var isSupported: Bool { problems.count == 1 ? isTested : ranking.friedman != nil && !isBestByChance }
  /// The other columns with the leader's average rank.
  var tied: [Int] { ranking.averages.map { averages in others.filter { averages[$0] == averages[leader] } } ?? [] }

  /// - Returns: nil where no problem counts or there is nothing to compare.
  init?(_ measure: Measure, of comparison: Comparison) {
    let ranking = Ranking(measure, of: comparison)
    guard let averages = ranking.averages, comparison.columns.count > 1 else { return nil }
    self.measure = measure
    self.comparison = comparison
    self.ranking = ranking
    standings = ranking.problems.map { comparison.standing(measure, problem: $0) }
    excess = comparison.meanExcess(measure, problems: ranking.problems)
    let excess = excess.map { $0 ?? .infinity }
    // On one problem the leader is the column that the others are tested against.
    let tested = standings.count == 1 ? standings.first?.best : nil
    let order = comparison.columns.indices.sorted { a, b in
      (averages[a], a == tested ? 0 : 1, excess[a], a) < (averages[b], b == tested ? 0 : 1, excess[b], b)
    }
    guard let first = order.first else { return nil }
    leader = first
    others = Array(order.dropFirst())
  }

  /// As markup.
  func title(_ column: Int) -> String { Markup.plain(comparison.columns[column].title) }

  /// On the first problem: the columns in bold besides the leader, and those that a test finds significantly different from
  /// it.
  var untoldByTest: [Int] { others.filter { standings.first?.isBold($0) ?? false } }
  var toldByTest: [Int] { others.filter { standings.first?.pValues[$0] != nil && !untoldByTest.contains($0) } }

  /// Over the next schedule by rank and over a flat schedule (or the last by rank, if none is flat).
  var margins: [Margin] {
    let flat = comparison.columns.firstIndex { $0.schedules == ["flat"] } ?? others.last
    var columns = others.first.map { [$0] } ?? []
    if let flat, flat != leader, !columns.contains(flat) { columns.append(flat) }
    return columns.enumerated().compactMap { position, column in
      guard let own = excess[leader], let other = excess[column] else { return nil }
      return Margin(column: column, fraction: (1 + own) / (1 + other) - 1, isRunnerUp: position == 0)
    }
  }
}
