import Foundation
import Sweeps
import Training

/// All that the report says about one optimizer, before it is written down.
public struct Comparison: Sendable {
  public let optimizer: String
  /// Of figures' files and tables' anchors: ASCII letters, digits and hyphens.
  let identifier: String
  public let problems: [ProblemSummary]
  public let columns: [ScheduleColumn]
  /// Seeds that the configuration asks for.
  public let seeds: Int
  /// By problem, then column: at the rate with the lowest mean training error.
  public let byError: [[Cell]]
  /// By problem, then column: at the rate with the lowest mean training loss.
  public let byLoss: [[Cell]]
  /// Whether the classes of a problem can be separated, so that its averages say nothing: by its smallest loss or, where that is
  /// not known, by runs of this optimizer that end without errors.
  public let separable: [Bool]
  /// Whether all runs of some cell end without errors.
  let endsWithoutErrors: [Bool]
  /// By problem: the refinements of all spellings, by round, then in the order of the columns.
  public let refinements: [[RefinementRecord]]
  let runsBySchedule: [[String: [RunRecord]]]
  let tracesBySchedule: [[String: [TraceRecord]]]

  /// - Complexity: O(n log n) in the number of runs.
  init(_ results: SweepResults, optimizer: String, identifier: String, columns: [ScheduleColumn]) {
    self.optimizer = optimizer
    self.identifier = identifier
    self.columns = columns
    problems = results.problems
    let seeds = results.configuration.seeds
    self.seeds = seeds
    let incomplete = Dictionary(grouping: results.incomplete.lazy.filter { $0.optimizer == optimizer }) { $0.problem }
    let runs = Dictionary(grouping: results.runs.lazy.filter { $0.optimizer == optimizer }) { $0.problem }
    let traces = Dictionary(grouping: results.traces.lazy.filter { $0.optimizer == optimizer }) { $0.problem }
    let refined = Dictionary(grouping: results.refinements.lazy.filter { $0.optimizer == optimizer }) { $0.problem }
    var byError: [[Cell]] = []
    var byLoss: [[Cell]] = []
    var bySchedule: [[String: [RunRecord]]] = []
    var refinements: [[RefinementRecord]] = []
    let order = Dictionary(columns.flatMap(\.schedules).enumerated().map { ($1, $0) }, uniquingKeysWith: min)
    for problem in results.problems {
      let ofProblem = Dictionary(grouping: runs[problem.name] ?? []) { $0.schedule }
      let isIncomplete = Set((incomplete[problem.name] ?? []).map(\.schedule))
      let records = (refined[problem.name] ?? []).sorted { a, b in
        (a.round, order[a.schedule] ?? .max, a.schedule) < (b.round, order[b.schedule] ?? .max, b.schedule)
      }
      let cells = { (criterion: BestRate.Criterion) in
        columns.map { column in
          Cell(
            runs: column.schedules.flatMap { ofProblem[$0] ?? [] }, criterion: criterion, seeds: seeds,
            isIncomplete: column.schedules.contains(where: isIncomplete.contains),
            refinementFailure: records.lazy.filter { column.schedules.contains($0.schedule) }.compactMap(\.failure).first)
        }
      }
      byError.append(cells(.trainError))
      byLoss.append(cells(.trainLoss))
      bySchedule.append(ofProblem)
      refinements.append(records)
    }
    self.byError = byError
    self.byLoss = byLoss
    runsBySchedule = bySchedule
    tracesBySchedule = results.problems.map { Dictionary(grouping: traces[$0.name] ?? []) { $0.schedule } }
    self.refinements = refinements
    endsWithoutErrors = byError.map { cells in
      // Weights that tell nothing, whose classes are all equally likely, may be counted as without error, but not their loss.
      cells.compactMap(\.best).contains { $0.meanTrainError == 0 && $0.meanTrainLoss < log(2) }
    }
    separable = zip(results.problems, endsWithoutErrors).map { problem, ends in problem.optimum.map(\.separable) ?? ends }
  }

  /// As papers write it, with constants that are not the defaults; the journal's spelling where this version does not know it.
  var optimizerTitle: String {
    (try? Optimizer(parsing: optimizer))?.title ?? optimizer
  }

  /// Problems of which every column of these cells is complete and which are not separable: those that averages are over.
  func averaged(_ cells: [[Cell]]) -> [Int] {
    problems.indices.filter { index in
      !separable[index] && cells[index].allSatisfy { $0.isComplete && ($0.status == .measured || $0.status == .diverged) }
        && cells[index].contains { $0.status == .measured }
    }
  }
}
