import Foundation

/// Escapes text for LaTeX; accents and symbols that pdflatex's fonts lack become commands.
enum LaTeXText {
  /// The non-ASCII scalars that remain after `escaped`, which pdflatex lacks; ascending.
  static func foreign(_ text: String) -> [Unicode.Scalar] { Set(text.unicodeScalars.filter { !$0.isASCII }).sorted() }

  /// - Complexity: O(n).
  static func escaped(_ text: String) -> String {
    var result = ""
    var exponent = ""
    // A character is a letter with its marks, so that `é` gives the same text in whatever form a file's name composes it.
    for character in text {
      if let digit = superscripts[character] {
        exponent.append(digit)
        continue
      }
      if !exponent.isEmpty {
        result += "$^{\(exponent)}$"
        exponent = ""
      }
      result += replacements[character] ?? accented(character) ?? scalars(character)
    }
    return exponent.isEmpty ? result : result + "$^{\(exponent)}$"
  }

  /// A letter with accents that LaTeX has commands for.
  private static func accented(_ character: Character) -> String? {
    let parts = String(character).decomposedStringWithCanonicalMapping.unicodeScalars
    guard let base = parts.first, parts.count > 1 else { return nil }
    let commands = parts.dropFirst().map { accents[$0] }
    guard base.isASCII || replacements[Character(base)] != nil, !commands.contains(where: { $0 == nil }) else { return nil }
    return commands.compactMap { $0 }.reduce(replacements[Character(base)] ?? String(base)) { "\\\($1){\($0)}" }
  }

  private static func scalars(_ character: Character) -> String {
    character.unicodeScalars.map { scalar in
      if let replacement = replacements[Character(scalar)] { return replacement }
      return scalar.properties.generalCategory == .control ? " " : String(scalar)
    }.joined()
  }

  private static let superscripts: [Character: Character] = [
    "⁻": "-", "⁰": "0", "¹": "1", "²": "2", "³": "3", "⁴": "4", "⁵": "5", "⁶": "6", "⁷": "7", "⁸": "8", "⁹": "9",
  ]

  /// Commands for combining marks, in both of TeX's old font encodings.
  private static let accents: [Unicode.Scalar: String] = [
    "\u{300}": "`", "\u{301}": "'", "\u{302}": "^", "\u{303}": "~", "\u{304}": "=", "\u{306}": "u", "\u{307}": ".",
    "\u{308}": "\"", "\u{30A}": "r", "\u{30B}": "H", "\u{30C}": "v", "\u{323}": "d", "\u{327}": "c", "\u{331}": "b",
  ]

  private static let replacements: [Character: String] = [
    "\\": "\\textbackslash{}", "{": "\\{", "}": "\\}", "$": "\\$", "&": "\\&", "%": "\\%", "#": "\\#", "_": "\\_",
    "~": "\\textasciitilde{}", "^": "\\textasciicircum{}", "<": "$<$", ">": "$>$", "|": "$|$", "±": "$\\pm$", "√": "$\\surd$",
    "−": "$-$", "–": "--", "—": "---", "≤": "$\\le$", "≥": "$\\ge$", "×": "$\\times$", "÷": "$\\div$", "↑": "$\\uparrow$",
    "↓": "$\\downarrow$", "→": "$\\rightarrow$", "†": "$\\dagger$", "‡": "$\\ddagger$", "§": "\\S{}", "¶": "\\P{}",
    "…": "\\ldots{}", "∞": "$\\infty$", "·": "$\\cdot$", "•": "$\\bullet$", "°": "$^{\\circ}$", "¬": "$\\neg$", "\n": " ",
    "\u{A0}": "~", "©": "\\copyright{}", "£": "\\pounds{}", "¡": "!`", "¿": "?`", "“": "``", "”": "''", "‘": "`", "’": "'",
    "ß": "\\ss{}", "æ": "\\ae{}", "Æ": "\\AE{}", "œ": "\\oe{}", "Œ": "\\OE{}", "ø": "\\o{}", "Ø": "\\O{}", "ł": "\\l{}",
    "Ł": "\\L{}", "ı": "\\i{}", "ȷ": "\\j{}", "µ": "$\\mu$", "α": "$\\alpha$", "β": "$\\beta$", "γ": "$\\gamma$",
    "δ": "$\\delta$", "ε": "$\\varepsilon$", "ζ": "$\\zeta$", "η": "$\\eta$", "θ": "$\\theta$", "ι": "$\\iota$",
    "κ": "$\\kappa$", "λ": "$\\lambda$", "μ": "$\\mu$", "ν": "$\\nu$", "ξ": "$\\xi$", "ο": "$o$", "π": "$\\pi$", "ρ": "$\\rho$",
    "σ": "$\\sigma$", "ς": "$\\varsigma$", "τ": "$\\tau$", "υ": "$\\upsilon$", "φ": "$\\varphi$", "χ": "$\\chi$",
    "ψ": "$\\psi$", "ω": "$\\omega$", "Γ": "$\\Gamma$", "Δ": "$\\Delta$", "Θ": "$\\Theta$", "Λ": "$\\Lambda$", "Ξ": "$\\Xi$",
    "Π": "$\\Pi$", "Σ": "$\\Sigma$", "Υ": "$\\Upsilon$", "Φ": "$\\Phi$", "Ψ": "$\\Psi$", "Ω": "$\\Omega$",
  ]
}
