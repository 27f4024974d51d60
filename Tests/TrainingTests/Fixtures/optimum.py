"""Writes optimum.json: small data sets with the minimum of their unregularised multinomial logistic loss.

The loss is scikit-learn's, LogisticRegression(C=inf), taken down as far as its solvers go; whether the minimum is
attained is decided by linear programs (SciPy's HiGHS): it is not where some direction V, -1 <= V <= 1, makes every
row's (V_y - V_c) . x at least 0 and their sum positive (Albert and Anderson, Biometrika 71, 1984); the data are
separable where all of them can be at least 1.
"""
import json
import warnings

import numpy as np
import scipy
import scipy.optimize
import sklearn
from sklearn.datasets import load_iris, load_wine
from sklearn.linear_model import LogisticRegression


def leads(x, y, classes):
    """One row for each (sample, wrong class): coefficients of (V_y - V_c) . (x, 1)."""
    x = np.hstack([x, np.ones((len(x), 1))])
    rows = []
    for sample, label in zip(x, y):
        for c in range(classes):
            if c != label:
                row = np.zeros((classes, x.shape[1]))
                row[label] = sample
                row[c] = -sample
                rows.append(row.ravel())
    return np.array(rows)


def separation(x, y, classes):
    a = leads(x, y, classes)
    weak = scipy.optimize.linprog(-a.sum(0), A_ub=-a, b_ub=np.zeros(len(a)), bounds=(-1, 1), method="highs")
    strict = scipy.optimize.linprog(np.zeros(a.shape[1]), A_ub=-a, b_ub=-np.ones(len(a)), bounds=(None, None), method="highs")
    return bool(-weak.fun < 1e-6), strict.status == 0


def minimum(x, y):
    best = np.inf
    for solver in ("lbfgs", "newton-cg", "newton-cholesky"):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model = LogisticRegression(C=np.inf, solver=solver, tol=1e-14, max_iter=20000).fit(x, y)
        p = model.predict_proba(x)[np.arange(len(y)), y]
        best = min(best, float(-np.log(np.maximum(p, 1e-300)).mean()))
    return best


rng = np.random.default_rng(7)
problems = {}


def single(x):
    """Four decimals, as float32."""
    return np.float32(np.round(x, 4))

iris = load_iris()
problems["iris"] = (single(iris.data), iris.target)
wine = load_wine()
problems["wine"] = (single((wine.data - wine.data.mean(0)) / wine.data.std(0)), wine.target)

x = rng.normal(size=(200, 5))
y = (x @ rng.normal(size=(5, 4)) + 2 * rng.gumbel(size=(200, 4))).argmax(1)
problems["overlapping"] = (single(x), y)

x = (rng.random((400, 60)) < 0.03) * 1.0
y = (x @ rng.normal(size=(60, 2)) + rng.gumbel(size=(400, 2))).argmax(1)
problems["sparse two classes"] = (single(x), y)

choice = rng.integers(0, 4, size=300)
x = np.hstack([np.eye(4)[choice], rng.normal(size=(300, 2)) * [1e3, 1e-2]])
y = (x @ np.vstack([rng.normal(size=(4, 3)), np.zeros((2, 3))]) + rng.gumbel(size=(300, 3))).argmax(1)
problems["dependent features, uneven scales"] = (single(x), y)

x = rng.normal(size=(150, 3))
y = (x @ rng.normal(size=(3, 3)) + rng.gumbel(size=(150, 3))).argmax(1)
x = np.hstack([x, np.zeros((150, 1))])
x[np.flatnonzero(y == 1)[0], 3] = 1
problems["one feature of one row"] = (single(x), y)

# Nearly separable: one row of each class lies a little on the other's side.
x = np.abs(rng.normal(size=(100, 1))) + 1
x[:2] = -1e-3
y = np.arange(100) % 2
problems["barely overlapping"] = (single(x * (2 * y[:, None] - 1)), y)

# One class lies apart, but along no single feature.
x = rng.normal(size=(160, 4))
y = (x @ rng.normal(size=(4, 3)) + rng.gumbel(size=(160, 3))).argmax(1)
x += np.where(y == 2, 1.3, -1.3)[:, None]
problems["one oblique class"] = (single(x), y)

out = {"made_with": f"numpy {np.__version__}, scipy {scipy.__version__}, scikit-learn {sklearn.__version__}", "problems": []}
for name, (x, y) in problems.items():
    attained, separable = separation(x.astype(np.float64), y, int(y.max()) + 1)
    record = {"name": name, "rows": [[float(str(v)) for v in row] for row in x], "classes": y.tolist(), "loss": minimum(x.astype(np.float64), y),
              "attained": attained, "separable": separable}
    print(name, record["loss"], attained, separable)
    out["problems"].append(record)
with open("optimum.json", "w") as file:
    json.dump(out, file)
    file.write("\n")
