/// Norms or options that no schedule can be refined from. Steps count from 1.
public enum RefinementError: Error, Hashable, CustomStringConvertible {
  case tooFewNorms(finite: Int, omitted: Int)
  case negativeNorm(step: Int)
  /// The inverse of the smoothed norm does not exist.
  case zeroSmoothedNorm(step: Int)
  /// The norms' ratio, squared where the norm is, is beyond what a Double holds.
  case rangeTooWide(smallest: Double, largest: Double)
  case smoothingOutOfRange(Double)
  /// An even window, or one that is longer than the log.
  case windowOutOfRange(Int, norms: Int)
  case tooFewPoints(Int)

  public var description: String {
    switch self {
    case .tooFewNorms(let finite, let omitted):
      counted(finite, "norm") + (omitted > 0 ? " (\(omitted) more \(omitted == 1 ? "is" : "are") not finite)" : "")
        + "; expected at least 3"
    case .negativeNorm(let step): "a negative norm at step \(step); expected norms of 0 or more"
    case .zeroSmoothedNorm(let step): "a smoothed norm of zero at step \(step)"
    case .rangeTooWide(let smallest, let largest):
      "smoothed norms from \(shortText(smallest)) to \(shortText(largest)); expected a range of at most 1e150"
    case .smoothingOutOfRange(let value): "a smoothing fraction of \(shortText(value)); expected 0 to 1"
    case .windowOutOfRange(let window, let norms):
      "a window of \(counted(window, "norm")); expected an odd number of at most \(norms), as many as there are"
    case .tooFewPoints(let points): "\(counted(points, "point")); expected at least 2"
    }
  }
}
