"""One run: a network, a learning rate, the factors of a schedule, a seed."""

import math
import time

import torch


def train(network, data, rate, factors, seed, log_norms=False):
    """Trains for len(factors) steps at rate x factor; returns the last iterate's figures and, if asked for, the norms.

    The seed decides the initial weights and the mini-batches, so all schedules and rates of one seed see the same.
    Norms are those of the mini-batch gradient of each step, over all parameters, before the optimizer touches it.
    """
    started = time.process_time()
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    torch.use_deterministic_algorithms(True)
    torch.manual_seed(seed)
    model = network.model()
    optimizer = network.optimizer(model, rate)
    norms = []
    for factor, batch in zip(factors, network.batches(data, torch.Generator().manual_seed(1000 + seed)), strict=True):
        for group in optimizer.param_groups:
            group["lr"] = rate * factor
        loss = network.loss(model, batch)
        optimizer.zero_grad()
        loss.backward()
        if log_norms:
            gradients = [parameter.grad for parameter in model.parameters()]
            norms.append([torch.nn.utils.get_total_norm(gradients, p).item() for p in (1, 2)])
        optimizer.step()
    model.eval()
    with torch.no_grad():
        figures = {f"{part}_{name}": value for part in ("train", "held_out")
                   for name, value in network.evaluate(model, data[part]).items()}
    # JSON has no infinity: a diverged run has no figures.
    if not all(map(math.isfinite, figures.values())):
        figures = dict.fromkeys(figures)
    return figures | {"cpu_seconds": round(time.process_time() - started, 2)}, norms
