#!/usr/bin/env python3
"""Writes cases.json: small texts in LIBSVM format, right and mutated, and what scikit-learn's load_svmlight_file makes of them.

    python3 make.py     (needs scikit-learn; cases.json is that of version 1.9.1)
"""

import io
import json
import random
from pathlib import Path

import numpy
from sklearn.datasets import load_svmlight_file

LABELS = ["1", "-1", "+1", "2", "3.5", "1e1", "0", "-0", "007"]
VALUES = ["1", "0.5", "-0.733333", "1e-5", "-0", "16777217", "0.1234567890123456789", ".5", "5.", "+2", "3E2", "1.17549e-38"]
MUTATIONS = list("0123456789:. -+e#\n\r\t,_xq") + ["nan", "inf", "qid:3", "\0", "\xb2", "1_0", "  ", " 1:1", "\x0c"]


def text(generator):
    rows = []
    for _ in range(generator.randint(1, 5)):
        row, index = generator.choice(LABELS), generator.randint(0, 3)
        if generator.random() < 0.1:
            row += f" qid:{generator.randint(0, 9)}"
        for _ in range(generator.randint(0, 6)):
            value = generator.choice(VALUES + [repr(generator.uniform(-1, 1)), f"{generator.gauss(0, 9):g}"])
            row += generator.choice([" ", " ", "\t", "  "]) + f"{index}:{value}"
            index += generator.choice([1, 1, 2, 1000])
        rows.append(row + generator.choice(["", "", " ", "\r", " # c:1"]))
    return "\n".join(rows) + generator.choice(["\n", "\n", ""])


def mutated(text, generator):
    for _ in range(generator.randint(1, 2)):
        place = generator.randrange(len(text) + 1)
        text = text[:place] + generator.choice(MUTATIONS) + text[place + generator.randint(0, 1):]
    return text


def scikit_learn(text):
    """The rows, columns from 0 and the bits of the values as float32; None where the text is refused."""
    try:
        matrix, labels = load_svmlight_file(io.BytesIO(text.encode("latin-1")), dtype=numpy.float64)
    except Exception:
        return None
    with numpy.errstate(over="ignore"):
        bits = matrix.data.astype(numpy.float32).view(numpy.uint32)
    rows = zip(matrix.indptr, matrix.indptr[1:])
    # A label may be infinite or not a number, which JSON does not have. Adding 0 makes -0 the same label as 0, as it is here.
    return [
        {"label": repr(float(label) + 0), "columns": matrix.indices[a:b].tolist(), "bits": bits[a:b].tolist()}
        for label, (a, b) in zip(labels, rows)
    ]


generator = random.Random(1)
texts = [text(generator) for _ in range(150)]
texts += [mutated(text(generator), generator) for _ in range(450)]
cases = [{"text": text, "rows": scikit_learn(text)} for text in texts]
lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
Path(__file__).with_name("cases.json").write_text(f"[\n{lines}\n]\n")
