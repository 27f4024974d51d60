/// What is wrong with a file that this floor reads or writes: norm logs, tables of factors, NumPy arrays.
///
/// Printed as `FILE:LINE:COLUMN: error: what is wrong`; line and column count from 1 and are left out where they mean nothing.
public struct ScheduleFileError: Error, Hashable, CustomStringConvertible {
  public enum Kind: Sendable, Hashable {
    /// There is no such file.
    case missing
    /// It is there but cannot be read.
    case unreadable
    /// It can be read but does not hold what it should.
    case malformed
    /// It cannot be written.
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
