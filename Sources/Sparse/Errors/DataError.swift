import Platform

/// One error in an input file, with its position.
///
/// Prints as `FILE:LINE:COLUMN: error: MESSAGE`, a form that editors and build tools can jump to.
public struct DataError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The path as the caller gave it; `<stdin>` for standard input.
  public let file: String
  /// Counts from 1; nil for an error of the file as a whole.
  public let line: Int?
  /// Byte position in the uncompressed line, from 1, not counting a byte-order mark.
  public let column: Int?
  /// What is wrong, what was found, what was expected.
  public let message: String

  public init(file: String, line: Int? = nil, column: Int? = nil, message: String) {
    self.file = file
    self.line = line
    self.column = column
    self.message = message
  }

  /// A single line of printable characters, whatever the file name.
  public var description: String {
    var position = file
    if let line { position += ":\(line)" }
    if let column { position += ":\(column)" }
    return "\(position): error: \(message)".printable
  }
}

/// Why an input could not be read: its first errors, and the exit code for a command.
public struct ReadingFailure: Error, Sendable, Hashable, CustomStringConvertible {
  public enum Kind: Sendable, Hashable {
    /// The content is wrong, incomplete or too large.
    case badData
    /// The file does not exist or may not be opened.
    case noInput
    /// Reading failed in the operating system.
    case inputOutput
    /// The program needed to decompress the file is not installed.
    case unavailable
  }

  /// How many errors are kept and printed.
  public static let errorLimit = 10

  public let kind: Kind
  /// In file order; at least one, at most `errorLimit`.
  public let errors: [DataError]
  /// Total number of errors, at most one per line.
  public let errorCount: Int

  public init(kind: Kind, errors: [DataError], errorCount: Int? = nil) {
    self.kind = kind
    self.errors = Array(errors.prefix(Self.errorLimit))
    self.errorCount = errorCount ?? errors.count
  }

  public init(kind: Kind, file: String, message: String) {
    self.init(kind: kind, errors: [DataError(file: file, message: message)])
  }

  /// Exit code as in sysexits.h: 65 bad data, 66 no input, 69 missing program, 74 I/O error.
  public var exitCode: Int32 {
    switch kind {
    case .badData: 65
    case .noInput: 66
    case .unavailable: 69
    case .inputOutput: 74
    }
  }

  /// One line per error, and a line with the count of those not kept, if any.
  public var description: String {
    var lines = errors.map(\.description)
    if errorCount > errors.count {
      let more = errorCount - errors.count
      lines.append("\(errors.first?.file.printable ?? ""): \(more) more \(more == 1 ? "line has" : "lines have") errors")
    }
    return lines.joined(separator: "\n")
  }
}
