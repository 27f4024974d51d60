import Foundation

/// Training error (the regularised objective, where rates are chosen by it) against learning rate, one panel per problem: bands of one standard error, a dot at the chosen rate.
struct ErrorAgainstRateFigure {
  let comparison: Comparison

  private struct Curve {
    let column: ScheduleColumn
    let points: [RateCurve.Point]
    let best: Double
  }

  /// - Returns: nil where nothing was measured.
  func render() -> Figure? {
    let panels = comparison.problems.indices.compactMap { problem -> (Int, [Curve])? in
      let curves = comparison.columns.indices.compactMap { column -> Curve? in
        guard let curve = comparison.curve(problem: problem, column: column),
          let best = comparison.byError[problem][column].best
        else { return nil }
        return Curve(column: comparison.columns[column], points: curve.points, best: best.learningRate)
      }
      return curves.isEmpty ? nil : (problem, curves)
    }
    guard !panels.isEmpty else { return nil }
    let key = KeyLayout(comparison.columns, width: 840 - 32)
    let grid = PanelGrid(
      columns: min(3, panels.count), count: panels.count, width: 840, top: 64 + key.extraHeight, panelHeight: 206)
    var canvas = SVGCanvas(name: "error-against-rate-\(comparison.identifier)", width: grid.width, height: grid.height + 22)
    canvas.title("\(comparison.measureAlongRates.title) against learning rate, \(comparison.optimizerTitle)")
    canvas.key(comparison.columns, at: .init(x: 16, y: 50))
    for (index, panel) in panels.enumerated() {
      canvas.problem(comparison.problems[panel.0].name) {
        draw(panel.1, problem: panel.0, corner: grid.corner(index), width: grid.width / Double(grid.columns), on: &$0)
      }
    }
    canvas.text(
      "base learning rate (logarithmic axes, but for errors of 0)", at: .init(x: grid.width / 2, y: canvas.height - 8), "muted",
      anchor: .middle)
    let caption =
      "\(comparison.measureAlongRates.shortTitle.capitalizedFirst) against learning rate with \(comparison.optimizerTitle), a panel a problem: mean over the seeds, bands of one "
      + "standard error, dots at the chosen rates. Values far above the best are cut off."
    return canvas.figure(caption: caption)
  }

  private func draw(_ curves: [Curve], problem: Int, corner: SVGCanvas.Point, width: Double, on canvas: inout SVGCanvas) {
    let rates = curves.flatMap(\.points).map(\.rate)
    guard let lowestRate = rates.min(), let highestRate = rates.max() else { return }
    let frame = Frame(
      left: corner.x + 50, top: corner.y + 26, width: width - 62, height: 136,
      horizontal: Scale(.logarithmic, lowestRate, highestRate), vertical: verticalScale(curves))
    canvas.name(comparison.problems[problem].name, at: .init(x: frame.left, y: frame.top - 9), width: frame.width)
    let exponents = Self.exponents(from: log2(lowestRate), to: log2(highestRate))
    canvas.axes(frame, horizontal: exponents.map { exp2($0) }, vertical: frame.vertical.ticks(4), horizontalText: rateText)
    canvas.clipped(frame) { canvas in
      for curve in curves { canvas.schedule(curve.column) { draw(curve, frame: frame, on: &$0) } }
    }
    for curve in curves {
      guard let best = curve.points.first(where: { $0.rate == curve.best }), let error = best.error else { continue }
      let hint = "\(curve.column.title): \(text(error.mean)) at \(rateText(best.rate))"
      canvas.schedule(curve.column) { $0.circle(frame.point(best.rate, error.mean), radius: 3.4, "dot halo", hint: hint) }
    }
  }

  private func draw(_ curve: Curve, frame: Frame, on canvas: inout SVGCanvas) {
    let known = curve.points.compactMap { point in point.error.map { (rate: point.rate, error: $0) } }
    let upper = known.map { frame.point($0.rate, $0.error.mean + ($0.error.standardError ?? 0)) }
    let lower = known.map { frame.point($0.rate, $0.error.mean - ($0.error.standardError ?? 0)) }
    canvas.area(upper + lower.reversed(), "band")
    // A rate at which a seed diverged breaks the line.
    for stretch in curve.points.split(whereSeparator: { $0.error == nil }) {
      canvas.curve(
        stretch.compactMap { point in
          point.error.map { (frame.point(point.rate, $0.mean), "\(text($0.mean)) at \(rateText(point.rate))") }
        }, "line", dashes: curve.column.style.dashes)
    }
  }

  private func text(_ value: Double) -> String {
    comparison.isRegularised ? significant(value, 4) : "\(fixed(value, 2)) %"
  }

  /// Around the errors at the chosen rates: of errors far above them, only the direction matters.
  private func verticalScale(_ curves: [Curve]) -> Scale {
    let chosen = curves.compactMap { curve in curve.points.first { $0.rate == curve.best }?.error?.mean }
    let errors = curves.flatMap(\.points).compactMap(\.error?.mean)
    let lowest = errors.min() ?? 0
    let highest = min(errors.max() ?? 1, 1.4 * (chosen.max() ?? 1), 3 * lowest)
    guard lowest > 0 else { return Scale(.linear, 0, max(1, min(errors.max() ?? 1, 10))) }
    return Scale(.logarithmic, lowest * 0.96, max(highest, lowest * 1.3))
  }

  /// Multiples of 2, 4 or 8 that give about four labels.
  private static func exponents(from low: Double, to high: Double) -> [Double] {
    let step = [1.0, 2, 4, 8].first { (high - low) / $0 <= 5 } ?? 16
    return Array(stride(from: (low / step).rounded(.up) * step, through: high, by: step))
  }
}
