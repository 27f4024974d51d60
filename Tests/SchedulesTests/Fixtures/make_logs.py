"""Writes Logs/, the same gradient norms as several libraries log them, and Logs/expected.json: what they hold and which versions wrote them.

    python3 make_logs.py

Needs numpy, torch, tensorboard, lightning, transformers and keras (with KERAS_BACKEND=torch).
"""

import csv
import importlib.metadata
import json
import os
import pathlib
import shutil
import sys

os.environ.setdefault("KERAS_BACKEND", "torch")

import keras
import numpy as np
from lightning.pytorch.loggers import CSVLogger
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.compat.proto.tensor_pb2 import TensorProto
from tensorboard.summary.writer.event_file_writer import EventFileWriter
from tensorboard.util.tensor_util import make_tensor_proto
from torch.utils.tensorboard import SummaryWriter
from transformers.trainer_callback import TrainerState

FOLDER = pathlib.Path(__file__).parent / "Logs"
STEPS = list(range(0, 400, 10))
# Exact in float32, so that every library gives the same numbers.
NORMS = [float(np.float32(5 / (1 + step / 100) + 0.25 * (step % 30 == 0))) for step in STEPS]


def tensorboard():
    with SummaryWriter(FOLDER / "tensorboard") as writer:
        for step, norm in zip(STEPS, NORMS):
            writer.add_scalar("train/loss", 1.0, step)
            writer.add_scalar("train/grad_norm", norm, step)
            if step == 0:
                writer.add_histogram("weights", np.arange(4.0), step)
    # As of TensorFlow 2: tensors of float, and of double; in a folder that a resumed run goes on in.
    for part in (range(0, 25), range(20, 40)):
        with SummaryWriter(FOLDER / "resumed", filename_suffix=f".{part.start}") as writer:
            for index in part:
                norm = NORMS[index] if part.start or index < 20 else 99.0
                writer.add_scalar("grad_norm", norm, STEPS[index], new_style=True, walltime=part.start + index / 100)
                writer.add_scalar("double", norm, STEPS[index], new_style=True, double_precision=True)
    # Their names hold the machine's.
    for folder in ("tensorboard", "resumed"):
        for number, path in enumerate(sorted((FOLDER / folder).iterdir())):
            path.rename(path.with_name(f"events.out.tfevents.{number}"))


# What TensorFlow's summaries of tensors of other types than float and double hold.
TYPES = {"half": np.float16, "int8": np.int8, "int16": np.int16, "int32": np.int32, "int64": np.int64, "uint8": np.uint8,
         "uint16": np.uint16, "uint32": np.uint32, "uint64": np.uint64}


def tensors():
    writer = EventFileWriter(str(FOLDER / "tensors"))
    for step in range(4):
        for name, dtype in TYPES.items():
            listed = make_tensor_proto(np.array(step + 1, dtype=dtype), dtype=dtype)
            packed = TensorProto(dtype=listed.dtype, tensor_content=np.array(step + 1, dtype=dtype).tobytes())
            for form, tensor in (("list", listed), ("bytes", packed)):
                value = Summary.Value(tag=f"{name} {form}", tensor=tensor)
                writer.add_event(Event(step=step, wall_time=step, summary=Summary(value=[value])))
    writer.close()
    for path in (FOLDER / "tensors").iterdir():
        path.rename(path.with_name("events.out.tfevents.0"))


def lightning():
    logger = CSVLogger(FOLDER, name="lightning", version="")
    for step, norm in zip(STEPS, NORMS):
        logger.log_metrics({"train_loss_step": 1.0, "grad_2.0_norm_total": norm, "epoch": step // 100}, step)
        if step % 100 == 90:
            logger.log_metrics({"val_loss": 1.5, "epoch": step // 100}, step)
    logger.save()
    shutil.move(FOLDER / "lightning" / "metrics.csv", FOLDER / "lightning.csv")
    shutil.rmtree(FOLDER / "lightning")


def transformers():
    state = TrainerState()
    state.log_history = [
        {"epoch": step / 100, "grad_norm": norm, "learning_rate": 1e-3, "loss": 1.0, "step": step}
        for step, norm in zip(STEPS, NORMS)
    ] + [{"epoch": 4.0, "eval_loss": 1.5, "step": STEPS[-1]}, {"epoch": 4.0, "step": STEPS[-1], "train_loss": 1.0, "train_runtime": 9.0}]
    state.save_to_json(str(FOLDER / "trainer_state.json"))


def keras_csv():
    logger = keras.callbacks.CSVLogger(str(FOLDER / "keras.csv"))
    logger.set_model(keras.Sequential())
    logger.model.stop_training = False
    logger.on_train_begin()
    for epoch, norm in enumerate(NORMS):
        logger.on_epoch_end(epoch, {"loss": 1.0, "gradient_norm": norm})
    logger.on_train_end()


def numpy():
    np.savez(FOLDER / "stored.npz", grad_norm=np.array(NORMS), step=np.array(STEPS), names=np.array(["a"]))
    np.savez_compressed(FOLDER / "deflated.npz", step=np.array(STEPS)[::-1], grad_norm=np.array(NORMS, dtype=np.float32)[::-1])


def others():
    # In the formats' own words: TensorBoard's downloads, Weights & Biases' export, MLflow's file store.
    with open(FOLDER / "tensorboard.csv", "w", newline="") as file:
        csv.writer(file).writerows([["Wall time", "Step", "Value"]] + [[1.7e9 + s, s, n] for s, n in zip(STEPS, NORMS)])
    (FOLDER / "tensorboard.json").write_text(json.dumps([[1.7e9 + s, s, n] for s, n in zip(STEPS, NORMS)]))
    name = "run, 1 - grad_norm"
    with open(FOLDER / "wandb.csv", "w", newline="") as file:
        csv.writer(file, quoting=csv.QUOTE_ALL).writerows(
            [["Step", name, name + "__MIN", name + "__MAX"]] + [[s, n, n, n] for s, n in zip(STEPS, NORMS)])
    (FOLDER / "wandb.json").write_text(
        json.dumps([{"_step": s, "_timestamp": 1.7e9 + s, "gnorm": n, "gnorm__MIN": n, "gnorm__MAX": n} for s, n in zip(STEPS, NORMS)]))
    (FOLDER / "mlflow").write_text("".join(f"{1700000000000 + s} {n} {s}\n" for s, n in zip(STEPS, NORMS)))
    columns = {"_step": dict(enumerate(STEPS)), "gnorm": dict(enumerate(NORMS))}
    (FOLDER / "pandas.json").write_text(json.dumps(columns))


if __name__ == "__main__":
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    for write in (tensorboard, tensors, lightning, transformers, keras_csv, numpy, others):
        write()
    packages = ("numpy", "torch", "tensorboard", "lightning", "transformers", "keras")
    versions = {"python": sys.version.split()[0], **{name: importlib.metadata.version(name) for name in packages}}
    (FOLDER / "expected.json").write_text(json.dumps({"made_with": versions, "norms": NORMS}) + "\n")
