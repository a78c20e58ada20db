"""What one viewer of the stream has got, and what it gets next. No thread, no socket, no waiting in here."""

from collections.abc import Iterable

from monitor.board import Board, PrinterView, Snapshot, Tile
from monitor.wall.framing import states_message, tile_message
from monitor.wall.present import Json, Presenter

CHUNK_BYTES = 32 * 1024
"""Pictures are handed over in chunks of about this size: between two chunks newer states and pictures overtake."""

SIGN_OF_LIFE_S = 1.0


class Viewer:
    """Memory of one viewer. ``next_chunk`` gives the newest of what it lacks, so nothing is ever queued for it."""

    def __init__(self, board: Board, presenter: Presenter, version: str) -> None:
        self._board = board
        self._presenter = presenter
        self._version = version
        self._states: dict[str, Json] = {}
        self._pictures: dict[str, tuple[int, float]] = {}  # number and time of the last picture sent
        self._said_at: float | None = None
        self._health: Json = {}

    def next_chunk(self, snapshot: Snapshot, health: Json, now: float) -> bytes:
        """Return messages for this viewer, states first, then as many pictures as fit; empty when it has it all."""
        parts = [self._news(snapshot, health, now)]
        size = len(parts[0])
        for printer, tile in self._lacking(snapshot.printers):
            if size >= CHUNK_BYTES:
                break
            self._pictures[printer] = (tile.number, now)
            parts.append(tile_message(printer, tile.taken_at, tile.jpeg))
            size += len(parts[-1])
        return b"".join(parts)

    def _news(self, snapshot: Snapshot, health: Json, now: float) -> bytes:
        shown = [self._presenter.tile(view) for view in snapshot.printers]
        changed = [tile for tile in shown if self._states.get(tile["id"]) != tile]
        silent = self._said_at is not None and now - self._said_at < SIGN_OF_LIFE_S
        if not changed and silent and health == self._health:
            return b""
        self._states.update((tile["id"], tile) for tile in changed)
        self._said_at, self._health = now, health
        return states_message({"at": now, "vigie": self._version, "health": health, "printers": changed})

    def _lacking(self, views: Iterable[PrinterView]) -> list[tuple[str, Tile]]:
        """Return the pictures that this viewer has not got: alarms first, then those that wait longest."""
        waiting = []
        for view in views:
            tile, (number, sent_at) = self._board.tile(view.id), self._pictures.get(view.id, (-1, 0.0))
            if tile is not None and tile.number != number:
                waiting.append((self._presenter.tile(view)["rank"], sent_at, view.id, tile))
        waiting.sort(key=lambda entry: entry[:3])
        return [(printer, tile) for _, _, printer, tile in waiting]
