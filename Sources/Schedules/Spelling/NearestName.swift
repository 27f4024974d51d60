/// The candidate that `text` was most likely meant to be, if any is close enough to suggest.
///
/// Levenshtein distance, ignoring case; a candidate that begins with `text` counts as close.
///
///     nearestName(to: "cosin", among: ["linear", "cosine"])  // "cosine"
///
/// - Complexity: O(length of `text` x total length of the candidates).
public func nearestName(to text: String, among candidates: [String]) -> String? {
  let text = text.lowercased()
  let scored = candidates.map { candidate -> (name: String, distance: Int) in
    let name = candidate.lowercased()
    return (candidate, text.count >= 3 && name.hasPrefix(text) ? 0 : editDistance(Array(text.utf8), Array(name.utf8)))
  }
  guard let best = scored.min(by: { $0.distance < $1.distance }) else { return nil }
  return best.distance <= max(1, min(text.count, best.name.count) / 2) ? best.name : nil
}

private func editDistance(_ a: [UInt8], _ b: [UInt8]) -> Int {
  var row = Array(0...b.count)
  for (i, x) in a.enumerated() {
    var diagonal = row[0]
    row[0] = i + 1
    for (j, y) in b.enumerated() {
      let substituted = diagonal + (x == y ? 0 : 1)
      diagonal = row[j + 1]
      row[j + 1] = min(substituted, row[j] + 1, row[j + 1] + 1)
    }
  }
  return row[b.count]
}

/// "; did you mean 'cosine'?", or an empty text.
func suggestion(for text: String, among candidates: [String]) -> String {
  nearestName(to: text, among: candidates).map { "; did you mean '\($0)'?" } ?? ""
}
