import Schedules
import Sweeps

/// What the best schedules of all problems have in common: a panel for each optimizer and condition.
struct BestShapesFigure {
  let findings: [BestFoundFindings]

  /// Schedules scaled to a mean of 1.
  private struct Panel {
    let title: String
    let schedules: [(problem: String, values: [Double])]
    /// Of each point by itself.
    let median: [Double]
  }

  /// Two optimizers side by side, a row a condition.
  private var ordered: [BestFoundComparison] {
    let byOptimizer = findings.map { $0.conditions.map(\.bestFound) }
    guard byOptimizer.count == 2, byOptimizer[0].count == byOptimizer[1].count else { return byOptimizer.flatMap { $0 } }
    return zip(byOptimizer[0], byOptimizer[1]).flatMap { [$0, $1] }
  }

  private var panels: [Panel] {
    ordered.compactMap { bestFound in
      let schedules = bestFound.tuned[0].counted.compactMap { problem -> (problem: String, values: [Double])? in
        guard let best = bestFound.stepSizes[problem].first, let mean = SampleMean(best)?.mean, mean > 0 else { return nil }
        return (bestFound.comparison.problems[problem].name, best.map { $0 / mean })
      }
      guard schedules.count > 1 else { return nil }
      return Panel(
        title: bestFound.comparison.optimizerTitle, schedules: schedules, median: medianOverRuns(schedules.map(\.values)))
    }
  }

  /// - Returns: nil where no optimizer has best schedules of two problems that count.
  func render() -> Figure? {
    let panels = panels
    guard !panels.isEmpty else { return nil }
    let columns = min(findings.count == 2 ? 2 : 3, panels.count)
    let grid = PanelGrid(columns: columns, count: panels.count, width: 840, top: 62, panelHeight: 206)
    var canvas = SVGCanvas(name: "best-shapes", width: grid.width, height: grid.height + 22)
    canvas.title("Best schedules found, all problems")
    canvas.text(
      "step size over its mean; thin: each problem that is not separable; thick: their median; dashed: linear decay",
      at: .init(x: 16, y: 44), "muted")
    for (index, panel) in panels.enumerated() {
      draw(panel, corner: grid.corner(index), width: grid.width / Double(grid.columns), on: &canvas)
    }
    canvas.text("fraction of the run", at: .init(x: grid.width / 2, y: canvas.height - 8), "muted", anchor: .middle)
    return canvas.figure(
      caption:
        "The best schedules found, every one scaled to a mean of 1: thin lines are problems that are not separable, the thick line "
        + "is their median at each step, the dashed line is linear decay.")
  }

  private func draw(_ panel: Panel, corner: SVGCanvas.Point, width: Double, on canvas: inout SVGCanvas) {
    // Spikes of single problems may go beyond the frame.
    let top = max(2.5, 1.3 * (panel.median.max() ?? 0))
    let frame = Frame(
      left: corner.x + 44, top: corner.y + 26, width: width - 60, height: 136, horizontal: Scale(.linear, 0, 1),
      vertical: Scale(.linear, 0, top))
    canvas.name(panel.title, at: .init(x: frame.left, y: frame.top - 9), width: frame.width)
    canvas.axes(frame, horizontal: [0, 0.5, 1], vertical: frame.vertical.ticks(4))
    canvas.clipped(frame) { canvas in
      canvas.schedule(BestFoundFigure.column) { canvas in
        for schedule in panel.schedules {
          canvas.problem(schedule.problem) { $0.curve(BestFoundFigure.points(schedule.values, frame), "line thin-line faint") }
        }
      }
      canvas.curve([frame.point(0, 2), frame.point(1, 0)], "reference")
      canvas.schedule(BestFoundFigure.column) { $0.curve(BestFoundFigure.points(panel.median, frame), "line") }
    }
  }
}
