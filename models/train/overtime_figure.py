"""The curve over sensitivity: what each threshold costs in false pauses, and what it catches, how soon."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from models.train.figures import COLOURS, STYLES, save
from models.train.intervals import binomial_interval, poisson_interval

AIM_PER_1000_H = 1000 / 1200  # one false pause on 60 printers in 20 h
Points = Sequence[Mapping[str, Any]]


def draw(curves: Mapping[str, Points], threshold: float, path: Path) -> None:
    """`curves` as of overtime.points; `threshold` is the shipped one."""
    save(path, _plot, curves, threshold)


def _plot(axes: Any, curves: Mapping[str, Points], threshold: float) -> None:
    for (name, points), colour, style in zip(curves.items(), COLOURS, STYLES, strict=False):
        rates = [1000 * p["false_pauses"] / p["hours"] for p in points]
        caught = [p["caught"] / max(1, p["failing"]) for p in points]
        axes.plot(rates, caught, color=colour, linestyle=style, linewidth=1.3, marker=".", label=name)
        for rate, share, point in zip(rates, caught, points, strict=True):
            if point["median_s"] is not None and point["threshold"] in _ends(points, threshold):
                axes.annotate(f"{point['median_s']:.0f} s", (rate, share), (3, -9), textcoords="offset points", size=7)
            if abs(point["threshold"] - threshold) < 1e-3:
                _cross(axes, point, colour)
    axes.axvline(AIM_PER_1000_H, color="#888", linewidth=0.8, linestyle=":")
    axes.set_xscale("symlog", linthresh=1)
    axes.set(
        xlim=(-0.1, None),
        ylim=(0, 1.01),
        xlabel="false pauses in 1,000 printer-hours (dotted: the aim)",
        ylabel="share of the failures caught",
        title="Over time; crosses: as shipped; s: median",
    )


def _ends(points: Points, threshold: float) -> set[float]:
    """The thresholds that get their seconds written beside them."""
    nearest = min(points, key=lambda point: abs(point["threshold"] - threshold))
    return {points[0]["threshold"], nearest["threshold"], points[-1]["threshold"]}


def _cross(axes: Any, point: Mapping[str, Any], colour: str) -> None:
    rate, share = 1000 * point["false_pauses"] / point["hours"], point["caught"] / max(1, point["failing"])
    low, high = (1000 * value / point["hours"] for value in poisson_interval(point["false_pauses"]))
    least, most = binomial_interval(point["caught"], point["failing"]) if point["failing"] else (0.0, 1.0)
    errors = {"xerr": [[rate - low], [high - rate]], "yerr": [[share - least], [most - share]]}
    axes.errorbar([rate], [share], **errors, color=colour, linewidth=0.8, capsize=2)
