import Sweeps
import Training

/// A best schedule found, as the report's JSON has it. Errors are fractions of 1.
struct BestFoundJSON: Encodable {
  struct Band: Encodable {
    /// Fraction of the run.
    let share, factor: Double
    /// nil where no limit was found.
    let lower, upper: Double?
  }

  /// How far a schedule's mean is above that of the best found.
  struct HeadroomJSON: Encodable {
    let column: String
    let learningRate: Double?
    let difference: Double
    let standardError: Double?
    /// Adjusted for the number of columns.
    let p: Double?
    /// Of the schedule's own loss above the optimum, or of its loss where optima are not known.
    let share: Double?
    let errorDifference, errorStandardError: Double?
    /// Only of schedules at finely tuned rates.
    let shapeDistance: Double?
  }

  let problem, optimizer: String
  let schedule: String?
  let learningRate: Double?
  let band: [Band]
  let failure: String?
  /// Of the judgement: training loss (or the regularised objective) and error, by seed.
  let judgedLosses, judgedErrors: [Double?]
  /// Of the sweep, likewise.
  let losses, errors: [Double?]
  /// On the seeds of the judgement, at finely tuned rates.
  let headroomTuned: [HeadroomJSON]
  /// On the seeds of the sweep, at the rates of the grid.
  let headroomGrid: [HeadroomJSON]

  /// - Returns: nil where nothing was searched for.
  static func all(_ report: ConditionReport) -> [BestFoundJSON]? {
    guard !report.bestFound.isEmpty else { return nil }
    return report.bestFound.flatMap { bestFound in
      bestFound.comparison.problems.indices.compactMap { BestFoundJSON(bestFound, problem: $0) }
    }
  }

  private init?(_ bestFound: BestFoundComparison, problem index: Int) {
    guard let found = bestFound.found[index] else { return nil }
    let record = found.record
    let isFound = record.failure == nil
    (problem, optimizer, failure) = (bestFound.comparison.problems[index].name, record.optimizer, record.failure)
    schedule = isFound ? record.schedule : nil
    learningRate = isFound ? record.learningRate : nil
    band = record.band.map { Band(share: $0.share, factor: $0.factor, lower: $0.lower, upper: $0.upper) }
    let quantity = bestFound.tuned[0].quantity
    judgedLosses = record.outcomes.map { $0[quantity] }
    judgedErrors = record.outcomes.map { $0[.trainError] }
    losses = found.runs.map { $0[quantity] }
    errors = found.runs.map { $0[.trainError] }
    let distances = bestFound.shapeDistances(problem: index)
    func headroom(_ of: [Headroom], rate: (Int) -> Double?, distance: (Int) -> Double?) -> [HeadroomJSON] {
      of[0].columns.indices.compactMap { column in
        guard let entry = of[0].entries[index][column] else { return nil }
        let error = of[1].entries[index][column]?.difference
        return HeadroomJSON(
          column: of[0].columns[column].key, learningRate: rate(column), difference: entry.difference.mean,
          standardError: entry.difference.standardError, p: entry.pValue, share: entry.share,
          errorDifference: error.map { $0.mean / 100 }, errorStandardError: error?.standardError.map { $0 / 100 },
          shapeDistance: distance(column))
      }
    }
    headroomTuned = headroom(
      bestFound.tuned,
      rate: { column in
        record.compared.first { [$0.schedule] == bestFound.tuned[0].columns[column].schedules }?.learningRate
      }, distance: { distances[$0] })
    headroomGrid = headroom(
      bestFound.swept, rate: { bestFound.comparison.byLoss[index][$0].best?.learningRate }, distance: { _ in nil })
  }
}
