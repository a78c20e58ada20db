"""How the pictures of one rendered print become hours. Pure.

A print lasts HOURS (log-uniform, by seed). Each HOLD_S seconds the picture is one of those filmed at the two nearest
places of the print, the nearer one more often: so what scores high at a place stays high for many minutes, and the
nozzle's way around makes it change every few seconds. Events last as long as such things do (LASTS_S). A failure
begins after at most HISTORY_S of that print, grows over GROWTH_S and then stays for STAYS_S. It is visible from the
step whose mask covers VISIBLE of the picture.

A camera never sees the very same picture twice, and a memory that holds the picture which it is compared with knows
too much. So some pictures of a place are shown, and the memory is taught by the others.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.train.arrays import Floats, Rng
from models.train.whole import EVENT_SHOTS, EVENTS, NOZZLES, PLACES, STEP_SHOTS, STEPS, Whole

HOLD_S = 4
HOURS = (1.0, 8.0)
GROWTH_S = (120.0, 1200.0)
STAYS_S = 600
HISTORY_S = 3600
VISIBLE = 0.004
LASTS_S = {
    "hand": (4.0, 60.0),
    "tool": (8.0, 120.0),
    "person": (4.0, 180.0),
    "shade": (4.0, 60.0),
    "lamp-off": (300.0, 3600.0),
    "lamp-on": (300.0, 3600.0),
    "sun": (300.0, 2400.0),
    "night-infrared": (600.0, 7200.0),
    "over-exposed": (4.0, 60.0),
    "under-exposed": (4.0, 60.0),
    "flicker": (60.0, 1800.0),
    "nudged": (60.0, 3600.0),
    "defocus": (4.0, 120.0),
    "lens-dirt": (600.0, 7200.0),
    "condensation": (300.0, 3600.0),
    "glass-door": (60.0, 7200.0),
    "weak-stream": (30.0, 1800.0),
    "parked": (30.0, 600.0),
    "other-head": (30.0, 1800.0),
}
ANYTHING_LASTS_S = (10.0, 300.0)
SHOWN = {"healthy": NOZZLES // 2, "event": EVENT_SHOTS - 1, "failing": STEP_SHOTS}  # the first so many; others teach


@dataclass(frozen=True)
class Look:
    """HOLD_S seconds: the name of the picture that is judged, and of the one that would teach the memory."""

    shown: str
    taught: str


@dataclass(frozen=True)
class Failure:
    """A failing branch: what came before, the failure, and the second of it from which it is visible."""

    before: list[Look]
    failing: list[Look]
    visible_s: int


def healthy_print(whole: Whole) -> list[Look]:
    """A whole healthy print."""
    rng = np.random.default_rng(whole.seed)
    seconds = 3600 * log_uniform(rng, HOURS)
    return _along(rng, whole, seconds, np.linspace(0, 1, round(seconds / HOLD_S)))


def failing_print(whole: Whole) -> Failure | None:
    """The branch that fails, or None when nobody could see it."""
    step = visible_from(whole)
    if step is None:
        return None
    rng = np.random.default_rng(whole.seed)
    seconds = 3600 * log_uniform(rng, HOURS)
    growth_s = log_uniform(rng, GROWTH_S)
    looks = max(2, round(seconds * whole.began / HOLD_S))
    before = np.linspace(0, whole.began, looks)[-HISTORY_S // HOLD_S :]
    growing = np.minimum(np.arange(0, growth_s + STAYS_S, HOLD_S) / growth_s, 1) * (STEPS - 1)
    rows = _nearest(rng, growing, STEPS)
    return Failure(
        _along(rng, whole, seconds, before),
        [_look(rng, "failing", int(row), STEP_SHOTS) for row in rows],
        round(step / (STEPS - 1) * growth_s),
    )


def visible_from(whole: Whole) -> int | None:
    """The first step of the failure that covers enough of the picture."""
    return next((step for step, share in enumerate(whole.cover) if share >= VISIBLE), None)


def _along(rng: Rng, whole: Whole, seconds: float, progress: Floats) -> list[Look]:
    """The print at these points of its progress; it lasts so long in all."""
    looks = [_look(rng, "healthy", int(row), NOZZLES) for row in _nearest(rng, progress * PLACES - 0.5, PLACES)]
    lasting = np.random.default_rng((whole.seed, 2))  # the same in both branches
    for number, event in enumerate(whole.events[:EVENTS]):
        lasts_s = log_uniform(lasting, LASTS_S.get(event.kind, ANYTHING_LASTS_S))
        for i in np.flatnonzero((progress >= event.progress) & (progress < event.progress + lasts_s / seconds)):
            looks[i] = _look(rng, "event", number, EVENT_SHOTS)
    return looks


def _nearest(rng: Rng, position: Floats, rows: int) -> Floats:
    """One of the two rows around each position, the nearer one more often."""
    return np.clip(np.floor(position + rng.random(len(position))), 0, rows - 1)


def _look(rng: Rng, part: str, row: int, shots: int) -> Look:
    shown = int(rng.integers(SHOWN[part]))
    others = range(SHOWN[part], shots) or [k for k in range(shots) if k != shown]
    return Look(f"{part}/{row}/{shown}", f"{part}/{row}/{others[rng.integers(len(others))]}")


def log_uniform(rng: Rng, bounds: tuple[float, float]) -> float:
    """A number whose logarithm is uniform between those of the bounds."""
    low, high = bounds
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))
