import Foundation
import Sparse

/// Cost of an optimizer's update, in nanoseconds for 16 runs; excludes the gradient sums.
struct UpdateCosts {
  /// Per weight, with the dense and the scatter kernels.
  var dense: Double
  var scatter: Double
  /// With the lists kernels: per nonzero, per feature of a batch, per feature and class, per step.
  var listedNonzero: Double
  var listedFeature: Double
  var listedWeight: Double
  var listedStep: Double

  /// An update of additions and multiplications, such as SGD's.
  static let light = UpdateCosts(
    dense: 0.3, scatter: 1, listedNonzero: 5, listedFeature: 1.5, listedWeight: 0.7, listedStep: 100)
  /// An update with a square root and a division, such as Adam's.
  static let dividing = UpdateCosts(
    dense: 1.3, scatter: 2.5, listedNonzero: 8, listedFeature: 12, listedWeight: 3.8, listedStep: 700)
  /// SGD's with a step size that depends on the whole gradient: with the lists kernels, a second pass over a batch's features.
  static let twoPasses = UpdateCosts(
    dense: 0.3, scatter: 1, listedNonzero: 5, listedFeature: 1.5, listedWeight: 3, listedStep: 200)

  /// With a stored gradient, to which a pass over all weights adds the penalty's; not with the lists kernels.
  var regularised: UpdateCosts {
    var costs = self
    costs.dense += 1
    costs.scatter += 1
    return costs
  }
}

/// Cost model of a step of 16 runs with each of the kernels. Depends on the shape of the data and the optimizer only, never on
/// timings.
///
/// The constants are nanoseconds on a core with an FMA peak of 260 GFLOP/s, fitted to synthetic data with 60 to 6,000 features,
/// 2 to 20 classes and 5 to 60 nonzeros per row. Only their ratios matter.
struct KernelChoice {
  private let batchSize: Double
  private let classes: Double
  private let storedClasses: Double
  private let features: Double
  /// Average number of nonzeros in a batch, and of distinct features among them.
  private let nonzeros: Double
  private let present: Double
  private let update: UpdateCosts

  /// - Complexity: O(nonzeros + features).
  init(_ data: LabelledSparseData, batchSize: Int, _ shape: LaneShape, _ update: UpdateCosts) {
    let rows = Double(max(1, data.rowCount))
    let share = Double(min(batchSize, data.rowCount)) / rows
    self.batchSize = share * rows
    self.update = update
    classes = Double(shape.classes)
    storedClasses = Double(shape.packed.classes)
    features = Double(shape.features + 1)
    nonzeros = share * Double(data.matrix.nonzeroCount)
    var rowsOfFeature = [Int32](repeating: 0, count: data.featureCount)
    for column in data.matrix.columns { rowsOfFeature[Int(column)] &+= 1 }
    present = rowsOfFeature.reduce(0) { $0 + 1 - exp(-share * Double($1)) }
  }

  /// Nanoseconds per step.
  func step(_ kernels: Kernels) -> Double {
    switch kernels {
    case .dense:
      return features * classes * (0.26 * batchSize + update.dense) + batchSize * classes + 100
    case .scatter:
      return nonzeros * (0.5 + 0.7 * storedClasses) + features * storedClasses * update.scatter
        + 3 * batchSize * storedClasses + 80
    case .lists:
      let ofNonzero = update.listedNonzero + 0.7 * storedClasses
      let ofFeature = update.listedFeature + update.listedWeight * storedClasses
      return nonzeros * ofNonzero + present * ofFeature + 3 * batchSize * storedClasses + update.listedStep
    }
  }

  /// The cheapest of the kernels that `path` allows.
  ///
  /// - Parameter listsAreExact: whether the optimizer has a form for lists.
  func cheapest(_ path: TrainingSettings.Path, listsAreExact: Bool) -> Kernels {
    var admitted = path.kernels
    if !listsAreExact { admitted.removeAll { $0 == .lists } }
    if classes == 1 { admitted = [.dense] }
    return admitted.min { step($0) < step($1) } ?? .scatter
  }
}
