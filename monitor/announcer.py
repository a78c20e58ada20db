"""Tells MQTT what the wall says: each printer's retained state, on every change and now and then; each site's load."""

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Protocol

from monitor.belonging import in_words
from monitor.board import Board, PrinterView
from monitor.clock import Clock
from monitor.owning import Alone, Owning
from monitor.records.load import Load
from monitor.wire import PrinterState, SiteLoad

REFRESH_S = 30.0
"""A state that does not change is published this often, so that its score and frame time stay worth something."""

TELL_EVERY_S = 0.5


def state_of(view: PrinterView, epoch: int = 0) -> PrinterState:
    """Return what MQTT says of a printer."""
    return PrinterState(
        printer=view.id,
        state=view.state,
        since=view.since,
        score=view.score,
        frame_taken_at=view.frame_taken_at,
        incident=view.incident.id if view.incident else None,
        detail=_detail(view),
        armed=view.armed,
        probability=view.probability,
        epoch=epoch,
        belongs=view.belonging.belongs,
        perhaps_shows=view.belonging.perhaps or None,
    )


class Announcer:
    """Compares the board with what was told; :meth:`tell` is called every ``TELL_EVERY_S``."""

    def __init__(
        self,
        board: Board,
        publish: Callable[[str, PrinterState], None],
        clock: Clock,
        owning: Owning | None = None,
    ) -> None:
        """``publish`` takes the site's id and the state; it must not block. ``owning``: whose states are ours to tell;
        None: all of them."""
        self._owning = owning or Alone()
        self._board = board
        self._publish = publish
        self._clock = clock
        self._told: dict[str, tuple[tuple[object, ...], float]] = {}  # what, and when
        self._lock = threading.Lock()

    def tell(self) -> None:
        """Publish every state that has changed, or was last told too long ago."""
        with self._lock:
            now = self._clock.now()
            for view in self._board.snapshot().printers:
                epoch = self._owning.epoch(view.id)
                what = _what(view, epoch)
                if self._owning.is_ours(view.id) and self._is_news(view.id, what, now):
                    self._told[view.id] = (what, now)
                    self._publish(view.site, state_of(view, epoch))

    def forget(self, printers: Iterable[str]) -> None:
        """Nothing more is published of printers that the board does not show any more, once this returns."""
        with self._lock:
            for printer in printers:
                self._told.pop(printer, None)

    def _is_news(self, printer: str, what: tuple[object, ...], now: float) -> bool:
        if printer not in self._told:
            return True
        old, told_at = self._told[printer]
        return what != old or now - told_at >= REFRESH_S


def _what(view: PrinterView, epoch: int) -> tuple[object, ...]:
    """Return what makes a state worth telling at once; the rest of it changes with every picture."""
    incident = view.incident.id if view.incident else None
    return view.state, incident, _detail(view), view.armed, epoch, view.belonging


def _detail(view: PrinterView) -> str:
    """Return what is wrong with the pictures, what hurts the most first."""
    return view.camera_problem or view.picture_problem or in_words(view.belonging)


class HasLoad(Protocol):
    """What works under a load."""

    @property
    def load(self) -> Load:
        """The load as it is now."""


class HasSites(Protocol):
    """What knows the sites, which may come and go."""

    @property
    def links(self) -> Mapping[str, object]:
        """Something of each site, by its id."""


class TakesLoad(Protocol):
    """What publishes."""

    def load(self, load: SiteLoad) -> None:
        """Publish a site's load; must not block."""


def load_teller(machine: HasLoad, sites: HasSites, publisher: TakesLoad, node: str = "") -> Callable[[], None]:
    """Return what publishes, each time that it is called, the load of those sites whose load has changed.

    ``node``: which of several monitors we are; empty where there are none.
    """
    told: dict[str, SiteLoad] = {}

    def tell() -> None:
        now = {site: replace(load_of(site, machine.load), node=node) for site in sites.links}
        news = [said for site, said in now.items() if said != told.get(site)]
        told.clear()
        told.update(now)
        for said in news:  # they share the machine, but not the link
            publisher.load(said)

    return tell


def load_of(site: str, load: Load) -> SiteLoad:
    """Return what MQTT says of the load of a site."""
    overload = load.overload
    if overload is None:
        return SiteLoad(site, load.state)
    return SiteLoad(site, load.state, overload.since, overload.every_s, overload.wanted_s)
