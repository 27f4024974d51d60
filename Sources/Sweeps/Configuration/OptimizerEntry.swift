import Training

/// An optimizer of a sweep, with the title that the configuration gives it.
public struct OptimizerEntry: Sendable, Hashable {
  /// nil for the optimizer's own title.
  public var name: String?
  public var optimizer: Optimizer

  public init(name: String? = nil, _ optimizer: Optimizer) {
    self.name = name
    self.optimizer = optimizer
  }

  /// `name`, or the optimizer's own title, as in "Adam (beta2=0.999)".
  public var title: String { name ?? optimizer.title }
}
