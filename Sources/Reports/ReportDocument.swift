import Schedules
import Sweeps

extension Report {
  /// The whole report, in order.
  func document() -> Document {
    var document = Document()
    document.blocks += opening
    for comparison in comparisons { document.blocks += details(comparison) }
    document.blocks += warningsSection
    document.blocks += provenance
    document.blocks += howThisWasRun
    return document
  }

  private var opening: [Document.Block] {
    var blocks: [Document.Block] = [
      .heading(1, Self.title), .paragraph(Markup.plain(results.configuration.protocolSentence)),
      .findings(Findings(comparisons).bullets),
    ]
    blocks += comparisons.compactMap { $0.table(.trainError).map { .table($0) } }
    if let figure = HeadlineFigure(comparisons: comparisons).render() { blocks.append(.figure(figure)) }
    return blocks
  }

  private func details(_ comparison: Comparison) -> [Document.Block] {
    var blocks: [Document.Block] = [.heading(2, comparison.optimizerTitle)]
    let rankings = comparison.measures.map { Ranking($0, of: comparison) }
    if let table = comparison.rankTable(rankings) { blocks += [.heading(3, "Ranks"), .table(table)] }
    if let table = Claims([comparison]).table(0) { blocks.append(.table(table)) }
    blocks += figures([CriticalDifferenceFigure(comparison: comparison, ranking: rankings[0]).render()])
    let lossTables = [Measure.distance, .trainLoss].compactMap { comparison.table($0) }
    if !lossTables.isEmpty { blocks += [.heading(3, "Training loss")] + lossTables.map { .table($0) } }
    blocks += figures([LossFigure(comparison: comparison).render()])
    if let table = comparison.table(.testError) { blocks += [.heading(3, "Test error"), .table(table)] }
    blocks += [.heading(3, "Learning rates"), .table(comparison.chosenRateTable())]
    blocks += figures([ErrorAgainstRateFigure(comparison: comparison).render()])
    blocks += [.heading(3, "Robustness"), .table(comparison.robustnessTable())]
    if let figure = RefinedSchedulesFigure(comparison: comparison).render() {
      blocks += [.heading(3, "Refined schedules"), .figure(figure)]
    }
    if let table = comparison.theoryTable() { blocks += [.heading(3, "Theory"), .table(table)] }
    return blocks
  }

  private func figures(_ figures: [Figure?]) -> [Document.Block] { figures.compactMap { $0.map { .figure($0) } } }

  private var warningsSection: [Document.Block] {
    warnings.isEmpty ? [] : [.heading(2, "Warnings"), .list(warnings)]
  }

  /// By problem: marked where every optimizer's comparison counts it as separable.
  private var separableMarks: [[Table.Mark]] {
    results.problems.indices.map { problem in
      guard !comparisons.isEmpty, comparisons.allSatisfy({ $0.separable[problem] }) else { return [] }
      return [comparisons.contains { $0.endsWithoutErrors[problem] } ? .separable : .separableUnreached]
    }
  }

  private var provenance: [Document.Block] {
    let seeds = Set(results.runs.map(\.seed)).sorted()
    let range = seeds.isEmpty ? "none" : seeds.map(String.init).joined(separator: ", ")
    return [
      .heading(2, "Provenance"),
      .paragraph("Refinery \(results.version). \(counted(results.runs.count, "run")); seeds: \(range)."),
      .table(results.problemTable(marks: separableMarks)),
    ] + (results.optimumTable(marks: separableMarks).map { [.table($0)] } ?? []) + [
      .paragraph("The protocol:"), .code(results.protocolYAML, language: "yaml"),
    ]
  }

  private var howThisWasRun: [Document.Block] {
    var blocks: [Document.Block] = [.heading(2, "How this was run")]
    guard !results.sessions.isEmpty else { return blocks + [.paragraph("No session is on record.")] }
    blocks.append(.table(sessionTable))
    return blocks + otherPlans
  }

  /// What the results folder holds besides the plan in this report.
  private var otherPlans: [Document.Block] {
    var blocks: [Document.Block] = results.planKey.isEmpty ? [] : [.paragraph("This is plan \(results.planKey).")]
    if !results.otherPlans.isEmpty {
      blocks += [
        .paragraph(
          "The results folder holds other plans too, which `--protocol` shows; each with how it differs from the newest:"),
        .list(results.otherPlans),
      ]
    }
    return blocks + (results.morePlans.map { [.paragraph($0)] } ?? [])
  }

  static let sessionTableIdentifier = "sessions"

  private var sessionTable: Table {
    let rows = results.sessions.map { session in
      Table.Row(
        session.started,
        [
          Table.Cell(duration(session.seconds), sortValue: session.seconds),
          Table.Cell("\(session.runs)", sortValue: Double(session.runs)),
          Table.Cell(session.seconds > 0 ? fixed(Double(session.runs) / session.seconds, 1) : "–"),
          Table.Cell("\(session.threads)", sortValue: Double(session.threads)), Table.Cell(session.shard ?? "–"),
          Table.Cell(session.machine), Table.Cell(session.path),
        ])
    }
    let seconds = results.sessions.reduce(0) { $0 + $1.seconds }
    let runs = results.sessions.reduce(0) { $0 + $1.runs }
    return Table(
      identifier: Self.sessionTableIdentifier, title: "Sessions",
      headings: ["started", "duration", "runs", "runs a second", "threads", "shard", "machine", "path"],
      schedules: Array(repeating: nil, count: 7), rows: rows,
      notes: ["\(counted(results.sessions.count, "session")), \(counted(runs, "run")), \(duration(seconds)) together."])
  }

  private func duration(_ seconds: Double) -> String {
    let whole = Int(max(0, min(seconds, 1e9)).rounded())
    if seconds < 60 { return "\(fixed(seconds, 1)) s" }
    if whole < 3600 { return "\(whole / 60) min \(whole % 60) s" }
    return "\(whole / 3600) h \(whole % 3600 / 60) min"
  }
}
