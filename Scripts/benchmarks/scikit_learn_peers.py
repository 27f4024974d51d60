"""What scikit-learn takes for the same work on one thread: its LIBSVM reader and its SGDClassifier."""

import statistics
import time
import warnings

from sklearn.datasets import load_svmlight_file
from sklearn.linear_model import SGDClassifier


def median_seconds(work, repetitions=5):
    """Median of thread CPU time."""
    times = []
    for _ in range(repetitions):
        start = time.thread_time()
        work()
        times.append(time.thread_time() - start)
    return statistics.median(times)


def reading(path):
    """MB/s (10^6 bytes) of `load_svmlight_file` on a plain file."""
    size = path.stat().st_size
    repetitions = 5 if size < 50e6 else 1
    return size / median_seconds(lambda: load_svmlight_file(str(path)), repetitions) / 1e6


def sgd(features, labels, classes, epochs=5):
    """Nanoseconds a nonzero and epoch (and class, where there are more than two) of SGDClassifier.

    One epoch is taken off, so that what happens once (validation of the input, say) does not count.
    """
    features.indices, features.indptr = features.indices.astype("int32"), features.indptr.astype("int32")

    def fit(epochs):
        model = SGDClassifier(loss="log_loss", penalty=None, learning_rate="constant", eta0=0.01, max_iter=epochs, tol=None)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return median_seconds(lambda: model.fit(features, labels))

    models = classes if classes > 2 else 1
    return (fit(epochs + 1) - fit(1)) / (epochs * features.nnz * models) * 1e9
