import Foundation

/// The items of an option that takes several, separated by commas, without the blanks around them.
func commaSeparated(_ text: String) -> [String] {
  text.split(separator: ",", omittingEmptySubsequences: false).map { $0.trimmingCharacters(in: .whitespaces) }
}
