import Foundation
import Sweeps
import Training

/// All that the report says about one optimizer, before it is written down.
public struct Comparison: Sendable {
  public let optimizer: String
  public let problems: [ProblemSummary]
  public let columns: [ScheduleColumn]
  /// Seeds that the configuration asks for.
  public let seeds: Int
  /// By problem, then column: at the rate with the lowest mean training error.
  public let byError: [[Cell]]
  /// By problem, then column: at the rate with the lowest mean training loss.
  public let byLoss: [[Cell]]
  /// Whether the problem ends with no errors, so that its averages say nothing.
  public let separable: [Bool]
  /// First-round refinement of each problem.
  public let refinements: [RefinementRecord?]
  let runsBySchedule: [[String: [RunRecord]]]
  let tracesBySchedule: [[String: [TraceRecord]]]

  /// - Complexity: O(n log n) in the number of runs.
  init(_ results: SweepResults, optimizer: String, columns: [ScheduleColumn]) {
    self.optimizer = optimizer
    self.columns = columns
    problems = results.problems
    seeds = results.configuration.seeds
    let runs = Dictionary(grouping: results.runs.lazy.filter { $0.optimizer == optimizer }) { $0.problem }
    let traces = Dictionary(grouping: results.traces.lazy.filter { $0.optimizer == optimizer }) { $0.problem }
    let refined = Dictionary(grouping: results.refinements.lazy.filter { $0.optimizer == optimizer }) { $0.problem }
    var byError: [[Cell]] = []
    var byLoss: [[Cell]] = []
    var bySchedule: [[String: [RunRecord]]] = []
    var refinements: [RefinementRecord?] = []
    for problem in results.problems {
      let ofProblem = Dictionary(grouping: runs[problem.name] ?? []) { $0.schedule }
      let records = (refined[problem.name] ?? []).sorted { $0.round < $1.round }
      let cells = { (criterion: BestRate.Criterion) in
        columns.map { column in
          Cell(
            runs: column.schedules.flatMap { ofProblem[$0] ?? [] }, criterion: criterion,
            refinementFailure: column.name == "refined" ? records.lazy.compactMap(\.failure).first : nil)
        }
      }
      byError.append(cells(.trainError))
      byLoss.append(cells(.trainLoss))
      bySchedule.append(ofProblem)
      refinements.append(records.first)
    }
    self.byError = byError
    self.byLoss = byLoss
    runsBySchedule = bySchedule
    tracesBySchedule = results.problems.map { Dictionary(grouping: traces[$0.name] ?? []) { $0.schedule } }
    self.refinements = refinements
    separable = zip(results.problems, byError).map { problem, cells in
      problem.optimum.map(\.separable) ?? Self.endsWithoutErrors(cells)
    }
  }

  /// Without an optimum on record: the best cell has no error with any seed.
  private static func endsWithoutErrors(_ cells: [Cell]) -> Bool {
    let best = cells.compactMap(\.best).map(\.meanTrainError).min()
    return best == 0
  }

  /// As papers write it, with constants that are not the defaults; the journal's spelling where this version does not know it.
  var optimizerTitle: String {
    (try? Optimizer(parsing: optimizer))?.title ?? optimizer
  }

  /// For names of files and anchors.
  var identifier: String {
    String(optimizer.map { $0.isLetter || $0.isNumber ? $0 : "-" })
  }

  /// Problems of which every column of these cells is measured and which are not separable: those that averages are over.
  func averaged(_ cells: [[Cell]]) -> [Int] {
    problems.indices.filter { index in
      !separable[index] && cells[index].allSatisfy { $0.status == .measured || $0.status == .diverged }
        && cells[index].contains { $0.status == .measured }
    }
  }
}
