extension String {
  /// The text as one line that a terminal may show: the bytes of control characters, of line separators and of what reverses the
  /// direction of text as `\xNN`, all else as it is.
  ///
  /// - Complexity: O(bytes).
  public var printable: String {
    guard !utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else { return self }
    var text = ""
    for scalar in unicodeScalars {
      if scalar.isPrintable {
        text.unicodeScalars.append(scalar)
      } else {
        for byte in String(scalar).utf8 {
          let digits = String(byte, radix: 16, uppercase: true)
          text += "\\x" + (digits.count < 2 ? "0" : "") + digits
        }
      }
    }
    return text
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
