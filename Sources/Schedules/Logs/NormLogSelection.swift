/// Which of the numbers in a log are the norms.
public struct NormLogSelection: Sendable, Hashable {
  /// A column's name, its number from 1, or a JSON key; nil where the log has only one candidate.
  public var column: String?
  /// The run in an array of shape (steps, runs, 2), from 1; nil where there is only one.
  public var run: Int?
  /// The plane of such an array: l1 then l2.
  public var norm: GradientNorm

  public init(column: String? = nil, run: Int? = nil, norm: GradientNorm = .l2) {
    self.column = column
    self.run = run
    self.norm = norm
  }
}
