import Foundation
import Sweeps
import Training

/// Mean training error, or regularised objective, at every learning rate of one spelling of a schedule.
struct RateCurve {
  struct Point {
    let rate: Double
    /// Errors in per cent; nil if a seed diverged.
    let error: SampleMean?
  }

  /// By ascending rate; rates with fewer seeds than the most are left out.
  let points: [Point]

  /// - Parameter measure: Not a distance, which has no relative rise.
  init(_ runs: [RunRecord], measure: Measure) {
    let byRate = Dictionary(grouping: runs) { $0.learningRate }
    let most = byRate.values.map(\.count).max() ?? 0
    points = byRate.filter { $0.value.count == most }.sorted { $0.key < $1.key }.map { rate, runs in
      let errors = runs.sorted { $0.seed < $1.seed }.compactMap { run in
        run.diverged ? nil : run[measure.quantity].map { measure.quantity.isFraction ? 100 * $0 : $0 }
      }
      return Point(rate: rate, error: errors.count == runs.count ? SampleMean(errors) : nil)
    }
  }

  struct Width {
    /// In factors of two (octaves).
    let octaves: Double
    /// Whether the range reaches the end of the rates tried: it may be wider.
    let isOpen: Bool
  }

  /// How far the learning rate can be moved from the best before the error rises by more than this fraction of the best.
  /// Between grid points the error is taken as linear in the logarithm of the rate.
  func width(around best: Double, tolerance: Double) -> Width? {
    guard let start = points.firstIndex(where: { $0.rate == best }), let lowest = points[start].error?.mean else { return nil }
    let limit = lowest * (1 + tolerance)
    var octaves = 0.0
    var isOpen = false
    for direction in [-1, 1] {
      var index = start
      while true {
        let next = index + direction
        guard points.indices.contains(next) else {
          isOpen = true
          break
        }
        let step = abs(log2(points[next].rate / points[index].rate))
        guard let error = points[next].error?.mean else { break }
        if error > limit {
          let here = points[index].error?.mean ?? limit
          octaves += step * (limit - here) / (error - here)
          break
        }
        octaves += step
        index = next
      }
    }
    return Width(octaves: octaves, isOpen: isOpen)
  }
}

extension Comparison {
  static let robustnessTolerance = 0.05

  /// What rates are chosen by.
  var measureAlongRates: Measure { isRegularised ? .objective : .trainError }

  func curve(problem: Int, column: Int) -> RateCurve? {
    byError[problem][column].best.map { RateCurve(runsBySchedule[problem][$0.schedule] ?? [], measure: measureAlongRates) }
  }

  /// How wide the range of learning rates is within 5 % of the best, in factors of two.
  func robustnessTable() -> Table {
    let widths = problems.indices.map { problem in
      columns.indices.map { column in
        curve(problem: problem, column: column)?.width(
          around: byError[problem][column].best?.learningRate ?? 0, tolerance: Self.robustnessTolerance)
      }
    }
    var rows = problems.indices.map { problem in
      Table.Row(
        problems[problem].name, marks: separableMarks(problem),
        columns.indices.map { column in
          guard let width = widths[problem][column] else { return Table.Cell(byError[problem][column].placeholder) }
          return Table.Cell(
            (width.isOpen ? "≥ " : "") + fixed(width.octaves, 1),
            marks: byError[problem][column].isComplete ? [] : [.incomplete], sortValue: width.octaves)
        })
    }
    let counted = averaged(byError).filter { problem in widths[problem].allSatisfy { $0 != nil } }
    if counted.count > 1 {
      rows.append(
        Table.Row(
          "mean",
          columns.indices.map { column in
            let mean = counted.reduce(0) { $0 + (widths[$1][column]?.octaves ?? 0) } / Double(counted.count)
            let isOpen = counted.contains { widths[$0][column]?.isOpen ?? false }
            return Table.Cell((isOpen ? "≥ " : "") + fixed(mean, 1), sortValue: mean)
          }, isSummary: true))
    }
    return Table(
      identifier: "robustness-\(identifier)", title: "Robustness: usable range of learning rates, \(optimizerTitle)",
      headings: ["problem"] + columns.map(\.title), schedules: columns.map(\.key), optimizer: optimizer, rows: rows,
      notes: [
        "Width, in factors of two, of the range of learning rates around the best whose mean \(measureAlongRates.shortTitle) is within "
          + "\(percent(Self.robustnessTolerance)) % of the best (relative, each schedule against its own best, interpolated "
          + "between grid points). Wider is easier to tune; ≥: the range reaches the end of the rates tried."
      ])
  }
}
