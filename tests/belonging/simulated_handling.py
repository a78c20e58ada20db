"""What happens to cameras of a simulated room: some are lost for minutes, all are wiped when it is cleaned."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random

from monitor.belonging import STEP_S, Touch
from tests.belonging.simulated_room import DAY, SimulatedRoom

MINUTES = 60.0 / STEP_S  # steps


@dataclass(slots=True)
class SimulatedHandling:
    """Around a room. ``lost_a_day``: how often each camera is away; ``cleaned_at``: step of the day."""

    room: SimulatedRoom
    seed: int
    lost_a_day: float = 1.0
    cleaned_every: int = 7 * DAY
    swaps: bool = False  # when the room is cleaned, the first two cameras are
    _away: dict[str, int] = field(default_factory=dict)  # steps left
    _wiped: dict[str, int] = field(default_factory=dict)  # steps until then
    _random: Random = field(init=False)

    def __post_init__(self) -> None:
        self._random = Random(self.seed)  # noqa: S311  # a simulation, repeatable

    def clean(self, minutes: float = 40.0) -> None:
        """Wipe one camera after the other, in this time."""
        each = minutes * MINUTES / len(self.room.names)
        self._wiped = {name: round(place * each) for place, name in enumerate(self.room.names)}

    def step(self) -> tuple[Mapping[str, bool | None], Mapping[str, bool | None], Mapping[str, Touch]]:
        """Let half a minute pass: what cameras see, what printers say, and what has happened to cameras."""
        moves, works = self.room.step()
        if self.room.at % self.cleaned_every == self.cleaned_every // 2:
            self.clean()
        seen, touched = dict(moves), {}
        for name in self.room.names:
            if name in self._away:
                seen[name] = None
                self._away[name] -= 1
                if self._away[name] <= 0:
                    del self._away[name]
                    touched[name] = Touch.LOST
            elif self._random.random() < self.lost_a_day / DAY:
                self._away[name] = round(4 + self._random.expovariate(1 / (5 * MINUTES)))
            if name in self._wiped:
                self._wiped[name] -= 1
                if self._wiped[name] < 0:
                    del self._wiped[name]
                    seen[name], touched[name] = None, Touch.CHANGED
        return seen, works, touched
