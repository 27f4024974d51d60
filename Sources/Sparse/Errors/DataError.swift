import Platform

/// One thing that is wrong with an input file, and where.
///
/// Prints as `FILE:LINE:COLUMN: error: MESSAGE`, the form that editors and build tools jump to.
public struct DataError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The path as the caller gave it; `<stdin>` for standard input.
  public let file: String
  /// Counts from 1; nil where the error is about the file as a whole.
  public let line: Int?
  /// Counts bytes of the uncompressed line from 1, a byte-order mark left out.
  public let column: Int?
  /// What is wrong, what was found, what was expected.
  public let message: String

  public init(file: String, line: Int? = nil, column: Int? = nil, message: String) {
    self.file = file
    self.line = line
    self.column = column
    self.message = message
  }

  /// One line of printable characters, whatever the file is called.
  public var description: String {
    var position = file
    if let line { position += ":\(line)" }
    if let column { position += ":\(column)" }
    return "\(position): error: \(message)".printable
  }
}

/// Why an input could not be read: its first errors, and what a command should exit with.
public struct ReadingFailure: Error, Sendable, Hashable, CustomStringConvertible {
  public enum Kind: Sendable, Hashable {
    /// The content is wrong, incomplete or too large.
    case badData
    /// There is no such file, or it may not be opened.
    case noInput
    /// The operating system failed to deliver bytes.
    case inputOutput
    /// The program that decompresses the file is not installed.
    case unavailable
  }

  /// How many errors are kept and printed.
  public static let errorLimit = 10

  public let kind: Kind
  /// In the order of the file, at most `errorLimit`, at least one.
  public let errors: [DataError]
  /// How many there are in all: one a line at most.
  public let errorCount: Int

  public init(kind: Kind, errors: [DataError], errorCount: Int? = nil) {
    self.kind = kind
    self.errors = Array(errors.prefix(Self.errorLimit))
    self.errorCount = errorCount ?? errors.count
  }

  public init(kind: Kind, file: String, message: String) {
    self.init(kind: kind, errors: [DataError(file: file, message: message)])
  }

  /// The code of sysexits.h: 65 bad data, 66 no such input, 69 a program is missing, 74 input or output error.
  public var exitCode: Int32 {
    switch kind {
    case .badData: 65
    case .noInput: 66
    case .unavailable: 69
    case .inputOutput: 74
    }
  }

  /// One line an error; where there are more than are kept, a last line that counts them.
  public var description: String {
    var lines = errors.map(\.description)
    if errorCount > errors.count {
      let more = errorCount - errors.count
      lines.append("\(errors.first?.file.printable ?? ""): \(more) more \(more == 1 ? "line has" : "lines have") errors")
    }
    return lines.joined(separator: "\n")
  }
}
