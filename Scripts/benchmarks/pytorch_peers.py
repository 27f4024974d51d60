"""Logistic regression with Adam in PyTorch on one thread: the loop that people write, and many runs batched by hand."""

import inspect
import math
import statistics
import sys
import time

import torch

BETA1, BETA2, EPSILON, BATCH = 0.9, 0.95, 1e-8, 16
RUNS = 384


def microseconds_a_step(step, steps, repetitions=5):
    """Median of thread CPU time over `repetitions` blocks of steps, after a tenth of a block to warm up."""
    for t in range(max(1, steps // 10)):
        step(t)
    times = []
    for _ in range(repetitions):
        start = time.thread_time()
        for t in range(steps):
            step(t)
        times.append((time.thread_time() - start) / steps * 1e6)
    return statistics.median(times)


def batches(rows, steps):
    """Row numbers of `steps` batches in random order, shape (steps, BATCH)."""
    generator = torch.Generator().manual_seed(1)
    epochs = math.ceil(steps / (rows // BATCH))
    order = [torch.randperm(rows, generator=generator)[: rows // BATCH * BATCH] for _ in range(epochs)]
    return torch.cat(order).reshape(-1, BATCH)[:steps]


def fused_adam(parameters):
    return torch.optim.Adam(parameters, lr=0.01, betas=(BETA1, BETA2), eps=EPSILON, fused=True)


def loop(features, labels, classes, make_optimizer=fused_adam, steps=2_000):
    """Microseconds a step of `nn.Linear`, cross-entropy, an optimizer and LambdaLR with linear decay: one run."""
    model = torch.nn.Linear(features.shape[1], classes)
    optimizer = make_optimizer(model.parameters())
    needs_loss = "loss" in inspect.signature(optimizer.step).parameters
    scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda t: max(0.0, 1 - t / (6 * steps)))
    order = batches(len(labels), steps)

    def step(t):
        rows = order[t]
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(model(features[rows]), labels[rows])
        loss.backward()
        optimizer.step(**(dict(loss=loss) if needs_loss else {}))
        scheduler.step()

    return microseconds_a_step(step, steps)


class Batched:
    """RUNS runs that share the order of samples, at rates from 2^-12 to 2^3.

    Weights have the shape (features + 1, classes, runs), runs innermost: forward and gradient are one matrix product each,
    whose other operand all runs share, and every elementwise pass is contiguous. The gradient is written out by hand.
    Schedules' factors come as one value a run, except for the fused kernel, which takes one value for all.
    """

    def __init__(self, features, labels, classes):
        ones = torch.ones(len(labels), 1)
        self.features, self.labels, self.classes = torch.cat([features, ones], 1), labels, classes
        shape = (self.features.shape[1], classes, RUNS)
        self.weights, self.m, self.v, self.gradient, self.scratch = (torch.zeros(shape) for _ in range(5))
        self.rates = 2.0 ** torch.linspace(-12, 3, RUNS)
        self.logits = torch.empty(BATCH, classes, RUNS)
        self.first_logits = torch.arange(BATCH) * classes
        self.minus_one = torch.full((BATCH, RUNS), -1.0)
        self.compiled_step = None

    def compute_gradient(self, rows, scale=None):
        """Fills `gradient` for the weights, or for weights times `scale`."""
        x, flat_logits = self.features[rows], self.logits.view(BATCH, -1)
        torch.mm(x, self.weights.view(x.shape[1], -1), out=flat_logits)
        if scale is not None:
            self.logits.mul_(scale)
        torch.softmax(self.logits, 1, out=self.logits)
        self.logits.view(-1, RUNS).index_add_(0, self.first_logits + self.labels[rows], self.minus_one)
        torch.mm(x.T / BATCH, flat_logits, out=self.gradient.view(x.shape[1], -1))

    def elementwise_passes(self, rows, factors, t):
        """Adam pass by pass, in place; `t` counts from 1."""
        self.compute_gradient(rows)
        self.m.lerp_(self.gradient, 1 - BETA1)
        self.v.mul_(BETA2).addcmul_(self.gradient, self.gradient, value=1 - BETA2)
        torch.sqrt(self.v, out=self.scratch)
        self.scratch.add_(EPSILON * math.sqrt(1 - BETA2**t))
        torch.div(self.m, self.scratch, out=self.scratch)
        correction = -math.sqrt(1 - BETA2**t) / (1 - BETA1**t)
        self.weights.addcmul_(self.scratch, correction * factors * self.rates)

    def fused_kernel(self, rows, factors, t):
        """PyTorch's fused Adam on weights divided by their base rates, so that one rate serves all runs."""
        self.compute_gradient(rows, self.rates)
        torch._fused_adam_([self.weights], [self.gradient], [self.m], [self.v], [], [torch.tensor(float(t))],
                           lr=float(factors[0]), beta1=BETA1, beta2=BETA2, weight_decay=0.0, eps=EPSILON,
                           amsgrad=False, maximize=False)

    def compiled(self, rows, factors, t):
        """The whole step through torch.compile, which needs a C++ compiler."""
        self.compiled_step = self.compiled_step or torch.compile(plain_step)
        self.compiled_step(self.weights, self.m, self.v, self.features[rows], self.labels[rows], factors * self.rates,
                           torch.tensor(1 / (1 - BETA1**t)), torch.tensor(1 / math.sqrt(1 - BETA2**t)))


def plain_step(weights, m, v, x, y, rates, first_correction, second_correction):
    classes = weights.shape[1]
    probabilities = torch.softmax(torch.mm(x, weights.view(x.shape[1], -1)).view(BATCH, classes, RUNS), 1)
    residuals = probabilities - torch.nn.functional.one_hot(y, classes).unsqueeze(2)
    gradient = torch.mm(x.T / BATCH, residuals.view(BATCH, -1)).view(weights.shape)
    m.lerp_(gradient, 1 - BETA1)
    v.mul_(BETA2).add_(gradient * gradient * (1 - BETA2))
    weights.sub_(rates * first_correction * m / (v.sqrt() * second_correction + EPSILON))


def batched(features, labels, classes, steps=100):
    """{way: microseconds a run and step}; a way that does not work here is left out."""
    order = batches(len(labels), steps)
    factors = (1 - torch.arange(steps) / steps)[:, None].expand(steps, RUNS).contiguous()
    found = {}
    with torch.no_grad():
        for way in (Batched.elementwise_passes, Batched.fused_kernel, Batched.compiled):
            try:
                state = Batched(features, labels, classes)
                found[way.__name__] = microseconds_a_step(lambda t: way(state, order[t], factors[t], t + 1), steps) / RUNS
            except Exception as error:
                print(f"PyTorch, {way.__name__}: left out ({type(error).__name__})", file=sys.stderr)
    return found
