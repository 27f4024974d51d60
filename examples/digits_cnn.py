"""A convolutional network on scikit-learn's digits (8 x 8 pixels, ten classes), trained by SGD with momentum.

1,437 images train, 360 are held out. Twelve epochs of mini-batches of 32, each image moved by up to one pixel at random.
"""

import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.nn.functional import cross_entropy, pad

import protocol

EPOCHS, BATCH = 12, 32
BATCHES_PER_EPOCH = 1437 // BATCH


def data():
    digits = load_digits()
    images = torch.tensor(digits.images / 16, dtype=torch.float32).unsqueeze(1)
    labels = torch.tensor(digits.target)
    # The split is the same for every seed.
    order = torch.randperm(len(labels), generator=torch.Generator().manual_seed(2023))
    train, held_out = order[:1437], order[1437:]
    return {"train": (images[train], labels[train]), "held_out": (images[held_out], labels[held_out])}


def model():
    return nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(32 * 2 * 2, 10),
    )


def optimizer(model, rate):
    return torch.optim.SGD(model.parameters(), lr=rate, momentum=0.9, weight_decay=5e-4, fused=True)


def batches(data, generator):
    images, labels = data["train"]
    for _ in range(EPOCHS):
        order = torch.randperm(len(labels), generator=generator)
        for start in range(0, BATCHES_PER_EPOCH * BATCH, BATCH):
            rows = order[start:start + BATCH]
            down, right = torch.randint(0, 3, (2,), generator=generator).tolist()
            yield pad(images[rows], (1, 1, 1, 1))[:, :, down:down + 8, right:right + 8], labels[rows]


def loss(model, batch):
    images, labels = batch
    return cross_entropy(model(images), labels)


def evaluate(model, part):
    images, labels = part
    scores = model(images)
    return {"loss": cross_entropy(scores, labels).item(), "error": (scores.argmax(1) != labels).sum().item() / len(labels)}


NETWORK = protocol.Network(
    name="digits-cnn", title="Convolutional network on digits, SGD with momentum 0.9", norm="l2",
    steps=EPOCHS * BATCHES_PER_EPOCH, rates=range(-5, -1), seeds=5,
    data=data, model=model, optimizer=optimizer, batches=batches, loss=loss, evaluate=evaluate,
)

if __name__ == "__main__":
    protocol.main("digits_cnn")
