"""Tables and figures of docs/deep-learning.md, from the results alone."""

import math
import re
import sys
from pathlib import Path

import matplotlib
import matplotlib.pyplot
import matplotlib.ticker
import numpy
from scipy.ndimage import median_filter
from scipy.stats import ttest_rel

from protocol import PRIOR_OF, ROOT, SCHEDULES
from results import mean

matplotlib.use("svg")
matplotlib.rcParams.update({"svg.hashsalt": "refinery", "svg.fonttype": "none", "font.size": 8, "axes.grid": True,
                            "grid.alpha": 0.3, "axes.spines.top": False, "axes.spines.right": False, "path.simplify_threshold": 0.3})
PAGE = ROOT / "docs/deep-learning.md"
COLOURS = {"flat": "#8c959f", "stepwise": "#9a6700", "cosine": "#1a7f37", "linear": "#000000",
           "linear:warmup=0.05": "#6e7781", "wsd": "#8250df", "refined": "#cf222e", "refined-twice": "#0969da"}
TITLES = {"linear:warmup=0.05": "linear, warmup 5 %", "refined-twice": "refined twice"}
STYLES = {"linear:warmup=0.05": "--", "flat": ":"}
LEVEL = 0.05


def title(schedule):
    return TITLES.get(schedule, schedule)


# Statistics


def column(sweep, schedule, metric, chosen_by="train_loss"):
    """The metric of every seed at the schedule's chosen rate."""
    return [figures[metric] for figures in sweep.by_rate(schedule)[sweep.best_rate(schedule, chosen_by)]]


def standard_error(values):
    return numpy.std(values, ddof=1) / math.sqrt(len(values))


def told_apart(columns):
    """The schedules that a paired t-test tells from linear decay at 5 %, p-values corrected by Holm's method."""
    p = {name: ttest_rel(values, columns["linear"]).pvalue for name, values in columns.items() if name != "linear"}
    told = set()
    for rank, name in enumerate(sorted(p, key=p.get)):
        if not p[name] * (len(p) - rank) < LEVEL:
            break
        told.add(name)
    return told


# Tables


def number(value, digits=4, sign="-"):
    return f"{value:{sign}.{digits}f}".replace("-", "−")


def power(exponent):
    return f"2^{exponent}".replace("-", "−")


def table(sweep):
    """One row a schedule: chosen rate, then each metric's mean and, in parentheses, its paired difference from linear decay."""
    metrics = [("train_loss", "train_loss", "training loss"), ("held_out_loss", "train_loss", "held-out loss")]
    if "held_out_error" in next(iter(sweep.results.runs.values())):
        metrics.append(("held_out_error", "train_loss", "held-out error, %"))
    metrics.append(("held_out_loss", "held_out_loss", "held-out loss at its own best rate"))
    rows = [[title(name), power(sweep.best_rate(name))] for name in SCHEDULES]
    for metric, chosen_by, _ in metrics:
        scale, digits = (100, 2) if metric.endswith("error") else (1, 4)
        columns = {name: scale * numpy.array(column(sweep, name, metric, chosen_by)) for name in SCHEDULES}
        told = told_apart(columns)
        for row, (name, values) in zip(rows, columns.items()):
            gap = values - columns["linear"]
            text = f"{number(gap.mean(), digits, sign='+')} ± {number(standard_error(gap), digits)}"
            text = "" if name == "linear" else f" (**{text}**)" if name in told else f" ({text})"
            rate = "" if chosen_by == "train_loss" else f" at {power(sweep.best_rate(name, chosen_by))}"
            row.append(number(values.mean(), digits) + rate + text)
    heads = ["schedule", "rate", *(head for *_, head in metrics)]
    lines = [heads, ["---", "---"] + ["---:"] * (len(heads) - 2), *rows]
    costs = [figures["cpu_seconds"] for name in SCHEDULES for row in sweep.by_rate(name).values() for figures in row]
    made = sweep.results.conditions
    return "\n".join([
        *(f"| {' | '.join(line)} |" for line in lines), "",
        f"{len(costs)} runs of {sweep.network.steps} steps, {sweep.network.seeds} seeds, "
        f"{made['parameters']:,} parameters; {sum(costs) / 60:.0f} CPU minutes. "
        f"Python {made['python']}, PyTorch {made['torch']}, scikit-learn {made['scikit-learn']}.",
    ])


# Figures


