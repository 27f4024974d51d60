/// A learning-rate schedule as users spell it: `NAME[:key=value]...`, as in `inverse:offset=0.01:warmup=0.1`.
///
/// `description` is the canonical spelling: keys at their defaults left out, in the order of the schedule's table row.
/// Equality and hashing follow it.
public struct Schedule: Sendable, Hashable, CustomStringConvertible {
  public let name: String
  public let description: String

  /// - Throws: an error that says what was found and what would be right.
  public init(parsing text: String) throws {
    self.name = text
    self.description = text
  }

  /// Several, separated by commas.
  public static func list(parsing text: String) throws -> [Schedule] {
    try text.split(separator: ",").map { try Schedule(parsing: String($0)) }
  }

  /// Whether the schedule is made from gradient norms that a sweep provides (`refined` without `norms=`).
  public var needsNorms: Bool { name == "refined" && !description.contains("norms=") }

  /// The factors s_t, t = 0 ..< steps.
  ///
  /// - Complexity: O(steps), with refinement O(steps log steps).
  public func factors(steps: Int) throws -> [Double] {
    (0..<steps).map { name == "linear" ? 1 - Double($0) / Double(steps) : 1 }
  }
}
