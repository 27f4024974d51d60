import Schedules
import Sweeps

extension Report {
  /// The whole report, in order.
  func document() -> Document {
    var document = Document()
    document.blocks = [.heading(1, title), .paragraph(Markup.plain(study.configuration.protocolSentence)), .findings(findings)]
    if conditions.count == 1 {
      document.blocks += conditions[0].opening + bestSchedules + conditions[0].details
    } else {
      document.blocks += bestSchedules + alongAxes
      for condition in conditions { document.blocks.append(condition.folded) }
    }
    document.blocks += warningsSection
    document.blocks += provenance
    document.blocks += howThisWasRun
    return document
  }

  /// What opens the report, as markup.
  var findings: [String] {
    if conditions.count == 1 { return conditions[0].findings }
    return BestFoundFindings.bullets(conditions, axes: study.axes) + AxisSummary.bullets(AxisComparison.all(self))
  }

  private var bestSchedules: [Document.Block] {
    let findings = BestFoundFindings.all(conditions)
    let figures = [BestShapesFigure(findings: findings).render()].compactMap { $0 }
    let blocks: [Document.Block] = BestFoundSummary(findings).tables.map { .table($0) } + figures.map { .figure($0) }
    return blocks.isEmpty ? [] : [.heading(2, "Best schedules found")] + blocks
  }

  private var alongAxes: [Document.Block] {
    let all = AxisComparison.all(self)
    return all.flatMap { axis -> [Document.Block] in
      let losses = axis.comparisons[axis.comparisons.count - 1].measures.first { !$0.quantity.isFraction }
      let hasTests = axis.comparisons.contains { $0.measures.contains(.testError) }
      let tests: [AxisFigure.Quantity] = hasTests ? [.measure(.testError)] : []
      let quantities = [.measure(.trainError)] + (losses.map { [.measure($0)] } ?? []) + tests + [.rate]
      let figures = quantities.compactMap { AxisFigure(axis: axis, quantity: $0).render() }
      let opening: [Document.Block] = AxisSummary.isNeeded(all) ? [.findings([axis.bullet])] : []
      return [.heading(2, "Along \(axis.axis.title), \(axis.title)")] + opening + [.table(axis.table())]
        + figures.map { .figure($0) }
    }
  }

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

  private var protocolYAML: String { conditions.count == 1 ? results.protocolYAML : study.configuration.protocolYAML }

  private var provenance: [Document.Block] {
    let seeds = Set(study.conditions.flatMap { $0.results.runs.map(\.seed) }).sorted()
    let runs = study.conditions.reduce(0) { $0 + $1.results.runs.count }
    let range = seeds.isEmpty ? "none" : seeds.map(String.init).joined(separator: ", ")
    return [
      .heading(2, "Provenance"),
      .paragraph("Refinery \(results.version). \(counted(runs, "run")); seeds: \(range)."),
      .table(results.problemTable(marks: separableMarks)),
    ] + (study.optimumTable(marks: separableMarks).map { [.table($0)] } ?? []) + [
      .paragraph("The protocol:"), .code(protocolYAML, language: "yaml"),
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
