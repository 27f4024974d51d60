/// A value for each feature that occurs in a file. Small indices, the only ones in most files, are kept in an array, large ones
/// in a dictionary, so that memory grows with the features that occur and not with the largest index.
struct FeatureTable<Value> {
  private var small: [Value?] = []
  private var large: [Int: Value] = [:]
  private let smallLimit: Int

  /// - Parameter smallLimit: smaller indices are kept in an array, which extends to the largest of them that occurs.
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

  /// The entries, in ascending order of features.
  var entries: [(index: Int, value: Value)] {
    small.enumerated().compactMap { index, value in value.map { (index, $0) } }
      + large.map { (index: $0.key, value: $0.value) }.sorted { $0.index < $1.index }
  }
}

extension FeatureTable: Sendable where Value: Sendable {}
