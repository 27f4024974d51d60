/// How gradient norms are turned into a schedule.
public struct RefinementOptions: Sendable, Hashable {
  public enum Method: String, Sendable, Hashable, CaseIterable, Codable {
    /// The paper's Algorithms 1 and 2.
    case closed
    /// The step sizes that minimise the last-iterate bound.
    case bound
  }

  /// The exponents A and B of s_t = g_t^-A sum_{p > t} g_p^-B.
  public struct Powers: Sendable, Hashable {
    /// Exponent of the norm at the step itself.
    public var own: Double
    /// Exponent of the norms after it.
    public var later: Double

    public init(own: Double, later: Double) {
      self.own = own
      self.later = later
    }

    /// Parses A/B, as in "1/2"; nil unless both are numbers from 0 to 10.
    public init?(parsing text: String) {
      let numbers = text.split(separator: "/", omittingEmptySubsequences: false).map { finiteNumber(String($0)) }
      guard numbers.count == 2, let own = numbers[0], let later = numbers[1], (0...10).contains(own), (0...10).contains(later)
      else { return nil }
      self = Powers(own: own, later: later)
    }

    public var text: String { "\(shortText(own))/\(shortText(later))" }

    /// The paper's: 2/2 for l2 norms, 1/1 for l1 norms.
    public init(_ norm: GradientNorm) { self = norm == .l2 ? Powers(own: 2, later: 2) : Powers(own: 1, later: 1) }
  }

  /// Which norm the log holds.
  public var norm: GradientNorm
  /// The smoothing fraction tau, 0 to 1: the median's window as a fraction of the number of norms.
  public var smoothing: Double
  /// The median's window as an odd number of input norms; replaces `smoothing`.
  public var window: Int?
  /// nil for the default of the norm; the method `bound` has none.
  public var powers: Powers?
  public var method: Method
  /// Length of the schedule; nil for one factor per finite norm.
  public var points: Int?

  public init(
    norm: GradientNorm = .l2, smoothing: Double = 0.1, window: Int? = nil, powers: Powers? = nil, method: Method = .closed,
    points: Int? = nil
  ) {
    self.norm = norm
    self.smoothing = smoothing
    self.window = window
    self.powers = powers
    self.method = method
    self.points = points
  }

  /// The width of the running median over `count` values resampled from `norms` norms: `window`, scaled to cover the same
  /// fraction of the run, or 2 floor(floor(tau T)/2) + 1.
  func width(count: Int, norms: Int) -> Int {
    guard let window else { return 2 * (Int(smoothing * Double(count)) / 2) + 1 }
    if count == norms { return window }
    return 2 * Int((Double(window - 1) / 2 * Double(count - 1) / Double(max(1, norms - 1))).rounded()) + 1
  }
}
