"""The service manager hears of us again and again, but only while the main loops go round."""

import faulthandler
import logging
import os
import sys
from collections.abc import Callable, Hashable, Iterable, Mapping

from monitor.clock import Clock
from monitor.periodic import Periodic
from monitor.service.notify import Notify, watchdog_s
from monitor.service.turns import Loop

log = logging.getLogger(__name__)

TELL_EVERY_S = 5.0
A_QUARTER = 0.25  # of what the service manager allows: one message may come late, and another be lost


class Watchdog:
    """Tells which loops hang. Pure: it compares what it is shown with what it was shown before.

    What counts is the time in which a loop was seen to stand still, not how late it is: one that is slow goes round.
    """

    def __init__(self) -> None:
        self._seen: dict[str, tuple[Hashable, float]] = {}  # by name: the mark, and when it was new

    def hanging(self, loops: Iterable[Loop], now: float) -> tuple[str, ...]:
        """Return the names of the loops that have not gone round for longer than they may. ``now`` never steps back."""
        seen: dict[str, tuple[Hashable, float]] = {}
        hanging = []
        for loop in loops:
            mark = loop.mark()
            if mark is None:
                continue
            before = self._seen.get(loop.name)
            since = before[1] if before is not None and before[0] == mark else now
            seen[loop.name] = (mark, since)
            if now - since > loop.patience_s:
                hanging.append(loop.name)
        self._seen = seen
        return tuple(hanging)


class Service:
    """Our side of a service of ``Type=notify``; without a service manager that listens, nothing at all."""

    def __init__(
        self, clock: Clock, environment: Mapping[str, str] = os.environ, dump: Callable[[], object] | None = None
    ) -> None:
        """``dump`` writes where each thread is, when one hangs."""
        self._notify, self._clock = Notify.of(environment), clock
        self._watchdog, self._allowed_s = Watchdog(), watchdog_s(environment)
        self._dump = dump or _dump
        self._told = ""
        self._hanging: tuple[str, ...] = ()
        self._ticking: Periodic | None = None

    def ready(self, loops: Callable[[], Iterable[Loop]], status: Callable[[], str]) -> None:
        """Say that we are up, and from now on how it goes: ``status`` is one line for people."""
        if not self._notify.is_heard:
            return
        self.watch(loops, status)
        if not faulthandler.is_enabled():
            faulthandler.enable()  # ended by SIGABRT, as systemd's watchdog does: the log says where each thread was
        self._notify.send(READY="1")
        every_s = TELL_EVERY_S if self._allowed_s is None else min(TELL_EVERY_S, self._allowed_s * A_QUARTER)
        self._ticking = Periodic("service", self.tick, every_s, self._clock)
        self._ticking.start()

    def watch(self, loops: Callable[[], Iterable[Loop]], status: Callable[[], str]) -> None:
        """Look at these loops and this state from now on, at each :meth:`tick`."""
        self._loops, self._status = loops, status

    def tick(self) -> None:
        """Look at the loops once; the service manager hears of us only when all of them go round."""
        hanging = self._watchdog.hanging(self._loops(), self._clock.now())
        if hanging != self._hanging:
            self._log(hanging)
        self._hanging = hanging
        if not hanging and self._allowed_s is not None:
            self._notify.send(WATCHDOG="1")
        said = f"hangs: {', '.join(hanging)}" if hanging else self._status()
        if said != self._told:
            self._told = said
            self._notify.send(STATUS=said)

    def stopping(self) -> None:
        """Say that we end; idempotent."""
        if self._ticking is not None:
            self._ticking.stop()
            self._ticking = None
            self._notify.send(STOPPING="1", STATUS="ending")

    def _log(self, hanging: tuple[str, ...]) -> None:
        if not hanging:
            log.warning("all loops go round again")
            return
        then = "the service manager is told nothing any more, and starts us anew" if self._allowed_s else "restart it"
        log.critical("hangs: %s; %s. Please report where each thread is:", ", ".join(hanging), then)
        self._dump()


def _dump() -> None:
    faulthandler.dump_traceback(file=sys.stderr, all_threads=True)
