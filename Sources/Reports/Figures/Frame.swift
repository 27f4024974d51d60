import Foundation

/// The rectangle of a chart's data, with a scale for each axis.
struct Frame {
  let left: Double
  let top: Double
  let width: Double
  let height: Double
  let horizontal: Scale
  let vertical: Scale

  var right: Double { left + width }
  var bottom: Double { top + height }

  func point(_ x: Double, _ y: Double) -> SVGCanvas.Point {
    SVGCanvas.Point(x: left + width * horizontal.fraction(x), y: bottom - height * vertical.fraction(y))
  }
}

/// Maps values to 0...1 along an axis.
struct Scale {
  enum Kind {
    case linear, logarithmic, squareRoot
  }

  let kind: Kind
  let low: Double
  let high: Double

  /// A scale over a range, which is widened if it is empty.
  init(_ kind: Kind, _ low: Double, _ high: Double) {
    self.kind = kind
    self.low = low
    self.high = high > low ? high : kind == .logarithmic ? low * 2 : low + 1
  }

  func fraction(_ value: Double) -> Double {
    (transformed(value) - transformed(low)) / (transformed(high) - transformed(low))
  }

  private func transformed(_ value: Double) -> Double {
    switch kind {
    case .linear: value
    case .logarithmic: log(max(value, low * 1e-3))
    case .squareRoot: max(0, value).squareRoot()
    }
  }

  /// Round values inside the range, about `count` of them.
  func ticks(_ count: Int) -> [Double] {
    kind == .logarithmic ? logarithmicTicks(count) : linearTicks(count)
  }

  /// At least two, unless the range is too narrow for numbers: a single label does not define a scale.
  private func linearTicks(_ count: Int) -> [Double] {
    for count in [count, 2 * count, 4 * count] {
      let step = Self.roundStep((high - low) / Double(max(1, count)))
      let first = (low / step - 1e-9).rounded(.up)
      let last = (high / step + 1e-9).rounded(.down)
      guard last - first < 100 else { return [] }
      if last > first { return (Int(first)...Int(last)).map { Double($0) * step } }
    }
    return []
  }

  /// Powers of ten, with 2 and 5 times them where there is room; linear ticks over a short range.
  private func logarithmicTicks(_ count: Int) -> [Double] {
    let decades = log10(high / low)
    if decades < 0.7 { return linearTicks(count).filter { $0 > 0 } }
    let stride = max(1, Int((decades / Double(max(1, count))).rounded(.up)))
    let start: Int = decades < Double(count) / 3 ? 0 : decades < Double(count) / 2 ? 1 : 2
    let factors: [[Double]] = [[1, 2, 5], [1, 3], [1]]
    for set in factors[...start].reversed() {
      let ticks = logarithmicTicks(factors: set, stride: stride)
      if ticks.count > 1 { return ticks }
    }
    return linearTicks(count).filter { $0 > 0 }
  }

  private func logarithmicTicks(factors: [Double], stride: Int) -> [Double] {
    let exponents = Int(log10(low).rounded(.down))...Int(log10(high).rounded(.up))
    var ticks: [Double] = []
    for exponent in exponents where exponent % stride == 0 {
      let power: Double = pow(10, Double(exponent))
      for factor in factors where factor * power >= low * (1 - 1e-9) && factor * power <= high * (1 + 1e-9) {
        ticks.append(factor * power)
      }
    }
    return ticks
  }

  /// 1, 2 or 5 times a power of ten, at least the given step.
  static func roundStep(_ step: Double) -> Double {
    let power = pow(10, log10(step).rounded(.down))
    let factor = [1, 2, 5, 10].first { $0 * power >= step * (1 - 1e-9) } ?? 10
    return factor * power
  }
}

/// A tick's label: no needless digits, and powers of ten outside the everyday range.
func tickText(_ value: Double) -> String {
  if value == 0 { return "0" }
  let magnitude = abs(value)
  if magnitude < 0.001 || magnitude >= 100_000 {
    let exponent = Int(log10(magnitude).rounded(.down))
    let factor = value / pow(10, Double(exponent))
    return (abs(factor - 1) < 1e-6 ? "" : significant(factor, 3) + "·") + "10" + superscript(exponent)
  }
  return significant(value, 4).replacingOccurrences(of: "-", with: "−")
}

/// Moves labels apart: positions at least `gap` from each other, within the range if they fit, close to the wishes.
///
/// - Complexity: O(n log n).
func spread(_ wishes: [Double], gap: Double, within range: ClosedRange<Double>) -> [Double] {
  let order = wishes.indices.sorted { (wishes[$0], $0) < (wishes[$1], $1) }
  // Labels that touch are pooled and centred on the mean of their wishes, as in isotonic regression.
  var groups: [(mean: Double, count: Int)] = []
  for (position, index) in order.enumerated() {
    var group = (mean: wishes[index] - gap * Double(position), count: 1)
    while let above = groups.last, above.mean > group.mean {
      let count = above.count + group.count
      group = ((above.mean * Double(above.count) + group.mean * Double(group.count)) / Double(count), count)
      groups.removeLast()
    }
    groups.append(group)
  }
  let highest = range.upperBound - gap * Double(wishes.count - 1)
  var result = wishes
  var position = 0
  for group in groups {
    for _ in 0..<group.count {
      result[order[position]] = max(range.lowerBound, min(group.mean, highest)) + gap * Double(position)
      position += 1
    }
  }
  return result
}
