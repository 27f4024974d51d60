/// How gradient norms become a schedule.
public struct RefinementOptions: Sendable, Hashable {
  public enum Method: String, Sendable, Hashable, CaseIterable, Codable {
    /// The paper's Algorithms 1 and 2.
    case closed
    /// The step sizes that minimise the last-iterate bound.
    case bound
  }

  /// Which norms these are.
  public var norm: GradientNorm
  /// The smoothing fraction tau, 0 to 1: the median's window as a share of the norms.
  public var smoothing: Double
  public var method: Method
  /// Length of the schedule; nil for as many factors as finite norms.
  public var points: Int?

  public init(norm: GradientNorm = .l2, smoothing: Double = 0.1, method: Method = .closed, points: Int? = nil) {
    self.norm = norm
    self.smoothing = smoothing
    self.method = method
    self.points = points
  }

  /// The width of the running median over `count` norms: 2 floor(floor(tau T)/2) + 1.
  func width(count: Int) -> Int { 2 * (Int(smoothing * Double(count)) / 2) + 1 }
}
