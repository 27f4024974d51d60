"""Writes trajectories.json: PyTorch's own weights, losses and gradient norms along short runs on iris, in float64.

Run: python trajectories.py   (needs torch and scikit-learn; the versions that made the file stand in it)
"""
import json
import pathlib

import numpy
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
    make = getattr(torch.optim, case["torch_optimizer"])
    optimizer = make(model.parameters(), lr=case["learning_rate"], **case["arguments"])
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda t: 1 - t / steps)
    losses, l1, l2 = [], [], []
    for epoch in range(case["epochs"]):
        indices = order(rows, case["seed"], epoch)
        for b in range(steps_per_epoch):
            rows_of_batch = indices[b * batch : (b + 1) * batch]
            optimizer.zero_grad()
            loss = torch.nn.functional.cross_entropy(model(x[rows_of_batch]), y[rows_of_batch])
            loss.backward()
            gradient = torch.cat([model.weight.grad.flatten(), model.bias.grad.flatten()])
            losses.append(loss.item())
            l1.append(gradient.abs().sum().item())
            l2.append(gradient.norm().item())
            optimizer.step()
            schedule.step()
    with torch.no_grad():
        logits = model(x)
        loss = torch.nn.functional.cross_entropy(logits, y).item()
        error = (logits.argmax(1) != y).double().mean().item()
    # Feature by class, the bias last.
    weights = torch.cat([model.weight.T, model.bias[None, :]]).flatten().tolist()
    return dict(losses=losses, l1=l1, l2=l2, weights=weights, train_loss=loss, train_error=error)


CASES = [
    dict(name="sgd", torch_optimizer="SGD", arguments={}),
    dict(name="sgd momentum", torch_optimizer="SGD", arguments=dict(momentum=0.9)),
    dict(name="sgd momentum and decay", torch_optimizer="SGD", arguments=dict(momentum=0.9, weight_decay=0.01)),
    dict(name="adam", torch_optimizer="Adam", arguments=dict(betas=(0.9, 0.95), eps=1e-8)),
    dict(name="adam decay", torch_optimizer="Adam", arguments=dict(betas=(0.9, 0.95), eps=1e-8, weight_decay=0.01)),
    dict(name="adamw", torch_optimizer="AdamW", arguments=dict(betas=(0.8, 0.99), eps=1e-6, weight_decay=0.1)),
    dict(name="adam keeps last batch", torch_optimizer="Adam", arguments=dict(betas=(0.9, 0.95)), keeps_last_batch=True),
    dict(name="sgd batch of 100", torch_optimizer="SGD", arguments={}, batch_size=100, keeps_last_batch=True),
    dict(name="sgd batch above rows", torch_optimizer="SGD", arguments={}, batch_size=1000),
    dict(name="adam batch of 1", torch_optimizer="Adam", arguments=dict(betas=(0.9, 0.95)), batch_size=1, epochs=1),
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
        cases.append(dict(case, expected=run(x, y, case)))
    order_examples = [dict(rows=r, seed=s, epoch=e, order=order(r, s, e)) for r, s, e in
                      [(1, 0, 0), (2, 1, 3), (10, 0, 0), (10, 0, 1), (37, 2**63 + 5, 12)]]
    content = dict(
        versions=dict(torch=torch.__version__, sklearn=sklearn.__version__, numpy=numpy.__version__),
        x=[[float(f"{v:.9g}") for v in row] for row in x32], y=iris.target.tolist(), orders=order_examples, cases=cases)
    pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(content) + "\n")


main()
