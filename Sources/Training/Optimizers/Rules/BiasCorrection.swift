/// The scalars of Adam's steps: for step t = 1, 2, ... with unnormalised moments,
///
///     scale   = (1-b1)/(1-b1^t) / sqrt((1-b2)/(1-b2^t)),    epsilon = eps / sqrt((1-b2)/(1-b2^t)).
///
/// They converge; the table ends when both powers are negligible in Float precision.
struct BiasCorrection: Sendable {
  struct Step: BitwiseCopyable, Sendable {
    var scale: Float
    var epsilon: Float
  }

  private let table: [Step]

  /// No correction.
  init() { table = [Step(scale: 1, epsilon: 0)] }

  init(beta1: Double, beta2: Double, epsilon: Double, steps: Int) {
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
  @inline(__always) subscript(step: Int) -> Step { table[min(step, table.count &- 1)] }

  /// The table as a pointer for rules, without reference counting.
  struct Pointer {
    fileprivate let table: UnsafePointer<Step>
    fileprivate let last: Int

    @inline(__always) subscript(step: Int) -> Step { table[min(step, last)] }
  }

  func copied(to memory: RuleMemory) -> Pointer {
    Pointer(table: UnsafePointer(memory.scalars(table)), last: table.count - 1)
  }
}
