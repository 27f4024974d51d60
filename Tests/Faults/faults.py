#!/usr/bin/env python3
"""What a results folder has to survive: kill -9, a full disk, a journal that was damaged.

    Tests/Faults/faults.py REFINERY [--kills 200] [--full-disks 20] [--corruptions 50] [--seed 1] [--datasets DIR]

Each episode disturbs a small sweep, lets it continue, and compares the report with that of an undisturbed sweep: byte for byte
up to its section on how it was run. Full disks need the right to mount a tmpfs (root). Exit code 0 where all is well.
"""
import argparse
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time

CONFIGURATION = """\
data: {data}
schedules: [flat, stepwise, linear, refined]
learning_rate_exponents: [-6, 1]
seeds: 3
epochs: 30
"""
# Two conditions, a method of its own, checkpoints.
STUDY = """\
data: {data}
schedules: [linear, refined, "refined:rounds=2"]
methods:
  - {{name: low, optimizer: dog, schedule: flat, learning_rates: [0.01]}}
learning_rate_exponents: [-6, 1]
seeds: 3
racing: 2
epochs: [10, 20]
l2: [0, 0.001]
checkpoints: [0.5]
"""
CLOSING = b"## How this was run"


class Sweeps:
    def __init__(self, refinery, scratch, datasets, text=CONFIGURATION):
        self.refinery = str(pathlib.Path(refinery).resolve())
        self.scratch = scratch
        self.count = 0
        scratch.mkdir(exist_ok=True)
        data = scratch / "data"
        data.mkdir()
        for name in ("iris.scale.gz", "vowel.scale.gz", "vowel.scale.t.gz"):
            shutil.copy(datasets / name, data)
        self.configuration = scratch / "sweep.yml"
        self.configuration.write_text(text.format(data=data))
        start = time.monotonic()
        self.expected = self.finish(self.folder())
        self.seconds = time.monotonic() - start

    def folder(self):
        self.count += 1
        return self.scratch / f"results-{self.count}"

    def command(self, results):
        return [self.refinery, "sweep", str(self.configuration), "--results", str(results), "--quiet"]

    def sweep(self, results, codes=(0,)):
        """A sweep that runs until it ends; its standard error."""
        done = subprocess.run(self.command(results), capture_output=True, text=True)
        if done.returncode not in codes:
            raise SystemExit(f"{results}: sweep ended with {done.returncode}, not {codes}\n{done.stderr}")
        return done

    def kill(self, results, moment):
        """A sweep that is killed after some seconds; whether it was still at work."""
        process = subprocess.Popen(self.command(results), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(moment)
        process.kill()
        return process.wait() == -9

    def report(self, results):
        out = self.scratch / "report" / "REPORT.md"
        shutil.rmtree(out.parent, ignore_errors=True)
        out.parent.mkdir()
        subprocess.run([self.refinery, "report", str(results), "--out", str(out)], check=True, capture_output=True)
        text = out.read_bytes()
        if CLOSING not in text:
            raise SystemExit(f"{results}: the report has no section '{CLOSING.decode()}'")
        return text[: text.index(CLOSING)]

    def runs(self, results):
        """The lines of finished runs, in any order; a line that was set aside is written again."""
        return {line for file in results.glob("*.jsonl") for line in file.read_bytes().splitlines()}

    def finish(self, results):
        self.sweep(results)
        return self.report(results)

    def check(self, results, what):
        """Lets the sweep continue and compares its report and its runs with those of the undisturbed one."""
        if self.finish(results) != self.expected:
            raise SystemExit(f"{what}: the report differs; see {results}")
        if self.runs(results) != self.runs(self.scratch / "results-1"):
            raise SystemExit(f"{what}: the runs differ; see {results}")
        shutil.rmtree(results, ignore_errors=True)


def kills(sweeps, chance, wanted):
    """Up to six kills one after the other, then the end."""
    done = 0
    while done < wanted:
        results = sweeps.folder()
        for _ in range(chance.randint(1, 6)):
            done += sweeps.kill(results, chance.uniform(0, 0.8 * sweeps.seconds))
        sweeps.check(results, f"after {done} kills")
    return f"{done} kills at random moments"


def full_disks(sweeps, chance, wanted):
    """A disk too small for the journal, until there is more room."""
    size = sum(file.stat().st_size for file in (sweeps.scratch / "results-1").iterdir())
    disk = sweeps.scratch / "disk"
    disk.mkdir()
    refused = 0
    for episode in range(wanted):
        kilobytes = max(8, int(size / 1024 * chance.uniform(0.02, 0.9)))
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(disk)], capture_output=True, text=True)
        if mounted.returncode:
            raise SystemExit(f"no full disk without the right to mount one: {mounted.stderr.strip()}")
        try:
            results = disk / "results"
            ended = sweeps.sweep(results, codes=(73, 74))
            if "No space left on device" not in ended.stderr:
                raise SystemExit(f"a full disk is not named: {ended.stderr}")
            refused += 1
            for journal in list(results.glob("*.jsonl")) + list(results.glob("*.ndjson")):
                text = journal.read_bytes()
                if text and not text.endswith(b"\n"):
                    raise SystemExit(f"episode {episode}: {journal.name} ends within a line")
            subprocess.run(["mount", "-o", "remount,size=64m", str(disk)], check=True)
            sweeps.check(results, f"full disk {episode}")
        finally:
            subprocess.run(["umount", str(disk)], check=True)
    return f"{refused} full disks"


