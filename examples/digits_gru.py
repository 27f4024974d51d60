"""A recurrent network that reads scikit-learn's digits row by row, trained by AdamW.

A digit is a sequence of eight rows of eight pixels; the class is read off the last hidden state.
"""

import torch
from torch import nn
from torch.nn.functional import cross_entropy

import digits_cnn
import protocol

EPOCHS, BATCH = 12, 32
BATCHES_PER_EPOCH = 1437 // BATCH


def data():
    return {part: (images.squeeze(1), labels) for part, (images, labels) in digits_cnn.data().items()}


class Reader(nn.Module):
    def __init__(self):
        super().__init__()
        self.cell, self.head = nn.GRU(8, 32, batch_first=True), nn.Linear(32, 10)

    def forward(self, rows):
        return self.head(self.cell(rows)[0][:, -1])


def optimizer(model, rate):
    return torch.optim.AdamW(model.parameters(), lr=rate, weight_decay=0.01, fused=True)


def batches(data, generator):
    images, labels = data["train"]
    for _ in range(EPOCHS):
        for rows in torch.randperm(len(labels), generator=generator)[:BATCHES_PER_EPOCH * BATCH].split(BATCH):
            yield images[rows], labels[rows]


NETWORK = protocol.Network(
    name="digits-gru", title="GRU on the rows of digits, AdamW", norm="l1",
    steps=EPOCHS * BATCHES_PER_EPOCH, rates=range(-8, -4), seeds=5,
    data=data, model=Reader, optimizer=optimizer, batches=batches, loss=digits_cnn.loss, evaluate=digits_cnn.evaluate,
)

if __name__ == "__main__":
    protocol.main("digits_gru")
