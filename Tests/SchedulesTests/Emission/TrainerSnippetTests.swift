import Foundation
import Testing

@testable import Schedules

struct TrainerSnippetTests {
  private static let factors = (try? Schedule(parsing: "cosine:warmup=0.1").factors(steps: 300)) ?? []

  /// The numbers that a script prints with the module `snippet` beside it.
  private func numbers(_ snippet: TrainerSnippet, _ script: String) throws -> [Double] {
    let folder = try TemporaryFolder()
    _ = try folder.file("snippet.py", snippet.code(for: Self.factors, origin: ["l2 norms"]))
    let (status, output) = Python.run([try folder.file("main.py", script)])
    #expect(status == 0)
    return output.split(separator: "\n").compactMap { Double($0) }
  }

  /// What PyTorch's own optimizer trains with, at totals as long, longer and shorter than the table, and one step beyond the
  /// end; then as a run that was stopped at half goes on: by `state_dict`, and by `last_epoch`.
  @Test(
    .enabled(if: Python.has("torch"), "needs Python with torch; REFINERY_PYTHON names the interpreter"),
    arguments: [TrainerSnippet.pytorch, .lightning])
  func runsInPyTorch(framework: TrainerSnippet) throws {
    let make =
      framework == .pytorch ? "refined_schedule(optimizer, total)" : "refined_lr_scheduler(optimizer, total)['scheduler']"
    let rates = try numbers(
      framework,
      """
      import torch
      from snippet import *

      def new():
          return torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)

      def train(optimizer, scheduler, steps):
          for _ in range(steps):
              print(optimizer.param_groups[0]["lr"])
              optimizer.step()
              scheduler.step()

      for total in (300, 600, 100):
          optimizer = new()
          train(optimizer, \(make), total + 1)
      total = 300
      optimizer = new()
      scheduler = \(make)
      for _ in range(150):
          optimizer.step()
          scheduler.step()
      saved = optimizer.state_dict(), scheduler.state_dict()
      optimizer = new()
      scheduler = \(make)
      optimizer.load_state_dict(saved[0])
      scheduler.load_state_dict(saved[1])
      train(optimizer, scheduler, 150)
      optimizer = new()
      optimizer.load_state_dict(saved[0])
      train(optimizer, refined_schedule(optimizer, 300, last_epoch=149), 150)
      """)
    let runs = [300, 600, 100].map { linearlyInterpolated(Self.factors, count: $0) }
    let half = Array(Self.factors[150...])
    let expected = runs.flatMap { $0 + [$0.last ?? 1] } + half + half
    #expect(absoluteDifference(rates, expected) < 1e-12)
  }

  /// A run of Lightning's own Trainer at each total, the rate after its last step, and a run that goes on from a checkpoint.
  @Test(.enabled(if: Python.has("lightning", "torch"), "needs Python with lightning"))
  func runsInLightning() throws {
    let rates = try numbers(
      .lightning,
      """
      import tempfile
      import lightning
      import torch
      from snippet import refined_lr_scheduler

      class Model(lightning.LightningModule):
          def __init__(self):
              super().__init__()
              self.layer = torch.nn.Linear(1, 1)

          def training_step(self, batch, index):
              print(self.optimizers().param_groups[0]["lr"])
              return self.layer(batch[0]).square().mean()

          def configure_optimizers(self):
              optimizer = torch.optim.SGD(self.parameters(), lr=1.0)
              scheduler = refined_lr_scheduler(optimizer, self.trainer.estimated_stepping_batches)
              return {"optimizer": optimizer, "lr_scheduler": scheduler}

      class StopsAtHalf(lightning.Callback):
          def on_train_batch_end(self, trainer, *_):
              trainer.should_stop = trainer.global_step == 150

      def trainer(steps, *callbacks):
          return lightning.Trainer(max_steps=steps, accelerator="cpu", logger=False, enable_checkpointing=False,
                                   enable_progress_bar=False, enable_model_summary=False, callbacks=list(callbacks))

      data = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(torch.ones(50, 1)))
      for total in (300, 600, 100):
          run = trainer(total)
          run.fit(Model(), data)
          print(run.optimizers[0].param_groups[0]["lr"])
      run = trainer(300, StopsAtHalf())
      run.fit(Model(), data)
      path = tempfile.mkdtemp() + "/half.ckpt"
      run.save_checkpoint(path)
      trainer(300).fit(Model(), data, ckpt_path=path)
      """)
    let runs = [300, 600, 100].map { linearlyInterpolated(Self.factors, count: $0) }
    #expect(absoluteDifference(rates, runs.flatMap { $0 + [$0.last ?? 1] } + Self.factors) < 1e-12)
  }

