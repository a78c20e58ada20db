"""The plots of the model card, as SVG files that are the same bytes for the same scores."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from models.train.statistics import Scored, auc, average_precision, calibration, curve

COLOURS = ("#0b6e99", "#c2571a", "#3b7d3b")  # told apart in print and with any eyes; one a source
STYLES = ("-", "--", "-.")
Axes = Any  # of matplotlib, which only those who train have


def draw(sources: Mapping[str, Scored], threshold: float, folder: Path) -> list[Path]:
    """ROC, precision and recall, and reliability of the failure score, a line a source. Returns the files."""
    folder.mkdir(parents=True, exist_ok=True)
    plots: dict[str, Callable[[Axes, Mapping[str, Scored], float], None]] = {
        "roc": _roc,
        "precision-recall": _precision_recall,
        "reliability": _reliability,
    }
    return [save(folder / f"{name}.svg", plot, sources, threshold) for name, plot in plots.items()]


def save(path: Path, plot: Callable[..., None], *arguments: object) -> Path:
    """Writes what `plot(axes, *arguments)` draws. Returns the file."""
    import matplotlib as mpl  # noqa: PLC0415  # heavy, and only wanted here
    from matplotlib.figure import Figure  # noqa: PLC0415

    fixed = {"svg.hashsalt": "vigie", "svg.fonttype": "none", "font.size": 9, "font.family": "sans-serif"}
    with mpl.rc_context(fixed):
        figure = Figure(figsize=(4.6, 3.6), layout="constrained")
        axes = figure.add_subplot()
        plot(axes, *arguments)
        axes.grid(alpha=0.25, linewidth=0.5)
        axes.legend(frameon=False, fontsize=8)
        figure.savefig(path, metadata={"Date": None, "Creator": None})
    return path


def _roc(axes: Axes, sources: Mapping[str, Scored], threshold: float) -> None:
    """The corner that matters: nobody runs a farm at more than one false alarm in five pictures."""
    for (name, data), look in zip(sources.items(), _looks(), strict=False):
        points = curve(data)
        axes.step(points.false_positive_rate, points.recall, where="post", label=f"{name}, AUC {auc(data):.3f}", **look)
        at = data.scores >= threshold
        axes.plot(
            at[~data.failing].mean(), at[data.failing].mean(), "o", color=look["color"], markersize=4, clip_on=False
        )
    axes.set(
        xlim=(-0.004, 0.2),
        ylim=(0, 1.01),
        xlabel="share of healthy pictures over the bar (cut at 0.2)",
        ylabel="share of failing pictures over the bar",
        title="ROC; dots: the shipped threshold",
    )


def _precision_recall(axes: Axes, sources: Mapping[str, Scored], _: float) -> None:
    for (name, data), look in zip(sources.items(), _looks(), strict=False):
        points, base = curve(data), data.failing.mean()
        label = f"{name}, AP {average_precision(data):.3f} (chance {base:.2f})"
        axes.step(points.recall[1:], points.precision[1:], where="pre", label=label, **look)
    axes.set(
        xlim=(0, 1.01),
        ylim=(0, 1.02),
        xlabel="recall",
        ylabel="precision at this source's mix",
        title="Precision, recall",
    )


def _reliability(axes: Axes, sources: Mapping[str, Scored], threshold: float) -> None:
    axes.plot([0, 1], [0, 1], color="#888", linewidth=0.8)
    for (name, data), look in zip(sources.items(), _looks(), strict=False):
        bins = calibration(data)
        axes.plot(bins.promised, bins.true, label=f"{name}, ECE {bins.error:.3f}", **look)
        axes.scatter(bins.promised, bins.true, s=4 + bins.count, color=look["color"], alpha=0.6, linewidths=0)
    axes.axvline(threshold, color="#888", linewidth=0.8, linestyle=":")
    axes.set(
        xlim=(-0.01, 1.01),
        ylim=(-0.02, 1.02),
        xlabel="failure score (ten bins; dotted: the threshold)",
        ylabel="share that fails",
        title="Reliability; a dot's area: pictures",
    )


def _looks() -> list[dict[str, Any]]:
    return [
        {"color": colour, "linestyle": style, "linewidth": 1.3} for colour, style in zip(COLOURS, STYLES, strict=True)
    ]
