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

  private init(features: Int, packedClasses: Int) {
    self.features = features
    classes = packedClasses
    classStride = packedClasses
  }

  var vectorCount: Int { (features + 1) * classStride }

  /// The shape in the sparse kernels: without space between the features, and of two classes one is stored, since their weights stay
  /// each other's negatives.
  var packed: LaneShape { LaneShape(features: features, packedClasses: Self.storedClasses(classes)) }

  package static func storedClasses(_ classes: Int) -> Int { classes == 2 ? 1 : classes }

  /// How often a class of `packed` counts in norms.
  var copies: Float { classes == 2 ? 2 : 1 }
}
