import Foundation
import Sweeps
import Training

/// Training loss against step, one panel per problem: each schedule at the rate with the lowest mean loss, first seed, with a
/// dot for the last iterate.
struct LossFigure {
  let comparison: Comparison

  private struct Curve {
    let column: ScheduleColumn
    /// By step: losses at checkpoints, or means over equal windows of steps; empty if the run has neither.
    let losses: [(step: Double, loss: Double)]
    let isOfCheckpoints: Bool
    /// Loss of the last iterate on the whole training file.
    let last: Double
    let steps: Int
  }

  private static let windows = 64
  private static let panelHeight = 150.0

  /// Whether every panel has room for the schedules' names beside its curves; otherwise one legend is drawn above all panels.
  private var isLabelled: Bool {
    comparison.columns.count <= Int(Self.panelHeight / 15) + 1
      && comparison.columns.allSatisfy { textWidth($0.title) <= 130 }
  }

  /// - Returns: nil where no run was traced.
  func render() -> Figure? {
    let panels = comparison.problems.indices.map { (problem: $0, curves: curves(problem: $0)) }.filter { !$0.curves.isEmpty }
    guard panels.contains(where: { $0.curves.contains { !$0.losses.isEmpty } }) else { return nil }
    let key = KeyLayout(comparison.columns, width: 840 - 32)
    let grid = PanelGrid(
      columns: min(2, panels.count), count: panels.count, width: 840, top: isLabelled ? 48 : 64 + key.extraHeight,
      panelHeight: 216)
    var canvas = SVGCanvas(name: "loss-\(comparison.identifier)", width: grid.width, height: grid.height + 8)
    canvas.title("Loss (logarithmic axis) against step, each schedule at its best rate by loss, \(comparison.optimizerTitle)")
    if !isLabelled { canvas.key(comparison.columns, at: .init(x: 16, y: 50)) }
    for (index, panel) in panels.enumerated() {
      canvas.problem(comparison.problems[panel.problem].name) {
        draw(
          panel.curves, problem: panel.problem, corner: grid.corner(index), width: grid.width / Double(grid.columns), on: &$0)
      }
    }
    let isPartial = panels.contains { $0.curves.contains(where: \.losses.isEmpty) }
    let isOfCheckpoints = panels.contains { $0.curves.contains(where: \.isOfCheckpoints) }
    let lines =
      isOfCheckpoints
      ? "lines join the losses on the whole training file at the checkpoints and of the last iterate (dots)"
      : "lines are means over \(Self.windows) stretches of steps, dots the loss of the last iterate on the whole training file"
    let caption =
      "\(isOfCheckpoints ? "Training" : "Mini-batch training") loss against step with \(comparison.optimizerTitle), first seed, each schedule at the rate with the "
      + "lowest mean \(comparison.isRegularised ? "objective" : "loss"); \(lines)"
      + (isPartial ? "; of runs without a trace only the dots are shown." : ".")
    return canvas.figure(caption: caption)
  }

  private func curves(problem: Int) -> [Curve] {
    comparison.columns.indices.compactMap { column in
      guard let best = comparison.byLoss[problem][column].best, let run = best.runs.first, let loss = run[.trainLoss]
      else { return nil }
      let trace = comparison.tracesBySchedule[problem][best.schedule]?.first {
        $0.learningRate == best.learningRate && $0.seed == run.seed
      }
      let checkpoints = run.checkpoints.compactMap { point in point.trainLoss.map { (step: Double(point.step), loss: $0) } }
      let windows = checkpoints.isEmpty ? trace.map { Self.windowed($0.losses) } ?? [] : []
      let window = Double(max(2, run.steps)) / Double(max(1, windows.count))
      return Curve(
        column: comparison.columns[column],
        losses: checkpoints.isEmpty
          ? windows.enumerated().map { ((Double($0.offset) + 0.5) * window, $0.element) } : checkpoints,
        isOfCheckpoints: !checkpoints.isEmpty, last: loss, steps: max(2, run.steps))
    }
  }

  /// At most `windows` means; windows that are not finite are skipped.
  private static func windowed(_ losses: [Float]) -> [Double] {
    let count = min(windows, losses.count)
    return (0..<count).compactMap { window in
      let range = window * losses.count / count..<(window + 1) * losses.count / count
      return SampleMean(losses[range].map(Double.init).filter(\.isFinite))?.mean
    }
  }

  private func draw(_ curves: [Curve], problem: Int, corner: SVGCanvas.Point, width: Double, on canvas: inout SVGCanvas) {
    let values = curves.flatMap { $0.losses.map(\.loss) + [$0.last] }.filter { $0 > 0 }
    guard let low = values.min(), let high = values.max(), let steps = curves.map(\.steps).max() else { return }
    let labels = isLabelled ? 34 + (curves.map { textWidth($0.column.title) }.max() ?? 0) : 18
    // The first eighth, where all schedules fall alike, would compress the rest.
    let ends = curves.compactMap { $0.losses.dropFirst($0.losses.count / 8).map(\.loss).max() }.max() ?? high
    let frame = Frame(
      left: corner.x + 52, top: corner.y + 26, width: width - 52 - labels, height: Self.panelHeight,
      horizontal: Scale(.linear, 0, Double(steps)), vertical: Scale(.logarithmic, low * 0.96, min(high, ends * 1.02)))
    canvas.name(comparison.problems[problem].name, at: .init(x: frame.left, y: frame.top - 9), width: width - 52 - 8)
    canvas.axes(
      frame, horizontal: frame.horizontal.ticks(3), vertical: frame.vertical.ticks(5), horizontalText: stepText)
    canvas.clipped(frame) { canvas in
      for curve in curves {
        let points = curve.losses.map { frame.point($0.step, $0.loss) }
        canvas.schedule(curve.column) {
          $0.curve(
            points.isEmpty ? [] : points + [frame.point(Double(curve.steps), curve.last)], "line thin-line",
            dashes: curve.column.style.dashes)
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
        guard isLabelled else { return }
        canvas.curve([.init(x: end.x + 5, y: end.y), .init(x: end.x + 20, y: places[index])], "leader")
        canvas.text(curve.column.title, at: .init(x: end.x + 24, y: places[index] + 4), "label")
      }
    }
  }
}
