import Foundation
import Sweeps
import Training

/// The tables' numbers for other programs. Errors are fractions of 1; keys may be added, never renamed.
struct JSONWriter {
  func write(_ report: Report) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return String(decoding: try encoder.encode(Summary(report)), as: UTF8.self) + "\n"
  }

  private struct Summary: Encodable {
    /// The findings as one text.
    let answer: String
    let findings: [String]
    let version: String
    let protocolYaml: String
    let problems: [Problem]
    let optimizers: [OptimizerSummary]
    let warnings: [String]

    init(_ report: Report) {
      findings = Findings(report.comparisons).bullets.map(Markup.stripped)
      answer = findings.joined(separator: " ")
      version = report.results.version
      protocolYaml = report.results.protocolYAML
      problems = report.results.problems.map(Problem.init)
      optimizers = report.comparisons.map(OptimizerSummary.init)
      warnings = report.warnings
    }
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

    init(_ comparison: Comparison) {
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
