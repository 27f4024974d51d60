import Foundation
import Training

/// What is left to gain of one quantity: how far each of several schedules is from the best one found, seed by seed.
struct Headroom: Sendable {
  /// A schedule on one problem.
  struct Entry: Sendable {
    /// Mean of the schedule's value less that of the best found, over the seeds.
    let difference: SampleMean
    /// Holm-adjusted over the problem's schedules; nil for fewer than three seeds.
    let pValue: Double?
    /// The best found's loss above the optimum over the schedule's; nil for errors, for separable problems, and where the
    /// schedule's loss is not above the optimum.
    let ratio: Double?

    /// The difference as a fraction of the schedule's own loss above the optimum.
    var share: Double? { ratio.map { 1 - $0 } }
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
      let smallest = Measure.smallestDistance
      return Entry(
        difference: difference, pValue: pValue,
        ratio: above.flatMap { $0 > smallest ? max($0 - difference.mean, smallest) / $0 : nil })
    }
  }

  /// A mean over problems.
  struct Mean: Sendable, Hashable {
    /// Of losses a share, of errors percentage points.
    let mean: Double
    /// Over the problems; nil for one.
    let standardError: Double?
    /// At 95 %; nil for fewer than three problems.
    let interval: ClosedRange<Double>?

    /// The arithmetic mean.
    fileprivate init?(_ values: [Double]) {
      guard let sample = SampleMean(values) else { return nil }
      (mean, standardError) = (sample.mean, sample.standardError)
      interval = Self.reach(sample).map { sample.mean - $0...sample.mean + $0 }
    }

    /// One less the geometric mean of ratios above 0.
    fileprivate init?(ratios: [Double]) {
      guard let sample = SampleMean(ratios.map { log($0) }) else { return nil }
      mean = 1 - exp(sample.mean)
      standardError = sample.standardError.map { exp(sample.mean) * $0 }
      interval = Self.reach(sample).map { 1 - exp(sample.mean + $0)...1 - exp(sample.mean - $0) }
    }

    private static func reach(_ sample: SampleMean) -> Double? {
      guard sample.count >= PairedTTest.minimumPairs, let error = sample.standardError else { return nil }
      return error * PairedTTest.criticalValue(level: Standing.level, degreesOfFreedom: Double(sample.count - 1))
    }
  }

  /// Over the counted problems: of losses one less the geometric mean of the ratios, which no single problem dominates; of errors
  /// the mean difference. nil unless the column has a value on all.
  func mean(_ column: Int) -> Mean? {
    let known = counted.compactMap { problem -> Double? in
      guard let entry = entries[problem][column] else { return nil }
      return quantity.isFraction ? entry.difference.mean : entry.ratio
    }
    guard known.count == counted.count else { return nil }
    return quantity.isFraction ? Mean(known) : Mean(ratios: known)
  }

  func column(of schedule: String) -> Int? { columns.firstIndex { $0.schedules == [schedule] } }
}
