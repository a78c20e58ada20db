"""Tiles for whom somebody looks: the pipeline encodes those of printers that are looked at, and no others.

Who begins to look sees the newest picture at once: its tile is made then, from the frame that the board holds.
"""

import threading
from collections.abc import Iterable
from itertools import takewhile

from monitor.board import Board, Tile
from monitor.clock import Clock
from monitor.config.live import LiveConfig
from monitor.decode import decode, encode_tile
from monitor.errors import BadFrame

LOOKED_AT_FOR_S = 10.0
"""How long a look lasts. Streams say each second whom they show; who polls asks every few seconds."""

ALL_LOOKED_AT_FOR_S = 3.0
"""The same for a look at all: of a stream that has not said yet whom it shows, which a browser does at once. Longer,
and each page that is opened has the whole farm's tiles encoded."""

_SMALL = (120, 160)  # height, width of the detector's input, which nobody needs here


class Tiles:
    """Who is looked at, and what there is to see. Every method may be called from any thread."""

    def __init__(self, board: Board, config: LiveConfig, clock: Clock) -> None:
        self._board, self._config, self._clock = board, config, clock
        self._lock = threading.Lock()
        self._looked_at: dict[str, float] = {}  # printer -> when last, by the clock; the newest last
        self._all_at = float("-inf")

    def look(self, printers: Iterable[str]) -> None:
        """Note that somebody looks at these printers, and make the tiles that they lack."""
        looked_at = tuple(printers)
        self._note(looked_at, self._clock.now())
        for printer in looked_at:
            self.tile(printer)

    def look_at_all(self) -> None:
        """Note that somebody may look at any printer; tiles come with the next inspections."""
        self._all_at = self._clock.now()

    def is_looked_at(self, printer: str) -> bool:
        """Tell whether somebody looks at a printer: has said so a short while ago."""
        now = self._clock.now()
        with self._lock:
            looked_at = self._looked_at.get(printer, float("-inf"))
        return now - looked_at < LOOKED_AT_FOR_S or now - self._all_at < ALL_LOOKED_AT_FOR_S

    @property
    def remembered(self) -> int:
        """How many printers' looks are kept: those of the last seconds."""
        return len(self._looked_at)

    def tile(self, printer: str) -> Tile | None:
        """Return the tile of the newest inspected frame that is a picture; None when there is none."""
        known, frame = self._board.tile(printer), self._board.picture(printer)
        if known is not None or frame is None or not self._config.knows(printer):
            return known
        rotate = self._config.printer(printer).settings.rotate
        try:
            picture = decode(frame.jpeg, _SMALL, rotate)
        except BadFrame:
            return None
        made = Tile(encode_tile(picture.tile), frame.number, frame.taken_at)
        self._board.tile_made(printer, made)
        return made

    def _note(self, printers: Iterable[str], now: float) -> None:
        """Note a look, and forget those that are over: a printer may be gone for good."""
        with self._lock:
            for printer in printers:
                self._looked_at.pop(printer, None)  # else it would keep its old place
                self._looked_at[printer] = now
            over = takewhile(lambda look: now - look[1] >= LOOKED_AT_FOR_S, self._looked_at.items())
            for printer, _ in tuple(over):
                del self._looked_at[printer]