  @Test(.enabled(if: Python.has("transformers", "accelerate", "torch"), "needs Python with transformers"))
  func runsInTransformers() throws {
    let rates = try numbers(
      .transformers,
      """
      import tempfile
      import torch
      from transformers import TrainingArguments
      from snippet import RefinedTrainer

      class Model(torch.nn.Module):
          def __init__(self):
              super().__init__()
              self.layer = torch.nn.Linear(1, 1)

          def forward(self, x, labels=None):
              return {"loss": ((self.layer(x) - 1) ** 2).mean()}

      data = [{"x": torch.ones(1), "labels": torch.ones(1)} for _ in range(30)]
      args = TrainingArguments(tempfile.mkdtemp(), max_steps=30, per_device_train_batch_size=1, learning_rate=1.0, logging_steps=1,
                               report_to=[], use_cpu=True, disable_tqdm=True, save_strategy="no")
      def new(total):
          trainer = RefinedTrainer(model=Model(), args=args, train_dataset=data)
          trainer.create_optimizer_and_scheduler(total)
          return trainer

      def train(trainer, steps):
          for _ in range(steps):
              print(trainer.lr_scheduler.get_last_lr()[0])
              trainer.optimizer.step()
              trainer.lr_scheduler.step()

      for total in (30, 300, 600):
          train(new(total), total + 1)
      half = new(30)
      train(half, 15)
      resumed = new(30)
      resumed.optimizer.load_state_dict(half.optimizer.state_dict())
      resumed.lr_scheduler.load_state_dict(half.lr_scheduler.state_dict())
      train(resumed, 15)
      trainer = RefinedTrainer(model=Model(), args=args, train_dataset=data)
      trainer.train()
      for entry in trainer.state.log_history:
          if "grad_norm" in entry:
              print(entry["learning_rate"])
      """)
    let runs = [30, 300, 600].map { linearlyInterpolated(Self.factors, count: $0) }
    let expected = runs.flatMap { $0 + [$0.last ?? 1] } + runs[0]
    #expect(absoluteDifference(Array(rates.prefix(expected.count)), expected) < 1e-12)
    // The Trainer logs the rate of a step either before or after it, by version.
    let logged = Array(rates.dropFirst(expected.count))
    let after = Array(runs[0].dropFirst()) + [runs[0][29]]
    #expect(min(absoluteDifference(logged, runs[0]), absoluteDifference(logged, after)) < 1e-12)
  }

  @Test(.enabled(if: Python.has("optax"), "needs Python with optax"))
  func runsInOptax() throws {
    let rates = try numbers(
      .optax,
      """
      import jax.numpy as jnp
      import optax
      from snippet import refined_schedule

      for total in (300, 600, 100):
          optimizer = optax.sgd(refined_schedule(1.0, total))
          state = optimizer.init(jnp.zeros(()))
          schedule = refined_schedule(1.0, total)
          for step in range(total + 1):
              print(float(schedule(step)))
          # The optimizer counts the steps in its state, which is what a resumed run restores.
          for step in range(total // 2 + 1):
              updates, state = optimizer.update(jnp.ones(()), state)
          assert abs(float(updates) + float(schedule(total // 2))) < 1e-6
      """)
    let runs = [300, 600, 100].map { linearlyInterpolated(Self.factors, count: $0) }
    #expect(absoluteDifference(rates, runs.flatMap { $0 + [$0.last ?? 1] }) < 1e-5)
  }

