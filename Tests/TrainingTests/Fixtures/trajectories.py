"""Writes trajectories.json: weights, losses and gradient norms along short runs on iris, in float64, of the packages that define the
optimizers: torch, schedulefree and dog-optimizer. Where there is none, of the paper's algorithm as transcribed here.

Run: python trajectories.py   (needs these packages and scikit-learn; the versions that made the file stand in it)
"""
import importlib.metadata
import json
import pathlib

import dog
import numpy
import schedulefree
import sklearn
import sklearn.datasets
import torch

MASK = 2**64 - 1


def mix(z):
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)


def order(rows, seed, epoch):
    state, rows_left = mix(seed) ^ epoch, list(range(rows))
    for i in range(rows - 1, 0, -1):
        state = (state + 0x9E3779B97F4A7C15) & MASK
        j = (mix(state) * (i + 1)) >> 64
        rows_left[i], rows_left[j] = rows_left[j], rows_left[i]
    return rows_left


def run(x, y, case):
    rows, features = x.shape
    classes = int(y.max()) + 1
    batch = min(case["batch_size"], rows)
    steps_per_epoch = -(-rows // batch) if case["keeps_last_batch"] else rows // batch
    steps = steps_per_epoch * case["epochs"]
    model = torch.nn.Linear(features, classes, dtype=torch.float64)
    torch.nn.init.zeros_(model.weight)
    torch.nn.init.zeros_(model.bias)
    optimizer = case["make"](model.parameters(), lr=case["learning_rate"])
    # Methods whose result is another point than that of their gradients.
    has_modes = hasattr(optimizer, "eval")
    if has_modes:
        optimizer.train()
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda t: 1 - t / steps)
    losses, l1, l2 = [], [], []
    for epoch in range(case["epochs"]):
        indices = order(rows, case["seed"], epoch)
        for b in range(steps_per_epoch):
            rows_of_batch = indices[b * batch : (b + 1) * batch]
            optimizer.zero_grad()
            loss = torch.nn.functional.cross_entropy(model(x[rows_of_batch]), y[rows_of_batch])
            if "l2" in case:
                # Not weight_decay, which would hold for the bias too.
                loss = loss + case["l2"] / 2 * (model.weight**2).sum()
            loss.backward()
            gradient = torch.cat([model.weight.grad.flatten(), model.bias.grad.flatten()])
            losses.append(loss.item())
            l1.append(gradient.abs().sum().item())
            l2.append(gradient.norm().item())
            optimizer.step(lambda: loss)
            schedule.step()
    if has_modes:
        optimizer.eval()
    with torch.no_grad():
        logits = model(x)
        loss = torch.nn.functional.cross_entropy(logits, y).item()
        error = (logits.argmax(1) != y).double().mean().item()
    # Feature by class, the bias last.
    weights = torch.cat([model.weight.T, model.bias[None, :]]).flatten().tolist()
    return dict(losses=losses, l1=l1, l2=l2, weights=weights, train_loss=loss, train_error=error)


class NGN(torch.optim.Optimizer):
    """arXiv 2407.04358, algorithm 1: steps of r / (1 + r |g|^2 / (2 f))."""

    def __init__(self, parameters, lr):
        super().__init__(parameters, dict(lr=lr))

    @torch.no_grad()
    def step(self, closure):
        loss = closure()
        for group in self.param_groups:
            squared = sum((p.grad**2).sum() for p in group["params"])
            size = group["lr"] / (1 + group["lr"] * squared / (2 * loss))
            for p in group["params"]:
                p -= size * p.grad


def maker(kind, **arguments):
    return lambda parameters, lr: kind(parameters, lr=lr, **arguments)


SGD, Adam, AdamW = torch.optim.SGD, torch.optim.Adam, torch.optim.AdamW
# By the spelling that the tests give the optimizer.
CASES = [
    dict(name="sgd", optimizer="sgd", make=maker(SGD)),
    dict(name="sgd momentum", optimizer="sgd:momentum=0.9", make=maker(SGD, momentum=0.9)),
    dict(name="sgd momentum and decay", optimizer="sgd:momentum=0.9:weight-decay=0.01", make=maker(SGD, momentum=0.9, weight_decay=0.01)),
    dict(name="sgd nesterov", optimizer="sgd:momentum=0.9:nesterov=true:weight-decay=0.01",
         make=maker(SGD, momentum=0.9, nesterov=True, weight_decay=0.01)),
    dict(name="adam", optimizer="adam", make=maker(Adam, betas=(0.9, 0.95), eps=1e-8)),
    dict(name="adam decay", optimizer="adam:weight-decay=0.01", make=maker(Adam, betas=(0.9, 0.95), weight_decay=0.01)),
    dict(name="adamw", optimizer="adam:beta1=0.8:beta2=0.99:epsilon=1e-6:weight-decay=0.1:decoupled=true",
         make=maker(AdamW, betas=(0.8, 0.99), eps=1e-6, weight_decay=0.1)),
    dict(name="adam keeps last batch", optimizer="adam", make=maker(Adam, betas=(0.9, 0.95)), keeps_last_batch=True),
    dict(name="sgd batch of 100", optimizer="sgd", make=maker(SGD), batch_size=100, keeps_last_batch=True),
    dict(name="sgd batch above rows", optimizer="sgd", make=maker(SGD), batch_size=1000),
    dict(name="adam batch of 1", optimizer="adam", make=maker(Adam, betas=(0.9, 0.95)), batch_size=1, epochs=1),
    dict(name="adagrad", optimizer="adagrad", make=maker(torch.optim.Adagrad)),
    dict(name="schedule-free sgd", optimizer="schedule-free-sgd", make=maker(schedulefree.SGDScheduleFree), learning_rate=1.0),
    dict(name="schedule-free sgd, other constants", optimizer="schedule-free-sgd:momentum=0.6:weight-decay=0.01:r=1:weight-lr-power=0.5",
         make=maker(schedulefree.SGDScheduleFree, momentum=0.6, weight_decay=0.01, r=1, weight_lr_power=0.5)),
    dict(name="dog", optimizer="dog", make=maker(dog.DoG), learning_rate=1.0),
    dict(name="dog that leaves the start", optimizer="dog:reps=0.0001", make=maker(dog.DoG, reps_rel=1e-4), learning_rate=1.0, epochs=20),
    dict(name="ngn", optimizer="ngn", make=maker(NGN), learning_rate=4.0),
]


def main():
    torch.manual_seed(0)
    iris = sklearn.datasets.load_iris()
    raw = iris.data
    x32 = (2 * (raw - raw.min(0)) / (raw.max(0) - raw.min(0)) - 1).round(6).astype(numpy.float32)
    x = torch.from_numpy(x32).double()
    y = torch.from_numpy(iris.target).long()
    cases = []
    for case in CASES:
        case = dict(dict(batch_size=16, keeps_last_batch=False, epochs=5, seed=7, learning_rate=0.125), **case)
        expected = run(x, y, case)
        del case["make"]
        cases.append(dict(case, expected=expected))
    order_examples = [dict(rows=r, seed=s, epoch=e, order=order(r, s, e)) for r, s, e in
                      [(1, 0, 0), (2, 1, 3), (10, 0, 0), (10, 0, 1), (37, 2**63 + 5, 12)]]
    content = dict(
        versions={name: importlib.metadata.version(name) for name in ("torch", "schedulefree", "dog-optimizer", "scikit-learn", "numpy")},
        x=[[float(f"{v:.9g}") for v in row] for row in x32], y=iris.target.tolist(), orders=order_examples, cases=cases)
    pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(content) + "\n")


if __name__ == "__main__":
    main()
