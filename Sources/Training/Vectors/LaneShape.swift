/// Dimensions of one lane group's arrays. Weight (feature, class) is vector `feature * classStride + class`; the bias is
/// feature `features`.
struct LaneShape: Sendable {
  /// Without the bias.
  let features: Int
  let classes: Int
  /// Vectors per feature: whole cache lines, an odd number of them for many classes, so that a column of weights spreads over
  /// all cache sets, unlike with a power-of-two stride.
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

  /// The shape in the sparse kernels: no padding between features, and only one of two classes stored, since their weights are
  /// each other's negatives.
  var packed: LaneShape { LaneShape(features: features, packedClasses: Self.storedClasses(classes)) }

  package static func storedClasses(_ classes: Int) -> Int { classes == 2 ? 1 : classes }

  /// How many classes a class of `packed` stands for in norms.
  var copies: Float { classes == 2 ? 2 : 1 }
}
