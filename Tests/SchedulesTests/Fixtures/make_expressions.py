"""Writes expressions.json beside it: random expressions of t, T and u, and what Python makes of them.

    python3 make_expressions.py

Needs nothing but Python, whose version is recorded in the file.
"""

import json
import math
import pathlib
import random
import sys

FUNCTIONS = ["abs", "sqrt", "exp", "log", "sin", "cos", "floor"]
NAMES = {
    "min": min, "max": max, "abs": abs, "sqrt": math.sqrt, "exp": math.exp, "log": math.log, "sin": math.sin, "cos": math.cos,
    "floor": math.floor, "pi": math.pi,
}


def expression(rng, depth):
    """A pair: in the words of a schedule, and in Python's."""
    if depth == 0 or rng.random() < 0.15:
        atom = rng.choice(["t", "T", "u", "pi", "2", "0.5", ".25", "1e-2", "3.5E+1", "10"])
        return atom, atom
    a, b, c = (expression(rng, depth - 1) for _ in range(3))
    kind = rng.randrange(12)
    if kind < 4:
        operator = rng.choice("+-*/")
        return f"{a[0]}{operator}{b[0]}", f"{a[1]}{operator}{b[1]}"
    if kind == 4:
        return f"({a[0]}) ^ {b[0]}", f"({a[1]}) ** {b[1]}"
    if kind == 5:
        return f"-{a[0]}", f"-{a[1]}"
    if kind == 6:
        name = rng.choice(FUNCTIONS)
        return f"{name}({a[0]})", f"{name}({a[1]})"
    if kind == 7:
        name = rng.choice(["min", "max"])
        return f"{name}({a[0]}, {b[0]},{c[0]})", f"{name}({a[1]}, {b[1]},{c[1]})"
    if kind < 10:
        operator = rng.choice(["<", "<=", ">", ">=", "==", "!="])
        return f"(({a[0]}) {operator} ({b[0]}))", f"float(({a[1]}) {operator} ({b[1]}))"
    if kind == 10:
        return f"if({a[0]} > {b[0]}, {b[0]}, {c[0]})", f"(({b[1]}) if ({a[1]}) > ({b[1]}) else ({c[1]}))"
    return f"({a[0]})", f"({a[1]})"


def cases(count):
    rng = random.Random(1)
    found = []
    while len(found) < count:
        words, python = expression(rng, rng.randrange(1, 5))
        variables = {"t": float(rng.randrange(100)), "T": 100.0}
        variables["u"] = variables["t"] / variables["T"]
        try:
            value = eval(python, {"__builtins__": {"float": float}, **NAMES, **variables})
        except (ZeroDivisionError, ValueError, OverflowError):
            continue
        if isinstance(value, complex) or not math.isfinite(value) or len(words) > 200:
            continue
        found.append({"expression": words, "t": variables["t"], "steps": variables["T"], "value": float(value)})
    return found


if __name__ == "__main__":
    content = {"made_with": {"python": sys.version.split()[0]}, "cases": cases(300)}
    (pathlib.Path(__file__).parent / "expressions.json").write_text(json.dumps(content) + "\n")
