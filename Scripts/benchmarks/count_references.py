"""Counts, with callgrind, what a training step allocates and how many references it counts.

Usage: count_references.py REFINERY, a build for x86-64-v3 (valgrind knows no AVX-512). Needs valgrind, and objcopy: valgrind 3.19
cannot read the debug information of Swift 6.

Each kernel takes the same problem through 40 and through 80 epochs. What a step did 600 times would show 600 times in the
difference; what an epoch does, 40 times.
"""

import random
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROWS, BATCH, EPOCHS = 240, 16, (40, 80)
WATCHED = re.compile(
    r"^(malloc|calloc|realloc|posix_memalign|free|swift_(retain|release|bridgeObjectRetain|bridgeObjectRelease|allocObject|slowAlloc))$"
)
KERNELS = [
    ("dense, SGD", 16, 8, ["--path", "dense", "--optimizer", "sgd"]),
    ("dense, Adam", 16, 8, ["--path", "dense", "--optimizer", "adam"]),
    ("scattered, SGD", 120, 14, ["--path", "sparse", "--optimizer", "sgd"]),
    ("scattered, Adam", 120, 14, ["--path", "sparse", "--optimizer", "adam"]),
    ("lists, SGD", 6000, 30, ["--path", "sparse", "--optimizer", "sgd"]),
    ("lists, momentum", 6000, 30, ["--path", "sparse", "--optimizer", "sgd", "--momentum", "0.9"]),
    ("lists, Adam", 6000, 30, ["--path", "sparse", "--optimizer", "adam"]),
    ("lists, AdamW", 6000, 30, ["--path", "sparse", "--optimizer", "adam", "--weight-decay", "0.01", "--decoupled"]),
]


def write_problem(path, features, nonzeros):
    generator = random.Random(1)
    with open(path, "w") as file:
        for row in range(ROWS):
            columns = sorted(generator.sample(range(1, features + 1), nonzeros))
            file.write(f"{row % 5} " + " ".join(f"{c}:{generator.uniform(-1, 1):.4f}" for c in columns) + "\n")


def calls(program, folder, problem, options, epochs):
    """How often each function was called, by name."""
    output = folder / "callgrind.out"
    command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={output}", program, "train", "--data", problem]
    command += ["--lr", "0.001,0.01,0.1", "--schedule", "linear", "--epochs", str(epochs), "--batch-size", str(BATCH), "--jobs", "1"]
    result = subprocess.run(command + options, capture_output=True, text=True)
    if result.returncode != 0:
        sys.exit(f"valgrind failed:\n{result.stderr[-2000:]}")
    names, counts, called = {}, {}, None
    for line in open(output):
        if match := re.match(r"c?fn=\((\d+)\)(?: (.*))?", line):
            if match[2]:
                names[match[1]] = match[2].split("'")[0]
            if line.startswith("c"):
                called = names[match[1]]
        elif line.startswith("calls=") and WATCHED.match(called):
            counts[called] = counts.get(called, 0) + int(line[6:].split()[0])
    return counts


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    steps = (EPOCHS[1] - EPOCHS[0]) * (ROWS // BATCH)
    failed = False
    print(f"Further calls in {steps} further steps ({EPOCHS[1] - EPOCHS[0]} epochs):")
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        program = folder / "refinery"
        subprocess.run(["objcopy", "--strip-debug", sys.argv[1], program], check=True)
        for name, features, nonzeros, options in KERNELS:
            problem = folder / "problem"
            write_problem(problem, features, nonzeros)
            fewer, more = (calls(program, folder, problem, options, epochs) for epochs in EPOCHS)
            further = {function: more[function] - fewer.get(function, 0) for function in more}
            worst = max(further.values())
            failed = failed or worst >= steps
            listed = ", ".join(f"{function} {count}" for function, count in sorted(further.items()) if count > 0)
            print(f"{name:16} {'A STEP COUNTS' if worst >= steps else 'none in a step'}: {listed or 'nothing'}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
