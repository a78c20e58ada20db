"""A simulated room: printers that work and rest, cameras that see motion, and people, fans and lights among them.

What cameras say is drawn, not rendered: half minutes that move, are still, or are unclear.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

from monitor.belonging import STEP_S

HOUR = round(3600 / STEP_S)  # steps
DAY = 24 * HOUR


@dataclass(slots=True)
class _Printer:
    works: bool
    left: int  # steps of the present job or rest
    heats: int = 0  # steps of the job that go by without a move
    visited: int = 0  # steps for which somebody is there
    is_slow: bool = False  # its moves are too small to be seen in every pair
    soaks: bool = False


@dataclass(slots=True)
class SimulatedRoom:
    """``shows``: which printer each camera shows, by name; changing it exchanges cameras."""

    names: Sequence[str]
    seed: int
    job_h: tuple[float, float] = (1.0, 8.0)
    rest_h: tuple[float, float] = (0.1, 3.0)
    visits_an_hour: float = 0.5
    slow: float = 0.1  # share of jobs
    fans: Sequence[str] = ()  # cameras before which something always moves by day
    night_h: float = 0.0  # of each day, when nobody comes, and nothing is started
    at: int = 0
    shows: dict[str, str] = field(default_factory=dict)
    _random: Random = field(init=False)
    _printers: dict[str, _Printer] = field(init=False)

    def __post_init__(self) -> None:
        self._random = Random(self.seed)  # noqa: S311  # a simulation, repeatable
        self.shows = self.shows or {name: name for name in self.names}
        self._printers = {name: self._begin(self._random.random() < 0.5) for name in self.names}
        for one in self._printers.values():
            one.left = max(1, round(one.left * self._random.random()))

    def swap(self, one: str, other: str) -> None:
        """Exchange two cameras."""
        self.shows[one], self.shows[other] = self.shows[other], self.shows[one]

    def works(self, name: str) -> bool:
        """Tell whether a printer works."""
        return self._printers[name].works

    def step(self) -> tuple[Mapping[str, bool | None], Mapping[str, bool | None]]:
        """Let half a minute pass; return what the cameras see, and what the printers say."""
        self.at += 1
        is_night = self.at % DAY >= DAY - self.night_h * HOUR
        for name in self.names:
            self._pass(name, is_night=is_night)
        is_light_switched = self._random.random() < 1 / (6 * HOUR)
        moves = {name: None if is_light_switched else self._motion(name, is_night=is_night) for name in self.names}
        return moves, {name: self._says(name) for name in self.names}

    def _says(self, name: str) -> bool | None:
        return None if self._random.random() < 1 / 500 else self._printers[name].works

    def _begin(self, works: bool) -> _Printer:
        random = self._random
        low, high = self.job_h if works else self.rest_h
        steps = round(random.uniform(low, high) * HOUR)
        if not works:
            return _Printer(works, steps)
        minutes = random.choice([2, 4, 6, 10, 10, 15, 40])
        return _Printer(works, steps, heats=minutes * 2, is_slow=random.random() < self.slow)

    def _pass(self, name: str, *, is_night: bool) -> None:
        one, random = self._printers[name], self._random
        one.left -= 1
        one.heats = max(0, one.heats - 1)
        one.visited = max(0, one.visited - 1)
        if one.left <= 0 and (one.works or not is_night):
            had_visit = one.visited
            one = self._printers[name] = self._begin(not one.works)
            one.visited = max(had_visit, round(random.expovariate(1 / 6)) if not is_night else 0)
        if not is_night and random.random() < self.visits_an_hour / HOUR:
            one.visited = round(random.expovariate(1 / 8))

    def _motion(self, camera: str, *, is_night: bool) -> bool | None:
        one, random = self._printers[self.shows[camera]], self._random
        if camera in self.fans and not is_night:
            return True
        if one.visited:
            return random.random() < 0.8 or None
        if one.works and not one.heats:
            return random.choice([True, None, None, False]) if one.is_slow else random.random() < 0.97 or None
        if random.random() < 0.03:  # somebody walks by
            return None
        return random.random() < 0.005
