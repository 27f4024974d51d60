#!/usr/bin/env python3
"""Times PyTorch and scikit-learn on the same data and in the same session as `refinery bench`, and prints the ratios.

    python3 Scripts/benchmarks/peers.py [FILE ...] [--json OUT]

Everything runs on one thread, one thing after the other, and figures are medians of five in thread CPU time. Without files: three
of the bundled problems, and made-up ones of the shapes of a9a and news20. Needs torch and scikit-learn; where the interpreter at
hand lacks them, they are installed into a virtual environment, .build/peers. Each optimizer is also compared with its own
package, if that is installed, on dense data: a step of one run should take at least 200 times as long there.
"""

import argparse
import gzip
import importlib.util
import json
import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
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


def plain_copy(path, folder):
    """The file's text, uncompressed, in `folder`."""
    copy = folder / name_of(path)
    copy.write_bytes(gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes())
    return copy


def peers(path):
    """What the peers take for one file: {peer: value}."""
    import numpy
    import torch
    from sklearn.datasets import load_svmlight_file

    import optimizer_peers
    import pytorch_peers
    import scikit_learn_peers

    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    sparse, labels = load_svmlight_file(str(path))
    classes, numbered = numpy.unique(labels, return_inverse=True)
    print(f"measuring the peers on {name_of(path)}", file=sys.stderr)
    measured = {
        "reading": scikit_learn_peers.reading(path),
        "models": len(classes) if len(classes) > 2 else 1,
        "sgd": scikit_learn_peers.sgd(sparse, labels, len(classes)),
    }
    # PyTorch has no sparse form of this: dense rows and weights, where most entries are not zero.
    if sparse.nnz >= 0.25 * sparse.shape[0] * sparse.shape[1] and sparse.shape[1] * len(classes) <= 20_000:
        features, targets = torch.tensor(sparse.toarray(), dtype=torch.float32), torch.tensor(numbered)
        measured["loop"] = pytorch_peers.loop(features, targets, len(classes))
        measured |= pytorch_peers.batched(features, targets, len(classes))
        measured["optimizers"] = optimizer_peers.loops(features, targets, len(classes))
    return measured


def refinery(files):
    """Figures of `refinery bench --json` for the files: {(problem, optimizer): timing} and {problem: MB/s}.

    A timing is an object with `microseconds_per_run_and_step`, a reading one with `megabytes_per_second`, wherever they stand.
    """
    command = [REFINERY, "bench", "--json", "--data", ",".join(map(str, files))]
    result = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if result.returncode:
        sys.exit(f"error: `{' '.join(map(str, command))}` ended with exit code {result.returncode}:\n{result.stderr}")
    timings, readings = {}, {}

    def visit(value):
        for child in value if isinstance(value, list) else value.values() if isinstance(value, dict) else []:
            visit(child)
        if isinstance(value, dict):
            entry = {re.sub("([A-Z])", lambda match: "_" + match[1].lower(), key): child for key, child in value.items()}
            problem = name_of(Path(str(entry.get("problem") or entry.get("name") or entry.get("file") or "")))
            if "microseconds_per_run_and_step" in entry:
                key = problem, entry["optimizer"]
                if key not in timings or entry["runs"] == 16:  # one block of lanes, where several counts were measured
                    timings[key] = entry
            if "megabytes_per_second" in entry and entry.get("threads", 1) == 1:
                readings.setdefault(problem, entry["megabytes_per_second"])

    visit(json.loads(result.stdout))
    return timings, readings


def microseconds_a_run_and_step(path, optimizer):
    """User CPU time of sixteen runs of `refinery train`, without what it takes to start: the median of five."""
    rates = ",".join(f"{0.001 * (i + 1):.3f}" for i in range(16))
    command = [REFINERY, "train", "--data", path, "--optimizer", optimizer, "--lr", rates, "--jobs", "1", "--json", "--epochs"]

    def train(epochs):
        start = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
        output = subprocess.run([*command, str(epochs)], check=True, capture_output=True, text=True).stdout
        return resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - start, json.loads(output)["records"][0]["steps"]

    epochs = 1 + 30_000 // train(1)[1]

    def once():
        (start, start_steps), (whole, steps) = train(1), train(epochs)
        return (whole - start) / (steps - start_steps) / 16 * 1e6

    return statistics.median(once() for _ in range(5))


def rows_for(path, measured, timings, readings):
    """[what, unit, peer's figure, Refinery's figure, ratio in Refinery's favour] for one file."""
    name, rows = name_of(path), []

    def add(what, unit, peer, own, larger_is_better=False):
        if peer and own:
            rows.append([f"{name}: {what}", unit, peer, own, own / peer if larger_is_better else peer / own])

    adam, sgd = timings.get((name, "adam"), {}), timings.get((name, "sgd"), {})
    add("PyTorch loop, fused Adam", "us a run and step", measured.get("loop"), adam.get("microseconds_per_run_and_step"))
    for key, way in (("elementwise_passes", "pass by pass"), ("fused_kernel", "fused Adam"), ("compiled", "torch.compile")):
        add(f"PyTorch, 384 runs batched, {way}", "us a run and step", measured.get(key), adam.get("microseconds_per_run_and_step"))
    for optimizer, (package, loop) in measured.get("optimizers", {}).items():
        add(f"{package}, {optimizer}", "us a run and step", loop, microseconds_a_run_and_step(path, optimizer))
    add("scikit-learn SGDClassifier (no batches)", "ns a nonzero, model, epoch and run", measured["sgd"],
        sgd.get("nanoseconds_per_nonzero", 0) / measured["models"])
    add("scikit-learn load_svmlight_file", "MB/s", measured["reading"], readings.get(name), larger_is_better=True)
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help="LIBSVM files, plain or gzip")
    parser.add_argument("--json", type=Path, metavar="OUT", help="also write the figures here")
    options = parser.parse_args()
    ensure_packages()
    import sklearn
    import torch

    import made_up

    # The same plain files for everybody: reading is measured on text, not on zlib.
    with tempfile.TemporaryDirectory() as folder:
        plain = [plain_copy(file, Path(folder)) for file in options.files or DEFAULT_FILES]
        if not options.files:
            for make in (made_up.a9a, made_up.news20):
                plain.append(Path(folder) / f"{make.__name__}-shaped")
                make(plain[-1])
        timings, readings = refinery(plain)
        rows = [row for file in plain for row in rows_for(file, peers(file), timings, readings)]
    if not rows:
        sys.exit("error: `refinery bench --json` has no figures for these files")
    print(f"PyTorch {torch.__version__}, scikit-learn {sklearn.__version__}; one thread, one session\n")
    print("| peer | unit | peer | Refinery | ratio |\n| --- | --- | ---: | ---: | ---: |")
    for what, unit, peer, own, ratio in rows:
        print(f"| {what} | {unit} | {peer:.4g} | {own:.4g} | {ratio:.0f} |" if ratio >= 10 else
              f"| {what} | {unit} | {peer:.4g} | {own:.4g} | {ratio:.1f} |")
    if options.json:
        keys = ["what", "unit", "peer", "refinery", "ratio"]
        options.json.write_text(json.dumps([dict(zip(keys, row)) for row in rows], indent=2) + "\n")


if __name__ == "__main__":
    main()


