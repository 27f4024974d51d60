import Sweeps
import Training

/// The refined schedules with the gradient norms they came from, one card per problem.
struct RefinedSchedulesFigure {
  let comparison: Comparison

  /// A column with the refinement shown for it: that of the spelling in its cell, or else the first.
  private typealias Card = [(column: ScheduleColumn, record: RefinementRecord)]

  private var cards: [Card] {
    comparison.problems.indices.map { problem in
      comparison.columns.indices.compactMap { index in
        let column = comparison.columns[index]
        let records = comparison.refinements[problem].filter { record in
          column.schedules.contains(record.schedule) && !record.factors.isEmpty && !record.norms.isEmpty
        }
        let shown = comparison.byError[problem][index].best?.schedule
        return (records.first { $0.schedule == shown } ?? records.first).map { (column, $0) }
      }
    }.filter { !$0.isEmpty }
  }

  /// - Returns: nil where nothing was refined.
  func render() -> Figure? {
    let cards = cards
    guard !cards.isEmpty else { return nil }
    let refined = comparison.columns.filter { column in cards.contains { card in card.contains { $0.column == column } } }
    let key = refined.count > 1 ? KeyLayout(refined, width: 840 - 32).extraHeight + 24 : 0
    let grid = PanelGrid(columns: min(4, cards.count), count: cards.count, width: 840, top: 62 + key, panelHeight: 208)
    var canvas = SVGCanvas(name: "refined-\(comparison.identifier)", width: grid.width, height: grid.height + 8)
    let norm = Set(cards.joined().map(\.record.norm.rawValue)).sorted().joined(separator: " or ")
    canvas.title("Gradient norms and the schedules refined from them, \(comparison.optimizerTitle)")
    canvas.text(
      "above: \(norm) norm of the mini-batch gradient, raw and smoothed; below: refined factor, and linear decay (dashed), by step",
      at: .init(x: 16, y: 44), "muted")
    if refined.count > 1 { canvas.key(refined, at: .init(x: 16, y: 68)) }
    for (index, card) in cards.enumerated() {
      canvas.problem(card[0].record.problem) {
        draw(card, isOne: refined.count == 1, corner: grid.corner(index), width: grid.width / Double(grid.columns), on: &$0)
      }
    }
    let caption =
      "Gradient norms of the prior runs with \(comparison.optimizerTitle), raw and smoothed, and below them the schedules that "
      + "refinement makes of them, beside linear decay (dashed)."
    return canvas.figure(caption: caption)
  }

  /// - Parameter isOne: Whether there is only one refined column; several are distinguished by their dashes.
  private func draw(_ card: Card, isOne: Bool, corner: SVGCanvas.Point, width: Double, on canvas: inout SVGCanvas) {
    let left = corner.x + 44
    let inner = width - 66
    let record = card[0].record
    // Refinements from other norms, such as a second round's, show only their factors.
    let alike = card.filter { $0.record.norms == record.norms }
    let steps = Scale(.linear, 1, Double(max(2, record.steps)))
    let norms = record.norms.map(Double.init)
    canvas.name(record.problem, at: .init(x: left, y: corner.y + 14), width: inner + 12)
    let above = Frame(
      left: left, top: corner.y + 24, width: inner, height: 66, horizontal: steps,
      vertical: Self.normScale(norms, alike.flatMap(\.record.smoothedNorms).map(Double.init)))
    canvas.axes(above, horizontal: [], vertical: above.vertical.ticks(3))
    canvas.clipped(above) { canvas in
      canvas.curve(Self.points(norms, above), "raw")
      for (column, record) in alike {
        let points = Self.points(record.smoothedNorms.map(Double.init), above)
        canvas.schedule(column) { $0.curve(points, "line", dashes: isOne ? "" : column.style.dashes) }
      }
    }
    let below = Frame(
      left: left, top: corner.y + 104, width: inner, height: 66, horizontal: steps, vertical: Scale(.linear, 0, 1))
    canvas.axes(below, horizontal: [1, Double(record.steps)], vertical: [0, 0.5, 1], horizontalText: stepText)
    let decay = [below.point(1, 1), below.point(Double(record.steps), 0)]
    if let linear = comparison.columns.first(where: { $0.key == "linear" }) {
      canvas.schedule(linear) { $0.curve(decay, "line thin-line", dashes: "3 3") }
    } else {
      canvas.curve(decay, "reference")
    }
    for (column, record) in card {
      canvas.schedule(column) {
        $0.curve(Self.points(record.factors, below), "line", dashes: isOne ? "" : column.style.dashes)
      }
    }
  }

  /// Logarithmic, around the smoothed norms and nearly all of the raw ones.
  static func normScale(_ norms: [Double], _ smoothed: [Double]) -> Scale {
    let positive = norms.filter { $0 > 0 && $0.isFinite }.sorted()
    let known = smoothed.filter { $0 > 0 && $0.isFinite }
    guard let first = known.min(), let last = known.max() else { return Scale(.linear, 0, 1) }
    let low = positive.isEmpty ? first : min(first, positive[positive.count / 100])
    let high = positive.isEmpty ? last : max(last, positive[positive.count - 1 - positive.count / 100])
    return high / low < 3 ? Scale(.linear, low * 0.95, high * 1.03) : Scale(.logarithmic, low * 0.9, high * 1.1)
  }

  /// Values evenly spaced over the steps, ends included.
  static func points(_ values: [Double], _ frame: Frame) -> [SVGCanvas.Point?] {
    let last = Double(max(1, values.count - 1))
    return values.indices.map { index in
      let step = frame.horizontal.low + (frame.horizontal.high - frame.horizontal.low) * Double(index) / last
      return values[index].isFinite ? frame.point(step, values[index]) : nil
    }
  }
}

/// A number of steps, in thousands as `12k`.
func stepText(_ step: Double) -> String {
  step >= 10_000 ? significant(step / 1_000, 3) + "k" : fixed(step, 0)
}
