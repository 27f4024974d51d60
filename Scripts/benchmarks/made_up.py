"""Files in LIBSVM format with the shape of a9a and of news20, for measuring where the files themselves are not at hand."""

import numpy


def a9a(path, rows=32_561, features=123, nonzeros=14):
    """Two classes, binary features: one of each of `nonzeros` groups, the first of a group the most frequent."""
    random = numpy.random.default_rng(1)
    starts = numpy.arange(nonzeros + 1) * features // nonzeros
    labels = random.integers(2, size=rows)
    widths = numpy.diff(starts)
    ranks = (random.random((rows, nonzeros)) ** 2 * widths).astype(int) + (labels[:, None] & (random.random((rows, nonzeros)) < 0.25))
    columns = starts[:-1] + numpy.minimum(ranks, widths - 1) + 1
    write(path, 2 * labels - 1, columns, numpy.ones(columns.shape))


def news20(path, rows=15_935, features=62_061, classes=20, nonzeros=80):
    """Rows of about `nonzeros` words, ever rarer ones; a third of a row's words depend on its class."""
    random = numpy.random.default_rng(1)
    labels = random.integers(classes, size=rows)
    ranks = (random.random((rows, nonzeros)) ** 3 * features).astype(int)
    own = random.random((rows, nonzeros)) < 1 / 3
    columns = numpy.where(own, (ranks + labels[:, None] * 977) % features, ranks)
    columns[0, 0] = features - 1  # so that the file has all of them
    write(path, labels + 1, columns + 1, 0.05 + 0.3 * random.random((rows, nonzeros)))


def write(path, labels, columns, values):
    """One line a row: its distinct columns, which count from 1, in ascending order."""
    with open(path, "w") as file:
        for label, row, row_values in zip(labels, columns, values):
            row, first = numpy.unique(row, return_index=True)
            file.write(f"{label} " + " ".join(f"{column}:{value:.6g}" for column, value in zip(row, row_values[first])) + "\n")
