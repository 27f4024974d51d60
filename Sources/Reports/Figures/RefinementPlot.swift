import Foundation
import Schedules
import Sweeps

/// The plot of `refine --plot`: the raw norms, the smoothed norms and the schedule, in three panels as in the paper. The
/// schedule is also drawn on a logarithmic axis in an inset, and beside the closest polynomial decay if one is given.
///
///     let svg = RefinementPlot(result).svg
public struct RefinementPlot: Sendable {
  private let result: RefinementResult
  private let title: String
  private let log: [NormLog.Point]
  private let fit: [Double]
  private let fitLabel: String

  /// - Parameters:
  ///   - result: What is drawn.
  ///   - title: Shown above the panels, such as the name of the log.
  ///   - log: The norms as they were read, with their steps; drawn with the log's gaps and a mark for each norm left out.
  ///     Empty to draw the norms that were refined.
  ///   - fit: The factors of the closest polynomial decay, evenly spaced over the same steps; empty for none.
  ///   - fitLabel: A description of the fit, as in `warmup 0.02, power 1.3`.
  public init(
    _ result: RefinementResult, title: String = "Refined schedule", log: [NormLog.Point] = [], fit: [Double] = [],
    fitLabel: String = ""
  ) {
    self.result = result
    self.title = title
    self.log = log.isEmpty ? result.norms.enumerated().map { NormLog.Point(step: Double($0 + 1), norm: $1) } : log
    self.fit = fit
    self.fitLabel = fitLabel
  }

  /// - Complexity: O(n) in the number of norms and factors.
  public var svg: String {
    var canvas = SVGCanvas(name: "refinement", width: 900, height: 300)
    canvas.title(title)
    let norm = result.options.norm == .l2 ? "l2" : "l1"
    let refined = ScheduleColumn.columns(of: [], further: ["refined"])[0]
    let scale = normScale
    let raw = panel(0, from: log.first?.step ?? 1, to: log.last?.step ?? 1, vertical: scale)
    canvas.text("gradient norm (\(norm)), as logged", at: .init(x: raw.left, y: raw.top - 10))
    canvas.axes(raw, horizontal: stepTicks(raw), vertical: scale.ticks(4), horizontalText: stepText)
    canvas.clipped(raw) { drawLog(on: &$0, raw) }
    let smooth = panel(1, from: 1, to: Double(result.smoothedNorms.count), vertical: scale)
    let smoothing = result.options.window.map { "window \($0)" } ?? "tau \(significant(result.options.smoothing, 4))"
    canvas.text("smoothed, \(smoothing)", at: .init(x: smooth.left, y: smooth.top - 10))
    canvas.axes(smooth, horizontal: stepTicks(smooth), vertical: scale.ticks(4), horizontalText: stepText)
    canvas.clipped(smooth) { canvas in
      canvas.schedule(refined) { $0.curve(envelope(result.smoothedNorms, smooth), "line") }
    }
    drawSchedule(refined, on: &canvas)
    canvas.text("step", at: .init(x: 450, y: 292), "muted small", anchor: .middle)
    return canvas.rendered(title: "\(title): gradient norms, smoothed norms and the refined schedule")
  }

  private func drawSchedule(_ refined: ScheduleColumn, on canvas: inout SVGCanvas) {
    let frame = panel(2, from: 1, to: Double(result.factors.count), vertical: Scale(.linear, 0, 1))
    canvas.text("refined schedule", at: .init(x: frame.left, y: frame.top - 10))
    canvas.axes(frame, horizontal: stepTicks(frame), vertical: frame.vertical.ticks(4), horizontalText: stepText)
    if !fit.isEmpty {
      canvas.curve(envelope(fit, frame), "reference")
      canvas.line(.init(x: frame.left, y: frame.top - 32), .init(x: frame.left + 20, y: frame.top - 32), "reference")
      canvas.text("closest: \(fitLabel)", at: .init(x: frame.left + 26, y: frame.top - 28), "muted small")
    }
    canvas.schedule(refined) { $0.curve(envelope(result.factors, frame), "line") }
    let positive = result.factors.filter { $0 > 0 }
    guard let least = positive.min(), least < 0.5 else { return }
    // Only a schedule that falls early leaves the upper right free.
    let isRightFree = result.factors.suffix(result.factors.count / 2).max() ?? 0 < 0.62
    guard isRightFree else { return }
    let inset = Frame(
      left: frame.left + 0.56 * frame.width, top: frame.top + 4, width: 0.43 * frame.width, height: 0.33 * frame.height,
      horizontal: frame.horizontal, vertical: Scale(.logarithmic, max(least, 1e-4), 1))
    canvas.rectangle(
      .init(x: inset.left - 34, y: inset.top - 4), width: inset.width + 36, height: inset.height + 12, radius: 4, "page")
    canvas.axes(inset, horizontal: [], vertical: inset.vertical.ticks(3))
    canvas.clipped(inset) { canvas in
      canvas.schedule(refined) { $0.curve(envelope(result.factors.map { $0 > 0 ? $0 : .nan }, inset), "line thin-line") }
    }
  }

  private var normScale: Scale {
    RefinedSchedulesFigure.normScale(result.norms, result.smoothedNorms)
  }

