import Foundation
import Schedules

/// The answer at a glance: one row per schedule, one dot per problem: how far its training error is above the best
/// schedule's.
struct HeadlineFigure {
  let comparisons: [Comparison]
  /// `headline`, with the condition.
  let name: String

  private static let width = 840.0
  private static let rowHeight = 27.0
  private static let border = 8.0

  /// - Returns: nil where no optimizer has problems to compare.
  func render() -> Figure? {
    let panels = comparisons.compactMap { Panel($0) }
    guard let rows = panels.map(\.rows.count).max() else { return nil }
    let labels =
      max(72, min(Self.width / 3, panels.flatMap(\.rows).map { textWidth($0.column.title) }.max() ?? 0)) + 12 + Self.border
    // Side by side if that leaves enough room for the dots.
    let beside = max(1, min(2, panels.count, Int(Self.width / (labels + 320))))
    let top = 62.0
    let grid = PanelGrid(
      columns: beside, count: panels.count, width: Self.width, top: 0, panelHeight: top + Double(rows) * Self.rowHeight + 22)
    var canvas = SVGCanvas(name: name, width: Self.width, height: grid.height + 40)
    let highest = min(1, panels.flatMap(\.rows).flatMap(\.dots).map(\.excess).max() ?? 1)
    let scale = Scale(.squareRoot, 0, max(0.02, highest * 1.08))
    let quantity = panels[0].comparison.primaryMeasure.quantityTitle
    canvas.title("\(quantity) above that of each problem's best schedule")
    for (index, panel) in panels.enumerated() {
      let corner = grid.corner(index)
      draw(
        panel, left: corner.x, width: Self.width / Double(beside), labels: labels, top: corner.y + top, scale: scale,
        on: &canvas)
    }
    let legend = canvas.height - 16
    canvas.circle(.init(x: 22, y: legend - 4), radius: 4.5, "key dot")
    canvas.text("a problem, told from its best schedule", at: .init(x: 32, y: legend), "muted small")
    canvas.circle(.init(x: 252, y: legend - 4), radius: 4.2, "key ring")
    canvas.text("best, or not told from the best", at: .init(x: 262, y: legend), "muted small")
    canvas.line(.init(x: 446, y: legend - 11), .init(x: 446, y: legend + 3), "key tick")
    canvas.text("geometric mean over the problems (number at the right)", at: .init(x: 455, y: legend), "muted small")
    let caption =
      "\(quantity) above that of each problem's best schedule, in per cent of it: a row a schedule, a dot a problem, "
      + "ordered by the mean. Hollow dots cannot be told from the best."
    return canvas.figure(caption: caption)
  }

  private func draw(
    _ panel: Panel, left: Double, width: Double, labels: Double, top: Double, scale: Scale, on canvas: inout SVGCanvas
  ) {
    let height = Double(panel.rows.count) * Self.rowHeight
    let frame = Frame(
      left: left + labels, top: top, width: width - labels - 62, height: height, horizontal: scale,
      vertical: Scale(.linear, 0, 1))
    canvas.name(panel.comparison.optimizerTitle, at: .init(x: frame.left, y: top - 12), width: frame.width - 90)
    canvas.text(counted(panel.problems, "problem"), at: .init(x: frame.right, y: top - 12), "muted small", anchor: .end)
    var lastLabel = -100.0
    for tick in [0, 0.01, 0.05, 0.2, 0.5, 1] where tick <= scale.high && frame.point(tick, 0).x - lastLabel > 40 {
      lastLabel = frame.point(tick, 0).x
      let x = frame.point(tick, 0).x
      canvas.line(.init(x: x, y: top - 4), .init(x: x, y: frame.bottom), "grid")
      canvas.text(
        tick == 0 ? "0" : "+\(percent(tick)) %", at: .init(x: x, y: frame.bottom + 16), "muted small", anchor: .middle)
    }
    for (index, row) in panel.rows.enumerated() {
      let y = top + (Double(index) + 0.5) * Self.rowHeight
      canvas.schedule(row.column) { canvas in
        let title = fitted(row.column.title, width: labels - 12 - Self.border)
        canvas.text(
          title, at: .init(x: frame.left - 12, y: y + 4), "ink", anchor: .end,
          hint: title == row.column.title ? nil : row.column.title)
        canvas.line(.init(x: frame.left, y: y), .init(x: frame.right, y: y), "grid")
        if let mean = row.mean {
          let x = frame.point(min(mean, scale.high), 0).x
          canvas.line(.init(x: x, y: y - 9), .init(x: x, y: y + 9), "tick")
        }
        for dot in row.dots {
          let isBeyond = dot.excess > scale.high
          let center = SVGCanvas.Point(x: frame.point(min(dot.excess, scale.high), 0).x, y: y)
          let hint = "\(row.column.title), \(dot.problem): +\(fixed(100 * dot.excess, 1)) %"
          canvas.circle(center, radius: dot.isBold ? 4.2 : 4.5, dot.isBold ? "ring" : "dot", hint: hint)
          if isBeyond { canvas.text("›", at: .init(x: center.x + 7, y: y + 4), "label strong") }
        }
        canvas.text(
          row.mean.map { "+\(fixed(100 * $0, 1)) %" } ?? "–", at: .init(x: frame.right + 56, y: y + 4), "ink", anchor: .end)
      }
    }
  }

  private struct Panel {
    struct Dot {
      let problem: String
      let excess: Double
      let isBold: Bool
    }

    struct Row {
      let column: ScheduleColumn
      let mean: Double?
      let dots: [Dot]
    }

    let comparison: Comparison
    let rows: [Row]
    let problems: Int

    init?(_ comparison: Comparison) {
      let measure = comparison.primaryMeasure
      let counted = comparison.averaged(comparison.byError)
      let excess = counted.map { comparison.excess(measure, problem: $0) }
      let ratios = zip(counted, excess).filter { $0.1.contains { $0 != nil } }
      guard !ratios.isEmpty, comparison.columns.count > 1 else { return nil }
      self.comparison = comparison
      problems = ratios.count
      let standings = ratios.map { comparison.standing(measure, problem: $0.0) }
      let means = comparison.meanExcess(measure, problems: ratios.map(\.0))
      rows = comparison.columns.indices.map { column in
        Row(
          column: comparison.columns[column], mean: means[column],
          dots: zip(ratios, standings).compactMap { ratio, standing in
            ratio.1[column].map {
              Dot(problem: comparison.problems[ratio.0].name, excess: $0, isBold: standing.isBold(column))
            }
          })
      }.enumerated().sorted { ($0.element.mean ?? .infinity, $0.offset) < ($1.element.mean ?? .infinity, $1.offset) }.map(
        \.element)
    }
  }
}
