import ArgumentParser

/// Upper limits of counts on the command line: a mistyped larger number would end in a failed allocation.
enum CountLimits {
  /// As in a sweep's configuration.
  static let epochs = 1_000_000
  static let batchSize = 1_000_000
  /// Steps of a run, and the length of a schedule or an order that is written.
  static let steps = 100_000_000

  /// - Throws: `ValidationError` where a value is not in `least`...`most`.
  static func check(_ option: String, _ value: Int, from least: Int = 1, to most: Int) throws {
    guard (least...most).contains(value) else {
      throw ValidationError("\(option): expected a number from \(least) to \(most), got \(value)")
    }
  }

  /// - Throws: `ValidationError` where the epochs have more steps than a run may have.
  static func check(epochs: Int, stepsPerEpoch: Int) throws {
    let (steps, isTooLarge) = epochs.multipliedReportingOverflow(by: stepsPerEpoch)
    guard !isTooLarge, steps <= Self.steps else {
      throw ValidationError(
        "--epochs: expected at most \(Self.steps / max(1, stepsPerEpoch)), since a run has at most \(Self.steps) steps and an epoch "
          + "\(stepsPerEpoch) here; got \(epochs)")
    }
  }
}
