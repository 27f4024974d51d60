"""Writes regularised.json: with the penalty l2/2 |W|^2, bias left out, the minimum of scikit-learn's LogisticRegression on the problems
of optimum.json, and trajectories of torch's optimizers in float64, as in trajectories.py, on iris and on sparse rows of two classes.

Run: python regularised.py   (needs what trajectories.py needs; the versions that made the file stand in it)
"""
import importlib.metadata
import json
import pathlib
import warnings

import numpy
import sklearn.datasets
import torch
from scipy.special import logsumexp
from sklearn.linear_model import LogisticRegression
from trajectories import Adam, SGD, maker, run

HERE = pathlib.Path(__file__).parent


def minimum(x, y, l2):
    """The objective at scikit-learn's weights; of two classes, it has the difference of the weights."""
    classes, best = int(y.max()) + 1, numpy.inf
    c = (2 if classes == 2 else 1) / (l2 * len(y))
    for solver in ("newton-cholesky", "newton-cg", "lbfgs"):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model = LogisticRegression(C=c, solver=solver, tol=1e-14, max_iter=20000).fit(x, y)
        weights, bias = model.coef_, model.intercept_
        if classes == 2:
            weights, bias = numpy.vstack([-weights / 2, weights / 2]), numpy.array([-bias[0] / 2, bias[0] / 2])
        logits = x @ weights.T + bias
        loss = (logsumexp(logits, axis=1) - logits[numpy.arange(len(y)), y]).mean()
        best = min(best, float(loss + l2 / 2 * (weights**2).sum()))
    return best


def optima():
    problems = json.loads((HERE / "optimum.json").read_text())["problems"]
    for problem in problems:
        x, y = numpy.array(problem["rows"], dtype=numpy.float32).astype(float), numpy.array(problem["classes"])
        for l2 in (1e-5, 1e-3, 1e-1):
            yield dict(problem=problem["name"], l2=l2, objective=minimum(x, y, l2))


CASES = [
    dict(name="sgd", optimizer="sgd", make=maker(SGD), l2=0.1),
    dict(name="sgd momentum", optimizer="sgd:momentum=0.9", make=maker(SGD, momentum=0.9), l2=0.01, learning_rate=0.05),
    dict(name="sgd momentum and decay", optimizer="sgd:momentum=0.5:weight-decay=0.05",
         make=maker(SGD, momentum=0.5, weight_decay=0.05), l2=0.02, keeps_last_batch=True),
    dict(name="adam", optimizer="adam:epsilon=0.0001", make=maker(Adam, betas=(0.9, 0.95), eps=1e-4), l2=0.05),
]


def main():
    iris = sklearn.datasets.load_iris()
    rng = numpy.random.default_rng(11)
    sparse = numpy.where(rng.random((120, 50)) < 0.08, rng.normal(size=(120, 50)).round(3), 0)
    data = [
        dict(name="iris", x=((iris.data - iris.data.mean(0)) / iris.data.std(0)).round(4), y=iris.target),
        dict(name="sparse", x=sparse, y=(sparse @ rng.normal(size=50) + 0.5 * rng.normal(size=120) > 0.3).astype(int)),
    ]
    cases = []
    for problem in data:
        # As the program has them: single precision.
        x, y = torch.from_numpy(problem["x"].astype(numpy.float32)).double(), torch.from_numpy(problem["y"]).long()
        for case in CASES:
            case = dict(dict(batch_size=16, keeps_last_batch=False, epochs=5, seed=7, learning_rate=0.125), **case)
            expected = run(x, y, case)
            weights = numpy.array(expected["weights"]).reshape(x.shape[1] + 1, -1)[:-1]
            expected["train_objective"] = expected["train_loss"] + case["l2"] / 2 * float((weights**2).sum())
            del case["make"], expected["weights"]
            cases.append(dict(case, data=problem["name"], expected=expected))
    content = dict(
        versions={name: importlib.metadata.version(name) for name in ("torch", "scikit-learn", "scipy", "numpy")},
        optima=list(optima()), data=[dict(p, x=p["x"].tolist(), y=p["y"].tolist()) for p in data], cases=cases)
    (HERE / "regularised.json").write_text(json.dumps(content) + "\n")


if __name__ == "__main__":
    main()
