"""Writes trajectories.json: what the packages that define the optimizers compute on two small problems, in float64: torch, schedulefree,
dadaptation, prodigyopt, dog-optimizer, momo-opt and lion-pytorch. Where there is none, the paper's algorithm as transcribed here.

"cases" are short runs on iris with every step's loss and norms. "long_runs" are runs of 1,008 steps on iris and on made-up sparse rows,
which leave the start behind: weights, losses and the method's own scalars at some steps, and by how much the package's float32 run
differs from its float64 run ("spread").

Run: python trajectories.py   (needs these packages and scikit-learn; the versions that made the file stand in it)
"""
import importlib.metadata
import json
import pathlib

import dadaptation
import dog
import lion_pytorch
import momo.momo
import momo.momo_adam
import numpy
import prodigyopt
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
            size = group["step_size"] = (group["lr"] / (1 + group["lr"] * squared / (2 * loss))).item()
            for p in group["params"]:
                p -= size * p.grad


class SPS(torch.optim.Optimizer):
    """Loizou et al. 2021, SPS_max with smallest losses of 0: steps of min(f / (c |g|^2), lr)."""

    def __init__(self, parameters, lr, c=0.5):
        super().__init__(parameters, dict(lr=lr, c=c))

    @torch.no_grad()
    def step(self, closure):
        loss = closure()
        for group in self.param_groups:
            squared = sum((p.grad**2).sum() for p in group["params"])
            group["step_size"] = min((loss / (group["c"] * squared)).item(), group["lr"])
            for p in group["params"]:
                p -= group["step_size"] * p.grad


class DoWG(torch.optim.Optimizer):
    """arXiv 2305.16284, algorithm 1, with the distance from the start to begin with."""

    def __init__(self, parameters, lr, reps=1e-6):
        super().__init__(parameters, dict(lr=lr, r=reps, v=0.0))
        self.start = [p.detach().clone() for group in self.param_groups for p in group["params"]]

    @torch.no_grad()
    def step(self, closure):
        closure()
        for group in self.param_groups:
            distance = sum(((p - start) ** 2).sum() for p, start in zip(group["params"], self.start)).sqrt().item()
            group["r"] = max(group["r"], distance)
            group["v"] += group["r"] ** 2 * sum((p.grad**2).sum() for p in group["params"]).item()
            group["step_size"] = group["lr"] * group["r"] ** 2 / group["v"] ** 0.5
            for p in group["params"]:
                p -= group["step_size"] * p.grad


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


# What MoMo's step leaves in no attribute: the smaller of the two arguments of its only call of min.
def note_smaller(bound, size):
    note_smaller.latest = min(bound, size)
    return note_smaller.latest


momo.momo.min = momo.momo_adam.min = note_smaller


def averaging_weight(group):
    return group["k"] ** group["r"] * group["lr_max"] ** group["weight_lr_power"] / group["weight_sum"]


SCALARS = {
    schedulefree.SGDScheduleFree: dict(averaging_weight=averaging_weight),
    schedulefree.AdamWScheduleFree: dict(averaging_weight=averaging_weight),
    dadaptation.DAdaptSGD: dict(d=lambda group: group["d"]),
    dadaptation.DAdaptAdam: dict(d=lambda group: group["d"]),
    prodigyopt.Prodigy: dict(d=lambda group: group["d"]),
    dog.DoG: dict(r=lambda group: group["rbar"].item(), step_size=lambda group: group["eta"][0].item()),
    DoWG: dict(r=lambda group: group["r"], step_size=lambda group: group["step_size"]),
    momo.momo.Momo: dict(step_size=lambda group: note_smaller.latest),
    momo.momo_adam.MomoAdam: dict(step_size=lambda group: note_smaller.latest),
    NGN: dict(step_size=lambda group: group["step_size"]),
    SPS: dict(step_size=lambda group: group["step_size"]),
}


SAMPLED = [0, 1, 3, 10, 30, 100, 300, 600, 1000, 1007]


