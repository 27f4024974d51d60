import Testing

@testable import Schedules

struct GradientNormTests {
  /// Methods that scale every coordinate by itself go with l1 norms.
  @Test(arguments: [
    ("sgd", GradientNorm.l2), ("adam", .l1), ("adagrad", .l1), ("rmsprop", .l1), ("lion", .l1), ("schedule-free-sgd", .l2),
    ("schedule-free-adamw", .l1), ("d-adapt-sgd", .l2), ("d-adapt-adam", .l1), ("prodigy", .l1), ("dog", .l2), ("dowg", .l2),
    ("momo", .l2), ("momo-adam", .l1), ("ngn", .l2), ("sps", .l2), ("adamw", .l1), ("nadam", .l1),
  ])
  func optimizersHaveNorms(name: String, norm: GradientNorm) {
    #expect(GradientNorm(optimizer: name) == norm)
    #expect(GradientNorm(optimizer: name.uppercased().replacing("-", with: "_") + ":key=1") == norm)
    #expect(GradientNorm.optimizers.contains(name))
  }

  @Test func unknownOptimizersHaveNone() {
    #expect(GradientNorm(optimizer: "adamx") == nil && GradientNorm(optimizer: "") == nil)
  }
}
