/// An error in a file that this module reads or writes: norm logs, tables of factors, NumPy arrays.
///
/// Printed as `FILE:LINE:COLUMN: error: what is wrong`; line and column count from 1 and are left out where they do not
/// apply.
public struct ScheduleFileError: Error, Hashable, CustomStringConvertible {
  public enum Kind: Sendable, Hashable {
    /// There is no such file.
    case missing
    /// The file exists but cannot be read.
    case unreadable
    /// The file can be read, but its contents are not what was expected.
    case malformed
    /// The file cannot be written.
    case unwritable
  }

  public var kind: Kind
  public var path: String
  public var line: Int?
  public var column: Int?
  public var message: String

  public init(_ kind: Kind, path: String, line: Int? = nil, column: Int? = nil, _ message: String) {
    self.kind = kind
    self.path = path
    self.line = line
    self.column = column
    self.message = message
  }

  public var description: String {
    let place = [path] + [line, column].compactMap { $0 }.map(String.init)
    return "\(place.joined(separator: ":")): error: \(message)"
  }
}