def long_run(x, y, case, dtype):
    torch.set_default_dtype(dtype)
    x = x.to(dtype)
    rows, features = x.shape
    classes = int(y.max()) + 1
    steps = rows // 16 * case["epochs"]
    model = torch.nn.Linear(features, classes)
    torch.nn.init.zeros_(model.weight)
    torch.nn.init.zeros_(model.bias)
    optimizer = case["make"](model.parameters(), lr=case["learning_rate"])
    readers = SCALARS.get(type(optimizer), {})
    has_modes = hasattr(optimizer, "eval")
    if has_modes:
        optimizer.train()
    averager = case["average"](model) if case.get("average") else None
    factor = dict(flat=lambda t: 1, linear=lambda t: 1 - t / steps)[case["schedule"]]
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, factor)
    losses, scalars = [], {name: [] for name in readers}
    for t in range(steps):
        epoch, b = divmod(t, rows // 16)
        if b == 0:
            indices = order(rows, case["seed"], epoch)
        batch = indices[b * 16 : (b + 1) * 16]
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(model(x[batch]), y[batch])
        loss.backward()
        losses.append(loss.item())
        optimizer.step(lambda: loss)
        for name, read in readers.items():
            scalars[name].append(float(read(optimizer.param_groups[0])))
        if averager:
            averager.step()
        schedule.step()
    if has_modes:
        optimizer.eval()
    result = averager.averaged_model if averager else model
    with torch.no_grad():
        weights = torch.cat([result.weight.T, result.bias[None, :]]).flatten().double().tolist()
        train_loss = torch.nn.functional.cross_entropy(result(x), y).item()
    sample = lambda values: [values[t] for t in SAMPLED]
    return dict(weights=weights, train_loss=[train_loss], losses=sample(losses),
                scalars={name: sample(values) for name, values in scalars.items()})


def spread(values, exact):
    """The largest difference, relative to the larger of the value and a hundredth of the largest."""
    scale = 0.01 * max(map(abs, exact))
    return max(abs(a - b) / max(abs(b), scale) for a, b in zip(values, exact))


def long_case(problems, case):
    case = dict(dict(seed=7, epochs=dict(iris=112, sparse=84)[case["data"]]), **case)
    double, single = (long_run(*problems[case["data"]], case, dtype) for dtype in (torch.float64, torch.float32))
    case.pop("make")
    case.pop("average", None)
    # Every third weight of the sparse problem says as much as all.
    kept = 3 if case["data"] == "sparse" else 1
    spreads = {key: spread(single[key], double[key]) for key in ("weights", "train_loss", "losses")}
    spreads["scalars"] = max([spread(single["scalars"][name], values) for name, values in double["scalars"].items()], default=0)
    case["weight_stride"] = kept
    short = lambda value: float(f"{value:.12g}")
    expected = dict(weights=[short(w) for w in double["weights"][::kept]], train_loss=double["train_loss"][0],
                    losses=[short(v) for v in double["losses"]],
                    scalars={name: [short(v) for v in values] for name, values in double["scalars"].items()})
    return dict(case, sampled=SAMPLED, expected=expected, spread={key: float(f"{v:.3g}") for key, v in spreads.items()})


def made_up(rows=200, features=60, classes=4, per_row=4):
    """Sparse rows; features become rarer with their index."""
    random = numpy.random.default_rng(1)
    x = numpy.zeros((rows, features), numpy.float32)
    for row in x:
        row[numpy.unique((features * random.random(per_row) ** 2).astype(int))] = 1
    x *= random.uniform(0.2, 1, x.shape).round(3).astype(numpy.float32)
    scores = x @ random.normal(size=(features, classes)) * 2 + random.gumbel(size=(rows, classes)) * 0.7
    return x, scores.argmax(1)


EVERYWHERE = [("iris", "flat"), ("iris", "linear"), ("sparse", "flat"), ("sparse", "linear")]
# Spelling, rate, maker; on every problem with every schedule, or as said.
LONG_RUNS = [
    ("adam:amsgrad=true:beta2=0.999", 0.02, maker(Adam, amsgrad=True), EVERYWHERE),
    ("adam:amsgrad=true:weight-decay=0.1:decoupled=true", 0.02, maker(AdamW, betas=(0.9, 0.95), amsgrad=True, weight_decay=0.1),
     [("sparse", "linear")]),
    ("adagrad", 0.25, maker(torch.optim.Adagrad), EVERYWHERE),
    ("rmsprop", 0.01, maker(torch.optim.RMSprop), EVERYWHERE),
    ("rmsprop:alpha=0.9:epsilon=0.001", 0.01, maker(torch.optim.RMSprop, alpha=0.9, eps=1e-3), [("sparse", "linear")]),
    ("lion", 0.003, maker(lion_pytorch.Lion), EVERYWHERE),
    ("lion:beta1=0.95:beta2=0.98:weight-decay=0.1", 0.003, maker(lion_pytorch.Lion, betas=(0.95, 0.98), weight_decay=0.1),
     [("sparse", "linear")]),
    ("schedule-free-sgd", 2, maker(schedulefree.SGDScheduleFree), EVERYWHERE),
    ("schedule-free-adamw", 0.05, maker(schedulefree.AdamWScheduleFree), EVERYWHERE),
    ("schedule-free-adamw:beta1=0.8:beta2=0.99:epsilon=1e-6:weight-decay=0.01:r=1:weight-lr-power=1", 0.05,
     maker(schedulefree.AdamWScheduleFree, betas=(0.8, 0.99), eps=1e-6, weight_decay=0.01, r=1, weight_lr_power=1),
     [("sparse", "linear")]),
    ("d-adapt-sgd", 1, maker(dadaptation.DAdaptSGD), EVERYWHERE),
    ("d-adapt-sgd:momentum=0.9:d0=0.0001:growth-rate=1.1", 1, maker(dadaptation.DAdaptSGD, momentum=0.9, d0=1e-4, growth_rate=1.1),
     [("sparse", "linear")]),
    ("d-adapt-adam", 1, maker(dadaptation.DAdaptAdam), EVERYWHERE),
    ("d-adapt-adam:beta1=0.8:beta2=0.99:epsilon=1e-6:weight-decay=0.01:d0=0.0001:growth-rate=1.05", 0.5,
     maker(dadaptation.DAdaptAdam, betas=(0.8, 0.99), eps=1e-6, weight_decay=0.01, d0=1e-4, growth_rate=1.05), [("sparse", "linear")]),
    ("prodigy", 1, maker(prodigyopt.Prodigy), EVERYWHERE),
    ("prodigy:beta1=0.8:beta2=0.99:epsilon=1e-6:d0=0.0001:d-coef=0.5:growth-rate=1.1:weight-decay=0.01:"
     "safeguard-warmup=true:bias-correction=true", 0.5,
     maker(prodigyopt.Prodigy, betas=(0.8, 0.99), eps=1e-6, d0=1e-4, d_coef=0.5, growth_rate=1.1, weight_decay=0.01, safeguard_warmup=True,
           use_bias_correction=True), [("sparse", "linear")]),
    ("prodigy:beta1=0", 1, maker(prodigyopt.Prodigy, betas=(0, 0.999)), [("sparse", "linear")]),
    ("dog:reps=0.0001", 1, maker(dog.DoG, reps_rel=1e-4), EVERYWHERE),
    ("dog", 1, maker(dog.DoG), [("sparse", "flat")]),
    ("dowg:reps=0.0001", 1, maker(DoWG, reps=1e-4), EVERYWHERE),
    ("dowg", 1, maker(DoWG), [("sparse", "flat")]),
    ("momo", 8, maker(momo.momo.Momo), EVERYWHERE),
    ("momo:beta=0.5:lower-bound=0.1", 4, maker(momo.momo.Momo, beta=0.5, lb=0.1), [("sparse", "linear")]),
    ("momo-adam", 0.2, maker(momo.momo_adam.MomoAdam), EVERYWHERE),
    ("momo-adam:beta1=0.8:beta2=0.99:epsilon=1e-6:lower-bound=0.2", 0.5,
     maker(momo.momo_adam.MomoAdam, betas=(0.8, 0.99), eps=1e-6, lb=0.2), [("sparse", "linear")]),
    ("ngn", 4, maker(NGN), EVERYWHERE),
    ("sps", 8, maker(SPS), EVERYWHERE),
    ("sps:c=2", 8, maker(SPS, c=2), [("sparse", "flat")]),
]


def torch_average(start=0, **arguments):
    def make(model):
        average = torch.optim.swa_utils.AveragedModel(model, **arguments)

        class Averager:
            t, averaged_model = 0, average.module

            def step(self):
                self.t += 1
                if self.t > start:
                    average.update_parameters(model)

        return Averager()

    return make


AVERAGED_RUNS = [
    ("sgd:average=uniform", 1, maker(SGD), torch_average()),
    ("adam:average=tail", 0.05, maker(Adam, betas=(0.9, 0.95)), torch_average(start=504)),
    ("sgd:momentum=0.9:average=tail:average-start=0.9", 0.1, maker(SGD, momentum=0.9), torch_average(start=907)),
    ("adam:average=ema:average-decay=0.99", 0.05, maker(Adam, betas=(0.9, 0.95)),
     torch_average(multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(0.99))),
    ("dog:reps=0.0001:average=polynomial", 1, maker(dog.DoG, reps_rel=1e-4), dog.PolynomialDecayAverager),
    ("sgd:average=polynomial:average-gamma=2", 1, maker(SGD), lambda model: dog.PolynomialDecayAverager(model, gamma=2)),
]


def main():
    torch.manual_seed(0)
    torch.set_num_threads(1)
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
    sparse_x, sparse_y = made_up()
    problems = dict(iris=(torch.from_numpy(x32), y), sparse=(torch.from_numpy(sparse_x), torch.from_numpy(sparse_y)))
    long_runs = [
        long_case(problems, dict(optimizer=spelling, learning_rate=rate, make=make, data=data, schedule=schedule))
        for spelling, rate, make, places in LONG_RUNS for data, schedule in places]
    long_runs += [
        long_case(problems, dict(optimizer=spelling, learning_rate=rate, make=make, average=average, data=data, schedule="flat"))
        for spelling, rate, make, average in AVERAGED_RUNS for data in ("iris", "sparse")]
    order_examples = [dict(rows=r, seed=s, epoch=e, order=order(r, s, e)) for r, s, e in
                      [(1, 0, 0), (2, 1, 3), (10, 0, 0), (10, 0, 1), (37, 2**63 + 5, 12)]]
    content = dict(
        versions={name: importlib.metadata.version(name) for name in (
            "torch", "schedulefree", "dadaptation", "prodigyopt", "dog-optimizer", "momo-opt", "lion-pytorch", "scikit-learn", "numpy")},
        x=[[float(f"{v:.9g}") for v in row] for row in x32], y=iris.target.tolist(),
        sparse_x=[[[int(c), float(f"{row[c]:.9g}")] for c in row.nonzero()[0]] for row in sparse_x], sparse_y=sparse_y.tolist(),
        sparse_features=sparse_x.shape[1], orders=order_examples, cases=cases, long_runs=long_runs)
    pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(content) + "\n")


if __name__ == "__main__":
    main()
