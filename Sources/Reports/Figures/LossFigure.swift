import Foundation
import Sweeps

/// Training loss against step, a panel a problem: each schedule at its chosen rate, first seed, the last iterate as a dot.
struct LossFigure {
  let comparison: Comparison

  private struct Curve {
    let column: ScheduleColumn
    /// Means over equal windows of steps.
    let losses: [Double]
    /// Loss of the last iterate on the whole training file.
    let last: Double
    let steps: Int
  }

  private static let windows = 64

  /// - Returns: nil where no run was traced.
  func render() -> Figure? {
    let panels = comparison.problems.indices.map { (problem: $0, curves: curves(problem: $0)) }.filter { !$0.curves.isEmpty }
    guard !panels.isEmpty else { return nil }
    let grid = PanelGrid(columns: min(2, panels.count), count: panels.count, width: 840, top: 48, panelHeight: 216)
    var canvas = SVGCanvas(name: "loss-\(comparison.identifier)", width: grid.width, height: grid.height + 8)
    canvas.text(
      "Loss against step, each schedule at its chosen learning rate, \(comparison.optimizerTitle)", at: .init(x: 16, y: 24),
      "title")
    for (index, panel) in panels.enumerated() {
      canvas.problem(comparison.problems[panel.problem].name) {
        draw(
          panel.curves, problem: panel.problem, corner: grid.corner(index), width: grid.width / Double(grid.columns), on: &$0)
      }
    }
    let caption =
      "Mini-batch training loss against step with \(comparison.optimizerTitle), first seed, each schedule at its chosen rate; "
      + "lines are means over \(Self.windows) stretches of steps, dots the loss of the last iterate on the whole training file."
    return canvas.figure(caption: caption)
  }

  private func curves(problem: Int) -> [Curve] {
    comparison.columns.indices.compactMap { column in
      guard let best = comparison.byError[problem][column].best, let run = best.runs.first, let loss = run.trainLoss,
        let trace = comparison.tracesBySchedule[problem][best.schedule]?.first(where: {
          $0.learningRate == best.learningRate && $0.seed == run.seed
        })
      else { return nil }
      return Curve(
        column: comparison.columns[column], losses: Self.windowed(trace.losses), last: loss, steps: max(2, trace.steps))
    }
  }

  /// At most `windows` means; windows that are not finite are passed over.
  private static func windowed(_ losses: [Float]) -> [Double] {
    let count = min(windows, losses.count)
    return (0..<count).compactMap { window in
      let range = window * losses.count / count..<(window + 1) * losses.count / count
      return SampleMean(losses[range].map(Double.init).filter(\.isFinite))?.mean
    }
  }

  private func draw(_ curves: [Curve], problem: Int, corner: SVGCanvas.Point, width: Double, on canvas: inout SVGCanvas) {
    let values = curves.flatMap { $0.losses + [$0.last] }.filter { $0 > 0 }
    guard let low = values.min(), let high = values.max(), let steps = curves.map(\.steps).max() else { return }
    let labelled = curves.map { estimatedWidth($0.column.title) }.max() ?? 0
    // The first eighth, where all schedules fall alike, would squeeze the rest.
    let ends = curves.compactMap { $0.losses.dropFirst($0.losses.count / 8).max() }.max() ?? high
    let frame = Frame(
      left: corner.x + 52, top: corner.y + 26, width: width - 52 - 34 - labelled, height: 150,
      horizontal: Scale(.linear, 0, Double(steps)), vertical: Scale(.logarithmic, low * 0.96, min(high, ends * 1.02)))
    canvas.text(comparison.problems[problem].name, at: .init(x: frame.left, y: frame.top - 9), "ink strong")
    canvas.axes(
      frame, horizontal: frame.horizontal.ticks(3), vertical: frame.vertical.ticks(5), horizontalText: stepText)
    canvas.clipped(frame) { canvas in
      for curve in curves {
        let window = Double(curve.steps) / Double(max(1, curve.losses.count))
        let points = curve.losses.enumerated().map { frame.point((Double($0.offset) + 0.5) * window, $0.element) }
        canvas.schedule(curve.column) {
          $0.curve(
            points + [frame.point(Double(curve.steps), curve.last)], "line thin-line",
            dashes: ScheduleStyle(curve.column.name).dashes)
        }
      }
    }
    let ys = curves.map { frame.point(Double($0.steps), $0.last).y }
    let places = spread(ys, gap: 15, within: frame.top...frame.bottom)
    for (index, curve) in curves.enumerated() {
      let end = frame.point(Double(curve.steps), curve.last)
      let hint = "\(curve.column.title): \(significant(curve.last, 4))"
      canvas.schedule(curve.column) { canvas in
        canvas.circle(end, radius: 3.4, "dot halo", hint: hint)
        canvas.curve([.init(x: end.x + 5, y: end.y), .init(x: end.x + 20, y: places[index])], "leader")
        canvas.text(curve.column.title, at: .init(x: end.x + 24, y: places[index] + 4), "label")
      }
    }
  }
}
