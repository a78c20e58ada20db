"""Which simulated printer fails when: seeded, so that a demo and a test can be repeated."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from monitor.config.model import Simulation
from monitor.sim.prints import Print

IDLE_S = 20.0  # between two jobs: the bed is cleared


@dataclass(frozen=True, slots=True)
class Course:
    """What one printer does, job after job, if nobody interferes."""

    print: Print
    lasts_s: float  # of printing, for one job
    offset_s: float  # how far into its first job (or the pause after it) the printer is at the start
    seed: tuple[int, int]  # of the farm, and the printer's place in it
    chance: float  # that a job fails
    first_failure: int | None  # this job fails for certain
    safe_until_s: float  # after the start; nothing else fails earlier

    @property
    def cycle_s(self) -> float:
        """Seconds from the start of one job to the start of the next."""
        return self.lasts_s + IDLE_S

    @property
    def fails_after_s(self) -> float:
        """Seconds of printing after which a job that fails begins to do so."""
        return self.print.fails_at * self.lasts_s

    def fails(self, job: int) -> bool:
        """Tell whether a job, counted from 0, goes wrong. The answer never changes."""
        if self.print.failure is None:
            return False
        if self.first_failure is not None and job <= self.first_failure:
            return job == self.first_failure
        if job * self.cycle_s + self.fails_after_s - self.offset_s < self.safe_until_s:
            return False
        return _drawn(*self.seed, job) < self.chance


@lru_cache(maxsize=4096)  # asked for with every picture, and a generator takes longer than all else
def _drawn(seed: int, place: int, job: int) -> float:
    return float(np.random.default_rng([seed, place, job]).random())


def plan_farm(prints: Mapping[str, Print], simulation: Simulation) -> dict[str, Course]:
    """Return the course of every printer, given what each one prints.

    The first failure begins ``first_failure_after_s`` after the start, on one printer; later ones come every
    ``failure_every_s`` in the mean, but never more often than every print that can fail does.
    """
    able = [name for name, made in prints.items() if made.failure]
    seed = abs(simulation.seed)
    random = np.random.default_rng([seed])
    first = able[int(random.integers(len(able)))] if able else ""
    offsets = random.random(len(prints))
    return {
        name: _course(made, simulation, (seed, place), float(offsets[place]), len(able), is_first=name == first)
        for place, (name, made) in enumerate(prints.items())
    }


def plan_more(made: Print, simulation: Simulation, place: int, others: Sequence[Course]) -> Course:
    """Return the course of a printer that comes to a running farm: it begins a job, and fails like the others."""
    able = sum(other.print.failure is not None for other in others) + (made.failure is not None)
    return _course(made, simulation, (abs(simulation.seed), place), 0.0, able, is_first=False)


def _course(
    made: Print, simulation: Simulation, seed: tuple[int, int], offset: float, able: int, *, is_first: bool
) -> Course:
    cycle_s = simulation.print_lasts_s + IDLE_S
    until_s = simulation.first_failure_after_s
    fails_after_s = made.fails_at * simulation.print_lasts_s
    job = max(0, -int((fails_after_s - until_s) // cycle_s)) if is_first else None
    return Course(
        print=made,
        lasts_s=simulation.print_lasts_s,
        offset_s=offset * cycle_s if job is None else job * cycle_s + fails_after_s - until_s,
        seed=seed,
        chance=min(1.0, cycle_s / (max(1, able) * simulation.failure_every_s)),
        first_failure=job,
        safe_until_s=until_s,
    )


def choose_prints(wanted: Sequence[tuple[str, str]], prints: Sequence[Print]) -> dict[str, Print]:
    """Give every printer, (id, name of a print or empty), its print: the named one, or one by its place."""
    named = {made.name: made for made in prints}
    return {
        printer: named[name] if name else prints[place % len(prints)] for place, (printer, name) in enumerate(wanted)
    }
