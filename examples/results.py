"""A folder of results: for each network a file of JSON lines, one a finished run, and the norms of its prior runs as CSV."""

import fcntl
import json
import os
import sys
from pathlib import Path
from typing import NamedTuple

VERSIONS = ("python",)  # said, but no reason to refuse: what Python gives to a network is in the data's digest


class Run(NamedTuple):
    schedule: str
    rate: int  # exponent of two
    seed: int
    factors: str  # digest of the schedule's factors


def mean(values):
    return sum(values) / len(values)


class Results:
    """`runs` holds the figures of every run, `logged` those whose norms were logged, {schedule: run}."""

    def __init__(self, folder, name):
        self.folder, self.name, self.path, self.file = folder, name, folder / f"{name}.jsonl", None
        self.conditions, self.runs, self.logged = None, {}, {}
        lines = self.path.read_bytes().split(b"\n") if self.path.exists() else [b""]
        self.tail = len(lines.pop())  # bytes of a line that was cut when a process was killed
        for number, line in enumerate(lines, 1):
            try:
                record = json.loads(line)
                if number == 1:
                    self.conditions = record
                else:
                    self.add(Run(*(record.pop(key) for key in Run._fields)), record)
            except (ValueError, KeyError, AttributeError) as error:
                sys.exit(f"error: {self.path}:{number}: not a record of a run ({error!r}); remove the line")

    def norms_path(self, schedule):
        return self.folder / f"{self.name}-{schedule}-norms.csv"

    def has_norms(self, run):
        return self.logged.get(run.schedule) == run and self.norms_path(run.schedule).exists()

    def add(self, run, figures):
        if figures.pop("norms_logged", False):
            self.logged[run.schedule] = run
        self.runs[run] = figures

    def open(self, conditions):
        """Takes the file for writing. Runs of other data or other versions do not go together."""
        own = self.conditions or conditions
        if other := [key for key in conditions if key not in VERSIONS and own.get(key) != conditions[key]]:
            sys.exit(f"error: {self.path} was made under other conditions; use another folder (--results DIR) or remove it\n"
                     + "\n".join(f"  {key}: there {own.get(key)}, here {conditions[key]}" for key in other))
        self.folder.mkdir(parents=True, exist_ok=True)
        self.file = open(self.path, "ab")
        try:
            fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            sys.exit(f"error: another process is writing {self.path}")
        self.file.truncate(self.path.stat().st_size - self.tail)
        if self.conditions is None:
            self.conditions = conditions
            self.write(conditions)

    def append(self, run, figures, norms):
        """Keeps a finished run; its norms, if any, first, so that a line never speaks of a log that is not there."""
        known = self.runs.get(run)
        if known and any(known[key] != figures[key] for key in known if key != "cpu_seconds"):
            sys.exit(f"error: {self.name}: {run} came out as {figures}, but was {known} before: not reproducible here")
        if norms:
            whole = self.norms_path(run.schedule)
            part = whole.with_suffix(".part")
            part.write_text("step,l1,l2\n" + "".join(f"{t},{l1:.9g},{l2:.9g}\n" for t, (l1, l2) in enumerate(norms)))
            os.replace(part, whole)
        record = run._asdict() | figures | ({"norms_logged": True} if norms else {})
        self.write(record)
        self.add(run, figures | ({"norms_logged": True} if norms else {}))

    def write(self, record):
        self.file.write(json.dumps(record).encode() + b"\n")
        self.file.flush()
        os.fsync(self.file.fileno())

    def close(self):
        if self.file:
            self.file.close()
