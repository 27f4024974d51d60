/// Width of a text in pixels in DejaVu Sans, the widest of the fonts that pictures ask for.
///
/// - Complexity: O(n).
func textWidth(_ text: String, size: Double = 12, isBold: Bool = false) -> Double {
  let thousandths = text.unicodeScalars.reduce(0.0) { sum, scalar in
    if let place = Int(exactly: scalar.value).map({ $0 - 32 }), advances.indices.contains(place) {
      return sum + Double(advances[place])
    }
    if "\u{B2}\u{B3}\u{B9}".unicodeScalars.contains(scalar) || (0x2070...0x209F).contains(scalar.value) { return sum + 530 }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format, .control: return sum
    // Ideographs, syllables and pictographs are square.
    default: return sum + (scalar.value >= 0x1100 && !(0x1E00...0x2BFF).contains(scalar.value) ? 1_000 : 840)
    }
  }
  return thousandths * size / 1_000 * (isBold ? 1.13 : 1)
}

/// A text shortened to a width: whole, or its beginning and end around an ellipsis, which keeps similar names
/// distinguishable.
///
/// - Complexity: O(n^2).
func fitted(_ text: String, width: Double, size: Double = 12, isBold: Bool = false) -> String {
  guard textWidth(text, size: size, isBold: isBold) > width else { return text }
  var kept = text.count - 1
  while kept > 1 {
    let shortened = text.prefix((kept + 1) / 2) + "…" + text.suffix(kept / 2)
    if textWidth(String(shortened), size: size, isBold: isBold) <= width { return String(shortened) }
    kept -= 1
  }
  return "…"
}

/// Advance widths of printable ASCII characters in DejaVu Sans, in thousandths of the size; bold is at most 13 % wider.
private let advances: [Int] = [
  318, 401, 460, 838, 636, 950, 780, 275, 390, 390, 500, 838, 318, 361, 318, 337, 636, 636, 636, 636, 636, 636, 636, 636, 636,
  636, 337, 337, 838, 838, 838, 531, 1000, 684, 686, 698, 770, 632, 575, 775, 752, 295, 295, 656, 557, 863, 748, 787, 603, 787,
  695, 635, 611, 732, 684, 989, 685, 611, 685, 390, 337, 390, 838, 500, 500, 613, 635, 550, 635, 615, 352, 635, 634, 278, 278,
  579, 278, 974, 634, 612, 635, 635, 411, 521, 392, 634, 592, 818, 592, 592, 525, 636, 337, 636, 838,
]
