import Foundation
import Testing

@testable import Schedules

struct NormLoggerTests {
  @Test(.enabled(if: Python.has("ast"), "needs Python"), arguments: NormLogger.allCases)
  func isPython(logger: NormLogger) throws {
    let folder = try TemporaryFolder()
    let path = try folder.file("logger.py", logger.code)
    #expect(Python.run(["-c", "import ast, sys; ast.parse(open(sys.argv[1]).read())", path]).status == 0)
  }

  /// What the loop's own norms are, printed, and the log that the logger writes of the same steps.
  private func run(_ logger: NormLogger, _ script: String) throws -> (printed: [Double], l1: [Double], l2: [Double]) {
    let folder = try TemporaryFolder()
    _ = try folder.file("norm_logger.py", logger.code)
    let log = folder.path("norms.csv")
    let (status, output) = Python.run([try folder.file("main.py", script), log])
    #expect(status == 0)
    return (
      output.split { $0.isWhitespace }.compactMap { Double($0) },
      try NormLog(path: log, selection: NormLogSelection(norm: .l1)).norms,
      try NormLog(path: log, selection: NormLogSelection(norm: .l2)).norms
    )
  }

  private func compare(_ result: (printed: [Double], l1: [Double], l2: [Double])) {
    #expect(result.l1.count == 20)
    #expect(relativeDifference(result.l1, result.printed.enumerated().filter { $0.offset % 2 == 0 }.map(\.element)) < 1e-5)
    #expect(relativeDifference(result.l2, result.printed.enumerated().filter { $0.offset % 2 == 1 }.map(\.element)) < 1e-5)
  }

  /// Two micro-batches a step, clipped, in DDP's wrapper over one process.
  @Test(.enabled(if: Python.has("torch"), "needs Python with torch"))
  func logsInPyTorch() throws {
    compare(
      try run(
        .pytorch,
        """
        import os, sys, tempfile
        import torch
        import torch.distributed as dist
        from norm_logger import NormLogger

        torch.manual_seed(1)
        dist.init_process_group("gloo", init_method="file://" + tempfile.mktemp(), rank=0, world_size=1)
        model = torch.nn.parallel.DistributedDataParallel(torch.nn.Sequential(torch.nn.Linear(4, 3), torch.nn.Linear(3, 2)))
        optimizer = torch.optim.AdamW(model.parameters())
        logger = NormLogger(sys.argv[1], every=7)
        for step in range(20):
            optimizer.zero_grad()
            for _ in range(2):
                (model(torch.randn(8, 4)).square().mean() / 2).backward()
            logger.log(step, model.parameters())
            flat = torch.cat([p.grad.flatten() for p in model.parameters()]).double()
            print(flat.abs().sum().item(), flat.norm().item())
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1e-3)
            optimizer.step()
        logger.flush()
        dist.destroy_process_group()
        """))
  }

  @Test(.enabled(if: Python.has("jax"), "needs Python with jax"))
  func logsInJAX() throws {
    compare(
      try run(
        .jax,
        """
        import sys
        import jax, jax.numpy as jnp, numpy as np
        from norm_logger import NormLogger, gradient_norms

        @jax.jit
        def step_norms(weights, x):
            gradients = jax.grad(lambda w: jnp.square(x @ w["a"] + w["b"]).mean())(weights)
            return gradients, gradient_norms(gradients)

        weights = {"a": jnp.ones((4, 2)), "b": jnp.ones((2,))}
        logger = NormLogger(sys.argv[1], every=7)
        generator = np.random.default_rng(1)
        for step in range(20):
            gradients, norms = step_norms(weights, jnp.asarray(generator.normal(size=(8, 4))))
            logger.log(step, norms)
            flat = np.concatenate([np.asarray(g, dtype=np.float64).ravel() for g in jax.tree_util.tree_leaves(gradients)])
            print(np.abs(flat).sum(), np.sqrt((flat ** 2).sum()))
        logger.flush()
        """))
  }
}
