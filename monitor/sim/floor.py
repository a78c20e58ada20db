"""All simulated printers behind one lock: the cameras look at them, MQTT commands them, one thread moves them on."""

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from monitor.clock import Clock
from monitor.sim.plan import Course
from monitor.sim.player import Player, Shot, Status

log = logging.getLogger(__name__)

COMMANDS: Mapping[str, Callable[[Player, float], None]] = {
    "pause": Player.pause,
    "resume": Player.resume,
    "cancel": Player.cancel,
}


@dataclass(frozen=True, slots=True)
class VisibleFailure:
    """A simulated failure, from the moment that a person would see it."""

    printer: str
    visible_at: float
    job: str


class Floor:
    """The printers by their ids. May be used from any thread."""

    def __init__(self, courses: Mapping[str, Course], clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        now = clock.now()
        self._players = {name: Player(course, now) for name, course in courses.items()}
        self._failures: list[VisibleFailure] = []  # one a failing job: grows by a few an hour

    def add(self, printer: str, course: Course) -> None:
        """Take in a printer that begins its course now."""
        with self._lock:
            self._players[printer] = Player(course, self._clock.now())

    def courses(self) -> tuple[Course, ...]:
        """Return the courses of all printers."""
        with self._lock:
            return tuple(player.course for player in self._players.values())

    def remove(self, printer: str) -> None:
        """Take a printer away."""
        with self._lock:
            self._players.pop(printer, None)

    def shot(self, printer: str) -> Shot:
        """Return what a printer's camera sees now."""
        with self._lock:
            return self._players[printer].shot(self._clock.now())

    def status(self, printer: str) -> Status:
        """Return what a printer says about itself now."""
        with self._lock:
            return self._players[printer].status(self._clock.now())

    def advance(self) -> None:
        """Move all printers on to now, and note the failures that became visible."""
        with self._lock:
            now = self._clock.now()
            for printer, player in self._players.items():
                status = player.status(now)
                if player.visible_at is not None:
                    self._note(VisibleFailure(printer, player.visible_at, status.job))

    def command(self, printer: str, word: str) -> None:
        """Obey one of COMMANDS; raises KeyError for another word or printer."""
        obey = COMMANDS[word]
        with self._lock:
            obey(self._players[printer], self._clock.now())

    def failures(self) -> tuple[VisibleFailure, ...]:
        """Return all failures that became visible so far, in that order."""
        with self._lock:
            return tuple(self._failures)

    def _note(self, failure: VisibleFailure) -> None:
        if failure not in self._failures:
            self._failures.append(failure)
            log.info("simulated failure on %s became visible (%s)", failure.printer, failure.job)
