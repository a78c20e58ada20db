"""What the judge would have decided with other settings: the stored scores, replayed through the very same judge. Pure.

Most of a day changes nothing: while there is no evidence, a picture below the threshold leaves none, and while a
failure stands in full, one above it adds none. Such pictures are left out but for the last of them, from whose time the
next one counts. That this decides like a judge who sees them all is a property test.

What it cannot know is told, not guessed (:class:`Unknown`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from monitor.archive.points import Points
from monitor.judge import Judge, JudgeSettings, Phase
from monitor.records import Health, Observation

SHORT_S = 20 * 3600.0
GAP_S = 300.0


class Unknown(StrEnum):
    """What a replay cannot know; the page puts it into words."""

    AFTER_A_PAUSE = "after-a-pause"  # what was paused then would have gone on now, or the other way round
    CAMERA_BAR = "camera-bar"  # scores are relative to the camera's healthy pictures, by the threshold that held then
    GAPS = "gaps"  # there are minutes of which nothing is stored: Vigie or the camera did not run
    SHORT = "short"  # less than a day is stored


@dataclass(frozen=True, slots=True)
class Would:
    """What would have been decided: (at, score) of each incident, and how often a suspicion was raised."""

    incidents: tuple[tuple[float, float], ...]
    suspicions: int


def replay(points: Points, resets: Iterable[float], settings: JudgeSettings) -> Would:
    """Judge the points anew. ``resets``: when the judge began with a clean slate: new jobs, and starts of Vigie.

    As in the monitor, a printer that rests or is muted gets no incident, and a failure only one.
    """
    return _Replay(points, sorted(resets), settings).run()


def watched_s(points: Points, blind_after_s: float) -> float:
    """Return the seconds of work for which there are pictures that can be trusted."""
    at = points.taken_s[points.is_trusted & ~points.is_resting]
    return float(np.minimum(np.diff(at), blind_after_s).sum()) if len(at) > 1 else 0.0


def unknowns(points: Points, since: float, now: float, did: Would) -> tuple[Unknown, ...]:
    """Return what a replay of these points cannot know; ``did``: what was decided with the settings as they are."""
    if not len(points):
        return (Unknown.SHORT,)
    known = points.score == points.score
    is_relative = bool((np.abs(points.score[known] - points.raw[known]) > 0.01).any())
    has_gaps = bool((np.diff(points.taken_s) > GAP_S).any())
    found = {
        Unknown.AFTER_A_PAUSE: bool(did.incidents),
        Unknown.CAMERA_BAR: is_relative,
        Unknown.GAPS: has_gaps,
        Unknown.SHORT: now - max(since, float(points.taken_s[0])) < SHORT_S,
    }
    return tuple(kind for kind, holds in found.items() if holds)


class _Replay:
    """One way through the points."""

    def __init__(self, points: Points, resets: Sequence[float], settings: JudgeSettings) -> None:
        trusted = points.is_trusted
        self._at: list[float] = points.taken_s[trusted].tolist()
        self._score: list[float] = points.score[trusted].tolist()
        self._acts: list[bool] = (~(points.is_resting | points.is_muted))[trusted].tolist()
        above = points.score[trusted] > settings.threshold
        self._above, self._below = np.flatnonzero(above), np.flatnonzero(~above)
        self._resets = list(resets)
        self._settings = settings
        self._judge = Judge(settings, self._at[0] if self._at else 0.0)
        self._handled = False
        self._incidents: list[tuple[float, float]] = []
        self._suspicions = 0

    def run(self) -> Would:
        at = 0
        while at < len(self._at):
            self._show(at)
            at = max(at + 1, self._next_that_counts(at + 1) - 1)
        return Would(tuple(self._incidents), self._suspicions)

    def _next_that_counts(self, start: int) -> int:
        """Return the place of the next point that can change anything."""
        judged = self._judge.judgement
        if judged.phase in (Phase.WATCHING, Phase.BLIND) and judged.evidence_s == 0:
            return self._first(self._above, start)
        is_full = judged.phase is Phase.FAILING and judged.evidence_s >= self._settings.fail_after_s
        next_reset_at = self._resets[0] if self._resets else float("inf")
        if is_full and self._handled:
            return min(self._first(self._below, start), self._first_after(next_reset_at, start))
        return start

    def _first(self, places: NDArray[np.intp], start: int) -> int:
        found = int(np.searchsorted(places, start))
        return int(places[found]) if found < len(places) else len(self._at) + 1

    def _first_after(self, when: float, start: int) -> int:
        low, high = start, len(self._at)
        while low < high:
            middle = (low + high) // 2
            low, high = (low, middle) if self._at[middle] >= when else (middle + 1, high)
        return low

    def _show(self, place: int) -> None:
        at, score = self._at[place], self._score[place]
        while self._resets and self._resets[0] <= at:
            self._judge.reset(self._resets.pop(0))
            self._handled = False
        before = self._judge.tick(at).phase
        phase = self._judge.observe(Observation("", at, Health.OK, score)).phase
        self._handled = self._handled and phase is Phase.FAILING
        if not self._acts[place]:
            return
        if phase is Phase.SUSPECT and before is not Phase.SUSPECT:
            self._suspicions += 1
        if phase is Phase.FAILING and not self._handled:
            self._handled = True
            self._incidents.append((at, score))
