"""A small transformer as a byte-level language model of Python's standard library, trained by AdamW.

The text is the source of twelve modules of the interpreter that runs this; four others are held out.
"""

import sysconfig
from pathlib import Path

import torch
from torch import nn
from torch.nn.functional import cross_entropy, scaled_dot_product_attention

import protocol

TRAIN = ("argparse", "ast", "dataclasses", "difflib", "doctest", "functools", "inspect", "shutil", "statistics",
         "subprocess", "tarfile", "threading")
HELD_OUT = ("configparser", "random", "smtplib", "tempfile")
STEPS, BATCH, CONTEXT = 800, 8, 32
WIDTH, HEADS, LAYERS = 48, 4, 2
EVALUATED = 512  # windows of either part, evenly spaced over its text


def text(modules):
    folder = Path(sysconfig.get_path("stdlib"))
    return torch.frombuffer(bytearray(b"".join((folder / f"{name}.py").read_bytes() for name in modules)), dtype=torch.uint8)


def data():
    return {"train": text(TRAIN), "held_out": text(HELD_OUT)}


def windows(text, starts):
    """Rows of CONTEXT + 1 bytes: all but the last are read, all but the first are to be predicted."""
    return text[starts.unsqueeze(1) + torch.arange(CONTEXT + 1)].long()


def distance_bias():
    """What attention takes off for distance (ALiBi, arXiv 2108.12409), heads x CONTEXT x CONTEXT; the future is -infinity."""
    place = torch.arange(CONTEXT)
    distance = (place.unsqueeze(1) - place).float()
    slopes = torch.tensor([2.0**-head for head in range(HEADS)]).view(-1, 1, 1)
    return (-slopes * distance).masked_fill(distance < 0, -torch.inf)


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("bias", distance_bias(), persistent=False)
        self.norms = nn.ModuleList([nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)])
        self.project_in, self.project_out = nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(WIDTH, WIDTH)
        self.feed_forward = nn.Sequential(nn.Linear(WIDTH, 4 * WIDTH), nn.GELU(), nn.Linear(4 * WIDTH, WIDTH))

    def forward(self, x):
        rows, length, _ = x.shape
        heads = self.project_in(self.norms[0](x)).view(rows, length, 3, HEADS, -1).permute(2, 0, 3, 1, 4)
        attended = scaled_dot_product_attention(*heads, attn_mask=self.bias)
        x = x + self.project_out(attended.transpose(1, 2).reshape(rows, length, WIDTH))
        return x + self.feed_forward(self.norms[1](x))


class Transformer(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(256, WIDTH)
        self.blocks = nn.Sequential(*(Block() for _ in range(LAYERS)))
        self.head = nn.Sequential(nn.LayerNorm(WIDTH), nn.Linear(WIDTH, 256))
        nn.init.normal_(self.embedding.weight, std=0.02)

    def forward(self, x):
        return self.head(self.blocks(self.embedding(x)))


def optimizer(model, rate):
    return torch.optim.AdamW(model.parameters(), lr=rate, betas=(0.9, 0.95), weight_decay=0.1, fused=True)


def batches(data, generator):
    for _ in range(STEPS):
        yield windows(data["train"], torch.randint(0, len(data["train"]) - CONTEXT, (BATCH,), generator=generator))


def loss(model, batch):
    return cross_entropy(model(batch[:, :-1]).flatten(0, 1), batch[:, 1:].flatten())


def evaluate(model, part):
    starts = torch.linspace(0, len(part) - CONTEXT - 1, EVALUATED, dtype=torch.float64).long()
    return {"loss": sum(loss(model, windows(part, some)).item() * len(some) for some in starts.split(128)) / EVALUATED}


NETWORK = protocol.Network(
    name="stdlib-transformer", title="Transformer on bytes of Python's standard library, AdamW", norm="l1",
    steps=STEPS, rates=range(-9, -6), seeds=3,
    data=data, model=Transformer, optimizer=optimizer, batches=batches, loss=loss, evaluate=evaluate,
)

if __name__ == "__main__":
    protocol.main("stdlib_transformer")
