import Schedules
import Sweeps
import Training

/// The best schedules that were found with one optimizer at one condition, and how far others are from them.
struct BestFoundComparison: Sendable {
  let comparison: Comparison
  /// By problem; nil where nothing is known yet.
  let found: [BestFound?]
  /// Schedules at rates tuned as finely as that of the best found, on the seeds of the judgement: training loss (the objective,
  /// where it is regularised), then training error.
  let tuned: [Headroom]
  /// The columns at their rates of the grid, on the seeds of the sweep.
  let swept: [Headroom]
  /// By problem: the best found, then the schedules of `tuned`; evenly spaced over the steps, scaled by their learning rates.
  /// Empty where there is none.
  let stepSizes: [[[Double]]]

  /// Points of a schedule, as many as results keep of a refined one.
  private static let points = 512
  static let boundMinimizer = "refined:method=bound"

  /// - Returns: nil where nothing was searched for.
  init?(_ comparison: Comparison, results: SweepResults) {
    let byProblem = Dictionary(
      results.bestFound.filter { $0.record.optimizer == comparison.optimizer }.map { ($0.record.problem, $0) },
      uniquingKeysWith: { first, _ in first })
    let isSearched = results.configuration.search != nil
    guard !byProblem.isEmpty || isSearched && results.configuration.optimizers.map(\.spelling).contains(comparison.optimizer)
    else { return nil }
    let found = comparison.problems.map { byProblem[$0.name] }
    self.comparison = comparison
    self.found = found
    let present = Set(found.flatMap { $0?.record.compared.map(\.schedule) ?? [] })
    let known = BestFoundSearch.starts.filter(present.contains)
    let spellings = known + present.subtracting(known).sorted()
    let quantities: [Quantity] = [comparison.isRegularised ? .trainObjective : .trainLoss, .trainError]
    let columns = Self.columns(spellings, of: comparison)
    tuned = quantities.map { quantity in
      let values = comparison.problems.indices.map { problem in
        Headroom.Values(
          best: Self.bySeed(found[problem]?.record.outcomes ?? [], quantity),
          schedules: spellings.map { spelling in
            let judged = found[problem]?.record.compared.first { $0.schedule == spelling }
            return Self.bySeed(judged?.outcomes ?? [], quantity)
          }, floor: comparison.floor(quantity, problem: problem))
      }
      return Headroom(quantity, columns: columns, values: values, separable: comparison.separable)
    }
    swept = quantities.map { quantity in
      let values = comparison.problems.indices.map { problem in
        let own = found[problem].flatMap { $0.isComplete ? $0.runs : nil } ?? []
        let isWhole = own.count == comparison.seeds && own.allSatisfy { $0.value(quantity) != nil }
        return Headroom.Values(
          best: isWhole
            ? Dictionary(own.compactMap { run in run.value(quantity).map { (run.seed, $0) } }, uniquingKeysWith: { a, _ in a })
            : [:],
          schedules: comparison.byLoss[problem].map { cell in cell.isComplete ? cell.values { $0.value(quantity) } : [:] },
          floor: comparison.floor(quantity, problem: problem))
      }
      return Headroom(quantity, columns: comparison.columns, values: values, separable: comparison.separable)
    }
    stepSizes = comparison.problems.indices.map { problem in
      guard let record = found[problem]?.record, record.failure == nil else { return [] }
      let steps = comparison.runsBySchedule[problem].values.first?.first?.steps ?? found[problem]?.runs.first?.steps
      let own = Self.factors(record.schedule, recorded: [], steps: steps).map { $0 * record.learningRate }
      return [own]
        + spellings.map { spelling in
          guard let judged = record.compared.first(where: { $0.schedule == spelling }) else { return [] }
          return Self.factors(spelling, recorded: judged.factors, steps: steps).map { $0 * judged.learningRate }
        }
    }
  }

  /// Values of every seed; none if a run diverged.
  private static func bySeed(_ outcomes: [Quantities], _ quantity: Quantity) -> [UInt64: Double] {
    let values = outcomes.compactMap { $0[quantity] }
    guard values.count == outcomes.count else { return [:] }
    return Dictionary(
      uniqueKeysWithValues: values.enumerated().map { (UInt64($0), quantity.isFraction ? 100 * $1 : $1) })
  }

  private static func factors(_ spelling: String, recorded: [Double], steps: Int?) -> [Double] {
    let whole = recorded.isEmpty ? steps.flatMap { try? Schedule(parsing: spelling).factors(steps: $0) } ?? [] : recorded
    return whole.isEmpty ? [] : linearlyInterpolated(whole, count: points)
  }

  /// Titles and styles as in the tables of the optimizer where a column is the same schedule.
  private static func columns(_ spellings: [String], of comparison: Comparison) -> [ScheduleColumn] {
    let names = comparison.columns.map { ScheduleColumn.name(of: $0.schedules.first ?? "") }
    let styles = ScheduleStyle.styles(of: names + spellings.map(ScheduleColumn.name)).dropFirst(names.count)
    return zip(spellings, styles).map { spelling, style in
      let column = comparison.columns.first { $0.schedules == [spelling] }
      let isFirst = spelling == ScheduleColumn.name(of: spelling)
      return ScheduleColumn(
        key: column?.key ?? spelling,
        title: spelling == boundMinimizer ? "bound's minimiser" : column?.title ?? ScheduleStyle.title(of: spelling),
        schedules: [spelling], style: column?.style ?? (isFirst ? ScheduleStyle(spelling) : style))
    }
  }

  /// The problems that count, with the shape of the best found.
  var outlines: [ScheduleOutline] { tuned[0].counted.compactMap { stepSizes[$0].first.flatMap(ScheduleOutline.init) } }

  var linear: Int? { tuned[0].column(of: "linear") }

  /// What headroom is a percentage of.
  var baseText: String { comparison.baseText }

  /// What a reader must know, one sentence each.
  var warnings: [String] {
    zip(comparison.problems, found).compactMap { problem, found in
      let with = "\(problem.name) with \(comparison.optimizerTitle)"
      guard let found else { return "\(with): the best schedule has not been searched for yet." }
      if let failure = found.record.failure { return "\(with): no best schedule was found: \(failure)." }
      return found.isComplete ? nil : "\(with): not all seeds of the best schedule found have been run yet."
    }
  }
}

extension Comparison {
  /// Whether losses can be measured from the optimum on every problem.
  fileprivate var hasOptima: Bool { problems.allSatisfy { $0.optimum != nil } }

  /// What losses are measured from; nil where that means nothing: errors, and separable problems.
  fileprivate func floor(_ quantity: Quantity, problem: Int) -> Double? {
    quantity.isFraction || separable[problem] ? nil : hasOptima ? problems[problem].optimum?.loss : 0
  }

  fileprivate var baseText: String {
    (isRegularised ? "objective" : "loss") + (hasOptima ? " above the optimum" : "")
  }
}

extension RunRecord {
  /// Errors in per cent; nil if the run diverged.
  fileprivate func value(_ quantity: Quantity) -> Double? {
    diverged ? nil : self[quantity].map { quantity.isFraction ? 100 * $0 : $0 }
  }
}
