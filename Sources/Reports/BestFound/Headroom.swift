import Training

/// What is left to gain of one quantity: how far each of several schedules is from the best one found, seed by seed.
struct Headroom: Sendable {
  /// A schedule on one problem.
  struct Entry: Sendable {
    /// Mean of the schedule's value less that of the best found, over the seeds.
    let difference: SampleMean
    /// Holm-adjusted over the problem's schedules; nil for fewer than three seeds.
    let pValue: Double?
    /// The difference as a fraction of the schedule's own loss above the optimum; nil for errors, for separable problems, and
    /// where the schedule's loss is not above the optimum.
    let share: Double?

    /// Whether the best found is significantly lower.
    var isTold: Bool { difference.mean > 0 && (pValue ?? 1) < Standing.level }
    /// Whether the best found is significantly higher: something was missed.
    var isMissed: Bool { difference.mean < 0 && (pValue ?? 1) < Standing.level }
  }

  /// The values of one problem by seed, errors in per cent.
  struct Values {
    var best: [UInt64: Double]
    /// By schedule; empty where there is nothing to compare.
    var schedules: [[UInt64: Double]]
    /// The smallest loss, or 0 where it is not known for every problem; nil where there are no shares.
    var floor: Double?
  }

  let quantity: Quantity
  let columns: [ScheduleColumn]
  /// By problem; nil where nothing was found.
  let best: [SampleMean?]
  /// By problem, then column.
  let entries: [[Entry?]]
  /// Indices of the problems that means are over.
  let counted: [Int]

  /// - Parameters:
  ///   - values: by problem.
  ///   - separable: by problem; larger rates are better for ever there, so that means leave it out.
  init(_ quantity: Quantity, columns: [ScheduleColumn], values: [Values], separable: [Bool]) {
    self.quantity = quantity
    self.columns = columns
    best = values.map { values in SampleMean(values.best.keys.sorted().compactMap { values.best[$0] }) }
    entries = values.map(Self.entries)
    counted = values.indices.filter { [best, entries] in
      !separable[$0] && best[$0] != nil && entries[$0].contains { $0 != nil }
    }
  }

  private static func entries(_ values: Values) -> [Entry?] {
    let pairs = values.schedules.map { schedule -> (first: [Double], second: [Double]) in
      let shared = schedule.keys.filter { values.best[$0] != nil }.sorted()
      return (shared.compactMap { schedule[$0] }, shared.compactMap { values.best[$0] })
    }
    let tests = pairs.map { PairedTTest($0.first, $0.second) }
    var adjusted = holmAdjusted(tests.compactMap { $0?.pValue })[...]
    return zip(pairs, tests).map { pair, test in
      let pValue = test == nil ? nil : adjusted.popFirst()
      guard let difference = SampleMean(zip(pair.first, pair.second).map { $0 - $1 }) else { return nil }
      let above = SampleMean(pair.first).flatMap { mean in values.floor.map { mean.mean - $0 } }
      return Entry(
        difference: difference, pValue: pValue,
        share: above.flatMap { $0 > Measure.smallestDistance ? difference.mean / $0 : nil })
    }
  }

  /// The mean over the counted problems of a column's share (of losses) or difference (of errors); nil unless it has one on all.
  func mean(_ column: Int) -> SampleMean? {
    let known = counted.compactMap { problem -> Double? in
      guard let entry = entries[problem][column] else { return nil }
      return quantity.isFraction ? entry.difference.mean : entry.share
    }
    return known.count == counted.count ? SampleMean(known) : nil
  }

  func column(of schedule: String) -> Int? { columns.firstIndex { $0.schedules == [schedule] } }
}
