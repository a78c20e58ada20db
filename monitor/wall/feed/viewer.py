"""What one viewer of the stream has got, and what it gets next. No thread, no socket, no waiting in here."""

import json
import secrets
from collections.abc import Collection, Iterable, Sequence

from monitor.wall.feed.edition import Edition, Entry
from monitor.wall.feed.framing import Kind, frame

ROOM_AT_LEAST_BYTES = 4 * 1024  # one picture goes in any case
ROOM_AT_FIRST_BYTES = 32 * 1024
ROOM_AT_MOST_BYTES = 256 * 1024
"""Pictures are handed over in chunks of at most this size: between two chunks newer states and pictures overtake."""

QUICK_S, SLOW_S = 0.15, 0.5
"""A chunk that has gone within the first makes the next larger, one that takes longer than the second smaller."""

SIGN_OF_LIFE_S = 1.0


class Viewer:
    """Memory of one viewer. ``next_chunk`` gives the newest of what it lacks, so nothing is ever queued for it."""

    def __init__(self, version: str) -> None:
        self.id = secrets.token_urlsafe(16)  # only this viewer knows it
        self._version = version
        self._visible: frozenset[str] | None = None
        self._room_bytes = ROOM_AT_FIRST_BYTES
        self._size_bytes = 0  # of the last chunk
        self._edition = -1  # the last that it got states from
        self._has_all_of: tuple[int, frozenset[str] | None] = (-1, None)  # pictures: edition and what was visible
        self._pictures: dict[str, tuple[int, float]] = {}  # which picture was last sent, and when
        self._said_at = float("-inf")
        self._states_only = False  # whether the last chunk had no room for pictures

    def show(self, visible: Collection[str]) -> None:
        """From now on send pictures of these printers only; states come of all. Callable from any thread."""
        self._visible = frozenset(visible)

    @property
    def visible(self) -> frozenset[str] | None:
        """The printers whose pictures are sent; None: all, as long as the viewer has not said."""
        return self._visible

    def took(self, seconds: float) -> None:
        """Learn how long the last chunk needed to reach the viewer's machine, and make the next as large as fits."""
        if seconds > SLOW_S:
            self._room_bytes = max(self._room_bytes // 2, ROOM_AT_LEAST_BYTES)
        elif seconds < QUICK_S and self._size_bytes >= self._room_bytes // 2:
            self._room_bytes = min(2 * self._room_bytes, ROOM_AT_MOST_BYTES)

    def next_chunk(self, edition: Edition, now: float) -> bytes:
        """Return messages for this viewer, states first, then as many pictures as fit; empty when it has it all."""
        news = self._news(edition, now)
        room_bytes = self._room_bytes - len(news)
        # Behind many states a picture would be old when it comes; but not twice, or none ever would.
        self._states_only = room_bytes <= 0 and not self._states_only
        pictures = [] if self._states_only else self._fitting(edition, room_bytes, now)
        chunk = b"".join([news, *pictures]) if pictures else news
        self._size_bytes = len(chunk)
        return chunk

    @property
    def has_it_all(self) -> bool:
        """Whether the last chunk left nothing out."""
        return self._has_all_of == (self._edition, self._visible)

    def _news(self, edition: Edition, now: float) -> bytes:
        last, self._edition = self._edition, edition.number
        changed = max(edition.states_since, edition.health_since, edition.members_since)
        if changed <= last and now - self._said_at < SIGN_OF_LIFE_S:
            return b""
        self._said_at = now
        parts = [f'"at":{now:.3f},"vigie":{json.dumps(self._version)},"viewer":"{self.id}"'.encode()]
        parts.append(b'"health":' + edition.health)
        if edition.members_since > last:
            parts.append(b'"order":' + json.dumps([entry.printer for entry in edition.entries]).encode())
            self._forget_others(edition)
        newer = [entry for entry in edition.entries if entry.state_since > last]
        known = [entry for entry in newer if entry.change and entry.change_from <= last]  # it has the state before
        if known:
            parts.append(b'"changed":[' + b",".join(entry.change for entry in known) + b"]")
        whole = (entry.state for entry in newer if not entry.change or entry.change_from > last)
        parts.append(b'"printers":[' + b",".join(whole) + b"]")
        return frame(Kind.STATES, b"{" + b",".join(parts) + b"}")

    def _forget_others(self, edition: Edition) -> None:
        there = {entry.printer for entry in edition.entries}
        self._pictures = {printer: sent for printer, sent in self._pictures.items() if printer in there}

    def _fitting(self, edition: Edition, room_bytes: int, now: float) -> Sequence[bytes]:
        """Return the pictures that go next; at least one, as long as one is lacking."""
        visible = self._visible
        new_only = self._has_all_of in ((edition.number - 1, visible), (edition.number, visible))
        waiting = self._lacking(edition.fresh if new_only else edition.entries, visible)
        if sum(len(entry.picture) for entry in waiting) > room_bytes:
            waiting = _first(sorted(waiting, key=lambda entry: self._turn(entry, now)), room_bytes)
        else:
            self._has_all_of = (edition.number, visible)
        for entry in waiting:
            self._pictures[entry.printer] = (entry.picture_since, now)
        return [entry.picture for entry in waiting]

    def _lacking(self, entries: Iterable[Entry], visible: frozenset[str] | None) -> list[Entry]:
        sent = self._pictures
        return [
            entry
            for entry in entries
            if entry.picture
            and (visible is None or entry.printer in visible)
            and sent.get(entry.printer, (-1,))[0] != entry.picture_since
        ]

    def _turn(self, entry: Entry, now: float) -> tuple[float, int]:
        """Return a sort key: those never sent by rank, then those that have waited longest for their urgency."""
        sent = self._pictures.get(entry.printer)
        return (float("-inf") if sent is None else -(now - sent[1]) * entry.urgency, entry.rank)


def _first(waiting: Iterable[Entry], room_bytes: int) -> list[Entry]:
    chosen: list[Entry] = []
    for entry in waiting:
        if chosen and room_bytes < len(entry.picture):
            break
        chosen.append(entry)
        room_bytes -= len(entry.picture)
    return chosen
