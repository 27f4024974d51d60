import Foundation

/// The closest schedule with linear warmup and polynomial decay: least squares over the warmup fraction and the power.
///
///     PolynomialDecayFit(of: result.factors).spelling  // "polynomial:power=1.27:warmup=0.053"
public struct PolynomialDecayFit: Sendable, Hashable {
  /// The fraction of the steps spent on warmup, 0 to 1.
  public let warmup: Double
  public let power: Double
  /// Root mean square difference from the schedule.
  public let error: Double
  /// The largest difference from the schedule at any step.
  public let largestError: Double

  /// - Complexity: O(n): the fit uses at most 1,000 evenly spaced factors, the largest error all of them.
  public init(of factors: [Double]) {
    let fit = Objective(factors)
    func best(_ warmup: Double) -> (power: Double, error: Double) {
      let found = minimize(over: log(0.05)...log(50), steps: 30) { fit.squaredError(warmup: warmup, power: exp($0)) }
      return (exp(found.place), found.value)
    }
    // On a grid first: along the warmup fraction there can be several minima.
    let spacing = 0.02
    let coarse = (0..<49).map { Double($0) * spacing }.min { best($0).error < best($1).error } ?? 0
    let fine = minimize(over: max(0, coarse - spacing)...min(0.98, coarse + spacing), steps: 30) { best($0).error }
    let warmup = best(0).error <= fine.value ? 0 : fine.place
    self.warmup = warmup
    let power = best(warmup).power
    self.power = power
    largestError = factors.enumerated().map { abs(fit.model(warmup: warmup, power: power, at: Double($0)) - $1) }.max() ?? 0
    self.error = (best(warmup).error / Double(max(1, fit.samples.count))).squareRoot()
  }

  /// The spelling that `Schedule` parses, to four digits.
  public var spelling: String {
    let power = shortText(rounded(power))
    let canonical = try? Schedule(parsing: "polynomial:power=\(power):warmup=\(shortText(rounded(warmup)))").description
    return canonical ?? "polynomial:power=\(power)"
  }

  /// One line of Python, for any trainer that takes a function from the step (from 0) to the factor. After the last step it
  /// stays at 0.
  public func pythonLambda(steps: Int) -> String {
    let rising = Int((rounded(warmup) * Double(steps)).rounded(.toNearestOrEven))
    let rest = max(1, steps - rising)
    let power = shortText(rounded(power))
    guard rising > 0 else { return "lambda t: max(0, 1 - t / \(rest)) ** \(power)" }
    return "lambda t: (t + 1) / \(rising) if t < \(rising) else max(0, 1 - (t - \(rising)) / \(rest)) ** \(power)"
  }

  private func rounded(_ value: Double) -> Double { (value * 1e4).rounded() / 1e4 }
}

/// The sum of squared differences over a sample of the steps.
private struct Objective {
  /// Steps (from 0) and their factors.
  let samples: [(step: Double, factor: Double)]
  let count: Double

  init(_ factors: [Double]) {
    let size = min(1000, factors.count)
    samples = (0..<size).map { index in
      let step = size > 1 ? index * (factors.count - 1) / (size - 1) : 0
      return (Double(step), factors[step])
    }
    count = Double(factors.count)
  }

  func squaredError(warmup: Double, power: Double) -> Double {
    samples.reduce(0) { sum, sample in
      let difference = model(warmup: warmup, power: power, at: sample.step) - sample.factor
      return sum + difference * difference
    }
  }

  func model(warmup: Double, power: Double, at step: Double) -> Double {
    let rising = warmup * count
    return step < rising ? min(1, (step + 1) / rising) : pow(1 - (step - rising) / (count - rising), power)
  }
}

/// The minimiser of `function` by golden-section search, which leaves 0.618 of the range per iteration.
private func minimize(
  over range: ClosedRange<Double>, steps: Int, _ function: (Double) -> Double
) -> (place: Double, value: Double) {
  let golden = (5.0.squareRoot() - 1) / 2
  var (low, high) = (range.lowerBound, range.upperBound)
  var (left, right) = (high - golden * (high - low), low + golden * (high - low))
  var (atLeft, atRight) = (function(left), function(right))
  for _ in 0..<steps {
    if atLeft <= atRight {
      (high, right, atRight) = (right, left, atLeft)
      left = high - golden * (high - low)
      atLeft = function(left)
    } else {
      (low, left, atLeft) = (left, right, atRight)
      right = low + golden * (high - low)
      atRight = function(right)
    }
  }
  return atLeft <= atRight ? (left, atLeft) : (right, atRight)
}
