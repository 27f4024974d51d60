import Sweeps

extension AxisComparison {
  /// The methods of the tables across optimizers along an axis, with the values that those tables show.
  ///
  /// A method made elsewhere is among them where it has results at every value, on every problem that methods are ranked on.
  ///
  /// - Parameters:
  ///   - group: Conditions that differ along the axis alone, ascending.
  ///   - others: What the other axes are fixed at; empty if there are none.
  /// - Returns: nil where a condition has no such table.
  static func acrossOptimizers(_ group: [ConditionReport], along axis: SweepConfiguration.Axis, others: String)
    -> AxisComparison?
  {
    let methods = group.compactMap(\.methods)
    guard let first = methods.first, methods.count == group.count else { return nil }
    let places = first.columns.indices.compactMap { column -> [Int]? in
      let places = methods.compactMap { $0.place(of: first.columns[column], at: column) }
      return places.count == methods.count ? places : nil
    }
    let untuned = places.indices.filter { place in
      zip(methods, places[place]).allSatisfy { $0.columns[$1].isUntuned }
    }
    let shown = Set(places.map { first.columns[$0[0]].source })
    var leftOut: [MethodComparison.Column.Source] = []
    for source in methods.flatMap(\.columns).map(\.source) where !shown.contains(source) && !leftOut.contains(source) {
      leftOut.append(source)
    }
    return AxisComparison(
      .methods(untuned: Set(untuned), leftOut: leftOut.map(\.title)), along: axis, conditions: group.map(\.condition),
      comparisons: methods.enumerated().map { index, methods in Comparison(methods, columns: places.map { $0[index] }) },
      title: "across optimizers" + (others.isEmpty ? "" : ", " + others))
  }
}

extension MethodComparison {
  /// The index of another condition's column, if it can be ranked here.
  fileprivate func place(of column: Column, at index: Int) -> Int? {
    guard column.isMadeElsewhere else { return index }
    guard let place = columns.firstIndex(where: { $0.source == column.source }), let measure = measures.first else {
      return nil
    }
    return self.columns(with: measure, on: ranked(measure)).contains(place) ? place : nil
  }

  fileprivate func cells(_ column: Int, problem: Int) -> (byError: Cell, byLoss: Cell) {
    let (column, isComplete) = (columns[column], columns[column].isComplete[problem])
    func cell(_ runs: [UInt64: RunRecord]) -> Cell {
      Cell(chosen: runs.values.sorted { $0.seed < $1.seed }, isComplete: isComplete)
    }
    return (cell(column.byError[problem]), cell(column.byLoss[problem]))
  }
}

extension MethodComparison.Column {
  /// What it is in every condition.
  fileprivate struct Source: Hashable {
    let title, schedule: String
    let isMadeElsewhere: Bool
  }

  fileprivate var source: Source { Source(title: title, schedule: schedule, isMadeElsewhere: isMadeElsewhere) }
}

extension Comparison {
  /// Methods in place of an optimizer's schedules, each seed at the rate that the other seeds choose.
  ///
  /// - Parameter columns: Indices of methods.
  fileprivate init(_ methods: MethodComparison, columns: [Int]) {
    optimizer = ""
    optimizerName = "across optimizers"
    optimizerTitle = optimizerName + methods.title
    identifier = "methods" + methods.identifier
    problems = methods.problems
    self.columns = columns.map { methods.drawn[$0] }
    seeds = methods.seeds
    isRegularised = methods.isRegularised
    checkpoints = []
    let cells = methods.problems.indices.map { problem in columns.map { methods.cells($0, problem: problem) } }
    byError = cells.map { $0.map(\.byError) }
    byLoss = cells.map { $0.map(\.byLoss) }
    separable = methods.separable
    endsWithoutErrors = methods.separable.map { _ in false }
    refinements = methods.problems.map { _ in [] }
    runsBySchedule = methods.problems.map { _ in [:] }
    tracesBySchedule = methods.problems.map { _ in [:] }
  }
}
