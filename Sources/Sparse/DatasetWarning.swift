/// A property that makes a readable dataset a poor fit for classification with one grid of learning rates.
public enum DatasetWarning: Sendable, Hashable, CustomStringConvertible {
  /// The labels look like a regression target.
  case regressionTarget(labels: Int, rows: Int)
  /// The features are not scaled; `value` is the one farthest from zero.
  case unscaled(value: Float)

  /// With fewer distinct labels than this, labels always count as classes.
  static let fewestRegressionLabels = 10
  /// A value of larger magnitude means that the features are not scaled.
  public static let largestScaledValue: Float = 30

  public var description: String {
    switch self {
    case .regressionTarget(let labels, let rows):
      return "\(labels) distinct labels in \(rows) rows look like a regression target; each is trained as a class of its own"
    case .unscaled(let value):
      let text = LabelledSparseData.labelText(Double(value))
      let limit = LabelledSparseData.labelText(Double(Self.largestScaledValue))
      return
        "features are not scaled: a value of \(text) is beyond -\(limit) to \(limit), which the learning rates of the grid may "
        + "not suit; `refinery data scale` scales every feature to -1 to 1"
    }
  }
}

extension LabelledSparseData {
  /// - Complexity: O(nonzeros + C).
  public var warnings: [DatasetWarning] {
    var warnings: [DatasetWarning] = []
    if looksLikeRegressionTarget { warnings.append(.regressionTarget(labels: classCount, rows: rowCount)) }
    let (least, greatest) = matrix.values.reduce((Float(0), Float(0))) { (Swift.min($0.0, $1), Swift.max($0.1, $1)) }
    let farthest = -least > greatest ? least : greatest
    if abs(farthest) > DatasetWarning.largestScaledValue { warnings.append(.unscaled(value: farthest)) }
    return warnings
  }

  /// True for 10 or more distinct labels if some are fractional, or there are more than a third as many as rows.
  private var looksLikeRegressionTarget: Bool {
    guard classCount >= DatasetWarning.fewestRegressionLabels else { return false }
    return 3 * classCount > rowCount || classLabels.contains { $0 != $0.rounded() }
  }
}
