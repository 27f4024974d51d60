import Foundation
import Sweeps

/// The best schedules found, each with the band that its knots may move in, beside the schedules that matter: a panel a problem.
struct BestFoundFigure {
  let bestFound: BestFoundComparison

  private static let drawn = ["linear", "cosine", "refined", BestFoundComparison.boundMinimizer]
  /// How far a knot was moved, in octaves: where no limit was found it is at least as far away.
  private static let farthest = 8.0

  /// What a panel shows at most, in units of linear decay's rate: a single peak would hide all else.
  private static let highest = 8.0

  private var comparison: Comparison { bestFound.comparison }

  static let column = ScheduleColumn(key: "best-found", title: "best found", schedules: [], style: .bestFound)

  private struct Panel {
    let name: String
    let best: [Double]
    /// In units of linear decay's rate.
    let band: [(share: Double, lower: Double, upper: Double)]
    let others: [(column: ScheduleColumn, factors: [Double])]
  }

  private var panels: [Panel] {
    guard let linear = bestFound.linear else { return [] }
    return comparison.problems.indices.compactMap { problem in
      let all = bestFound.stepSizes[problem]
      guard let best = all.first, let record = bestFound.found[problem]?.record, let unit = all[linear + 1].max(), unit > 0,
        !best.isEmpty
      else { return nil }
      let scale = record.learningRate / unit
      return Panel(
        name: comparison.problems[problem].name, best: best.map { $0 / unit },
        band: record.band.map { knot in
          let (lower, upper) = (
            knot.lower ?? knot.factor / exp2(Self.farthest), knot.upper ?? knot.factor * exp2(Self.farthest)
          )
          return (knot.share, lower * scale, upper * scale)
        },
        others: Self.drawn.compactMap { schedule in
          guard let column = bestFound.tuned[0].column(of: schedule), !all[column + 1].isEmpty else { return nil }
          return (bestFound.tuned[0].columns[column], all[column + 1].map { $0 / unit })
        })
    }
  }

  /// - Returns: nil where nothing was found.
  func render() -> Figure? {
    let panels = panels
    guard !panels.isEmpty else { return nil }
    let shown = bestFound.tuned[0].columns.filter { column in
      panels.contains { $0.others.contains { $0.column == column } }
    }
    let columns = [Self.column] + Self.drawn.compactMap { name in shown.first { $0.schedules == [name] } }
    let key = KeyLayout(columns, width: 840 - 32)
    let grid = PanelGrid(
      columns: min(3, panels.count), count: panels.count, width: 840, top: 84 + key.extraHeight, panelHeight: 206)
    var canvas = SVGCanvas(name: "best-found-\(comparison.identifier)", width: grid.width, height: grid.height + 22)
    canvas.title("Best schedules found, \(comparison.optimizerTitle)")
    canvas.text(
      "step size, 1 = linear decay's best rate; shaded: where one knot alone may move within two standard errors",
      at: .init(x: 16, y: 44), "muted")
    canvas.key(columns, at: .init(x: 16, y: 68))
    for (index, panel) in panels.enumerated() {
      canvas.problem(panel.name) {
        draw(panel, corner: grid.corner(index), width: grid.width / Double(grid.columns), on: &$0)
      }
    }
    canvas.text("fraction of the run", at: .init(x: grid.width / 2, y: canvas.height - 8), "muted", anchor: .middle)
    return canvas.figure(
      caption: "The best schedules found with \(comparison.optimizerTitle), a panel a problem, beside "
        + "\(listed(columns.dropFirst().map(\.title))), all as step sizes (learning rate times factor) at finely tuned rates, in units "
        + "of linear decay's. Shaded: how far each knot of the best found may move, all others in place, before the mean on unseen seeds "
        + "is worse by two standard errors.")
  }

  private func draw(_ panel: Panel, corner: SVGCanvas.Point, width: Double, on canvas: inout SVGCanvas) {
    let peak = panel.best.max() ?? 1
    let top = min(Self.highest, ([panel.best] + panel.others.map(\.factors)).joined().max() ?? 1)
    let frame = Frame(
      left: corner.x + 44, top: corner.y + 26, width: width - 60, height: 136, horizontal: Scale(.linear, 0, 1),
      vertical: Scale(.linear, 0, 1.12 * top))
    canvas.name(panel.name, at: .init(x: frame.left, y: frame.top - 9), width: frame.width)
    canvas.axes(frame, horizontal: [0, 0.5, 1], vertical: frame.vertical.ticks(4))
    canvas.clipped(frame) { canvas in
      canvas.schedule(Self.column) { canvas in
        let (lower, upper) = (
          Self.curve(panel.band.map { ($0.share, $0.lower) }), Self.curve(panel.band.map { ($0.share, $0.upper) })
        )
        let points = upper + lower.reversed()
        // Far outside of the frame nothing is seen.
        canvas.area(points.map { frame.point($0.share, min($0.value, 2 * frame.vertical.high)) }, "band")
      }
      for (column, factors) in panel.others {
        canvas.schedule(column) { $0.curve(Self.points(factors, frame), "line thin-line", dashes: column.style.dashes) }
      }
      canvas.schedule(Self.column) { $0.curve(Self.points(panel.best, frame), "line") }
    }
    if peak > Self.highest, let place = panel.best.firstIndex(of: peak) {
      // Beside the place where it leaves the panel.
      let share = Double(place) / Double(max(1, panel.best.count - 1))
      let x = frame.point(share, 0).x + (share < 0.5 ? 10 : -10)
      let text = "up to \(peak < 100 ? significant(peak, 2) : fixed(peak, 0))"
      canvas.text(text, at: .init(x: x, y: frame.top + 12), "ink small", anchor: share < 0.5 ? .start : .end)
    }
  }

  /// Points along lines that are straight in log scale, as the schedule is between its knots.
  private static func curve(_ knots: [(share: Double, value: Double)]) -> [(share: Double, value: Double)] {
    guard let last = knots.last else { return [] }
    let between = zip(knots, knots.dropFirst()).flatMap { a, b in
      (0..<12).map { i -> (share: Double, value: Double) in
        let t = Double(i) / 12
        return (a.share + (b.share - a.share) * t, exp(log(a.value) + (log(b.value) - log(a.value)) * t))
      }
    }
    return between + [last]
  }

  /// Points of evenly spaced values; those far outside of the frame, where nothing is seen, are moved to just beyond it.
  static func points(_ values: [Double], _ frame: Frame) -> [SVGCanvas.Point?] {
    let last = Double(max(1, values.count - 1))
    return values.enumerated().map { frame.point(Double($0) / last, min($1, 4 * frame.vertical.high)) }
  }
}

extension ScheduleStyle {
  /// Of the best schedule found: the colour of text.
  static let bestFound = ScheduleStyle(.nearBlack, dashes: "")
}
