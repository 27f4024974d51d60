/// Python code that trains with a table of factors in another framework, without Refinery.
public enum TrainerSnippet: String, Sendable, CaseIterable {
  case pytorch
  case optax
  case keras
  case transformers
  case lightning
  case diffusers

  /// A complete module: the origin of the factors, the table, a function or class that uses it, and usage notes as comments.
  ///
  /// The factors are evenly spaced over the run, whatever its length, and interpolated linearly. Up to 1,000 are written
  /// unchanged; a longer schedule is thinned as long as interpolation stays within 0.001. Diffusers' step rules are for
  /// exactly as many steps as factors, within 0.01.
  ///
  /// - Parameters:
  ///   - factors: at least 2.
  ///   - origin: header lines: norms, file, version.
  public func code(for factors: [Double], origin: [String] = []) -> String {
    let head = origin.map { "# " + $0.map { $0.isNewline ? " " : String($0) }.joined() + "\n" }.joined()
    if self == .diffusers { return head + Self.stepRules(factors) }
    let table = Self.table(factors)
    return """
      \(head)# A learning-rate schedule: factors of the base learning rate, evenly spaced over the run.
      # Between them it is interpolated linearly, so it fits runs of any length. \(Self.length(factors.count, table.count))
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

  private static func length(_ count: Int, _ written: Int) -> String {
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

  /// The rules of Diffusers' `piecewise_constant`, "FACTOR:STEP,...,FACTOR": each factor applies until its step. A rule
  /// covers as many steps as stay within 0.01 of the middle of their range.
  private static func stepRules(_ factors: [Double]) -> String {
    var rules: [String] = []
    var (low, high) = (factors[0], factors[0])
    func middle() -> String { shortText(((low + high) / 2 * 1e4).rounded() / 1e4) }
    for (step, factor) in factors.enumerated() {
      if max(high, factor) - min(low, factor) > 0.02 {
        rules.append("\(middle()):\(step)")
        (low, high) = (factor, factor)
      }
      (low, high) = (min(low, factor), max(high, factor))
    }
    rules.append(middle())
    return """
      # A learning-rate schedule for runs of \(counted(factors.count, "step")), as the step rules of Diffusers' schedule "piecewise_constant", to 0.01.

      STEP_RULES = (
      \(stride(from: 0, to: rules.count, by: 6).map { start in
        let end = min(start + 6, rules.count)
        return "    \"" + rules[start..<end].joined(separator: ",") + (end < rules.count ? "," : "") + "\""
      }.joined(separator: "\n"))
      )

      # from diffusers.optimization import get_scheduler
      # scheduler = get_scheduler("piecewise_constant", optimizer, step_rules=STEP_RULES)

      """
  }

  private var imports: String {
    switch self {
    case .pytorch, .lightning, .diffusers: "from torch.optim.lr_scheduler import LambdaLR\n"
    case .transformers: "from torch.optim.lr_scheduler import LambdaLR\nfrom transformers import Trainer\n"
    case .optax: "import jax.numpy as jnp\n"
    case .keras: "import keras\nfrom keras import ops\n"
    }
  }

  private var body: String {
    switch self {
    case .pytorch, .diffusers: Self.torchSchedule
    case .transformers:
      Self.torchSchedule + """



        class RefinedTrainer(Trainer):
            \"""A Trainer with the refined schedule, over however many steps it trains.\"""

            def create_scheduler(self, num_training_steps, optimizer=None):
                if self.lr_scheduler is None:
                    self.lr_scheduler = refined_schedule(optimizer or self.optimizer, num_training_steps)
                return self.lr_scheduler
        """
    case .lightning:
      Self.torchSchedule + """



        def refined_lr_scheduler(optimizer, total_steps):
            \"""What `configure_optimizers` returns as "lr_scheduler".\"""
            return {"scheduler": refined_schedule(optimizer, total_steps), "interval": "step", "frequency": 1}
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

  private static let torchSchedule = """
    def refined_factor(step, total_steps):
        \"""The factor at `step`, from 0, of a run of `total_steps`; beyond its end that of the last step.\"""
        last = len(FACTORS) - 1
        position = min(step, total_steps - 1) * last / max(1, total_steps - 1)
        left = min(int(position), last - 1)
        return FACTORS[left] + (FACTORS[left + 1] - FACTORS[left]) * (position - left)


    def refined_schedule(optimizer, total_steps, last_epoch=-1):
        \"""A scheduler for an optimizer made with the base learning rate; step it after every optimizer step.\"""
        return LambdaLR(optimizer, lambda step: refined_factor(step, total_steps), last_epoch)
    """

  private func usage(steps: Int) -> String {
    switch self {
    case .pytorch, .diffusers:
      """
      # optimizer = torch.optim.SGD(model.parameters(), lr=base_learning_rate)
      # scheduler = refined_schedule(optimizer, total_steps=\(steps))
      # In the loop: optimizer.step(); scheduler.step()
      """
    case .transformers: "# trainer = RefinedTrainer(model=model, args=args, train_dataset=dataset)"
    case .lightning:
      """
      # def configure_optimizers(self):
      #     optimizer = torch.optim.AdamW(self.parameters(), lr=base_learning_rate)
      #     scheduler = refined_lr_scheduler(optimizer, self.trainer.estimated_stepping_batches)
      #     return {"optimizer": optimizer, "lr_scheduler": scheduler}
      """
    case .optax: "# optimizer = optax.adam(refined_schedule(base_learning_rate, total_steps=\(steps)))"
    case .keras: "# optimizer = keras.optimizers.Adam(RefinedSchedule(base_learning_rate, total_steps=\(steps)))"
    }
  }
}
