import Foundation
import Platform
import Sparse

/// Writes text to standard output or to a file, as `OutputFile` does.
enum Output {
  /// - Throws: `Failure` with code 73 where the file cannot be written, 74 where standard output cannot.
  static func write(_ text: String, to path: String?) throws {
    try write(Data(text.utf8), to: path)
  }

  static func write(_ data: Data, to path: String?) throws {
    let file = try OutputFile(path ?? "-")
    try data.withUnsafeBytes { try file.write($0) }
    try OutputFile.commit([file])
  }

  /// JSON with sorted keys. Values encode what does not apply as null themselves.
  static func json(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return String(decoding: try encoder.encode(value), as: UTF8.self) + "\n"
  }

  /// Why a file operation failed, as the operating system's message.
  static func reason(_ error: any Error) -> String {
    let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
    guard let underlying, underlying.domain == NSPOSIXErrorDomain else { return error.localizedDescription }
    return String(cString: strerror(Int32(underlying.code)))
  }
}

/// Columns of text, padded to their widest cell. Unprintable characters, as in a file's name, are shown as `\xNN`.
struct TextTable {
  private var rows: [[String]]
  private let leftAligned: Set<Int>

  /// - Parameter leftAligned: columns of text; the others, columns of numbers, are aligned right.
  init(header: [String], leftAligned: Set<Int> = [0]) {
    rows = [header]
    self.leftAligned = leftAligned
  }

  mutating func append(_ row: [String]) {
    rows.append(row.map(\.printable))
  }

  /// The same as a Markdown table.
  var markdown: String {
    guard let header = rows.first else { return "" }
    let rule = header.indices.map { leftAligned.contains($0) ? "---" : "---:" }
    return ([header, rule] + rows.dropFirst()).map { "| " + $0.joined(separator: " | ") + " |\n" }.joined()
  }

  var text: String {
    let columnCount = rows.map(\.count).max() ?? 0
    let widths = (0..<columnCount).map { column in rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0 }
    let lines = rows.map { row in
      var line = ""
      for (column, cell) in row.enumerated() {
        let padding = String(repeating: " ", count: widths[column] - cell.count)
        let isLast = column == row.count - 1
        line += leftAligned.contains(column) ? cell + (isLast ? "" : padding) : padding + cell
        line += isLast ? "" : "  "
      }
      return line
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
