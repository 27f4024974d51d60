extension Comparison {
  /// The learning rate at which each cell of the error table is shown, with the winning hyper-parameters.
  func chosenRateTable() -> Table {
    let rows = problems.indices.map { problem in
      Table.Row(
        problems[problem].name, marks: separableMarks(problem),
        columns.indices.map { column in
          let cell = byError[problem][column]
          guard let best = cell.best else { return Table.Cell(cell.placeholder) }
          let parameters = ScheduleColumn.parameters(of: best.schedule).replacing("=", with: " ")
          let variant = columns[column].schedules.count > 1 ? " (\(parameters.isEmpty ? "default" : parameters))" : ""
          return Table.Cell(
            rateText(best.learningRate) + variant,
            marks: edgeMarks(cell, problem: problem) + (cell.isComplete ? [] : [.incomplete]), sortValue: best.learningRate)
        })
    }
    var notes = [
      isRegularised
        ? "The learning rate with the lowest mean regularised objective."
        : "The learning rate with the lowest mean training error; ties go to the lowest mean training loss."
    ]
    let collapsed = columns.filter { $0.schedules.count > 1 }
    if !collapsed.isEmpty {
      notes.append(
        "In parentheses the hyper-parameters that won, of "
          + listed(collapsed.map { "\($0.title): \($0.schedules.joined(separator: ", "))" }) + ".")
    }
    notes += divergence()
    return Table(
      identifier: "learning-rates-\(identifier)", title: "Chosen learning rates, \(optimizerTitle)",
      headings: ["problem"] + columns.map(\.title), schedules: columns.map(\.key), optimizer: optimizer, rows: rows,
      notes: notes)
  }

  /// The rates at which runs diverged, problems with the same rates together.
  private func divergence() -> [String] {
    var problemsByText: [String: [String]] = [:]
    var order: [String] = []
    for problem in problems.indices {
      let text = divergence(problem)
      guard !text.isEmpty else { continue }
      if problemsByText[text] == nil { order.append(text) }
      problemsByText[text, default: []].append(problems[problem].name)
    }
    return order.map { "Diverged with some seed, and so not chosen, on \(listed(problemsByText[$0] ?? [])): \($0)." }
  }

  private func divergence(_ problem: Int) -> String {
    var columnsByRate: [Double: [String]] = [:]
    for column in columns.indices {
      guard let lowest = byError[problem][column].divergedRates.values.joined().min() else { continue }
      columnsByRate[lowest, default: []].append(columns[column].title)
    }
    return columnsByRate.sorted { $0.key < $1.key }.map { rate, titles in
      "from \(rateText(rate)) \(titles.count == columns.count ? "every schedule" : listed(titles))"
    }.joined(separator: "; ")
  }
}
