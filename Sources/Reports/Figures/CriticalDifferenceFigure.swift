import Foundation
import Schedules

/// Demsar's critical-difference diagram: schedules on an axis of average ranks, bars over those that do not differ
/// significantly.
struct CriticalDifferenceFigure {
  let comparison: Comparison
  let ranking: Ranking

  /// - Returns: nil where no Friedman test was possible.
  func render() -> Figure? {
    guard let test = ranking.friedman else { return nil }
    let count = comparison.columns.count
    let order = comparison.columns.indices.sorted { (test.averageRanks[$0], $0) < (test.averageRanks[$1], $1) }
    let groups = groups(order.map { test.averageRanks[$0] }, test: test)
    let leftCount = (count + 1) / 2
    let axisY = 92.0
    let barsBottom = axisY + 14 + Double(groups.count) * 9
    let labelsTop = barsBottom + 14
    let titles = order.map { index in
      "\(fitted(comparison.columns[index].title, width: 220))  \(fixed(test.averageRanks[index], 2))"
    }
    let margin = max(118, titles.map { textWidth($0) }.max() ?? 0) + 16
    var canvas = SVGCanvas(
      name: "critical-difference-\(comparison.identifier)", width: 380 + 2 * margin,
      height: labelsTop + Double(leftCount) * 22 + 8)
    let frame = Frame(
      left: margin, top: axisY, width: 380, height: 1, horizontal: Scale(.linear, 1, Double(count)),
      vertical: Scale(.linear, 0, 1))
    canvas.title("Average rank by \(ranking.measure.shortTitle), \(comparison.optimizerTitle)")
    drawAxis(frame, test: test, on: &canvas)
    for (position, index) in order.enumerated() {
      let isLeft = position < leftCount
      let row = isLeft ? position : count - 1 - position
      let y = labelsTop + Double(row) * 22 + 8
      let x = frame.point(test.averageRanks[index], 0).x
      let column = comparison.columns[index]
      let end = isLeft ? frame.left - 6 : frame.right + 6
      canvas.schedule(column) { canvas in
        canvas.curve([.init(x: x, y: axisY), .init(x: x, y: y), .init(x: end, y: y)], "line")
        canvas.circle(.init(x: x, y: axisY), radius: 3.6, "dot")
        canvas.text(
          titles[position], at: .init(x: isLeft ? end - 6 : end + 6, y: y + 4),
          anchor: isLeft ? .end : .start)
      }
    }
    for (level, group) in groups.enumerated() {
      let y = axisY + 12 + Double(level) * 9
      canvas.line(
        .init(x: frame.point(group.lowerBound, 0).x - 3, y: y), .init(x: frame.point(group.upperBound, 0).x + 3, y: y), "bar")
    }
    let caption =
      "Average ranks by \(ranking.measure.shortTitle) over \(counted(ranking.problems.count, "problem")) with "
      + "\(comparison.optimizerTitle); a bar joins schedules that are less than the critical difference "
      + "(\(fixed(test.criticalDifference, 2))) apart and cannot be told from each other."
    return canvas.figure(caption: caption)
  }

  private func drawAxis(_ frame: Frame, test: FriedmanTest, on canvas: inout SVGCanvas) {
    canvas.line(.init(x: frame.left, y: frame.top), .init(x: frame.right, y: frame.top), "axis")
    let ranks = max(1, Int(frame.horizontal.high))
    let stride = ranks > 16 ? 2 : 1
    for rank in Swift.stride(from: 1, through: ranks, by: stride) {
      let x = frame.point(Double(rank), 0).x
      canvas.line(.init(x: x, y: frame.top - 5), .init(x: x, y: frame.top), "axis")
      canvas.text("\(rank)", at: .init(x: x, y: frame.top - 10), "muted small", anchor: .middle)
    }
    canvas.text("better", at: .init(x: frame.left - 16, y: frame.top - 10), "muted small", anchor: .end)
    let width = min(test.criticalDifference / (frame.horizontal.high - frame.horizontal.low), 1) * frame.width
    let y = frame.top - 36
    canvas.line(.init(x: frame.left, y: y), .init(x: frame.left + width, y: y), "axis")
    for x in [frame.left, frame.left + width] { canvas.line(.init(x: x, y: y - 4), .init(x: x, y: y + 4), "axis") }
    canvas.text(
      "critical difference \(fixed(test.criticalDifference, 2))", at: .init(x: frame.left + width + 8, y: y + 4), "muted small")
  }

  /// The widest ranges of ranks within the critical difference; all ranks if the Friedman test finds no difference.
  private func groups(_ ranks: [Double], test: FriedmanTest) -> [ClosedRange<Double>] {
    guard let first = ranks.first, let last = ranks.last else { return [] }
    guard test.pValue < test.level else { return [first...last] }
    var groups: [ClosedRange<Double>] = []
    for start in ranks.indices {
      guard let end = ranks.lastIndex(where: { $0 - ranks[start] <= test.criticalDifference }), end > start else { continue }
      if let previous = groups.last, previous.upperBound >= ranks[end] { continue }
      groups.append(ranks[start]...ranks[end])
    }
    return groups
  }
}
