/// Something for each of a file's features that occurs: as an array for small indices, which most files have alone, and as a dictionary
/// for large ones, so that a table takes memory for the features that occur and not for the largest index.
struct FeatureTable<Value> {
  private var small: [Value?] = []
  private var large: [Int: Value] = [:]
  private let smallLimit: Int

  /// - Parameter smallLimit: indices below this stand in an array up to the largest that occurs.
  init(smallLimit: Int = 1 << 20) { self.smallLimit = smallLimit }

  subscript(index: Int) -> Value? {
    get { index < smallLimit ? index < small.count ? small[index] : nil : large[index] }
    set {
      guard index < smallLimit else {
        large[index] = newValue
        return
      }
      if index >= small.count { small.append(contentsOf: repeatElement(nil, count: index + 1 - small.count)) }
      small[index] = newValue
    }
  }

  /// What there is, in ascending order of features.
  var entries: [(index: Int, value: Value)] {
    small.enumerated().compactMap { index, value in value.map { (index, $0) } }
      + large.map { (index: $0.key, value: $0.value) }.sorted { $0.index < $1.index }
  }
}

extension FeatureTable: Sendable where Value: Sendable {}
