extension Tuning {
  /// Methods in rows, numbers of rates tried in columns.
  func table() -> Table {
    let most = rows.map(\.byTries.count).max() ?? 0
    let tries = [1, 2, 4, 8, 16, 32].filter { $0 <= most }
    func cell(_ value: Double?) -> Table.Cell { value.map { Table.Cell(Self.text($0), sortValue: $0) } ?? Table.Cell("–") }
    return Table(
      identifier: "tuning\(identifier)", title: "What tuning is worth\(title)",
      headings: ["method", "one rate for all"] + tries.map { $0 == 1 ? "1 rate tried" : "\($0) rates" },
      schedules: [nil] + tries.map { _ in nil }, optimizer: nil,
      rows: rows.map { row in
        Table.Row(
          row.title, [cell(row.withOneRate)] + tries.map { k in cell(k <= row.byTries.count ? row.byTries[k - 1] : nil) })
      },
      notes: [
        "\(isRegularised ? "Objective" : "Training loss") above that of the best method with every rate tried, a mean of "
          + "\(problemCount) problems that are complete and not separable. Not tested.",
        "Rates tried: drawn without replacement from the rates of the grid, the best chosen with one seed and judged with the "
          + "others, the expectation over all draws; a diverged run counts with the loss of the starting point.",
        "One rate for all: the rate that is best on the other problems; for a method with a single rate, that rate.",
      ] + edgeNote)
  }

  /// The other tables extend the grid; a fixed window does not follow.
  private var edgeNote: [String] {
    let limited = rows.filter { $0.problemsAtEdge > 0 }.map { "\($0.title) on \($0.problemsAtEdge)" }
    return limited.isEmpty
      ? []
      : [
        "The lowest loss is at the edge of the grid, and rates beyond it may be better, for \(listed(limited)) of "
          + "\(problemCount) problems."
      ]
  }
}
