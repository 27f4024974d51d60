"""Evaluations that the PyPI package `cma` takes to bring test functions below 1e-10: writes cma_evaluations.json beside itself.

Made with Python 3.11, cma 4.5.0 and NumPy 2; any recent version will do: pip install cma
"""

import json
import pathlib
import statistics
import sys

import cma
import numpy

FUNCTIONS = {
    "sphere": lambda x: sum(v * v for v in x),
    "ellipsoid": lambda x: sum(1e6 ** (i / (len(x) - 1)) * v * v for i, v in enumerate(x)),
    "cigar": lambda x: x[0] ** 2 + 1e6 * sum(v * v for v in x[1:]),
    "tablet": lambda x: 1e6 * x[0] ** 2 + sum(v * v for v in x[1:]),
    "rosenbrock": lambda x: sum(100 * (a * a - b) ** 2 + (a - 1) ** 2 for a, b in zip(x, x[1:])),
    "different_powers": lambda x: sum(abs(v) ** (2 + 10 * i / (len(x) - 1)) for i, v in enumerate(x)),
    # The ellipsoid turned by the orthogonal matrix I - 2/n.
    "rotated_ellipsoid": lambda x: FUNCTIONS["ellipsoid"]([v - 2 / len(x) * sum(x) for v in x]),
}
START = {"rosenbrock": 0.0}
TARGET = 1e-10


def evaluations(name, dimension, population, seed):
    f = FUNCTIONS[name]
    start = [START.get(name, 1.0)] * dimension
    search = cma.CMAEvolutionStrategy(
        start, 0.5, {"popsize": population, "seed": seed, "verbose": -9, "tolfun": 0, "tolx": 0, "tolfunhist": 0,
                     "tolflatfitness": 10**9, "tolstagnation": 10**9, "maxiter": 10**5})
    while True:
        points = search.ask()
        values = [f(x) for x in points]
        search.tell(points, values)
        if min(values) < TARGET:
            return search.countevals
        if search.countevals > 30_000:
            return None


def main():
    cases = []
    for name in FUNCTIONS:
        for dimension, population in [(4, 8), (8, 16)]:
            counts = [evaluations(name, dimension, population, seed) for seed in range(1, 12)]
            # Rosenbrock's function has a local minimum from four variables on.
            found = [c for c in counts if c is not None]
            cases.append({"function": name, "dimension": dimension, "population": population,
                          "found": len(found), "median": statistics.median(found)})
            print(cases[-1], file=sys.stderr)
    versions = {"python": sys.version.split()[0], "cma": cma.__version__, "numpy": numpy.__version__}
    path = pathlib.Path(__file__).with_suffix(".json")
    path.write_text(json.dumps({"versions": versions, "target": TARGET, "cases": cases}, indent=1) + "\n")


main()
