extension String {
  /// The text as a single line that is safe to print to a terminal: the bytes of control characters, line separators and
  /// bidirectional formatting characters are replaced by `\xNN`.
  ///
  /// - Complexity: O(bytes).
  public var printable: String {
    guard !utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else { return self }
    return unicodeScalars.map { scalar in
      scalar.isPrintable ? String(scalar) : String(scalar).utf8.map(\.escaped).joined()
    }.joined()
  }
}

extension Unicode.Scalar {
  fileprivate var isPrintable: Bool {
    switch properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator: false
    default: !properties.isBidiControl
    }
  }
}
