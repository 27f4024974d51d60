"""The optimizers' own packages on one thread: one run in the loop that people write."""

import importlib
import sys

import pytorch_peers

# Spelling, package, module, class, its arguments.
OPTIMIZERS = [
    ("sgd", "torch", "torch.optim", "SGD", dict(lr=0.1)),
    ("adam", "torch", "torch.optim", "Adam", dict(lr=0.01, betas=(0.9, 0.95))),
    ("adagrad", "torch", "torch.optim", "Adagrad", dict(lr=0.1)),
    ("rmsprop", "torch", "torch.optim", "RMSprop", dict(lr=0.01)),
    ("lion", "lion-pytorch", "lion_pytorch", "Lion", dict(lr=0.001)),
    ("schedule-free-sgd", "schedulefree", "schedulefree", "SGDScheduleFree", dict(lr=1)),
    ("schedule-free-adamw", "schedulefree", "schedulefree", "AdamWScheduleFree", dict(lr=0.01)),
    ("d-adapt-sgd", "dadaptation", "dadaptation", "DAdaptSGD", dict(lr=1)),
    ("d-adapt-adam", "dadaptation", "dadaptation", "DAdaptAdam", dict(lr=1)),
    ("prodigy", "prodigyopt", "prodigyopt", "Prodigy", dict(lr=1)),
    ("dog", "dog-optimizer", "dog", "DoG", dict(lr=1)),
    ("momo", "momo-opt", "momo", "Momo", dict(lr=1)),
    ("momo-adam", "momo-opt", "momo", "MomoAdam", dict(lr=0.01)),
]


def loops(features, labels, classes, steps=300):
    """{optimizer: (package, microseconds a step)}; names packages that are missing."""
    found = {}
    for optimizer, package, module, name, arguments in OPTIMIZERS:
        try:
            kind = getattr(importlib.import_module(module), name)
        except ImportError:
            print(f"{package} is not installed: {optimizer} is left out", file=sys.stderr)
            continue

        def make(parameters):
            made = kind(parameters, **arguments)
            if hasattr(made, "train"):  # Schedule-Free
                made.train()
            return made

        found[optimizer] = package, pytorch_peers.loop(features, labels, classes, make, steps)
    return found
