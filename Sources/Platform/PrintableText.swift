extension String {
  /// The text as one line that a terminal may show: the bytes of control characters, of line separators and of what reverses the
  /// direction of text as `\xNN`, all else as it is.
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
