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

  /// In ascending order of features.
  func forEach(_ body: (Int, Value) -> Void) {
    for (index, value) in small.enumerated() { if let value { body(index, value) } }
    for (index, value) in large.sorted(by: { $0.key < $1.key }) { body(index, value) }
  }

  func compactMapValues<Other>(_ transform: (Value) -> Other?) -> FeatureTable<Other> {
    var table = FeatureTable<Other>(smallLimit: smallLimit)
    forEach { index, value in
      if let other = transform(value) { table[index] = other }
    }
    return table
  }
}

extension FeatureTable: Sendable where Value: Sendable {}
