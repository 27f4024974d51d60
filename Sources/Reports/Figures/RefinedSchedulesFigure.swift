import Sweeps
import Training

/// The refined schedules with the gradient norms they came from, a card a problem.
struct RefinedSchedulesFigure {
  let comparison: Comparison

  /// - Returns: nil where nothing was refined.
  func render() -> Figure? {
    let records = comparison.refinements.compactMap { $0 }.filter { !$0.factors.isEmpty && !$0.norms.isEmpty }
    guard !records.isEmpty, let refined = comparison.columns.first(where: { $0.name == "refined" }) else { return nil }
    let grid = PanelGrid(columns: min(4, records.count), count: records.count, width: 840, top: 62, panelHeight: 208)
    var canvas = SVGCanvas(width: grid.width, height: grid.height + 8)
    let norm = ((try? Optimizer(parsing: comparison.optimizer))?.norm ?? .l2).rawValue
    canvas.text(
      "Gradient norms and the schedules refined from them, \(comparison.optimizerTitle)", at: .init(x: 16, y: 24), "title")
    canvas.text(
      "above: \(norm) norm of the mini-batch gradient, raw and smoothed; below: refined factor, and linear decay (dashed), by step",
      at: .init(x: 16, y: 44), "muted")
    for (index, record) in records.enumerated() {
      canvas.problem(record.problem) {
        draw(record, refined: refined, corner: grid.corner(index), width: grid.width / Double(grid.columns), on: &$0)
      }
    }
    let caption =
      "Gradient norms of the prior runs with \(comparison.optimizerTitle), raw and smoothed, and below them the schedules that "
      + "refinement makes of them, beside linear decay (dashed)."
    return Figure(name: "refined-\(comparison.identifier)", caption: caption, svg: canvas.rendered(title: caption))
  }

  private func draw(
    _ record: RefinementRecord, refined: ScheduleColumn, corner: SVGCanvas.Point, width: Double, on canvas: inout SVGCanvas
  ) {
    let left = corner.x + 44
    let inner = width - 66
    let steps = Scale(.linear, 1, Double(max(2, record.steps)))
    let norms = record.norms.map(Double.init)
    let smoothed = record.smoothedNorms.map(Double.init)
    canvas.text(record.problem, at: .init(x: left, y: corner.y + 14), "ink strong")
    let above = Frame(
      left: left, top: corner.y + 24, width: inner, height: 66, horizontal: steps, vertical: Self.normScale(norms, smoothed))
    canvas.axes(above, horizontal: [], vertical: above.vertical.ticks(3))
    canvas.clipped(above, identifier: "\(comparison.identifier)-norms-\(record.problem.filter { $0.isLetter || $0.isNumber })")
    {
      $0.curve(Self.points(norms, above), "raw")
      $0.schedule(refined) { $0.curve(Self.points(smoothed, above), "line") }
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
    canvas.schedule(refined) { $0.curve(Self.points(record.factors, below), "line") }
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

/// A number of steps, thousands as `12k`.
func stepText(_ step: Double) -> String {
  step >= 10_000 ? significant(step / 1_000, 3) + "k" : fixed(step, 0)
}
