import Schedules
import Sweeps

extension ConditionReport {
  var findings: [String] {
    let across = (methods?.bullets ?? []) + [tuning?.bullet].compactMap { $0 }
    let own = Findings(comparisons).bullets
    // Where a search or methods are configured, they are the question.
    let best = BestFoundFindings.bullets([self], axes: [])
    return best + (results.configuration.methods.isEmpty ? own + across : across + own)
  }

  /// Its own report, folded.
  var folded: Document.Block { .folded(title.capitalizedFirst, [.findings(findings)] + opening + details) }

  var opening: [Document.Block] {
    var blocks: [Document.Block] = comparisons.compactMap { $0.table($0.primaryMeasure).map { .table($0) } }
    if let figure = HeadlineFigure(comparisons: comparisons, name: "headline\(suffix)").render() {
      blocks.append(.figure(figure))
    }
    return blocks
  }

  var details: [Document.Block] { acrossOptimizers + comparisons.flatMap(details) }

  private var acrossOptimizers: [Document.Block] {
    guard let methods else { return [] }
    let tables = methods.measures.compactMap { methods.table($0) }
    guard !tables.isEmpty else { return [] }
    var blocks: [Document.Block] = [.heading(2, "Across optimizers")] + tables.map { .table($0) }
    if let tuning {
      blocks += [.heading(3, "Tuning"), .table(tuning.table())]
      blocks += figures([TuningFigure(tuning: tuning).render()])
    }
    return blocks
  }

  private func details(_ comparison: Comparison) -> [Document.Block] {
    var blocks: [Document.Block] = [.heading(2, comparison.optimizerTitle)]
    let rankings = comparison.measures.map { Ranking($0, of: comparison) }
    if let table = comparison.rankTable(rankings) { blocks += [.heading(3, "Ranks"), .table(table)] }
    if let table = Claims([comparison]).table(0) { blocks.append(.table(table)) }
    let bestFound = bestFound.first { $0.comparison.optimizer == comparison.optimizer }
    if let bestFound, let figure = BestFoundFigure(bestFound: bestFound).render() {
      blocks += [.heading(3, "Best schedule found"), .figure(figure)] + bestFound.headroomTables().map { .table($0) }
    }
    blocks += figures([CriticalDifferenceFigure(comparison: comparison, ranking: rankings[0]).render()])
    let losses = [Measure.distance, .trainLoss].compactMap { comparison.table($0) }
    if !losses.isEmpty { blocks += [.heading(3, "Training loss")] + losses.map { .table($0) } }
    blocks += figures([LossFigure(comparison: comparison).render()])
    let errors = comparison.isRegularised ? [Measure.objective, .trainError].compactMap { comparison.table($0) } : []
    if !errors.isEmpty { blocks += [.heading(3, "Training error")] + errors.map { .table($0) } }
    if let table = comparison.table(.testError) { blocks += [.heading(3, "Test error"), .table(table)] }
    if let table = comparison.checkpointTable() { blocks += [.heading(3, "Stopped early"), .table(table)] }
    blocks += [.heading(3, "Learning rates"), .table(comparison.chosenRateTable())]
    blocks += figures([ErrorAgainstRateFigure(comparison: comparison).render()])
    blocks += [.heading(3, "Robustness"), .table(comparison.robustnessTable())]
    if let figure = RefinedSchedulesFigure(comparison: comparison).render() {
      blocks += [.heading(3, "Refined schedules"), .figure(figure)]
    }
    let theory = [comparison.theoryTable(), bestFound?.shapeTable()].compactMap { $0 }
    if !theory.isEmpty { blocks += [.heading(3, "Theory")] + theory.map { .table($0) } }
    return blocks
  }

  private func figures(_ figures: [Figure?]) -> [Document.Block] { figures.compactMap { $0.map { .figure($0) } } }
}
