"""Processes that are killed and started again, each by its own plan."""

import time
from collections import Counter, deque
from collections.abc import Callable, Iterable

from tests.brokers import Mosquitto
from tests.crash.points import CrashPoint
from tests.crash.story import Kill
from tests.stacks.processes import Program

SIGKILLED = -9


class Victim:
    """The monitor or the agent. :meth:`tend` is called again and again."""

    def __init__(self, program: Program, kills: Iterable[Kill]) -> None:
        planned = list(kills)
        self.kills: Counter[str] = Counter()
        self.faults: list[str] = []
        self._program = program
        self._armed = deque(kill for kill in planned if isinstance(kill.at, CrashPoint))
        self._timed = deque(sorted((k for k in planned if isinstance(k.at, float)), key=lambda kill: float(kill.at)))  # type: ignore[arg-type]
        self._up_at = 0.0

    @property
    def is_busy(self) -> bool:
        """Whether it is down, or will still be killed at a time."""
        return bool(self._timed) or not self._program.is_running

    def start(self) -> None:
        """Start it, to die at its next crash point, if it has one left."""
        point = self._armed[0].at if self._armed else None
        self._program.start(point.environment() if isinstance(point, CrashPoint) else {})

    def tend(self, story_s: float) -> None:
        """Kill it when its time has come, ``story_s`` seconds into the story, and start it again when it is dead."""
        now = time.monotonic()
        if self._up_at:
            if now >= self._up_at:
                self._up_at = 0.0
                self.start()
        elif not self._program.is_running:
            self._died(now)
        elif self._timed and story_s >= float(self._timed[0].at):  # type: ignore[arg-type]
            kill = self._timed.popleft()
            self._program.kill()
            self._note(kill, now)

    def end(self) -> None:
        """End it for good."""
        self._program.kill()

    def _died(self, now: float) -> None:
        status = self._program.exit_status
        if status == SIGKILLED and self._armed:
            self._note(self._armed.popleft(), now)
        else:
            self.faults.append(f"ended by itself with {status}: {self._program.said()[-1500:]}")
            self._up_at = now + 0.5

    def _note(self, kill: Kill, now: float) -> None:
        self.kills[kill.step] += 1
        self._up_at = now + kill.down_s


class BrokerVictim:
    """The broker: killed at a time, or when a message was seen."""

    def __init__(self, broker: Mosquitto, kills: Iterable[Kill], seen: Callable[[str], bool], *, forgets: bool) -> None:
        """``seen``: whether this broker's step has come; ``forgets``: it starts again without what it had saved."""
        self.kills: Counter[str] = Counter()
        self._broker, self._seen, self._forgets = broker, seen, forgets
        self._plan = list(kills)
        self._up_at = 0.0

    @property
    def is_busy(self) -> bool:
        """Whether it is down, or will still be killed at a time."""
        return bool(self._up_at) or any(isinstance(kill.at, float) for kill in self._plan)

    def tend(self, story_s: float) -> None:
        """Kill it when its time has come, and start it again."""
        now = time.monotonic()
        if self._up_at:
            if now >= self._up_at:
                self._up_at = 0.0
                self._broker.start()
            return
        due = next((kill for kill in self._plan if self._is_due(kill, story_s)), None)
        if due is not None:
            self._plan.remove(due)
            self._broker.kill()
            if self._forgets:
                self._broker.forget()
            self.kills[due.step] += 1
            self._up_at = now + due.down_s

    def _is_due(self, kill: Kill, story_s: float) -> bool:
        return story_s >= kill.at if isinstance(kill.at, float) else story_s >= 0 and self._seen(str(kill.at))
