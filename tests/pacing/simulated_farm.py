"""A simulated farm: the real scheduler and governor, scripted cameras and workers, and a clock that the test moves."""

from collections import Counter
from collections.abc import Collection, Sequence

from monitor.pacing import AS_WISHED, Governor, Window, Wish, most_at_once, portions
from monitor.scheduler import Scheduler

STEP_S = 0.01
FLOOR_S = 10.0
CALM = Wish.of(1.0, FLOOR_S)
SUSPECT = Wish.of(1.0, FLOOR_S, 0.2)


class SimulatedFarm:
    """Printers whose cameras send ``frames_per_s`` each, and workers that do ``capacity_hz`` inspections a second."""

    def __init__(
        self, printers: int, capacity_hz: float, *, workers: int = 4, batch: int = 4, frames_per_s: float = 5.0
    ) -> None:
        names = [f"p{number:04}" for number in range(printers)]
        self.now = 0.0
        self.capacity_hz = capacity_hz
        self.wishes = dict.fromkeys(names, CALM)
        self.governor = Governor(self.now)
        self.scheduler = Scheduler(dict.fromkeys(names, CALM.every_s), self.now)
        self.inspected: dict[str, list[float]] = {name: [] for name in names}
        self.told: list[tuple[float, bool]] = []  # when an overload began and ended
        self.in_flight_at_most = 0
        self._phases = {name: number / printers for number, name in enumerate(names)}
        self._frames_per_s = frames_per_s
        self._workers, self._batch = workers, batch
        self._jobs: list[tuple[float, Sequence[str]]] = []  # until when, and whose
        self._busy_s = self._waiting_s = 0.0
        self._stretch = AS_WISHED
        self._before = (0, 0)  # done and lost, at the last step of the governor

    def newest(self, printer: str) -> tuple[int, float]:
        """Return the number of a camera's newest frame, and when it was taken."""
        number = int(self.now * self._frames_per_s + self._phases[printer])
        return number, (number - self._phases[printer]) / self._frames_per_s

    def suspect(self, printers: Collection[str]) -> None:
        """Have these printers be suspect, and no others."""
        for name in self.wishes:
            self.wishes[name] = SUSPECT if name in printers else CALM
        self._apply()

    def run(self, seconds: float) -> None:
        """Let time pass."""
        steps = round(seconds / STEP_S)
        for step in range(1, steps + 1):
            self.now += STEP_S
            self._finish()
            self._dispatch()
            self._busy_s += STEP_S * len(self._jobs) / self._workers
            self._waiting_s += STEP_S * self.scheduler.waiting
            if step % round(1 / STEP_S) == 0:
                self._govern()

    def rates(self, seconds: float) -> dict[str, float]:
        """Return how many inspections a second each printer has had over the last time."""
        since = self.now - seconds
        return {name: sum(at > since for at in times) / seconds for name, times in self.inspected.items()}

    def longest_gaps(self, seconds: float) -> dict[str, float]:
        """Return the longest time between two looks at each printer, over the last time."""
        since = self.now - seconds
        found = {}
        for name, times in self.inspected.items():
            late = [max(since, at) for at in times if at > since]
            found[name] = max(b - a for a, b in zip([since, *late], [*late, self.now], strict=True))
        return found

    def _finish(self) -> None:
        for _, names in [job for job in self._jobs if job[0] <= self.now]:
            for name in names:
                self.scheduler.finished(name)
        self._jobs = [job for job in self._jobs if job[0] > self.now]

    def _dispatch(self) -> None:
        idle = self._workers - len(self._jobs)
        self.scheduler.look(self.now, self.newest)
        if not idle:
            return
        most = most_at_once(self._batch, self._workers, self.governor.load.capacity_hz)
        for names in portions(self.scheduler.ready(self.now, self.newest, idle * most), idle, most):
            for name in names:
                number, taken_at = self.newest(name)
                self.scheduler.started(name, number, self.now, taken_at)
                self.inspected[name].append(self.now)
            self._jobs.append((self.now + len(names) * self._workers / self.capacity_hz, names))
        self.in_flight_at_most = max(self.in_flight_at_most, sum(len(names) for _, names in self._jobs))

    def _govern(self) -> None:
        done = self.scheduler.tally(self.now, self.newest).done
        lost = self.scheduler.lost
        window = Window(1.0, done - self._before[0], lost - self._before[1], self._waiting_s, self._busy_s)
        self._before, self._busy_s, self._waiting_s = (done, lost), 0.0, 0.0
        was_told = self.governor.load.overload is not None
        self._stretch = self.governor.step(Counter(self.wishes.values()), window, self.now)
        if (self.governor.load.overload is not None) != was_told:
            self.told.append((self.now, not was_told))
        self._apply()

    def _apply(self) -> None:
        for name, wish in self.wishes.items():
            every_s = self._stretch.every_s(wish)
            self.scheduler.set_every(name, every_s, self.now, wanted_s=wish.every_s, in_hurry=wish.is_suspect)
