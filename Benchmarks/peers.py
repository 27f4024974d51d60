#!/usr/bin/env python3
"""Times PyTorch and scikit-learn on the same data and in the same session as `refinery bench`, and prints the ratios.

    python3 Benchmarks/peers.py [FILE ...] [--json OUT]

Everything runs on one thread, one thing after the other, and figures are medians of five in thread CPU time. Without files: three
of the bundled problems. Needs torch and scikit-learn; where the interpreter at hand lacks them, they are installed into a virtual
environment, .build/peers.
"""

import argparse
import gzip
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REFINERY = ROOT / ".build/release/refinery"
ENVIRONMENT = ROOT / ".build/peers"
DEFAULT_FILES = [ROOT / "datasets" / f"{name}.gz" for name in ("letter.scale", "vowel.scale", "iris.scale")]


def ensure_packages():
    """Starts this script again inside the virtual environment where torch or scikit-learn is missing."""
    if all(importlib.util.find_spec(name) for name in ("torch", "sklearn")):
        return
    python = ENVIRONMENT / "bin/python"
    if Path(sys.prefix) == ENVIRONMENT:
        sys.exit("error: torch or scikit-learn is missing from .build/peers: remove that folder and try again")
    if not (ENVIRONMENT / "complete").exists():
        print("Installing torch and scikit-learn into .build/peers", file=sys.stderr)
        venv.create(ENVIRONMENT, clear=True, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "torch", "scikit-learn"], check=True)
        (ENVIRONMENT / "complete").touch()
    os.execv(python, [str(python), __file__, *sys.argv[1:]])


def name_of(path):
    return path.name.removesuffix(".gz")


def peers(path, folder):
    """{quantity: value} of the peers for one file; quantities as in `ROWS`."""
    import numpy
    import torch
    from sklearn.datasets import load_svmlight_file

    import pytorch_peers
    import scikit_learn_peers

    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    plain = folder / name_of(path)
    plain.write_bytes(gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes())
    sparse, labels = load_svmlight_file(str(plain))
    classes, numbered = numpy.unique(labels, return_inverse=True)
    measured = {
        "reading": scikit_learn_peers.reading(plain),
        "sgd": scikit_learn_peers.sgd(sparse, labels, len(classes)),
    }
    if sparse.shape[1] * len(classes) <= 20_000:  # beyond, 384 dense models and their moments do not fit
        features, targets = torch.tensor(sparse.toarray(), dtype=torch.float32), torch.tensor(numbered)
        measured["loop"] = pytorch_peers.loop(features, targets, len(classes))
        measured["batched"] = pytorch_peers.batched(features, targets, len(classes))
    return measured


if __name__ == "__main__":
    ensure_packages()
