import Sweeps
import Training

/// One row per run: problem, optimizer, schedule, learning rate and seed, then the run's results (RFC 4180).
///
/// Errors are fractions of 1. `chosen_by_error` and `chosen_by_loss` are 1 for the runs behind the tables of errors and of
/// losses.
struct CSVWriter {
  static let header =
    (["problem", "optimizer", "schedule", "learning_rate", "seed", "steps"] + Quantity.allCases.map(\.rawValue)
    + ["diverged", "chosen_by_error", "chosen_by_loss"]).joined(separator: ",")

  /// - Complexity: O(n log n) in the number of runs.
  func write(_ report: Report) -> String {
    var lines = [Self.header]
    for comparison in report.comparisons {
      for problem in comparison.problems.indices {
        for (position, column) in comparison.columns.enumerated() {
          let byError = comparison.byError[problem][position].best
          let byLoss = comparison.byLoss[problem][position].best
          for schedule in column.schedules {
            for run in sorted(comparison.runsBySchedule[problem][schedule] ?? []) {
              lines.append(line(run, byError: isChosen(run, byError), byLoss: isChosen(run, byLoss)))
            }
          }
        }
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func sorted(_ runs: [RunRecord]) -> [RunRecord] {
    runs.sorted { ($0.learningRate, $0.seed) < ($1.learningRate, $1.seed) }
  }

  private func isChosen(_ run: RunRecord, _ best: BestRate?) -> Bool {
    best?.schedule == run.schedule && best?.learningRate == run.learningRate
  }

  private func line(_ run: RunRecord, byError: Bool, byLoss: Bool) -> String {
    let values = Quantity.allCases.map { run[$0].map { "\($0)" } ?? "" }
    let fields =
      [quoted(run.problem), quoted(run.optimizer), quoted(run.schedule), "\(run.learningRate)", "\(run.seed)", "\(run.steps)"]
      + values + [run.diverged ? "1" : "0", byError ? "1" : "0", byLoss ? "1" : "0"]
    return fields.joined(separator: ",")
  }

  private func quoted(_ text: String) -> String {
    guard text.contains(where: { ",\"\n\r".contains($0) }) else { return text }
    return "\"" + text.replacing("\"", with: "\"\"") + "\""
  }
}
