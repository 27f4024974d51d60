/// Python code that trains with a table of factors in another framework, without Refinery.
public enum TrainerSnippet: String, Sendable, CaseIterable {
  case pytorch
  case optax
  case keras

  /// A whole module: the table, a function or class around it, and in comments how to use it.
  ///
  /// The factors are evenly spaced over the run, whatever its length, and interpolated linearly. Up to 1,000 are written out
  /// as they are; of more, as few as come within 0.001 of the others.
  ///
  /// - Parameter factors: at least 2.
  public func code(for factors: [Double]) -> String {
    let table = Self.table(factors)
    return """
      # A learning-rate schedule: factors of the base learning rate, evenly spaced over the run.
      # Between them it is interpolated linearly, so it fits runs of any length. \(Self.origin(factors.count, table.count))
      \(imports)
      FACTORS = [
      \(Self.rows(table))
      ]


      \(body)

      \(usage(steps: factors.count))

      """
  }

  private static func table(_ factors: [Double]) -> [Double] {
    guard factors.count > 1000 else { return factors }
    for count in [101, 201, 501, 1001, 2001, 5001, 10001] where count < factors.count {
      let table = linearlyInterpolated(factors, count: count).map { ($0 * 1e6).rounded() / 1e6 }
      let restored = linearlyInterpolated(table, count: factors.count)
      if zip(restored, factors).allSatisfy({ abs($0 - $1) < 1e-3 }) { return table }
    }
    return factors
  }

  private static func origin(_ count: Int, _ written: Int) -> String {
    "Made for \(counted(count, "step"))" + (count == written ? "." : ", to 0.001.")
  }

  private static func rows(_ table: [Double]) -> String {
    stride(from: 0, to: table.count, by: 5).map { start in
      var line = Array("    ".utf8)
      for (index, factor) in table[start..<min(start + 5, table.count)].enumerated() {
        if index > 0 { line.append(UInt8(ascii: " ")) }
        line += shortText(factor).utf8
        line.append(UInt8(ascii: ","))
      }
      return String(decoding: line, as: UTF8.self)
    }.joined(separator: "\n")
  }

  private var imports: String {
    switch self {
    case .pytorch: "from torch.optim.lr_scheduler import LambdaLR\n"
    case .optax: "import jax.numpy as jnp\n"
    case .keras: "import keras\nfrom keras import ops\n"
    }
  }

  private var body: String {
    switch self {
    case .pytorch:
      """
      def refined_factor(step, total_steps):
          \"""The factor at `step`, from 0, of a run of `total_steps`.\"""
          last = len(FACTORS) - 1
          position = min(step, total_steps - 1) * last / max(1, total_steps - 1)
          left = min(int(position), last - 1)
          return FACTORS[left] + (FACTORS[left + 1] - FACTORS[left]) * (position - left)


      def refined_schedule(optimizer, total_steps):
          \"""A scheduler for an optimizer made with the base learning rate; step it after every optimizer step.\"""
          return LambdaLR(optimizer, lambda step: refined_factor(step, total_steps))
      """
    case .optax:
      """
      def refined_schedule(base_learning_rate, total_steps):
          \"""An optax schedule: a function from the step count, from 0, to the learning rate.\"""
          table = jnp.asarray(FACTORS)
          places = jnp.linspace(0.0, 1.0, len(FACTORS))

          def schedule(count):
              return base_learning_rate * jnp.interp(count / max(1, total_steps - 1), places, table)

          return schedule
      """
    case .keras:
      """
      @keras.saving.register_keras_serializable(package="refined")
      class RefinedSchedule(keras.optimizers.schedules.LearningRateSchedule):
          \"""The learning rate at a step, from 0, of a run of `total_steps`.\"""

          def __init__(self, base_learning_rate, total_steps):
              self.base_learning_rate = base_learning_rate
              self.total_steps = total_steps

          def __call__(self, step):
              table = ops.convert_to_tensor(FACTORS, dtype="float32")
              last = len(FACTORS) - 1
              share = ops.cast(step, "float32") / max(1, self.total_steps - 1)
              position = ops.minimum(share, 1.0) * last
              left = ops.minimum(ops.cast(position, "int32"), last - 1)
              weight = position - ops.cast(left, "float32")
              factor = (1 - weight) * ops.take(table, left) + weight * ops.take(table, left + 1)
              return self.base_learning_rate * factor

          def get_config(self):
              return {"base_learning_rate": self.base_learning_rate, "total_steps": self.total_steps}
      """
    }
  }

  private func usage(steps: Int) -> String {
    switch self {
    case .pytorch:
      """
      # optimizer = torch.optim.SGD(model.parameters(), lr=base_learning_rate)
      # scheduler = refined_schedule(optimizer, total_steps=\(steps))
      # In the loop: optimizer.step(); scheduler.step()
      """
    case .optax: "# optimizer = optax.adam(refined_schedule(base_learning_rate, total_steps=\(steps)))"
    case .keras: "# optimizer = keras.optimizers.Adam(RefinedSchedule(base_learning_rate, total_steps=\(steps)))"
    }
  }
}
