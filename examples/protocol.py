"""The comparison that every network here goes through; a network's script says only what the network is.

1. Sweep linear decay over learning rates and seeds.
2. The prior run: linear decay at its best rate, first seed, with the gradient's l1 and l2 norms logged at every step.
3. `refinery refine` makes a schedule of these norms; sweep it and the other schedules.
4. The same from the refined schedule's best run: refined twice.

A schedule's grid of rates starts at the network's and grows by factors of two until neither the best mean training loss nor
the best mean held-out loss lies at its edge. Every finished run is a line of JSON; what is there is not trained again.
"""

import argparse
import hashlib
import importlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import sklearn
import torch

from results import Results, Run, mean
from training import train
from workers import Workers

ROOT = Path(__file__).resolve().parents[1]
NAMED = ("flat", "stepwise", "cosine", "linear", "linear:warmup=0.05", "wsd")
PRIOR_OF = {"refined": "linear", "refined-twice": "refined"}
SCHEDULES = (*NAMED, *PRIOR_OF)
SMALLEST_RATE, LARGEST_RATE = -20, 10  # exponents of two; no grid grows beyond


@dataclass(frozen=True)
class Network:
    """What is trained. `data()` gives {"train": ..., "held_out": ...}; `evaluate(model, part)` "loss" and perhaps "error"."""

    name: str  # of its files in results/
    title: str
    norm: str  # what refinement takes: "l2" with SGD, "l1" with AdamW
    steps: int
    rates: Iterable[int]  # the first grid, as exponents of two
    seeds: int
    data: Callable[[], dict[str, Any]]
    model: Callable[[], torch.nn.Module]
    optimizer: Callable[[torch.nn.Module, float], torch.optim.Optimizer]
    batches: Callable[[dict[str, Any], torch.Generator], Iterable]
    loss: Callable[[torch.nn.Module, Any], torch.Tensor]
    evaluate: Callable[[torch.nn.Module, Any], dict[str, float]]


def network_of(module):
    return importlib.import_module(module).NETWORK


@cache
def data_of(module):
    return network_of(module).data()


def fingerprint(value):
    """A digest of tensors in dicts and tuples."""
    digest = hashlib.sha256()
    for child in value.values() if isinstance(value, dict) else value if isinstance(value, tuple) else ():
        digest.update(fingerprint(child).encode())
    if isinstance(value, torch.Tensor):
        digest.update(str((value.dtype, tuple(value.shape))).encode() + value.contiguous().numpy().tobytes())
    return digest.hexdigest()[:16]


def conditions_of(module):
    """What all runs of a file of results have in common."""
    network, model = network_of(module), network_of(module).model()
    optimizer = network.optimizer(model, 1)
    return {
        "network": network.name, "steps": network.steps, "parameters": sum(p.numel() for p in model.parameters()),
        "optimizer": f"{type(optimizer).__name__} {optimizer.defaults}", "data": fingerprint(data_of(module)),
        "torch": torch.__version__.split("+")[0], "scikit-learn": sklearn.__version__, "python": sys.version.split()[0],
    }


def train_in_worker(module, run, factors, log_norms):
    return train(network_of(module), data_of(module), 2.0**run.rate, factors, run.seed, log_norms)


