/// A kind of schedule. To add one, write a conforming type in a file of its own and add it to `ScheduleRegistry.builtIn`:
/// parsing, help, configuration checks, table headings and colours follow from it.
public protocol ScheduleShape: Sendable {
  /// What users type, as in "inverse-sqrt": lowercase letters, digits and hyphens.
  static var name: String { get }
  /// One line for `--help`.
  static var summary: String { get }
  /// The heading of its column in tables, as in "1/sqrt(t)".
  static var columnTitle: String { get }
  /// Its colour in every chart, "#rrggbb"; charts darken or lighten it to suit the background.
  static var color: String { get }
  /// Its own keys, in the order of the canonical spelling; `warmup` is added to every schedule.
  static var parameters: [any ScheduleParameter] { get }

  /// - Throws: where values are valid one by one, but not together.
  init(_ arguments: ScheduleArguments) throws

  /// The factors s_t, t = 0 ..< steps, of a run without warmup. `steps` may be 0.
  func factors(steps: Int) throws -> [Double]

  /// The same for shapes that read files.
  ///
  /// - Parameters:
  ///   - unspecifiedNorm: the norm that a refinement without `norm=` assumes.
  ///   - note: called with a file's path and a message about how it was read.
  func factors(steps: Int, unspecifiedNorm: GradientNorm, note: (_ path: String, LogMessage) -> Void) throws -> [Double]

  /// How gradient norms are refined; nil for schedules that are not made from norms.
  var refinementOptions: RefinementOptions? { get }
  /// Whether the norms come from a sweep's prior run.
  var needsNorms: Bool { get }
}

extension ScheduleShape {
  public static var parameters: [any ScheduleParameter] { [] }

  public func factors(
    steps: Int, unspecifiedNorm: GradientNorm, note: (_ path: String, LogMessage) -> Void
  ) throws -> [Double] { try factors(steps: steps) }

  public var refinementOptions: RefinementOptions? { nil }
  public var needsNorms: Bool { false }
}
