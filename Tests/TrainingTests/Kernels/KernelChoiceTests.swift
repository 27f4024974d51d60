import Sparse
import Testing

@testable import Training

@Suite struct KernelChoiceTests {
  private func kernels(
    _ shape: Shape, _ optimizer: Optimizer, l2: Double = 0, path: TrainingSettings.Path = .automatic
  ) -> Kernels {
    LaneTrainer(problem: shape.problem, settings: TrainingSettings(optimizer: optimizer, epochs: 1, l2: l2, path: path)).kernels
  }

  private static let letter = Shape(rows: 500, features: 16, classes: 26, perRow: 16)
  private static let a9a = Shape(rows: 500, features: 123, classes: 2, perRow: 14)
  private static let news20 = Shape(rows: 500, features: 20_000, classes: 20, perRow: 80)

  @Test(arguments: ["sgd", "adam", "dog", "dowg", "lion", "schedule-free-sgd"] as [Optimizer])
  func shapesTakeTheirKernels(optimizer: Optimizer) {
    #expect(kernels(Self.letter, optimizer) == .dense)
    #expect(kernels(Self.a9a, optimizer) == .scatter)
    #expect(kernels(Self.news20, optimizer) == .lists)
  }

  @Test func aPathCanBeForced() {
    for path in [TrainingSettings.Path.dense, .scatter, .lists] {
      #expect(kernels(Self.a9a, "adam", path: path).rawValue == path.rawValue)
    }
    #expect(kernels(Self.letter, "adam", path: .sparse) != .dense)
    // What has no form for lists is scattered, however many features there are.
    #expect(kernels(Self.news20, "adam:weight-decay=0.01", path: .sparse) == .scatter)
    #expect(kernels(Self.news20, "adam:weight-decay=0.01", path: .lists) == .scatter)
  }

  /// Regularisation moves every weight, and costs accordingly.
  @Test(arguments: ["sgd", "adam", "ngn"] as [Optimizer]) func whatIsRegularisedIsNotListed(optimizer: Optimizer) {
    for path in [TrainingSettings.Path.automatic, .sparse, .lists] {
      #expect(kernels(Self.news20, optimizer, l2: 0.01, path: path) == .scatter)
    }
    let costs = [0, 0.01].map {
      LaneTrainer(
        problem: Self.a9a.problem, settings: TrainingSettings(optimizer: optimizer, epochs: 1, l2: $0)
      ).estimatedCost
    }
    #expect(costs[1] > 1.05 * costs[0])
  }

  /// A batch that has few of many features is listed; one that has most of few is scattered.
  @Test(arguments: ["sgd", "adam", "dog", "lion", "schedule-free-sgd"] as [Optimizer])
  func theChoiceCrossesOver(optimizer: Optimizer) {
    let choices = [40, 4000].map { kernels(Shape(rows: 203, features: $0, classes: 2, perRow: 4), optimizer, path: .sparse) }
    #expect(choices == [.scatter, .lists])
  }
}
