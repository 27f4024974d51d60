/// Extents of one lane group's arrays. Entry (feature, class) of the weights is vector `feature * classStride + class`; the bias is
/// feature `features`.
struct LaneShape: Sendable {
  /// Without the bias.
  let features: Int
  let classes: Int
  /// Vectors from a feature to the next: whole cache lines, and an odd number of them where there are many classes. A column of
  /// weights then spreads over all sets of the cache, which at a stride of a power of two it would not.
  let classStride: Int

  init(features: Int, classes: Int) {
    self.features = features
    self.classes = classes
    let vectorsPerLine = max(1, 16 / laneWidth)
    let lines = (classes + vectorsPerLine - 1) / vectorsPerLine
    classStride = (classes < 16 ? lines : lines | 1) * vectorsPerLine
  }

  /// Without space between the features.
  init(features: Int, packedClasses: Int) {
    self.features = features
    classes = packedClasses
    classStride = packedClasses
  }

  var vectorCount: Int { (features + 1) * classStride }

  /// The classes in spans: threes, and at the end one or two twos, so that no span of one is left over unless there is one class
  /// only.
  @inline(__always)
  var spans: (threes: Int, twos: Int, ones: Int) {
    guard classes > 1 else { return (0, 0, 1) }
    let twos = (3 &- classes % 3) % 3
    return ((classes &- 2 &* twos) / 3, twos, 0)
  }
}
