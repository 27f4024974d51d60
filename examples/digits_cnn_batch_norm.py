"""The convolutional network of digits_cnn.py with batch normalisation, as such networks usually have it; the rest is the same."""

from dataclasses import replace

from torch import nn

import digits_cnn
import protocol


def model():
    return nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1), nn.BatchNorm2d(16), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(16, 32, 3, padding=1), nn.BatchNorm2d(32), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(32 * 2 * 2, 10),
    )


NETWORK = replace(
    digits_cnn.NETWORK, name="digits-cnn-batch-norm", rates=range(-6, -2), model=model,
    title="Convolutional network with batch normalisation on digits, SGD with momentum 0.9",
)

if __name__ == "__main__":
    protocol.main("digits_cnn_batch_norm")
