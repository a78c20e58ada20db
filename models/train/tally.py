"""Counts what a judge does on played prints: false pauses, failures caught, seconds to the decision."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from math import inf, nan

import numpy as np

from models.train.arrays import Floats
from models.train.intervals import binomial_interval, poisson_interval
from models.train.replaying import Played, observation, watch_of
from models.train.timeline import HOLD_S
from monitor.baseline import HealthySettings, logit
from monitor.pipeline.watch import Watch

AIM_S = 60.0  # half of all failures shall be decided within


@dataclass(frozen=True)
class Judging:
    """How raw scores are judged: which of a track (`alone`, `remembering`), the threshold, and the camera's baseline
    (its prior; None: one threshold for all cameras and times).
    """

    part: str
    threshold: float
    prior: HealthySettings | None

    def watch(self) -> Watch:
        """A new camera's."""
        still = replace(HealthySettings(), most_up=0.0, most_down=0.0)
        return watch_of(self.threshold, self.prior or still)


@dataclass(frozen=True)
class Tally:
    """What one judge did. Delays are seconds from visible to decided, inf where it never was."""

    hours: float
    healthy: int  # prints
    paused: int  # of them, at least once
    pauses_at: list[tuple[int, int]]  # seed of the print, second
    delays_s: dict[str, list[float]]  # by class, a failing print each
    unseen_s: list[float]  # the same failures, by cameras that saw nothing before

    @property
    def pauses(self) -> int:
        """False ones."""
        return len(self.pauses_at)

    @property
    def all_s(self) -> list[float]:
        return [delay for delays in self.delays_s.values() for delay in delays]

    @property
    def pauses_per_1000_h(self) -> tuple[float, float, float]:
        """The rate and its interval."""
        low, high = poisson_interval(self.pauses)
        return tuple(1000 * value / self.hours for value in (self.pauses, low, high))  # type: ignore[return-value]


def decisions(watch: Watch, scores: Iterable[float], from_s: int = 0) -> Iterator[int]:
    """The seconds at which an incident would be opened."""
    for look, score in enumerate(scores):
        for second in range(HOLD_S):
            at = from_s + look * HOLD_S + second
            if watch.observe(observation(float(score), at)).opens_incident:
                yield at


def delay_s(judging: Judging, before: Floats, failing: Floats, visible_s: int) -> float:
    """From visible to decided; inf if never. What was decided before the failure began does not count."""
    watch, began = judging.watch(), len(before) * HOLD_S
    for _ in decisions(watch, before):
        pass
    decided = next(decisions(watch, failing, began), None)
    return inf if decided is None else max(0.0, decided - began - visible_s)


def tally(prints: list[Played], judging: Judging) -> Tally:
    """Plays all scores to the judge."""
    hours, pauses, unseen = 0.0, list[tuple[int, int]](), list[float]()
    delays: dict[str, list[float]] = {}
    for some in prints:
        healthy = getattr(some.healthy, judging.part)
        hours += len(healthy) * HOLD_S / 3600
        pauses += [(some.seed, at) for at in decisions(judging.watch(), healthy)]
        if len(some.failing.alone):
            before, failing, new = (getattr(t, judging.part) for t in (some.before, some.failing, some.unseen))
            delays.setdefault(some.kind, []).append(delay_s(judging, before, failing, some.visible_s))
            unseen.append(delay_s(judging, new[:0], new, some.visible_s))
    return Tally(hours, len(prints), len({seed for seed, _ in pauses}), pauses, delays, unseen)


def measured(prints: list[Played], part: str) -> HealthySettings:
    """The prior's figures from healthy prints; what a camera may teach stays as it is written in the monitor."""
    tracks = [getattr(some.healthy, part) for some in prints]
    odds = [np.array([logit(float(score)) for score in track[~np.isnan(track)]]) for track in tracks]
    odds = [values for values in odds if len(values) > 1]
    means, within = np.array([v.mean() for v in odds]), float(np.mean([v.var(ddof=1) for v in odds]))
    return replace(
        HealthySettings(),
        mean=round(float(means.mean()), 2),
        between_sd=round(float(means.std(ddof=1)), 2),
        within_sd=round(within**0.5, 2),
    )


# -- rows of Markdown

HEAD = [
    "judge", "threshold", "healthy prints paused", "false pauses per 1,000 h", "caught",
    "spaghetti", "detached", "within 60 s", "median", "p90", "unseen before",
]  # fmt: skip


def row(name: str, judging: Judging, found: Tally) -> list[str]:
    """Cells below HEAD; intervals are exact ones of 95 %."""
    rate, low, high = found.pauses_per_1000_h
    delays = found.all_s
    median, slow = (np.percentile(delays, q, method="lower") if delays else nan for q in (50, 90))
    return [
        name,
        f"{judging.threshold:.3f}",
        f"{found.paused} of {found.healthy}",
        f"{found.pauses} in {found.hours:.0f} h: {rate:.1f} ({low:.1f} to {high:.1f})",
        share(delays, interval=True),
        share(found.delays_s.get("spaghetti", [])),
        share(found.delays_s.get("detached", [])),
        share(delays, AIM_S),
        seconds(median),
        seconds(slow),
        share(found.unseen_s),
    ]


def seconds(value: float) -> str:
    """Of a failure that was never decided: never."""
    return f"{value:.0f} s" if value < inf else "never"


def share(delays: list[float], within_s: float | None = None, interval: bool = False) -> str:
    """How many were decided (in time), as a count or with its interval."""
    count = sum(delay < inf if within_s is None else delay <= within_s for delay in delays)
    text = f"{count} of {len(delays)}"
    if interval and delays:
        low, high = binomial_interval(count, len(delays))
        text += f" ({low:.0%} to {high:.0%})"
    return text
