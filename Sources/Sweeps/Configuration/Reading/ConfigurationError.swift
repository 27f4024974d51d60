import Platform
import Sparse

/// An error in a configuration file, with its position: `FILE:LINE:COLUMN: error: ...`.
public struct ConfigurationError: Error, Hashable, CustomStringConvertible {
  public let file: String
  /// Both count from 1.
  public let line: Int
  public let column: Int
  public let message: String

  public var description: String { "\(file.printable):\(line):\(column): error: \(message)" }
}

/// An invalid setting, whether from a file or from the command line.
public struct SettingError: Error, Hashable, CustomStringConvertible {
  /// The setting's key in a configuration file.
  public let key: String
  public let message: String

  public var description: String { "error: \(key): \(message)" }
}