  @Test(.enabled(if: Python.has("keras", "torch"), "needs Python with keras and torch"))
  func runsInKeras() throws {
    let rates = try numbers(
      .keras,
      """
      import tempfile
      import keras
      from snippet import RefinedSchedule

      for total in (300, 600, 100):
          schedule = RefinedSchedule(1.0, total)
          schedule = keras.optimizers.schedules.deserialize(keras.optimizers.schedules.serialize(schedule))
          for step in range(total + 1):
              print(float(schedule(step)))

      # A resumed run restores the optimizer's count of steps.
      model = keras.Sequential([keras.layers.Dense(1)])
      model.compile(keras.optimizers.SGD(RefinedSchedule(1.0, 100)), "mse")
      data = keras.ops.zeros((50, 1))
      model.fit(data, data, batch_size=1, epochs=1, verbose=0)
      path = tempfile.mkdtemp() + "/half.keras"
      model.save(path)
      resumed = keras.saving.load_model(path)
      assert abs(float(resumed.optimizer.learning_rate) - float(RefinedSchedule(1.0, 100)(50))) < 1e-6
      """)
    let runs = [300, 600, 100].map { linearlyInterpolated(Self.factors, count: $0) }
    #expect(absoluteDifference(rates, runs.flatMap { $0 + [$0.last ?? 1] }) < 1e-5)
  }

  @Test(.enabled(if: Python.has("diffusers", "torch"), "needs Python with diffusers"))
  func runsInDiffusers() throws {
    let rates = try numbers(
      .diffusers,
      """
      import torch
      from diffusers.optimization import get_scheduler
      from snippet import STEP_RULES

      optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
      scheduler = get_scheduler("piecewise_constant", optimizer, step_rules=STEP_RULES)
      for _ in range(301):
          print(optimizer.param_groups[0]["lr"])
          optimizer.step()
          scheduler.step()
      """)
    #expect(absoluteDifference(rates, Self.factors + [Self.factors[299]]) < 0.0102)
  }

  @Test func headsSayWhereFactorsComeFrom() {
    for snippet in TrainerSnippet.allCases {
      let code = snippet.code(for: [1, 0.5, 0], origin: ["l2 norms", "of a\nfile"])
      #expect(code.hasPrefix("# l2 norms\n# of a file\n"))
    }
  }

  @Test(.enabled(if: Python.has("ast"), "needs Python"), arguments: TrainerSnippet.allCases)
  func isPython(framework: TrainerSnippet) throws {
    let folder = try TemporaryFolder()
    let path = try folder.file("snippet.py", framework.code(for: [1, 0.5, 0]))
    #expect(Python.run(["-c", "import ast, sys; ast.parse(open(sys.argv[1]).read())", path]).status == 0)
  }

  /// Tables longer than 1,000 are thinned out as far as they stay within 0.001.
  @Test(arguments: TrainerSnippet.allCases.filter { $0 != .diffusers })
  func longTablesAreThinnedOut(framework: TrainerSnippet) throws {
    func table(_ factors: [Double]) throws -> [Double] {
      let code = framework.code(for: factors)
      let rows = try #require(code.split(separator: "FACTORS = [\n").last?.split(separator: "\n]").first)
      return rows.split { $0 == "," || $0 == "\n" || $0 == " " }.compactMap { Double($0) }
    }
    let smooth = try Schedule(parsing: "cosine").factors(steps: 5000)
    #expect(try table(smooth).count < 500)
    #expect(try absoluteDifference(linearlyInterpolated(table(smooth), count: 5000), smooth) < 1e-3)
    let rough = (0..<1500).map { Double($0 % 2) }
    #expect(try table(rough) == rough)
    let short = try Schedule(parsing: "cosine").factors(steps: 1000)
    #expect(try table(short) == short)
  }
}
