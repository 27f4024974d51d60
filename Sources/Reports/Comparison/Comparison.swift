import Foundation
import Sweeps
import Training

/// Everything that the report says about one optimizer, before it is written in some format.
public struct Comparison: Sendable {
  public let optimizer: String
  /// As the configuration names it, else as papers write it.
  let optimizerName: String
  /// With the condition, where there are several.
  let optimizerTitle: String
  /// For file names of figures and anchors of tables: ASCII letters, digits and hyphens.
  let identifier: String
  public let problems: [ProblemSummary]
  public let columns: [ScheduleColumn]
  /// Number of seeds in the configuration.
  public let seeds: Int
  /// Whether the objective is: rates are then chosen, and schedules ranked, by it.
  public let isRegularised: Bool
  /// Shares of a run.
  let checkpoints: [Double]
  /// By problem, then column: at the rate with the lowest mean training error, or regularised objective.
  public let byError: [[Cell]]
  /// By problem, then column: at the rate with the lowest mean training loss, or regularised objective.
  public let byLoss: [[Cell]]
  /// Whether a problem is separable, which makes averages over it meaningless: by its smallest loss or, if that is not known,
  /// because runs of this optimizer end without errors. A regularised objective has a minimum all the same.
  public let separable: [Bool]
  /// Whether all runs of some cell end without errors.
  let endsWithoutErrors: [Bool]
  /// By problem: the refinements of all spellings, by round, then in the order of the columns.
  public let refinements: [[RefinementRecord]]
  let runsBySchedule: [[String: [RunRecord]]]
  let tracesBySchedule: [[String: [TraceRecord]]]

  /// - Complexity: O(n log n) in the number of runs.
  init(
    _ results: SweepResults, optimizer: String, name: String, condition: String, identifier: String, columns: [ScheduleColumn]
  ) {
    self.optimizer = optimizer
    optimizerName = name
    optimizerTitle = condition.isEmpty ? name : "\(name), \(condition)"
    isRegularised = results.configuration.l2 > 0
    checkpoints = results.configuration.checkpoints
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
      byError.append(cells(isRegularised ? .trainObjective : .trainError))
      byLoss.append(cells(isRegularised ? .trainObjective : .trainLoss))
      bySchedule.append(ofProblem)
      refinements.append(records)
    }
    self.byError = byError
    self.byLoss = byLoss
    runsBySchedule = bySchedule
    tracesBySchedule = results.problems.map { Dictionary(grouping: traces[$0.name] ?? []) { $0.schedule } }
    self.refinements = refinements
    endsWithoutErrors = byError.map { cells in
      // Weights under which all classes are equally likely may count as error-free; their loss shows that they are not.
      cells.compactMap(\.best).contains { $0.meanTrainError == 0 && $0.meanTrainLoss < log(2) }
    }
    let isRegularised = isRegularised
    separable = zip(results.problems, endsWithoutErrors).map { problem, ends in
      !isRegularised && (problem.optimum.map(\.separable) ?? ends)
    }
  }

  /// The problems that averages are over: complete in every column of these cells, and not separable.
  func averaged(_ cells: [[Cell]]) -> [Int] {
    problems.indices.filter { index in
      !separable[index] && cells[index].allSatisfy { $0.isComplete && ($0.status == .measured || $0.status == .diverged) }
        && cells[index].contains { $0.status == .measured }
    }
  }
}
