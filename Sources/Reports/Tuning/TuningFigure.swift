import Schedules

/// The loss that a method is expected to reach, against the number of learning rates tried.
struct TuningFigure {
  let tuning: Tuning

  /// So many methods at most: those with the lowest loss with one rate tried, and those with the lowest with all.
  private static let most = 12
  /// Differences below this, in per cent, are drawn at it.
  private static let smallest = 0.01

  func render() -> Figure? {
    let shown = curves()
    guard let tries = shown.map(\.byTries.count).max(), tries > 1 else { return nil }
    let columns = shown.map(\.column)
    let key = KeyLayout(columns, width: 840 - 32)
    var canvas = SVGCanvas(name: "tuning\(tuning.identifier)", width: 840, height: 420 + key.extraHeight)
    canvas.title("What tuning is worth\(tuning.title)")
    canvas.key(columns, at: .init(x: 16, y: 50))
    let values = shown.flatMap(\.byTries).map { max($0, Self.smallest) }
    let frame = Frame(
      left: 70, top: 74 + key.extraHeight, width: 750, height: 280, horizontal: Scale(.logarithmic, 1, Double(tries)),
      vertical: Scale(.logarithmic, max(Self.smallest, (values.min() ?? 1) / 1.2), (values.max() ?? 1) * 1.2))
    canvas.axes(
      frame, horizontal: [1, 2, 4, 8, 16, 32].filter { $0 <= Double(tries) }, vertical: frame.vertical.ticks(6),
      verticalText: { tickText($0) + " %" })
    canvas.text("learning rates tried", at: .init(x: 70 + 375, y: canvas.height - 12), "muted", anchor: .middle)
    canvas.clipped(frame) { canvas in
      for (column, row) in zip(columns, shown) {
        let points = row.byTries.enumerated().map { k, value in
          (
            point: frame.point(Double(k + 1), max(value, Self.smallest)),
            hint: "\(row.title): \(Tuning.text(value)) with \(k + 1)"
          )
        }
        canvas.schedule(column) { $0.curve(points, "line", dashes: column.style.dashes) }
      }
    }
    return canvas.figure(
      caption: "\(tuning.isRegularised ? "Objective" : "Training loss") above that of the best tuned method, a mean of "
        + "\(tuning.problemCount) problems, against the number of learning rates tried (both axes logarithmic)"
        + (shown.count < tuning.rows.count(where: { !$0.byTries.isEmpty }) ? ", the leading methods." : "."))
  }

  private func curves() -> [Tuning.Row] {
    let tuned = tuning.rows.indices.filter { tuning.rows[$0].byTries.count > 1 }
    func leading(_ value: (Tuning.Row) -> Double?) -> ArraySlice<Int> {
      tuned.sorted { (value(tuning.rows[$0]) ?? .infinity) < (value(tuning.rows[$1]) ?? .infinity) }.prefix(Self.most / 2)
    }
    let chosen = Set(leading { $0.byTries.first } + leading { $0.byTries.last } + tuned.prefix(1))
    return tuned.filter(chosen.contains).map { tuning.rows[$0] }
  }
}