class Sweep:
    def __init__(self, module, options, show=True):
        self.module, self.network, self.options, self.show = module, network_of(module), options, show
        self.results = Results(options.results, self.network.name)
        self.factors, self.workers, self.finished = {}, None, 0
        if not shutil.which(options.refinery):
            sys.exit(f"error: no program at {options.refinery}: `make build` makes it, --refinery names another")

    # Schedules

    def factors_of(self, schedule):
        """The schedule's factors, as `refinery` writes them."""
        if schedule not in self.factors:
            if schedule in NAMED:
                arguments = ["schedule", schedule, "--steps", self.network.steps]
            else:
                log = self.results.norms_path(PRIOR_OF[schedule])
                arguments = ["refine", os.path.relpath(log), "--column", self.network.norm, "--norm", self.network.norm]
            command = [str(self.options.refinery), *map(str, arguments)]
            if self.show:
                print("$", "refinery", *command[1:], flush=True)
            answer = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
            if answer.returncode:
                sys.exit(f"error: `{' '.join(command)}` ended with exit code {answer.returncode}:\n{answer.stderr}")
            self.factors[schedule] = [float(line) for line in answer.stdout.split()]
        return self.factors[schedule]

    def run(self, schedule, rate, seed):
        text = "\n".join(f"{factor:.6e}" for factor in self.factors_of(schedule))
        return Run(schedule, rate, seed, hashlib.sha256(text.encode()).hexdigest()[:12])

    # Grids

    def by_rate(self, schedule):
        """{exponent: the figures of all seeds} for the rates that have them all."""
        rates = sorted({run.rate for run in self.results.runs if run.schedule == schedule})
        runs = {rate: [self.run(schedule, rate, seed) for seed in range(self.network.seeds)] for rate in rates}
        return {rate: [self.results.runs[run] for run in row] for rate, row in runs.items()
                if all(run in self.results.runs for run in row)}

    def best_rate(self, schedule, metric="train_loss"):
        """The exponent with the lowest mean over the seeds; rates at which a seed diverged are not chosen."""
        means = {rate: mean([figures[metric] for figures in row]) for rate, row in self.by_rate(schedule).items()
                 if None not in (figures[metric] for figures in row)}
        if not means:
            sys.exit(f"error: {self.network.name}, {schedule}: every rate diverged; lower `rates` in {self.module}.py")
        return min(means, key=means.get)

    def missing(self, schedule):
        """The runs of the schedule's grid that are still to be trained, the grid grown where its best lies at an edge."""
        grid = sorted({*self.network.rates, *self.by_rate(schedule)})
        while True:
            missing = [run for rate in grid for seed in range(self.network.seeds)
                       if (run := self.run(schedule, rate, seed)) not in self.results.runs]
            if missing:
                return missing
            best = {self.best_rate(schedule, metric) for metric in ("train_loss", "held_out_loss")}
            more = [rate for edge, rate in ((grid[0], grid[0] - 1), (grid[-1], grid[-1] + 1)) if edge in best]
            if not more:
                return []
            if not SMALLEST_RATE <= more[0] <= more[-1] <= LARGEST_RATE:
                sys.exit(f"error: {self.network.name}, {schedule}: the best rate lies at the edge of any grid")
            grid = sorted({*grid, *more})

    def is_complete(self):
        return all((schedule not in PRIOR_OF or self.results.norms_path(PRIOR_OF[schedule]).exists())
                   and not self.missing(schedule) for schedule in SCHEDULES)

    # Training

    def execute(self, runs, still_to_come=0, log_norms=False):
        if self.workers is None:
            self.results.open(conditions_of(self.module))
            self.workers = Workers(max(1, self.options.jobs), train_in_worker)
        tasks = [(self.module, run, self.factors_of(run.schedule), log_norms) for run in runs]
        for done, ((_, run, *_), (figures, norms)) in enumerate(self.workers.map(tasks), 1):
            self.results.append(run, figures, norms)
            self.finished += 1
            pace = (time.monotonic() - self.started) / self.finished
            print(f"{self.network.name} {run.schedule} rate 2^{run.rate} seed {run.seed}: {describe(figures)}"
                  f" ({figures['cpu_seconds']:.1f} s; about {(len(runs) - done + still_to_come) * pace / 60:.0f} min left)",
                  flush=True)

    def sweep(self, schedules):
        later = {*SCHEDULES} - {*schedules} - {run.schedule for run in self.results.runs}
        while missing := [run for schedule in schedules for run in self.missing(schedule)]:
            self.execute(missing, len(later) * len(list(self.network.rates)) * self.network.seeds)

    def log_prior_run(self, schedule):
        """The schedule's best run again, first seed, with its norms logged: the same numbers must come out."""
        run = self.run(schedule, self.best_rate(schedule), 0)
        if not self.results.has_norms(run):
            print(f"{self.network.name}: prior run, {schedule} at 2^{run.rate}, norms logged")
            self.execute([run], log_norms=True)

    def all(self):
        self.started = time.monotonic()
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C: no worker is left behind
        try:
            self.sweep(["linear"])
            self.log_prior_run("linear")
            self.sweep([name for name in SCHEDULES if name != "refined-twice"])
            self.log_prior_run("refined")
            self.sweep(["refined-twice"])
            print(f"{self.network.name}: complete", flush=True)
        except KeyboardInterrupt:
            print("\ninterrupted: the same command continues here", file=sys.stderr)
            sys.exit(130)
        finally:
            if self.workers:
                self.workers.stop()
            self.results.close()


def describe(figures):
    parts = [f"{part.replace('_', '-')} loss {figures[f'{part}_loss']:.4f}" for part in ("train", "held_out")
             if figures[f"{part}_loss"] is not None]
    return ", ".join(parts) or "diverged"


def parser(description):
    options = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--results", type=Path, default=ROOT / "examples/results", metavar="DIR",
                         help="finished runs and norms (default: examples/results, where the published ones are)")
    options.add_argument("--refinery", type=Path, default=os.environ.get("REFINERY", ROOT / ".build/release/refinery"),
                         metavar="FILE", help="the program (default: $REFINERY, or .build/release/refinery)")
    options.add_argument("--jobs", type=int, default=os.cpu_count(), metavar="N",
                         help="runs at once, each on one thread (default: as many as cores)")
    return options


def main(module):
    """The command line of one network's script."""
    Sweep(module, parser(importlib.import_module(module).__doc__).parse_args()).all()
