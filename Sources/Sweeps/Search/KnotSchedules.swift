import Foundation
import Schedules
import Training

/// Schedules that are linear in log scale between knots, as points of a space that can be searched: one coordinate a knot, the
/// binary logarithm of the step size there, so that the learning rate is the largest of them.
struct KnotSchedules: Sendable {
  /// Fractions of the run, from 0 to 1.
  let shares: [Double]

  /// The smallest factor that is told from smaller ones, as a binary logarithm.
  private static let leastFactor = -24.0
  /// Limits of learning rates, likewise: far beyond what trains in single precision.
  private static let rates = -60.0...30.0

  /// The extrema of Chebyshev's polynomial: knots that lie closer together towards both ends, where schedules bend most.
  ///
  /// - Parameter count: at least 2.
  init(count: Int) {
    precondition(count >= 2)
    shares = (0..<count).map { rounded((1 - cos(.pi * Double($0) / Double(count - 1))) / 2) }
  }

  /// The schedule and the learning rate of a point. Numbers have four significant digits, and the schedule's factors are those
  /// of its spelling: what is spelled is what was tried.
  func candidate(_ point: [Double], steps: Int) throws -> Candidate {
    let top = min(max(point.max() ?? 0, Self.rates.lowerBound), Self.rates.upperBound)
    let factors = point.map { rounded(ElementaryFunctions.exp2(min(0, max($0 - top, Self.leastFactor)))) }
    let schedule = try schedule(factors, steps: steps)
    let run = Run(learningRate: rounded(ElementaryFunctions.exp2(top)), factors: try schedule.factors(steps: steps))
    return Candidate(identity: schedule.description, run: run)
  }

  /// The schedule through one factor a knot, all positive and at most 1. The largest knot is moved to the nearest step, so that
  /// the largest of the schedule's factors is 1; knots that it would pass are left out.
  private func schedule(_ factors: [Double], steps: Int) throws -> Schedule {
    let largest = factors.indices.max { factors[$0] < factors[$1] } ?? 0
    let step = min(steps - 1, Int((shares[largest] * Double(steps)).rounded()))
    let share = Double(step) / Double(steps)
    let knots = shares.indices.compactMap { knot in
      if knot == largest { return Knot(share: share, factor: factors[knot]) }
      let isInOrder = knot < largest ? shares[knot] < share : shares[knot] > share
      return isInOrder ? Knot(share: shares[knot], factor: factors[knot]) : nil
    }
    let text = KnotsParameter("knots", help: "").text(of: knots) ?? ""
    return try Schedule(parsing: "piecewise:knots=\(text):scale=log")
  }

  /// The point nearest to a run: its step size at each knot, the last knot at the last step.
  ///
  /// Factors below a 64th of the largest count as that: a decay to zero ends near a line's mean over its last knots, not at
  /// its last value.
  func point(learningRate: Double, factors: [Double]) -> [Double] {
    let largest = factors.max() ?? 1
    return shares.map { share in
      let factor = factors[min(factors.count - 1, Int((share * Double(factors.count)).rounded()))]
      return ElementaryFunctions.log2(learningRate * max(factor, largest / 64))
    }
  }
}

/// Rounded to four significant digits.
private func rounded(_ value: Double) -> Double { Double(String(format: "%.3e", value)) ?? value }
