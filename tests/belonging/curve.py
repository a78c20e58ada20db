"""How soon exchanged cameras are asked about, and how often somebody is asked for nothing, by what is asked from.

``python -m tests.belonging.curve [false | delay] [ROOMS] [PRINTERS]`` prints the table from which ``ASKED_FROM`` was
chosen. The rooms are simulated; no real farm was measured.
"""

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from multiprocessing import get_context
from random import Random

import numpy as np
from numpy.typing import NDArray

from monitor.belonging import STEP_S, Evidence, Touch
from monitor.belonging.questions import ASKED_UNTIL
from monitor.records.belonging import Belonging, Belongs
from tests.belonging.simulated_handling import SimulatedHandling
from tests.belonging.simulated_room import DAY, HOUR, SimulatedRoom

SHARES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.55, 0.6, 0.7, 0.8, 0.9, 0.97)
QUIET_DAYS = 7
"""With a cleaning in the middle, at which nothing is exchanged."""
AT_MOST = 12 * HOUR  # steps from what the two first say differently to a proof
WAYS = ("said", "changed", "lost", "unseen")
"""How an exchange is noticed: the button for the room, by the pictures, two cameras that were away, not at all."""


@dataclass(slots=True)
class Asking:
    """Who would be asked about from each share on, followed side by side."""

    open: dict[float, set[int]] = field(default_factory=lambda: {share: set() for share in SHARES})

    def see(self, shares: NDArray[np.float64]) -> Iterator[tuple[float, int]]:
        """Yield each new question: from which share on, and about whose camera."""
        share = shares.sum(axis=1)
        for bound, open_ in self.open.items():
            for place in np.flatnonzero(share >= bound).tolist():
                if place not in open_:
                    open_.add(place)
                    yield bound, place
            open_.intersection_update(np.flatnonzero(share >= min(bound, ASKED_UNTIL)).tolist())


@dataclass(slots=True)
class Found:
    """Of one exchange: minutes since the two printers first said different things. None, or absent: not in time."""

    asked: dict[float, float] = field(default_factory=dict)
    proven: float | None = None
    named_right: bool = False  # the first question names the right other one


def _room(seed: int, names: Sequence[str]) -> SimulatedRoom:
    return SimulatedRoom(names, seed, fans=names[5::20])


def _step(handling: SimulatedHandling, evidence: Evidence) -> Mapping[str, Belonging]:
    moves, works, touched = handling.step()
    evidence.touched(touched)
    return evidence.step(moves, works)


def _lived(handling: SimulatedHandling, evidence: Evidence, steps: int) -> None:
    for _ in range(steps):
        _step(handling, evidence)


def quiet(job: tuple[int, list[str]]) -> dict[float, int]:
    """Return how many cameras are asked about for nothing in a week, by share; two of a question count twice."""
    seed, names = job
    room, evidence, asking = _room(seed, names), Evidence(names), Asking()
    handling, false = SimulatedHandling(room, seed), dict.fromkeys(SHARES, 0)
    _lived(handling, evidence, DAY // 2)
    for _ in range(QUIET_DAYS * DAY):
        _step(handling, evidence)
        for share, _place in asking.see(evidence.questions.odds.exchanged()):
            false[share] += 1
    return false


def exchanged(job: tuple[int, list[str], str]) -> Found:
    """Exchange two cameras, and see how soon they are asked about, and proven."""
    seed, names, way = job
    room, evidence, asking = _room(seed, names), Evidence(names), Asking()
    handling = SimulatedHandling(room, seed, cleaned_every=sys.maxsize)
    _lived(handling, evidence, 14 * HOUR + Random(seed).randrange(DAY // 2))  # noqa: S311  # a simulation, repeatable
    pair = (0, len(names) // 2)
    one, other = (names[place] for place in pair)
    room.swap(one, other)
    touch = {"said": Touch.SAID, "changed": Touch.CHANGED, "lost": Touch.LOST}.get(way)
    who = names if touch is Touch.SAID else (one, other)
    if touch is not None:
        evidence.touched(dict.fromkeys(who, touch))
    found, since = Found(), 0  # steps since the two differ, this one included
    while since < AT_MOST and (found.proven is None or len(found.asked) < len(SHARES)):
        known = _step(handling, evidence)
        since += since > 0 or room.works(one) is not room.works(other)
        after_min = since * STEP_S / 60
        for share, place in asking.see(evidence.questions.odds.exchanged()):
            if place in pair:
                found.asked.setdefault(share, after_min)
        asked = {evidence.questions.asked.get(name) for name in (one, other)} - {None}
        found.named_right = found.named_right or bool(asked & {one, other})
        if known[one].belongs is Belongs.DOES_NOT or known[other].belongs is Belongs.DOES_NOT:
            found.proven = after_min if found.proven is None else found.proven
    return found


def _quantiles(delays: Sequence[float | None]) -> str:
    known = sorted(float("inf") if delay is None else delay for delay in delays)
    chosen = [known[min(len(known) - 1, round(share * (len(known) - 1)))] for share in (0.1, 0.25, 0.5, 0.75, 0.9, 1.0)]
    return "".join("      -" if delay == float("inf") else f"{delay:7.1f}" for delay in chosen)


def _false_table(rooms: int, names: list[str]) -> Iterator[str]:
    jobs = [(1000 + seed, names) for seed in range(rooms)]
    with get_context("spawn").Pool(2) as pool:
        totals = pool.map(quiet, jobs, 1)
    yield f"{rooms} rooms of {len(names)}, {QUIET_DAYS} days each: cameras asked about for nothing"
    for share in SHARES:
        count, days = sum(total[share] for total in totals), rooms * QUIET_DAYS
        a_day = count / days
        yield f"from {share:4}: {count:5} = {a_day:6.2f} a room and day, {7 * a_day / len(names):.4f} a printer-week"


def _delay_table(rooms: int, names: list[str]) -> Iterator[str]:
    for way in WAYS:
        with get_context("spawn").Pool(2) as pool:
            found = pool.map(exchanged, [(seed, names, way) for seed in range(rooms)], 1)
        yield f"{way}, {rooms} rooms of {len(names)}: min   p10    p25    p50    p75    p90    max"
        for share in SHARES:
            yield f"  asked from {share:4}  {_quantiles([one.asked.get(share) for one in found])}"
        yield f"  proven           {_quantiles([one.proven for one in found])}"
        yield f"  a question names the right other one: {sum(one.named_right for one in found)} of {rooms}"


def main(arguments: Sequence[str]) -> None:
    """Print a table."""
    what, rooms, printers = (*arguments, *("false", "8", "60")[len(arguments) :])
    names = [f"p{number:02}" for number in range(int(printers))]
    for line in (_delay_table if what == "delay" else _false_table)(int(rooms), names):
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
