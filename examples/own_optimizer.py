import csv, subprocess, sys
import numpy as np, torch
from sklearn.datasets import load_svmlight_file

refinery, data, out = sys.argv[1:4]
x, y = load_svmlight_file(data, dtype=np.float32)
x = torch.from_numpy(np.hstack([x.toarray(), np.ones((len(y), 1), np.float32)]))
y = torch.from_numpy(np.unique(y, return_inverse=True)[1])
rows = []
for seed in range(1, 11):
    subprocess.run([refinery, "order", "--rows", str(len(y)), "--epochs", "100", "--batch-size", "16", "--seed", str(seed),
                    "--out", "order.npy"], check=True)
    order = torch.from_numpy(np.load("order.npy").astype(np.int64))
    for rate in [0.03, 0.1, 0.3]:
        w = torch.zeros(x.shape[1], int(y.max()) + 1, requires_grad=True)
        for t, batch in enumerate(order):
            gradient, = torch.autograd.grad(torch.nn.functional.cross_entropy(x[batch] @ w, y[batch]), w)
            with torch.no_grad():
                w -= rate * (1 - t / len(order)) * gradient / (gradient.norm() + 1e-8)
        with torch.no_grad():
            loss = torch.nn.functional.cross_entropy(x @ w, y).item()
            error = ((x @ w).argmax(1) != y).float().mean().item()
        rows.append(["vowel.scale", "normalised SGD", "linear", rate, seed, error, loss])
with open(out, "w", newline="") as file:
    csv.writer(file).writerows([["problem", "optimizer", "schedule", "learning_rate", "seed", "train_error", "train_loss"], *rows])
