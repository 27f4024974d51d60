import Foundation
import Schedules

/// The averaging weights of Schedule-Free methods: with eta_i the rates and t = 1, 2, ...,
///
///     a_t = t^r (max_{i<=t} eta_i)^p,    c_t = a_t / sum_{i<=t} a_i.
struct ScheduleFreeAveraging: Sendable {
  static let power = NumberParameter("r", default: 0, in: 0...100, help: "Power of the step number in the averaging weights.")
  static let ratePower = NumberParameter(
    "weight-lr-power", default: 2, in: 0...100, help: "Power of the largest learning rate so far in the averaging weights.")

  let power: Double
  let ratePower: Double

  init(_ arguments: ScheduleArguments) {
    power = arguments[Self.power]
    ratePower = arguments[Self.ratePower]
  }

  /// What one run remembers.
  struct State: BitwiseCopyable {
    private let power: Double
    private let ratePower: Double
    private var largestRate = 0.0
    /// a_1 + ... + a_t.
    private(set) var sum = 0.0
    /// c_t of the latest step.
    private(set) var share = 0.0

    init(_ averaging: ScheduleFreeAveraging) {
      power = averaging.power
      ratePower = averaging.ratePower
    }

    /// - Parameter step: counts from 0.
    /// - Returns: c_t.
    mutating func advance(step: Int, rate: Double) -> Double {
      largestRate = max(largestRate, rate)
      let ofRate = ratePower == 2 ? largestRate * largestRate : pow(largestRate, ratePower)
      let weight = power == 0 ? ofRate : ofRate * pow(Double(step + 1), power)
      sum += weight
      share = sum > 0 ? weight / sum : 0
      return share
    }
  }
}
