import Platform
import Sparse

/// What is wrong with a configuration file, and where: `FILE:LINE:COLUMN: error: ...`.
public struct ConfigurationError: Error, Hashable, CustomStringConvertible {
  public let file: String
  /// Both count from 1.
  public let line: Int
  public let column: Int
  public let message: String

  public var description: String { "\(file.printable):\(line):\(column): error: \(message)" }
}

/// A setting that no sweep can have, wherever it came from.
public struct SettingError: Error, Hashable, CustomStringConvertible {
  /// The setting's key in a configuration file.
  public let key: String
  public let message: String

  public var description: String { "error: \(key): \(message)" }
}
