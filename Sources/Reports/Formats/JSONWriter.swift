import Foundation
import Sweeps
import Training

/// The tables' numbers for other programs. Errors are fractions of 1; keys may be added, never renamed.
struct JSONWriter {
  var extras: Set<Report.Extra> = []

  func write(_ report: Report) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return String(decoding: try encoder.encode(Summary(report, extras: extras)), as: UTF8.self) + "\n"
  }

  private struct Summary: Encodable {
    /// The findings as one text.
    let answer: String
    let findings: [String]
    let version: String
    let protocolYaml: String
    let problems: [Problem]
    let optimizers: [OptimizerSummary]
    /// Across optimizers.
    let methods: [MethodSummary]
    /// Where the best schedules were searched for.
    let bestFound: [BestFoundJSON]?
    /// One per condition, where there are several; `optimizers` and `methods` are then those of the first.
    let conditions: [ConditionSummary]?
    let warnings: [String]

    init(_ report: Report, extras: Set<Report.Extra>) {
      findings = report.findings.map(Markup.stripped)
      answer = findings.joined(separator: " ")
      version = report.results.version
      protocolYaml = report.results.protocolYAML
      problems = report.results.problems.map(Problem.init)
      optimizers = report.comparisons.map { OptimizerSummary($0, extras: extras) }
      methods = MethodSummary.all(report.conditions[0].methods)
      bestFound = BestFoundJSON.all(report.conditions[0])
      conditions = report.conditions.count > 1 ? report.conditions.map { ConditionSummary($0, extras: extras) } : nil
      warnings = report.warnings
    }
  }

  private struct ConditionSummary: Encodable {
    let epochs, batchSize: Int
    let l2: Double
    let findings: [String]
    /// With the smallest values of the condition's objective.
    let problems: [Problem]
    let optimizers: [OptimizerSummary]
    let methods: [MethodSummary]
    let bestFound: [BestFoundJSON]?

    init(_ report: ConditionReport, extras: Set<Report.Extra>) {
      (epochs, batchSize, l2) = (report.condition.epochs, report.condition.batchSize, report.condition.l2)
      findings = report.findings.map(Markup.stripped)
      problems = report.results.problems.map(Problem.init)
      optimizers = report.comparisons.map { OptimizerSummary($0, extras: extras) }
      methods = MethodSummary.all(report.methods)
      bestFound = BestFoundJSON.all(report)
    }
  }

  /// A column of the table across optimizers: values at the rates that the other seeds choose.
  private struct MethodSummary: Encodable {
    struct Value: Encodable {
      let problem, measure: String
      /// Errors in per cent, distances as their logarithm, as in the table.
      let mean: Double
      let standardError: Double?
      /// Against the reference method, adjusted for the number of columns.
      let p: Double?
    }

    let name, schedule: String
    let madeElsewhere, reference: Bool
    let tuningRuns: [String: Int]
    let values: [Value]

    static func all(_ comparison: MethodComparison?) -> [MethodSummary] {
      guard let comparison else { return [] }
      return comparison.columns.indices.map { MethodSummary(comparison, column: $0) }
    }

    private init(_ comparison: MethodComparison, column: Int) {
      let of = comparison.columns[column]
      (name, schedule, madeElsewhere, reference) = (of.title, of.schedule, of.isMadeElsewhere, column == comparison.reference)
      tuningRuns = Dictionary(
        uniqueKeysWithValues: zip(comparison.problems.map(\.name), of.tuningRuns).compactMap { name, runs in
          runs.map { (name, $0) }
        })
      values = comparison.measures.flatMap { measure in
        comparison.problems.indices.compactMap { problem in
          comparison.sample(measure, problem: problem, column: column).map {
            Value(
              problem: comparison.problems[problem].name, measure: measure.identifier, mean: $0.mean,
              standardError: $0.standardError, p: comparison.differences(measure, problem: problem)[column]?.pValue)
          }
        }
      }
    }
  }

  private struct TraceSummary: Encodable {
    let problem, schedule: String
    let learningRate: Double
    let seed: UInt64
    let steps: Int
    /// Means over equal windows of steps.
    let losses: [Float]
  }

  private struct NormSummary: Encodable {
    let problem, schedule, priorSchedule, norm: String
    let priorLearningRate: Double
    let priorSeed: UInt64
    let round, steps: Int
    /// Evenly spaced over the steps, ends included.
    let norms, smoothedNorms: [Float]
    let factors: [Double]
  }

  private struct Problem: Encodable {
    let name, checksum: String
    let rows, features, classes, nonzeros: Int
    let testRows: Int?
    let testChecksum: String?
    let smallestLoss: Double?
    let smallestLossAttained: Bool?

    init(_ problem: ProblemSummary) {
      (name, checksum, testChecksum) = (problem.name, problem.checksum, problem.testChecksum)
      (rows, features, classes, nonzeros) = (problem.rows, problem.features, problem.classes, problem.nonzeros)
      testRows = problem.testRows
      smallestLoss = problem.optimum?.loss
      smallestLossAttained = problem.optimum?.attained
    }
  }

  private struct OptimizerSummary: Encodable {
    struct Ranks: Encodable {
      let problems: [String]
      let average: [String: Double]
      let friedmanStatistic, friedmanP, criticalDifference: Double?
    }

    let optimizer: String
    let columns: [String: [String]]
    let ranksByTrainError: Ranks
    let cells: [CellSummary]
    let theory: [Theory]
    let traces: [TraceSummary]?
    let norms: [NormSummary]?

    init(_ comparison: Comparison, extras: Set<Report.Extra>) {
      traces =
        extras.contains(.traces)
        ? comparison.tracesBySchedule.flatMap { traces in
          comparison.columns.flatMap(\.schedules).flatMap { traces[$0] ?? [] }.sorted {
            ($0.schedule, $0.learningRate, $0.seed) < ($1.schedule, $1.learningRate, $1.seed)
          }.map {
            TraceSummary(
              problem: $0.problem, schedule: $0.schedule, learningRate: $0.learningRate, seed: $0.seed, steps: $0.steps,
              losses: $0.losses)
          }
        } : nil
      norms =
        extras.contains(.norms)
        ? comparison.refinements.joined().filter { !$0.norms.isEmpty }.map {
          NormSummary(
            problem: $0.problem, schedule: $0.schedule, priorSchedule: $0.priorSchedule, norm: $0.norm.rawValue,
            priorLearningRate: $0.priorLearningRate, priorSeed: $0.priorSeed, round: $0.round, steps: $0.steps, norms: $0.norms,
            smoothedNorms: $0.smoothedNorms, factors: $0.factors)
        } : nil
      optimizer = comparison.optimizer
      columns = Dictionary(uniqueKeysWithValues: comparison.columns.map { ($0.key, $0.schedules) })
      let ranking = Ranking(.trainError, of: comparison)
      ranksByTrainError = Ranks(
        problems: ranking.problems.map { comparison.problems[$0].name },
        average: Dictionary(uniqueKeysWithValues: zip(comparison.columns.map(\.key), ranking.averages ?? [])),
        friedmanStatistic: ranking.friedman?.statistic, friedmanP: ranking.friedman?.pValue,
        criticalDifference: ranking.friedman?.criticalDifference)
      cells = comparison.problems.indices.flatMap { problem in
        let standing = comparison.standing(.trainError, problem: problem)
        return comparison.columns.indices.map { CellSummary(comparison, problem: problem, column: $0, standing: standing) }
      }
      theory = comparison.problems.indices.compactMap { TheoryRow(comparison, problem: $0) }.map { Theory($0, of: comparison) }
    }
  }

  private struct Theory: Encodable {
    let problem: String
    let bounds: [String: Double]
    let tauError, tauLoss: Double?

    init(_ row: TheoryRow, of comparison: Comparison) {
      problem = comparison.problems[row.problem].name
      bounds = Dictionary(uniqueKeysWithValues: zip(row.columns.map { comparison.columns[$0].key }, row.bounds))
      (tauError, tauLoss) = (row.errorTau, row.lossTau)
    }
  }

  private struct CellSummary: Encodable {
    struct Sample: Encodable {
      let mean: Double
      let standardError: Double?
      let seeds: Int

      init?(_ cell: Cell, _ measure: (RunRecord) -> Double?) {
        let values = cell.values(measure)
        guard let sample = SampleMean(values.keys.sorted().compactMap { values[$0] }) else { return nil }
        (mean, standardError, seeds) = (sample.mean, sample.standardError, sample.count)
      }
    }

    let problem, column, status: String
    /// Whether all learning rates and seeds that the plan asks for have been run.
    let complete: Bool
    let schedule: String?
    let learningRate: Double?
    let lowestRateTried, highestRateTried: Bool?
    let trainError, testError, trainLossAtBestLoss: Sample?
    let learningRateForLoss: Double?
    /// Best mean training error of the problem, or not significantly different from it.
    let amongBest: Bool
    /// Adjusted p-value of the paired test against the best.
    let p: Double?
    let separable: Bool

    init(_ comparison: Comparison, problem: Int, column: Int, standing: Standing) {
      let cell = comparison.byError[problem][column]
      let byLoss = comparison.byLoss[problem][column]
      self.problem = comparison.problems[problem].name
      self.column = comparison.columns[column].key
      status = cell.status == .measured ? "measured" : cell.placeholder
      complete = cell.isComplete
      schedule = cell.best?.schedule
      learningRate = cell.best?.learningRate
      lowestRateTried = cell.best?.isLowestTried
      highestRateTried = cell.best?.isHighestTried
      trainError = Sample(cell) { $0[.trainError] }
      testError = Sample(cell) { $0[.testError] }
      trainLossAtBestLoss = Sample(byLoss) { $0[.trainLoss] }
      learningRateForLoss = byLoss.best?.learningRate
      amongBest = standing.isBold(column)
      p = standing.pValues[column]
      separable = comparison.separable[problem]
    }
  }
}
