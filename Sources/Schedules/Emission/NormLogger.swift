/// Python code that logs the gradient norms of every step of a training loop, in a form that `NormLog` reads.
public enum NormLogger: String, Sendable, CaseIterable {
  case pytorch
  case jax

  /// A complete module. Norms stay on the device and are copied a few hundred at a time, so that single steps do not wait for
  /// them.
  public var code: String {
    switch self {
    case .pytorch:
      """
      # Logs the l1 and the l2 norm of the gradient at every step as CSV: step,l1,l2. Norms stay on the device and are fetched every 500 steps.
      import torch


      class NormLogger:
          def __init__(self, path, every=500):
              distributed = torch.distributed.is_available() and torch.distributed.is_initialized()
              writes = not distributed or torch.distributed.get_rank() == 0  # after DDP's backward all ranks hold the same gradient
              self.file, self.every, self.rows = open(path, "w") if writes else None, every, []
              if self.file:
                  self.file.write("step,l1,l2\\n")

          @torch.no_grad()
          def log(self, step, parameters):
              gradients = [p.grad for p in parameters if p.grad is not None]
              if self.file and gradients:
                  l1 = torch.stack([g.abs().sum(dtype=torch.float32).to(gradients[0].device) for g in gradients]).sum()
                  l2 = torch.stack([g.float().square().sum().to(gradients[0].device) for g in gradients]).sum().sqrt()
                  self.rows.append((step, torch.stack([l1, l2])))
                  if len(self.rows) >= self.every:
                      self.flush()

          def flush(self):
              if self.rows:
                  norms = torch.stack([row for _, row in self.rows]).tolist()
                  self.file.writelines(f"{step},{l1},{l2}\\n" for (step, _), (l1, l2) in zip(self.rows, norms))
                  self.file.flush()
                  self.rows = []


      # logger = NormLogger("norms.csv")
      # In the loop, once for every optimizer step: after the backward() of its last micro-batch, after scaler.unscale_(optimizer)
      # where there is one, and before clipping: logger.log(step, model.parameters()). At the end: logger.flush()

      """
    case .jax:
      """
      # Logs the l1 and the l2 norm of the gradient at every step as CSV: step,l1,l2. Norms stay on the device and are fetched every 500 steps.
      import jax
      import jax.numpy as jnp


      def gradient_norms(gradients):
          \"""To be called within the jitted step, on the gradients that the optimizer gets, before clipping; averaged over devices.\"""
          leaves = [g.astype(jnp.float32) for g in jax.tree_util.tree_leaves(gradients)]
          return jnp.stack([sum(jnp.abs(g).sum() for g in leaves), jnp.sqrt(sum(jnp.square(g).sum() for g in leaves))])


      class NormLogger:
          def __init__(self, path, every=500):
              self.file, self.every, self.rows = open(path, "w") if jax.process_index() == 0 else None, every, []
              if self.file:
                  self.file.write("step,l1,l2\\n")

          def log(self, step, norms):
              if self.file:
                  self.rows.append((step, norms))
                  if len(self.rows) >= self.every:
                      self.flush()

          def flush(self):
              if self.rows:
                  norms = jax.device_get([row for _, row in self.rows])
                  self.file.writelines(f"{step},{l1},{l2}\\n" for (step, _), (l1, l2) in zip(self.rows, norms))
                  self.file.flush()
                  self.rows = []


      # logger = NormLogger("norms.csv")
      # In the jitted step: return ..., gradient_norms(gradients). In the loop: logger.log(step, norms). At the end: logger.flush()

      """
    }
  }
}
