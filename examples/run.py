#!/usr/bin/env python3
"""Runs the comparison for all networks, or for those named, and writes docs/deep-learning.md's tables and figures.

    python3 examples/run.py [NETWORK ...] [--results DIR] [--refinery FILE] [--jobs N] [--page FILE.md]

Finished runs are not trained again. Needs the packages of requirements.txt; where the interpreter at hand lacks one, all are
installed into a virtual environment, .build/examples.
"""

import importlib.util
import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ENVIRONMENT = ROOT / ".build/examples"
REQUIREMENTS = ROOT / "examples/requirements.txt"
NETWORKS = ("digits_cnn", "digits_cnn_batch_norm", "stdlib_transformer", "digits_gru")


def ensure_packages():
    """Starts this script again inside the virtual environment where a package is missing."""
    if all(importlib.util.find_spec(name) for name in ("torch", "sklearn", "matplotlib")):
        return
    if Path(sys.prefix) == ENVIRONMENT:
        sys.exit("error: a package is missing from .build/examples: remove that folder and try again")
    if not (ENVIRONMENT / "complete").exists():
        print("Installing PyTorch, scikit-learn and matplotlib into .build/examples", file=sys.stderr)
        venv.create(ENVIRONMENT, clear=True, with_pip=True)
        subprocess.run([ENVIRONMENT / "bin/python", "-m", "pip", "install", "--quiet", "-r", REQUIREMENTS], check=True)
        (ENVIRONMENT / "complete").touch()
    python = str(ENVIRONMENT / "bin/python")
    os.execv(python, [python, __file__, *sys.argv[1:]])


def compare(sweep):
    """Says how many runs are the same, to the last digit, as the published ones, where these are of another folder."""
    from results import Results

    published = Results(ROOT / "examples/results", sweep.network.name)
    if not published.runs or published.path.resolve() == sweep.results.path.resolve():
        return
    shared = published.runs.keys() & sweep.results.runs.keys()
    same = sum({**published.runs[run], "cpu_seconds": 0} == {**sweep.results.runs[run], "cpu_seconds": 0} for run in shared)
    print(f"{sweep.network.name}: of {len(published.runs)} published runs {len(shared)} were run here as well, "
          f"{same} with the same figures")


def main():
    ensure_packages()
    import protocol
    import summarise

    parser = protocol.parser(__doc__)
    parser.add_argument("networks", nargs="*", metavar="NETWORK", help=f"{', '.join(NETWORKS)} (default: all)")
    parser.add_argument("--page", type=Path, default=summarise.PAGE, metavar="FILE.md",
                        help="where tables are replaced; figures go to figures/ beside it (default: docs/deep-learning.md)")
    options = parser.parse_args()
    if unknown := set(options.networks) - set(NETWORKS):
        parser.error(f"unknown network {', '.join(sorted(unknown))}: there are {', '.join(NETWORKS)}")
    for name in options.networks or NETWORKS:
        sweep = protocol.Sweep(name, options)
        sweep.all()
        compare(sweep)
    summarise.write([protocol.Sweep(name, options, show=False) for name in NETWORKS], options.page)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
