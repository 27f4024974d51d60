import Sweeps
import Training

/// One row per run: problem, optimizer, schedule, learning rate and seed, then the run's results (RFC 4180).
///
/// Errors are fractions of 1. `chosen_by_error` and `chosen_by_loss` are 1 for the runs behind the tables of errors and of
/// losses (of a regularised objective, both are those that it chooses).
struct CSVWriter {
  var extras: Set<Report.Extra> = []

  static let header =
    ["problem", "optimizer", "schedule", "learning_rate", "seed", "steps"] + Quantity.allCases.map(\.rawValue)
    + ["diverged", "chosen_by_error", "chosen_by_loss", "epochs", "batch_size", "l2"]

  private var extraColumns: [Report.Extra] { Report.Extra.allCases.filter(extras.contains) }

  /// - Complexity: O(n log n) in the number of runs.
  func write(_ report: Report) -> String {
    var lines = [(Self.header + extraColumns.map(\.rawValue)).joined(separator: ",")]
    for condition in report.conditions {
      for comparison in condition.comparisons {
        for problem in comparison.problems.indices { lines += rows(comparison, problem: problem, condition: condition) }
      }
      lines += rowsOfFurtherMethods(condition)
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func rows(_ comparison: Comparison, problem: Int, condition: ConditionReport) -> [String] {
    var seen: Set<String> = []
    return comparison.columns.indices.flatMap { position in
      let byError = comparison.byError[problem][position].best
      let byLoss = comparison.byLoss[problem][position].best
      return comparison.columns[position].schedules.filter { seen.insert($0).inserted }.flatMap { schedule in
        sorted(comparison.runsBySchedule[problem][schedule] ?? []).map { run in
          line(
            run, byError: isChosen(run, byError), byLoss: isChosen(run, byLoss), condition: condition,
            extras: extraColumns.map { extra in
              switch extra {
              case .traces:
                let trace = comparison.tracesBySchedule[problem][schedule]?.first {
                  $0.learningRate == run.learningRate && $0.seed == run.seed
                }
                return series(trace?.losses ?? [])
              case .norms:
                // Of the prior run, which stand in its row.
                let record = comparison.refinements[problem].first {
                  ($0.priorSchedule, $0.priorLearningRate, $0.priorSeed) == (schedule, run.learningRate, run.seed)
                }
                return series(record?.norms ?? [])
              }
            })
        }
      }
    }
  }

  /// Runs of methods that are in no table by optimizer.
  private func rowsOfFurtherMethods(_ condition: ConditionReport) -> [String] {
    var seen: Set<String> = Set(condition.results.runs.map(\.key))
    return condition.results.methods.flatMap { method in
      method.runs.filter { seen.insert($0.key).inserted }.map {
        line($0, byError: false, byLoss: false, condition: condition, extras: extraColumns.map { _ in "" })
      }
    }
  }

  private func series(_ values: [Float]) -> String { values.map { "\($0)" }.joined(separator: " ") }

  private func sorted(_ runs: [RunRecord]) -> [RunRecord] {
    runs.sorted { ($0.learningRate, $0.seed) < ($1.learningRate, $1.seed) }
  }

  private func isChosen(_ run: RunRecord, _ best: BestRate?) -> Bool {
    best?.schedule == run.schedule && best?.learningRate == run.learningRate
  }

  private func line(_ run: RunRecord, byError: Bool, byLoss: Bool, condition: ConditionReport, extras: [String]) -> String {
    let values = Quantity.allCases.map { run[$0].map { "\($0)" } ?? "" }
    let of = condition.condition
    let fields =
      [quoted(run.problem), quoted(run.optimizer), quoted(run.schedule), "\(run.learningRate)", "\(run.seed)", "\(run.steps)"]
      + values + [run.diverged ? "1" : "0", byError ? "1" : "0", byLoss ? "1" : "0"]
      + ["\(of.epochs)", "\(of.batchSize)", "\(of.l2)"] + extras
    return fields.joined(separator: ",")
  }

  private func quoted(_ text: String) -> String {
    guard text.contains(where: { ",\"\n\r\r\n".contains($0) }) else { return text }
    return "\"" + text.replacing("\"", with: "\"\"") + "\""
  }
}
