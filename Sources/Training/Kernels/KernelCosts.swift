import Foundation
import Sparse

/// The ways of a step: dense rows; sparse rows whose nonzeros are scattered over the gradient of all features; sparse rows listed by
/// feature.
enum Kernels: CaseIterable {
  case dense, scatter, lists
}

/// What a step of 16 runs takes with each of the kernels: a function of the shape of the data and of the optimizer, never of the clock.
///
/// The constants are nanoseconds on a core with an FMA peak of 260 GFLOP/s, fitted to made-up data of 60 to 6,000 features, 2 to 20
/// classes and 5 to 60 nonzeros a row. They need to be right against one another only.
struct KernelCosts {
  private let batchSize: Double
  private let classes: Double
  private let storedClasses: Double
  private let features: Double
  /// Nonzeros of a batch, and the features that they belong to, on average.
  private let nonzeros: Double
  private let present: Double
  private let isAdam: Bool

  /// - Complexity: O(nonzeros + features).
  init(_ data: LabelledSparseData, _ settings: TrainingSettings, _ shape: LaneShape) {
    let rows = Double(max(1, data.rowCount))
    let share = Double(min(settings.batchSize, data.rowCount)) / rows
    batchSize = share * rows
    classes = Double(shape.classes)
    storedClasses = Double(SparseLaneTrainer.storedClasses(shape))
    features = Double(shape.features + 1)
    nonzeros = share * Double(data.matrix.nonzeroCount)
    var rowsOfFeature = [Int32](repeating: 0, count: data.featureCount)
    for column in data.matrix.columns { rowsOfFeature[Int(column)] &+= 1 }
    present = rowsOfFeature.reduce(0) { $0 + 1 - exp(-share * Double($1)) }
    isAdam = settings.optimizer.name == "adam"
  }

  /// Nanoseconds.
  func step(_ kernels: Kernels) -> Double {
    switch kernels {
    case .dense:
      return features * classes * (0.26 * batchSize + (isAdam ? 1.3 : 0.3)) + batchSize * classes + 100
    case .scatter:
      return nonzeros * (0.5 + 0.7 * storedClasses) + features * storedClasses * (isAdam ? 2.5 : 1)
        + 3 * batchSize * storedClasses + 80
    case .lists:
      let ofNonzero = (isAdam ? 8 : 5) + 0.7 * storedClasses
      let ofFeature = isAdam ? 12 + 3.8 * storedClasses : 1.5 + 0.7 * storedClasses
      return nonzeros * ofNonzero + present * ofFeature + 3 * batchSize * storedClasses + (isAdam ? 700 : 100)
    }
  }

  /// The kernels that take the least time of those that the settings admit.
  func cheapest(_ settings: TrainingSettings, _ shape: LaneShape) -> Kernels {
    var admitted: [Kernels] =
      switch settings.path {
      case .automatic: [.dense, .scatter, .lists]
      case .dense: [.dense]
      case .sparse: [.scatter, .lists]
      }
    if !SparseLaneTrainer.offers(settings.optimizer) { admitted.removeAll { $0 == .lists } }
    if shape.classes == 1 { admitted = [.dense] }
    return admitted.min { step($0) < step($1) } ?? .dense
  }
}