  /// The norms against their steps, interrupted where steps are missing, with marks along the axis where norms were left out.
  private func drawLog(on canvas: inout SVGCanvas, _ frame: Frame) {
    let gaps = zip(log, log.dropFirst()).map { $1.step - $0.step }.sorted()
    let longest = gaps.isEmpty ? 0 : 2.5 * gaps[gaps.count / 2]
    // Of the norms within half a pixel, only the lowest and the highest.
    var points: [SVGCanvas.Point?] = []
    var low: NormLog.Point?
    var high: NormLog.Point?
    func flush() {
      let both = [low, high].compactMap { $0 }.sorted { $0.step < $1.step }
      points += (both.first == both.last ? Array(both.prefix(1)) : both).map { frame.point($0.step, $0.norm) }
      (low, high) = (nil, nil)
    }
    var before: NormLog.Point?
    for point in log where point.norm.isFinite {
      if let before {
        let isApart = point.step - before.step > longest
        if isApart || (2 * frame.point(before.step, 0).x).rounded() != (2 * frame.point(point.step, 0).x).rounded() { flush() }
        if isApart { points.append(nil) }
      }
      before = point
      if low.map({ point.norm < $0.norm }) ?? true { low = point }
      if high.map({ point.norm > $0.norm }) ?? true { high = point }
    }
    flush()
    canvas.curve(points, "raw strong-raw")
    var last = -Double.infinity
    for point in log where !point.norm.isFinite {
      let x = frame.point(point.step, 0).x
      guard x - last >= 0.5 else { continue }
      last = x
      canvas.line(.init(x: x, y: frame.bottom - 6), .init(x: x, y: frame.bottom), "reference")
    }
  }

  private func panel(_ index: Int, from first: Double, to last: Double, vertical: Scale) -> Frame {
    Frame(
      left: 52 + 296 * Double(index), top: 62, width: 236, height: 196,
      horizontal: Scale(.linear, first, max(first + 1, last)), vertical: vertical)
  }
}

/// The plot of `schedule --plot`: factors against steps in one panel, each schedule with its name.
///
///     let svg = SchedulePlot([("cosine:warmup=0.1", factors)]).svg
public struct SchedulePlot: Sendable {
  private let schedules: [(spelling: String, factors: [Double])]

  public init(_ schedules: [(spelling: String, factors: [Double])]) { self.schedules = schedules }

  /// - Complexity: O(n) in the number of factors.
  public var svg: String {
    let columns = ScheduleColumn.columns(of: schedules.map { Column($0.spelling) }, further: [])
    let isLabelled = columns.count > 1
    let labels = columns.map { fitted($0.title, width: 240) }
    let margin = isLabelled ? 24 + (labels.map { textWidth($0) }.max() ?? 0) : 8
    let (width, height) = (isLabelled ? 440.0 : 564, max(236, 15 * Double(columns.count)))
    var canvas = SVGCanvas(name: "schedules", width: max(640, 52 + width + margin), height: height + 104)
    let steps = schedules.map(\.factors.count).max() ?? 2
    let highest = schedules.compactMap { $0.factors.max() }.max() ?? 1
    let frame = Frame(
      left: 52, top: 52, width: width, height: height, horizontal: Scale(.linear, 1, Double(max(2, steps))),
      vertical: Scale(.linear, 0, max(highest, 1e-9)))
    canvas.title(isLabelled ? "Learning-rate schedules" : schedules.first?.spelling ?? "")
    canvas.axes(frame, horizontal: stepTicks(frame), vertical: frame.vertical.ticks(5), horizontalText: stepText)
    canvas.text("factor", at: .init(x: 16, y: 42), "muted small")
    canvas.text("step", at: .init(x: frame.left + frame.width / 2, y: canvas.height - 10), "muted small", anchor: .middle)
    let ends = schedules.map { frame.point(Double($0.factors.count), $0.factors.last ?? 0).y }
    let places = spread(ends, gap: 15, within: frame.top...frame.bottom)
    for (index, (schedule, column)) in zip(schedules, columns).enumerated() {
      canvas.schedule(column) { canvas in
        canvas.curve(envelope(schedule.factors, frame), "line", dashes: isLabelled ? column.style.dashes : "")
        guard isLabelled else { return }
        canvas.curve([.init(x: frame.right + 3, y: ends[index]), .init(x: frame.right + 15, y: places[index])], "leader")
        canvas.text(
          labels[index], at: .init(x: frame.right + 18, y: places[index] + 4), "label",
          hint: labels[index] == column.title ? nil : column.title)
      }
    }
    return canvas.rendered(title: "Factor against step: " + schedules.map(\.spelling).joined(separator: ", "))
  }
}

/// The first and the last step, and round steps between them where there is room.
private func stepTicks(_ frame: Frame) -> [Double] {
  let ends = [frame.horizontal.low, frame.horizontal.high]
  let inner = frame.horizontal.ticks(3).filter { tick in
    ends.allSatisfy { abs(frame.point(tick, 0).x - frame.point($0, 0).x) > 44 }
  }
  return [ends[0]] + inner + [ends[1]]
}

/// A curve of evenly spaced values, reduced to the lowest and the highest value in every half pixel.
///
/// - Complexity: O(n).
private func envelope(_ values: [Double], _ frame: Frame) -> [SVGCanvas.Point?] {
  let buckets = Int(frame.width * 2)
  guard values.count > 2 * buckets else { return RefinedSchedulesFigure.points(values, frame) }
  let points = RefinedSchedulesFigure.points(values, frame)
  return (0..<buckets).flatMap { bucket -> [SVGCanvas.Point?] in
    let range = bucket * values.count / buckets..<(bucket + 1) * values.count / buckets
    let known = range.filter { values[$0].isFinite }
    guard let low = known.min(by: { values[$0] < values[$1] }), let high = known.max(by: { values[$0] < values[$1] }) else {
      return [nil]
    }
    return low == high ? [points[low]] : [points[min(low, high)], points[max(low, high)]]
  }
}