def smoothed(norms):
    """The running median of refinement, with its default window of a tenth of the run."""
    width = 2 * (len(norms) // 10 // 2) + 1
    return median_filter(numpy.pad(norms, (0, 2 * width), mode="reflect"), size=width, mode="nearest")[:len(norms)]


class PlainNumbers(matplotlib.ticker.LogFormatter):
    """Labels of a logarithmic axis without exponents, also where it is shorter than a decade."""

    def __call__(self, value, position=None):
        return f"{value:g}" if super().__call__(value, position) else ""


def plain_logarithm(axis):
    axis.set_yscale("log")
    axis.yaxis.set_major_formatter(PlainNumbers())
    axis.yaxis.set_minor_formatter(PlainNumbers(minor_thresholds=(1.5, 0.6)))


def norms_and_schedules(sweeps):
    figure, axes = matplotlib.pyplot.subplots(2, len(sweeps), figsize=(3.3 * len(sweeps), 4.6), sharex="col", squeeze=False)
    for (above, below), sweep in zip(axes.T, sweeps):
        for schedule, prior in PRIOR_OF.items():
            log = numpy.genfromtxt(sweep.results.norms_path(prior), delimiter=",", names=True)[sweep.network.norm]
            above.plot(range(0, len(log), 3), log[::3], color=COLOURS[schedule], alpha=0.25, linewidth=0.5)  # a third is enough
            above.plot(smoothed(log), color=COLOURS[schedule], label=f"run with {title(prior)}")
            below.plot(sweep.factors_of(schedule), color=COLOURS[schedule], label=title(schedule))
        below.plot(sweep.factors_of("linear"), color=COLOURS["linear"], linestyle="--", linewidth=0.8, label="linear")
        plain_logarithm(above)
        above.set(title=sweep.network.name, ylabel=f"{sweep.network.norm} norm of the gradient")
        below.set(xlabel="step", ylabel="factor")
        above.legend(frameon=False)
        below.legend(frameon=False)
    return figure


def loss_against_rate(sweeps):
    figure, axes = matplotlib.pyplot.subplots(2, len(sweeps), figsize=(3.3 * len(sweeps), 5.2), sharex="col", squeeze=False)
    for pair, sweep in zip(axes.T, sweeps):
        for axis, metric in zip(pair, ("train_loss", "held_out_loss")):
            for schedule in SCHEDULES:
                means = {rate: mean(values) for rate, row in sweep.by_rate(schedule).items()
                         if None not in (values := [figures[metric] for figures in row])}
                axis.plot(means.keys(), means.values(), marker=".", linewidth=1, color=COLOURS[schedule],
                          linestyle=STYLES.get(schedule, "-"), label=title(schedule))
            plain_logarithm(axis)
            axis.set(ylabel=("training loss" if metric == "train_loss" else "held-out loss") + ", last iterate")
        pair[0].set_title(sweep.network.name)
        pair[1].set_xlabel("learning rate, exponent of 2")
        pair[1].xaxis.set_major_locator(matplotlib.ticker.MaxNLocator(integer=True))
    figure.legend(*axes[0][0].get_legend_handles_labels(), loc="lower center", ncol=len(SCHEDULES), frameon=False, fontsize=7)
    return figure


def save(figure, path, bottom=0.0):
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.tight_layout(rect=(0, bottom, 1, 1))
    figure.savefig(path, metadata={"Date": None})
    matplotlib.pyplot.close(figure)
    path.write_text(re.sub(r"(\d\.\d\d)\d+", r"\1", path.read_text()))  # a hundredth of a point is fine enough


# The page


def write(sweeps, page):
    """Replaces what stands between `<!-- table: NAME -->` and `<!-- end -->`, and draws the figures."""
    complete = [sweep for sweep in sweeps if sweep.is_complete()]
    for sweep in sweeps:
        if sweep not in complete:
            print(f"{sweep.network.name} is not complete: left out of tables and figures", file=sys.stderr)
    text = page.read_text() if page.exists() else "".join(f"<!-- table: {s.network.name} -->\n<!-- end -->\n\n" for s in sweeps)
    for sweep in complete:
        marks = rf"(<!-- table: {re.escape(sweep.network.name)} -->\n).*?(<!-- end -->)"
        text = re.sub(marks, lambda match: f"{match[1]}\n{table(sweep)}\n\n{match[2]}", text, flags=re.DOTALL)
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(text)
    if complete:
        save(norms_and_schedules(complete), page.parent / "figures/deep-learning-norms.svg")
        save(loss_against_rate(complete), page.parent / "figures/deep-learning-rates.svg", bottom=0.06)
    print(f"wrote {page}")
