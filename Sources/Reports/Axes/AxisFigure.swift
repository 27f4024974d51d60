import Foundation

/// How one quantity of every column moves along an axis, a panel a problem.
struct AxisFigure {
  enum Quantity: Hashable {
    case measure(Measure)
    /// The learning rate that is chosen, of columns with a choice.
    case rate
  }

  let axis: AxisComparison
  let quantity: Quantity

  private struct Point {
    let place: Int
    let mean: Double
    let low: Double
    let high: Double
  }

  private struct Curve {
    let column: ScheduleColumn
    let points: [Point]
  }

  private var name: String {
    switch quantity {
    case .measure(let measure): measure.identifier
    case .rate: "rate"
    }
  }

  private var title: String {
    switch quantity {
    case .measure(let measure): measure.isDistance ? "Distance of the \(measure.shortTitle) from the optimum" : measure.title
    case .rate: "Chosen learning rate"
    }
  }

  /// - Returns: nil where fewer than two values of the axis are known.
  func render() -> Figure? {
    let problems = axis.comparisons[0].problems
    let panels = problems.indices.map { (problem: $0, curves: curves(problem: $0)) }
      .filter { panel in panel.curves.contains { $0.points.count > 1 } }
    guard !panels.isEmpty else { return nil }
    let columns = shown.map { axis.columns[$0] }
    let key = KeyLayout(columns, width: 840 - 32)
    let grid = PanelGrid(
      columns: min(3, panels.count), count: panels.count, width: 840, top: 64 + key.extraHeight, panelHeight: 206)
    var canvas = SVGCanvas(name: "axis-\(axis.identifier)-\(name)", width: grid.width, height: grid.height + 22)
    canvas.title("\(title) along \(axis.axis.title), \(axis.title)")
    canvas.key(columns, at: .init(x: 16, y: 50))
    for (index, panel) in panels.enumerated() {
      canvas.problem(problems[panel.problem].name) {
        draw(
          panel.curves, name: problems[panel.problem].name, corner: grid.corner(index),
          width: grid.width / Double(grid.columns),
          on: &$0)
      }
    }
    canvas.text("\(axis.axis.title)", at: .init(x: grid.width / 2, y: canvas.height - 8), "muted", anchor: .middle)
    return canvas.figure(caption: "\(title) along \(axis.axis.title)\(axis.phrase), a panel a problem\(spread).")
  }

  /// Indices of the columns shown.
  private var shown: [Int] { quantity == .rate ? axis.tuned : Array(axis.columns.indices) }

  /// What points and bars are.
  private var spread: String {
    switch (axis.subject, quantity) {
    case (.schedules, .rate): ""
    case (.schedules, .measure): ": mean over the seeds, bars of one standard error"
    case (.methods, .rate):
      ": the rates that the other seeds choose, geometric mean over the seeds, bars of one standard error; methods with a single rate "
        + "are not shown"
    case (.methods, .measure):
      ": each seed at the rate that the other seeds choose, mean over the seeds, bars of one standard error"
    }
  }

  private func curves(problem: Int) -> [Curve] {
    shown.map { column in
      let points = axis.comparisons.enumerated().compactMap { place, comparison -> Point? in
        switch quantity {
        case .rate:
          return comparison.byError[problem][column].rate.map {
            Point(place: place, mean: $0.mean, low: $0.low, high: $0.high)
          }
        case .measure(let measure):
          // Along l2, the loss without regularisation is the objective with none.
          let own = measure.quantity.isFraction ? measure : comparison.measures.first { !$0.quantity.isFraction } ?? measure
          guard let sample = comparison.sample(own, problem: problem, column: column) else { return nil }
          let error = sample.standardError ?? 0
          let values = [sample.mean, sample.mean - error, sample.mean + error].map { measure.isDistance ? pow(10, $0) : $0 }
          return Point(place: place, mean: values[0], low: values[1], high: values[2])
        }
      }
      return Curve(column: axis.columns[column], points: points)
    }.filter { !$0.points.isEmpty }
  }

  private func draw(_ curves: [Curve], name: String, corner: SVGCanvas.Point, width: Double, on canvas: inout SVGCanvas) {
    let points = curves.flatMap(\.points)
    let last = Double(max(1, axis.values.count - 1))
    let frame = Frame(
      left: corner.x + 54, top: corner.y + 26, width: width - 66, height: 136,
      horizontal: Scale(.linear, -0.08 * last, 1.08 * last), vertical: scale(points))
    canvas.name(name, at: .init(x: frame.left, y: frame.top - 9), width: frame.width)
    let ticks: [Double]
    if quantity == .rate {
      let (low, high) = (log2(frame.vertical.low).rounded(.up), log2(frame.vertical.high).rounded(.down))
      let step = [1.0, 2, 4, 8].first { (high - low) / $0 <= 5 } ?? 16
      ticks = Array(stride(from: (low / step).rounded(.up) * step, through: high, by: step)).map { exp2($0) }
    } else {
      ticks = frame.vertical.ticks(4)
    }
    // As many labels as fit, the ends among them.
    let texts = axis.valueTexts
    let room = frame.width / ((texts.map { textWidth($0, size: 11) }.max() ?? 0) + 8)
    let stride = max(1, Int((Double(texts.count) / max(1, room)).rounded(.up)))
    let places = texts.indices.filter { $0 % stride == 0 }.map(Double.init)
    canvas.axes(
      frame, horizontal: places, vertical: ticks, horizontalText: { texts[Int($0)] },
      verticalText: quantity == .rate ? rateText : tickText)
    canvas.clipped(frame) { canvas in
      for (index, curve) in curves.enumerated() {
        // Side by side, so that equal values do not hide each other.
        let shift = 0.05 * last * (Double(index) + 0.5 - Double(curves.count) / 2) / Double(curves.count)
        canvas.schedule(curve.column) { canvas in
          for point in curve.points where point.high > point.low {
            let x = Double(point.place) + shift
            canvas.line(frame.point(x, point.low), frame.point(x, point.high), "error-bar")
          }
          let hinted = curve.points.map { point -> (point: SVGCanvas.Point, hint: String) in
            let isRate = quantity == .rate && point.low == point.high
            return (
              point: frame.point(Double(point.place) + shift, point.mean),
              hint: "\(isRate ? rateText(point.mean) : significant(point.mean, 4)) at \(texts[point.place])"
            )
          }
          canvas.curve(hinted, "line", dashes: curve.column.style.dashes)
          for point in hinted { canvas.circle(point.point, radius: 2.4, "dot") }
        }
      }
    }
  }

  /// Logarithmic where all values are above zero.
  private func scale(_ points: [Point]) -> Scale {
    let (low, high) = (points.map(\.low).min() ?? 0, points.map(\.high).max() ?? 1)
    guard low > 0 else { return Scale(.linear, min(0, low), max(high, 1e-9)) }
    return quantity == .rate
      ? Scale(.logarithmic, low / 1.5, high * 1.5) : Scale(.logarithmic, low * 0.94, max(high * 1.06, low * 1.3))
  }
}
