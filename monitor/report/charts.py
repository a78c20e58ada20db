"""The report's charts as SVG, drawn by hand: no library, no script, the same on screen, on paper and in a file. Pure.

Colours are classes of css/report.css. Each chart has a title and a description; its figures stand in a table beside it.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from html import escape

from monitor.records import ScoreBucket
from monitor.report.hours import Watched
from monitor.report.outcomes import Outcome
from monitor.report.summary import Day, Group

WIDTH, NARROW = 960.0, 620.0  # in the units of 14-unit letters: a narrow chart stands beside another one
LEFT, RIGHT, TOP, BOTTOM = 46.0, 14.0, 14.0, 30.0
BARS_AT_MOST = 62  # then weeks are drawn, then months
PRINTERS_AT_MOST = 12
PAUSE_BINS_S = (1.0, 2.0, 3.0, 5.0, 10.0, 20.0, 60.0)
"""Upper ends; one bin more for what took longer. No finer at the long end: there one counts, not compares."""

Words = Callable[..., str]


@dataclass(slots=True)
class Drawing:
    """Pieces of an SVG. All text that goes in is escaped."""

    width: float
    height: float
    pieces: list[str] = field(default_factory=list)

    def rect(self, name: str, x: float, y: float, width: float, height: float, tip: str = "") -> None:
        """Add a rectangle of a class, with a tip for who points at it."""
        title = f"<title>{escape(tip)}</title>" if tip else ""
        self.pieces.append(
            f'<rect class="{name}" x="{x:.1f}" y="{y:.1f}" width="{max(0.0, width):.1f}" '
            f'height="{max(0.0, height):.1f}">{title}</rect>'
        )

    def line(self, name: str, x1: float, y1: float, x2: float, y2: float) -> None:
        """Add a line of a class."""
        self.pieces.append(f'<line class="{name}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>')

    def path(self, name: str, points: Sequence[str]) -> None:
        """Add a path of a class."""
        self.pieces.append(f'<path class="{name}" d="{"".join(points)}"/>')

    def text(self, content: str, x: float, y: float, anchor: str = "middle", name: str = "plot__note") -> None:
        """Add a line of text."""
        self.pieces.append(
            f'<text class="{name}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(content)}</text>'
        )

    def svg(self, title: str, name: str = "plot") -> str:
        """Return the whole, for a page."""
        return (
            f'<svg class="{name}" viewBox="0 0 {self.width:g} {self.height:g}" role="img" '
            f'aria-label="{escape(title)}"><title>{escape(title)}</title>{"".join(self.pieces)}</svg>'
        )


def incidents_over_time(days: Sequence[Day], t: Words) -> str:
    """Return stacked bars of incidents by outcome: of days, weeks or months, as many as can be told apart."""
    bars = grouped(days)
    drawing = Drawing(WIDTH, 260.0)
    most = max([sum(counts.values()) for _, counts in bars] or [0])
    top = _round_up(most)
    _count_axis(drawing, top)
    step = (drawing.width - LEFT - RIGHT) / max(1, len(bars))
    for number, (label, counts) in enumerate(bars):
        x, y = LEFT + number * step, drawing.height - BOTTOM
        for outcome in Outcome:
            if counts[outcome]:
                height = (drawing.height - TOP - BOTTOM) * counts[outcome] / top
                y -= height
                tip = f"{label}: {t(f'outcome.{outcome}')} {counts[outcome]}"
                drawing.rect(f"fill--{outcome}", x + 0.1 * step, y, 0.8 * step, height, tip)
        if number % max(1, -(-len(bars) // 12)) == 0:
            drawing.text(label, x + step / 2, drawing.height - 10)
    return drawing.svg(t("report.chart.incidents"))


def grouped(days: Sequence[Day]) -> list[tuple[str, Counter[Outcome]]]:
    """Return the bars: (label, counts); days where there are few, else weeks (named by their Monday), else months."""
    if len(days) <= BARS_AT_MOST:
        return [(day.day.isoformat()[5:], Counter(day.outcomes)) for day in days]
    name = _week if len(days) <= 7 * BARS_AT_MOST else _month
    bars: dict[str, Counter[Outcome]] = {}
    for day in days:
        bars.setdefault(name(day.day), Counter()).update(day.outcomes)
    return list(bars.items())


def hours_by_printer(groups: Sequence[Group], t: Words) -> str:
    """Return bars of hours watched and blind of the printers that were blind longest."""
    rows = blindest(groups)
    height, left, right = 23.0, 150.0, 110.0
    drawing = Drawing(NARROW, TOP + height * max(1, len(rows)))
    scale = (NARROW - left - right) / max([watched.printing_h for _, watched in rows] or [1.0])
    for number, (group, watched) in enumerate(rows):
        y, seen, blind = TOP + number * height, watched.watched_h * scale, watched.blind_h * scale
        drawing.text(group.name[:18], left - 8, y + 14, "end")
        drawing.rect("fill--watched", left, y + 2, seen, height - 7, t("report.hours.watched"))
        drawing.rect("fill--blind", left + seen, y + 2, blind, height - 7, t("report.hours.blind"))
        figures = f"{decimal(watched.blind_h, t)} / {watched.printing_h:.0f} h"
        drawing.text(figures, left + seen + blind + 6, y + 14, "start")
    return drawing.svg(t("report.chart.hours"))


def blindest(groups: Sequence[Group]) -> list[tuple[Group, Watched]]:
    """Return the printers that were blind longest, with their hours; none of those that never printed."""
    known = [(group, group.figures.watched) for group in groups if group.figures.watched]
    printed = [(group, watched) for group, watched in known if watched and watched.printing_h > 0]
    return sorted(printed, key=lambda row: -row[1].blind_h)[:PRINTERS_AT_MOST]


def times_to_pause(values_s: Sequence[float], t: Words) -> str:
    """Return how many pauses took how long, from the decision to the proof."""
    bins = pause_bins(values_s)
    drawing = Drawing(NARROW, 300.0)
    top, bottom = _round_up(max(count for _, count in bins)), drawing.height - BOTTOM
    _count_axis(drawing, top)
    step = (NARROW - LEFT - RIGHT) / len(bins)
    for number, (label, count) in enumerate(bins):
        x, height = LEFT + number * step, (bottom - TOP) * count / top
        drawing.rect("fill--caught", x + 0.1 * step, bottom - height, 0.8 * step, height, f"{label}: {count}")
        drawing.text(label, x + step / 2, drawing.height - 10)
        drawing.text(str(count), x + step / 2, max(TOP + 10, bottom - height - 4), name="plot__value")
    return drawing.svg(t("report.chart.pauses"))


def pause_bins(values_s: Sequence[float]) -> list[tuple[str, int]]:
    """Return the bins of the times to the pause: (label, how many); an upper end belongs to its bin."""
    ends = (*PAUSE_BINS_S, float("inf"))
    starts = (0.0, *PAUSE_BINS_S)
    labels = [f"≤ {PAUSE_BINS_S[0]:g} s", *(f"{a:g}–{b:g} s" for a, b in zip(starts[1:], ends[1:-1], strict=False))]
    labels.append(f"> {PAUSE_BINS_S[-1]:g} s")
    lowest = (float("-inf"), *PAUSE_BINS_S)
    return [
        (label, sum(low < value <= high for value in values_s))
        for label, low, high in zip(labels, lowest, ends, strict=True)
    ]


def scores_around(
    scores: Sequence[ScoreBucket], opened_at: float, threshold: float | None, marks: Mapping[str, float], t: Words
) -> str:
    """Return the score around a decision; ``marks``: what happened when (unix seconds), by its word."""
    drawing = Drawing(WIDTH, 280.0)
    first, last = scores[0].at, scores[-1].at
    bottom = drawing.height - BOTTOM

    def x(at: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * (at - first) / max(1.0, last - first)

    def y(score: float) -> float:
        return TOP + (1.0 - score) * (bottom - TOP)

    for score in (0.0, 0.5, 1.0):
        drawing.line("plot__grid", LEFT, y(score), WIDTH - RIGHT, y(score))
        drawing.text(decimal(score, t), LEFT - 8, y(score) + 4, "end")
    if threshold is not None:
        drawing.line("plot__threshold", LEFT, y(threshold), WIDTH - RIGHT, y(threshold))
        drawing.text(f"{t('printer.threshold')} {decimal(threshold, t, 2)}", LEFT + 6, y(threshold) - 5, "start")
    for seconds in range(-150, 91, 30):
        if first <= opened_at + seconds <= last:
            drawing.text(f"{seconds:+d} s" if seconds else "0", x(opened_at + seconds), drawing.height - 10)
    drawing.path("plot__line", _strokes(scores, x, y))
    for number, (word, at) in enumerate((w, a) for w, a in marks.items() if first <= a <= last):
        drawing.line("plot__mark", x(at), TOP, x(at), bottom)
        beside, anchor = (-5, "end") if at <= opened_at else (5, "start")
        drawing.text(word, x(at) + beside, TOP + 12 + 16 * number, anchor, "plot__value")
    return drawing.svg(t("incident.scores"))


def decimal(value: float, t: Words, digits: int = 1) -> str:
    """Return a number as the language writes it; within a drawing no script can do so."""
    return f"{value:.{digits}f}".replace(".", t("report.decimal_mark"))


def _strokes(scores: Sequence[ScoreBucket], x: Callable[[float], float], y: Callable[[float], float]) -> list[str]:
    """Draw from peak to peak; a silence of some seconds is a gap, not a line."""
    strokes, before = [], float("-inf")
    for bucket in scores:
        strokes.append(f"{'M' if bucket.at - before > 8.0 else 'L'}{x(bucket.at):.1f} {y(bucket.most):.1f}")
        before = bucket.at
    return strokes


def _count_axis(drawing: Drawing, top: int) -> None:
    for part in (0.0, 0.5, 1.0):
        if (top * part).is_integer():
            y = TOP + (1.0 - part) * (drawing.height - TOP - BOTTOM)
            drawing.line("plot__grid", LEFT, y, drawing.width - RIGHT, y)
            drawing.text(f"{top * part:g}", LEFT - 8, y + 4, "end")


def _round_up(most: int) -> int:
    """Return an end for an axis: 1, 2, 4, 6, 10, 20, 40 ..."""
    size = 1
    while True:
        for factor in (1, 2, 4, 6):
            if most <= factor * size:
                return factor * size
        size *= 10


def _week(day: date) -> str:
    return date.fromordinal(day.toordinal() - day.weekday()).isoformat()[5:]


def _month(day: date) -> str:
    return day.isoformat()[:7]
