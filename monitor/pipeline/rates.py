"""How often each printer is inspected: what its watch wishes, slowed while the machine cannot keep up.

The pipeline's thread owns it, as it does the scheduler. What was decided goes to the scheduler and, for cameras that
have to be asked for each picture, to whoever asks them.
"""

import logging
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Protocol

from monitor.config.live import LiveConfig
from monitor.config.model import SnapshotCamera
from monitor.pacing import Governor, Window, Wish, in_words
from monitor.records.load import Load, Overload
from monitor.scheduler import Scheduler

ANNOUNCE_EVERY_S = 10.0

log = logging.getLogger(__name__)

Pace = Callable[[str, float], bool]
"""Takes a printer and the seconds between two pictures that are wanted of its camera, when they change; soon done.

Tells whether the camera goes by that: one that has to be asked for each picture does, a stream does not.
"""


class Rates:
    """Keeps everybody's wish, measures the workers, and has the governor decide."""

    def __init__(self, wishes: Mapping[str, Wish], workers: int, started_at: float, pace: Pace | None = None) -> None:
        """``pace`` None: no camera is asked."""
        self.scheduler = Scheduler({printer: wish.every_s for printer, wish in wishes.items()}, started_at)
        self._wishes = dict(wishes)
        self._counts = Counter(wishes.values())
        self._governor = Governor(started_at)
        self._workers = max(1, workers)
        self._pace = pace
        self._paced: dict[str, float] = {}
        self._asked: dict[str, bool] = {}
        self._stepped_at = self._noted_at = started_at
        self._busy_s = self._waiting_s = self._idle_loop_s = 0.0
        self._before_done = self._before_lost = 0
        self._announced_at = float("-inf")

    @property
    def load(self) -> Load:
        """Demand and capacity, as they were at the last step; may be read from any thread."""
        return self._governor.load

    def add(self, printer: str, wish: Wish, now: float) -> None:
        """Take in a printer that was not there before; it is due at once."""
        self.scheduler.add(printer, wish.every_s, now)
        self._wishes[printer] = wish
        self._counts[wish] += 1
        self._apply(printer, wish, now)

    def remove(self, printer: str) -> None:
        """Forget a printer."""
        self.scheduler.remove(printer)
        self._uncount(self._wishes.pop(printer))
        self._paced.pop(printer, None)
        self._asked.pop(printer, None)

    def wish(self, printer: str, wish: Wish, now: float) -> None:
        """Take in how often a printer should be inspected from now on."""
        held = self._wishes[printer]
        if wish == held:
            return
        self._uncount(held)
        self._wishes[printer] = wish
        self._counts[wish] += 1
        self._apply(printer, wish, now)

    def note(self, busy: int, now: float) -> None:
        """Note that so many workers have been busy since the last note, and that pictures wait as they do now."""
        seconds = max(0.0, now - self._noted_at)
        self._busy_s += busy * seconds
        self._waiting_s += self.scheduler.waiting * seconds
        self._noted_at = now

    def rested(self, seconds: float) -> None:
        """Note that the loop had nothing to do for so long."""
        self._idle_loop_s += seconds

    def tick(self, now: float) -> None:
        """Have the governor decide by what was measured since the last tick; about once a second."""
        before, told = self._governor.stretch, self._governor.load.overload
        if self._governor.step(self._counts, self._window(now), now) != before:
            for printer, wish in self._wishes.items():
                self._apply(printer, wish, now)
        _tell(told, self._governor.load)
        if now - self._announced_at >= ANNOUNCE_EVERY_S:
            self._announced_at = now
            self._announce()

    def _announce(self) -> None:
        """Say it again: a camera may have come, or been exchanged, since it was told."""
        self._paced.clear()
        for printer, wish in self._wishes.items():
            self._tell_pace(printer, self._governor.stretch.every_s(wish))

    def _window(self, now: float) -> Window:
        seconds, done, lost = now - self._stepped_at, self.scheduler.done, self.scheduler.lost
        over_s = max(seconds, 1e-9)
        window = Window(
            seconds,
            done - self._before_done,
            lost - self._before_lost,
            self._waiting_s / over_s,
            busy_share=min(1.0, self._busy_s / over_s / self._workers),
            loop_share=max(0.0, 1.0 - self._idle_loop_s / over_s),
        )
        self._stepped_at, self._before_done, self._before_lost = now, done, lost
        self._busy_s = self._waiting_s = self._idle_loop_s = 0.0
        return window

    def _apply(self, printer: str, wish: Wish, now: float) -> None:
        every_s = self._governor.stretch.every_s(wish)
        self._tell_pace(printer, every_s)
        is_asked = self._asked.get(printer, False)
        self.scheduler.set_every(
            printer, every_s, now, wanted_s=wish.every_s, in_hurry=wish.is_suspect, is_asked=is_asked
        )

    def _tell_pace(self, printer: str, every_s: float) -> None:
        if self._pace is not None and self._paced.get(printer) != every_s:
            self._paced[printer] = every_s
            self._asked[printer] = self._pace(printer, every_s)

    def _uncount(self, wish: Wish) -> None:
        self._counts[wish] -= 1
        if not self._counts[wish]:
            del self._counts[wish]


def _tell(before: Overload | None, load: Load) -> None:
    """Write into the log that an overload begins, gets worse or ends: once each."""
    now = load.overload
    if now is not None and (before is None or now.too_many > before.too_many):
        log.warning("%s", in_words(load))
    elif now is None and before is not None:
        log.warning("the overload is over: every printer is looked at as often as cameras.yaml wants it")


class Asks(Protocol):
    """Whoever asks the cameras that send a picture only when they are asked."""

    def pace(self, printer: str, every_s: float, *, beyond_configured: bool = False) -> None:
        """Ask a printer's camera every so often from now on."""


def asking(readers: Asks, config: LiveConfig) -> Pace:
    """Return what has cameras asked as often as their printers are inspected.

    Where cameras.yaml says how often (``camera.every_s``), that is a limit: the camera is asked less often, never more.
    """

    def pace(printer: str, every_s: float) -> bool:
        if not config.knows(printer):
            return False
        camera = config.printer(printer).camera
        readers.pace(printer, every_s, beyond_configured="every_s" not in camera.model_fields_set)
        return isinstance(camera, SnapshotCamera)

    return pace