def read_only(sweeps):
    """A folder that cannot be written to: a clear error, and nothing changes."""
    disk = sweeps.scratch / "disk"
    disk.mkdir(exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "ro", "tmpfs", str(disk)], check=True)
    try:
        ended = sweeps.sweep(disk / "results", codes=(73,))
        if "read only" not in ended.stderr.lower().replace("-", " "):
            raise SystemExit(f"a read-only folder is not named: {ended.stderr}")
    finally:
        subprocess.run(["umount", str(disk)], check=True)
    return "1 read-only folder"


def damage(chance, journal):
    """Damages a file in one of five ways; says which."""
    text = bytearray(journal.read_bytes())
    start = chance.randrange(len(text))
    end = min(len(text), start + chance.randint(1, 3000))
    way = chance.choice(["flip", "cut", "remove", "zero", "rubbish"])
    if way == "flip":
        for _ in range(chance.randint(1, 5)):
            text[chance.randrange(len(text))] ^= 1 << chance.randrange(8)
    elif way == "cut":
        del text[start:]
    elif way == "remove":
        del text[start:end]
    elif way == "zero":
        text[start:end] = bytes(end - start)
    else:
        text[start:start] = chance.randbytes(chance.randint(1, 500))
    journal.write_bytes(text)
    return f"{way} at {start} in {journal.name}"


def corruptions(sweeps, chance, wanted):
    whole = sweeps.scratch / "results-1"
    journals = [file.name for file in whole.iterdir() if file.suffix in (".jsonl", ".ndjson")]
    for episode in range(wanted):
        results = sweeps.folder()
        shutil.copytree(whole, results)
        what = damage(chance, results / chance.choice(journals))
        sweeps.check(results, f"corruption {episode} ({what})")
    return f"{wanted} corruptions"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("refinery")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--full-disks", type=int, default=20)
    parser.add_argument("--corruptions", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    root = pathlib.Path(__file__).resolve().parents[2]
    parser.add_argument("--datasets", type=pathlib.Path, default=root / "datasets")
    options = parser.parse_args()
    scratch = pathlib.Path(tempfile.mkdtemp(prefix="refinery-faults-"))
    chance = random.Random(options.seed)
    study = Sweeps(options.refinery, scratch / "study", options.datasets, STUDY)
    print(f"a study of four conditions: {kills(study, chance, max(1, options.kills // 4))}", flush=True)
    sweeps = Sweeps(options.refinery, scratch, options.datasets)
    print(f"an undisturbed sweep and its report take {sweeps.seconds:.2f} s", flush=True)
    print(kills(sweeps, chance, options.kills), flush=True)
    print(corruptions(sweeps, chance, options.corruptions), flush=True)
    if options.full_disks:
        if os.geteuid() != 0:
            sys.exit("full disks need root, who may mount a tmpfs; --full-disks 0 leaves them out")
        print(full_disks(sweeps, chance, options.full_disks), flush=True)
        print(read_only(sweeps), flush=True)
    shutil.rmtree(scratch)
    print("every report is the same up to its closing section")


if __name__ == "__main__":
    main()
