"""Normalised SGD, an optimizer of one's own, on vowel: arguments are the program, the data and the CSV file to write."""
import csv, subprocess, sys
import numpy as np, torch
from sklearn.datasets import load_svmlight_file

refinery, data, out = sys.argv[1:4]
x, y = load_svmlight_file(data, dtype=np.float32)
x = torch.from_numpy(np.hstack([x.toarray(), np.ones((len(y), 1), np.float32)]))
y = torch.from_numpy(np.unique(y, return_inverse=True)[1])
seeds, rates = range(1, 11), torch.tensor([0.1, 0.3, 1.0, 3.0])
orders = []
for seed in seeds:
    subprocess.run([refinery, "order", "--rows", str(len(y)), "--epochs", "100", "--seed", str(seed), "--out", "order.npy"], check=True)
    orders.append(np.load("order.npy").astype(np.int64))
orders = torch.from_numpy(np.stack(orders, axis=1))  # (steps, seeds, 16)

# All seeds and rates at once: w has the shape (seeds, rates, features + 1, classes).
w = torch.zeros(len(seeds), len(rates), x.shape[1], int(y.max()) + 1, requires_grad=True)
for t, batch in enumerate(orders):
    logits = torch.einsum("sbd,srdc->scbr", x[batch], w)
    labels = y[batch][:, :, None].expand(-1, -1, len(rates))
    loss = torch.nn.functional.cross_entropy(logits, labels, reduction="sum") / 16
    gradient, = torch.autograd.grad(loss, w)
    norms = gradient.flatten(2).norm(dim=2)[:, :, None, None]
    with torch.no_grad():
        w -= rates[:, None, None] * (1 - t / len(orders)) * gradient / (norms + 1e-8)

header = ["problem", "optimizer", "schedule", "learning_rate", "seed", "train_error", "train_loss"]
with open(out, "w", newline="") as file, torch.no_grad():
    table = csv.writer(file)
    table.writerow(header)
    for s, seed in enumerate(seeds):
        for r, rate in enumerate(rates.tolist()):
            logits = x @ w[s, r]
            error = (logits.argmax(1) != y).double().mean().item()
            loss = torch.nn.functional.cross_entropy(logits, y).item()
            table.writerow(["vowel.scale", "normalised SGD", "linear", round(rate, 6), seed, error, loss])
