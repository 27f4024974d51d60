"""Writes the JSON files beside it: what SciPy, NumPy and PyTorch give for the things that Schedules computes.

    python3 make_fixtures.py

Needs numpy, scipy and torch; their versions are recorded in each file.
"""

import base64
import io
import json
import pathlib
import sys

import numpy as np
import scipy
import torch
from scipy.ndimage import median_filter

HERE = pathlib.Path(__file__).parent
MADE_WITH = {"python": sys.version.split()[0], "numpy": np.__version__, "scipy": scipy.__version__, "torch": torch.__version__}


def write(name, content):
    text = json.dumps({"made_with": MADE_WITH, **content}, separators=(",", ":"))
    (HERE / name).write_text(text + "\n")


def torch_factors(steps, make_scheduler):
    """The learning rates of a scheduler over `steps` steps at a base rate of 1."""
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    scheduler = make_scheduler(optimizer)
    factors = []
    for _ in range(steps):
        factors.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return factors


def schedules():
    lr = torch.optim.lr_scheduler
    cases = []
    for steps in (1, 2, 7, 50, 203):
        def one_cycle(optimizer, **options):
            # One step more than it counts: the last scheduler.step() of the loop above would be an error.
            scheduler = lr.OneCycleLR(optimizer, max_lr=1.0, total_steps=steps, **options)
            step = scheduler.step
            scheduler.step = lambda: step() if scheduler.last_epoch < steps - 1 else None
            return scheduler

        def add(spelling, make):
            cases.append({"schedule": spelling, "steps": steps, "factors": torch_factors(steps, make)})

        add("flat", lambda o: lr.ConstantLR(o, factor=1.0))
        add("linear", lambda o: lr.LinearLR(o, 1.0, 0.0, total_iters=steps))
        add("cosine", lambda o: lr.CosineAnnealingLR(o, steps))
        add("polynomial:power=1.5", lambda o: lr.PolynomialLR(o, steps, power=1.5))
        add("exponential", lambda o: lr.ExponentialLR(o, 0.01 ** (1 / steps)))
        add("onecycle", one_cycle)
        add("onecycle:pct_start=0.4:div_factor=10:anneal=linear",
            lambda o: one_cycle(o, pct_start=0.4, div_factor=10.0, anneal_strategy="linear"))
        if steps >= 50:
            add("stepwise:milestones=0.3/0.6/0.9",
                lambda o: lr.MultiStepLR(o, [int(np.ceil(x * steps - 1e-9)) for x in (0.3, 0.6, 0.9)]))
            warm = round(0.1 * steps)
            add("cosine:warmup=0.1", lambda o: lr.SequentialLR(o, [
                lr.LambdaLR(o, lambda t: (t + 1) / warm), lr.CosineAnnealingLR(o, steps - warm)], [warm]))
    write("schedules.json", {"cases": cases})


def sequences():
    rng = np.random.default_rng(1)
    for n in (3, 4, 5, 6, 7, 10, 23, 64):
        yield rng.lognormal(size=n)
        yield np.full(n, 2.5)
        yield rng.integers(1, 4, size=n).astype(float)
    yield np.sort(rng.lognormal(size=40))
    yield np.sort(rng.lognormal(size=40))[::-1]


def median_width(count, tau):
    return 2 * (int(tau * count) // 2) + 1


def smooth(g, tau):
    width = median_width(len(g), tau)
    return median_filter(np.pad(g, (0, 2 * width), mode="reflect"), size=width, mode="nearest")[: len(g)]


def resample(g, points):
    return np.interp(np.linspace(0, len(g) - 1, points), np.arange(len(g)), g)


def refine(g, tau, norm, points=None):
    if points is not None and points > len(g):
        g = resample(g, points)
    smoothed = smooth(g, tau)
    if points is not None and points < len(g):
        smoothed = resample(smoothed, points)
    w = smoothed ** (-2.0 if norm == "l2" else -1.0)
    s = w * (np.append(np.cumsum(w[::-1])[::-1], 0.0)[1:])
    return smoothed, s / s.max()


def medians():
    cases = []
    for g in sequences():
        widths = sorted({1, 3, 5, len(g) | 1} | {median_width(len(g), tau) for tau in (0, 0.1, 0.29, 0.5, 0.7, 1)})
        for width in widths:
            padded = np.pad(g, (0, 2 * width), mode="reflect")
            medians = median_filter(padded, size=width, mode="nearest")[: len(g)]
            cases.append({"values": g.tolist(), "width": width, "medians": medians.tolist()})
    write("medians.json", {"cases": cases})


def refinements():
    rng = np.random.default_rng(2)
    cases = []
    for count in (3, 8, 61):
        g = 1 / np.linspace(0.1, 1, count) * rng.lognormal(sigma=0.5, size=count)
        for tau in (0, 0.1, 0.45, 1):
            for norm in ("l1", "l2"):
                for points in (None, 2, 40, count, 97):
                    smoothed, factors = refine(g, tau, norm, points)
                    cases.append({"norms": g.tolist(), "tau": tau, "norm": norm, "points": points,
                                  "smoothed": smoothed.tolist(), "factors": factors.tolist()})
    write("refinements.json", {"cases": cases})


def arrays():
    cases = []
    for values in (np.arange(6, dtype=np.float32).reshape(3, 1, 2), np.array([0.1, -2.5, np.pi]), np.zeros((0,)),
                   np.arange(-2, 4, dtype=np.int32).reshape(2, 3), np.zeros((1, 1, 1, 2), dtype=np.float32)):
        file = io.BytesIO()
        np.save(file, values)
        cases.append({"shape": values.shape, "type": str(values.dtype), "values": values.ravel().tolist(),
                      "base64": base64.b64encode(file.getvalue()).decode()})
    write("arrays.json", {"cases": cases})


def element_types():
    cases = []
    for name in ("<f2", ">f2", "<f4", ">f4", "<f8", ">f8", "i1", "<i2", ">i2", "<i4", ">i4", "<i8", ">i8", "u1", "<u2", ">u2", "<u4",
                 ">u4", "<u8", ">u8"):
        values = np.array([0, 1, 2, 100] + ([0.25, 6.1e-5, 6e-8, 65504.0] if "f" in name else [127]), dtype=name)
        file = io.BytesIO()
        np.save(file, values)
        cases.append({"type": name, "values": [float(value) for value in values], "base64": base64.b64encode(file.getvalue()).decode()})
    write("element-types.json", {"cases": cases})


if __name__ == "__main__":
    schedules()
    medians()
    refinements()
    arrays()
    element_types()
