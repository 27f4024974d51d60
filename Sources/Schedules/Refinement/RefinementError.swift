/// Why norms or options do not give a refined schedule. Steps count from 1.
public enum RefinementError: Error, Hashable, CustomStringConvertible {
  case tooFewNorms(finite: Int, omitted: Int)
  case negativeNorm(step: Int)
  /// A smoothed norm of zero has no inverse.
  case zeroSmoothedNorm(step: Int)
  /// The range of the norms, raised to their power, is too wide for a Double.
  case rangeTooWide(smallest: Double, largest: Double)
  case smoothingOutOfRange(Double)
  /// An even window, or one longer than the log.
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
