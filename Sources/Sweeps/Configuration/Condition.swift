import Schedules

/// One combination of the settings that may be lists.
public struct Condition: Sendable, Hashable {
  public var epochs: Int
  public var batchSize: Int
  /// Strength of the regularisation, at least 0.
  public var l2: Double

  public init(epochs: Int, batchSize: Int, l2: Double) {
    self.epochs = epochs
    self.batchSize = batchSize
    self.l2 = l2
  }
}

extension SweepConfiguration {
  /// A setting that may be a list.
  public enum Axis: String, Sendable, Hashable, CaseIterable {
    case epochs
    case batchSize = "batch_size"
    case l2
  }

  /// Every combination of `epochsAxis`, `batchSizeAxis` and `l2Axis`, the last varying fastest.
  public var conditions: [Condition] {
    epochsAxis.flatMap { epochs in
      batchSizeAxis.flatMap { batchSize in
        l2Axis.map { Condition(epochs: epochs, batchSize: batchSize, l2: $0) }
      }
    }
  }

  /// The settings of which there are several values.
  public var axes: [Axis] {
    Axis.allCases.filter { axis in
      switch axis {
      case .epochs: epochsAxis.count > 1
      case .batchSize: batchSizeAxis.count > 1
      case .l2: l2Axis.count > 1
      }
    }
  }

  /// The same configuration for one condition alone.
  public func at(_ condition: Condition) -> SweepConfiguration {
    var configuration = self
    configuration.epochs = condition.epochs
    configuration.batchSize = condition.batchSize
    configuration.l2 = condition.l2
    return configuration
  }

  public var condition: Condition { Condition(epochs: epochs, batchSize: batchSize, l2: l2) }
}

extension Condition {
  /// The values on the given axes, as in "epochs 10, l2 0.001"; empty for none.
  public func description(on axes: [SweepConfiguration.Axis]) -> String {
    axes.map { axis in
      switch axis {
      case .epochs: "epochs \(epochs)"
      case .batchSize: "batch size \(batchSize)"
      case .l2: "l2 \(shortText(l2))"
      }
    }.joined(separator: ", ")
  }
}
