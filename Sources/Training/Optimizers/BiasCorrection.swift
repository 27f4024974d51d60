/// The scalars of Adam's steps: for step t = 1, 2, ... with unnormalised moments,
///
///     scale   = (1-b1)/(1-b1^t) / sqrt((1-b2)/(1-b2^t)),    epsilon = eps / sqrt((1-b2)/(1-b2^t)).
///
/// They tend to a limit; the table ends where both powers have fallen below what a Float can see.
struct BiasCorrection: Sendable {
  struct Step: Sendable {
    var scale: Float
    var epsilon: Float
  }

  private let table: [Step]

  init(optimizer: Optimizer, steps: Int) {
    guard case .adam(let beta1, let beta2, let epsilon, _, _) = optimizer else {
      table = [Step(scale: 1, epsilon: 0)]
      return
    }
    var table: [Step] = []
    var power1 = 1.0
    var power2 = 1.0
    repeat {
      power1 *= beta1
      power2 *= beta2
      let root = ((1 - beta2) / (1 - power2)).squareRoot()
      table.append(Step(scale: Float((1 - beta1) / (1 - power1) / root), epsilon: Float(epsilon / root)))
    } while table.count < steps && max(power1, power2) > 1e-10
    self.table = table
  }

  /// - Parameter step: counts from 0.
  @inline(__always) subscript(step: Int) -> Step { table[min(step, table.count - 1)] }

  /// Calls `body` with the table and the index of its last entry, which holds for all later steps too. Steps count from 0.
  @inline(__always)
  func withPointer<Result>(_ body: (UnsafePointer<Step>, Int) throws -> Result) rethrows -> Result {
    try table.withUnsafeBufferPointer { try body($0.baseAddress.unsafelyUnwrapped, $0.count - 1) }
  }
}
