/// An invalid schedule: an unknown name or key, a value out of range, factors that do not exist.
public struct ScheduleError: Error, Hashable, CustomStringConvertible {
  /// The spelling that has the error, as the user wrote it.
  public var spelling: String
  public var message: String

  public init(spelling: String, _ message: String) {
    self.spelling = spelling
    self.message = message
  }

  public var description: String { "schedule '\(spelling)': \(message)" }
}
