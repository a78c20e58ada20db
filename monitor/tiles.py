"""Tiles for whom somebody looks: the pipeline encodes those of printers that are looked at, and no others.

Who begins to look sees the newest picture at once: its tile is made then, from the frame that the board holds.
"""

from collections.abc import Iterable

from monitor.board import Board, Tile
from monitor.clock import Clock
from monitor.config.live import LiveConfig
from monitor.decode import decode, encode_tile
from monitor.errors import BadFrame

LOOKED_AT_FOR_S = 10.0
"""How long a look lasts. Streams say every moment whom they show; who polls asks every few seconds."""

_SMALL = (120, 160)  # height, width of the detector's input, which nobody needs here


class Tiles:
    """Who is looked at, and what there is to see. Every method may be called from any thread."""

    def __init__(self, board: Board, config: LiveConfig, clock: Clock) -> None:
        self._board, self._config, self._clock = board, config, clock
        self._looked_at: dict[str, float] = {}  # printer -> when last, by the clock
        self._all_at = float("-inf")

    def look(self, printers: Iterable[str]) -> None:
        """Note that somebody looks at these printers, and make the tiles that they lack."""
        now = self._clock.now()
        for printer in printers:
            self._looked_at[printer] = now
            self.tile(printer)

    def look_at_all(self) -> None:
        """Note that somebody may look at any printer; tiles come with the next inspections."""
        self._all_at = self._clock.now()

    def is_looked_at(self, printer: str) -> bool:
        """Tell whether somebody has looked at a printer in the last ``LOOKED_AT_FOR_S`` seconds."""
        newest = max(self._all_at, self._looked_at.get(printer, float("-inf")))
        return self._clock.now() - newest < LOOKED_AT_FOR_S

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
