"""What viewers of the stream may lack, encoded once for all of them.

An edition is the farm at one moment: every printer's state as JSON and its newest picture as a message, both made when
they change and not again for each viewer. Each carries the number of the edition that it was new in, so that a viewer
finds out what it lacks by comparing numbers.
"""

import json
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from monitor.board import Board, PrinterView, Snapshot, Tile
from monitor.wall.attention import Level
from monitor.wall.feed.framing import tile_message
from monitor.wall.present import Json, Presenter

FRESH_S = 0.05
"""Viewers that come within this time share an edition."""

_URGENCY = {Level.ALARM: 8, Level.LOOK: 3, Level.CALM: 1}


@dataclass(frozen=True, slots=True)
class Entry:
    """One printer in an edition."""

    printer: str
    urgency: int  # when there is no room for all: how many times as often as a calm one its picture is sent
    rank: int
    shown: Json
    state: bytes  # the same, encoded
    state_since: int  # number of the edition in which it became this
    change: bytes  # id and the keys that differ from the state before, encoded; empty when there was none
    change_from: int  # number of the edition in which the state before began
    tile: Tile | None
    picture: bytes  # a whole message; empty before the first picture
    picture_since: int


@dataclass(frozen=True, slots=True)
class Edition:
    """The farm at one moment, ready to be sent; immutable."""

    number: int
    version: int  # of the board
    health: bytes
    health_since: int
    states_since: int  # no state is newer
    members_since: int  # number of the edition in which a printer last came or went
    entries: tuple[Entry, ...]  # in the order of cameras.yaml
    fresh: tuple[Entry, ...]  # those whose picture is new in this edition


_NOTHING = Edition(0, -1, b"", 0, 0, 0, (), ())


class Press:
    """Makes editions, as often as viewers ask and the board has changed. Callable from any thread.

    What has not changed on the board since the last edition is not looked at again.
    """

    def __init__(self, board: Board, presenter: Presenter, health: Callable[[Snapshot], Json]) -> None:
        self._board, self._presenter, self._health = board, presenter, health
        self._lock = threading.Lock()
        self._edition = _NOTHING
        self._entries: dict[str, Entry] = {}  # in the order of cameras.yaml
        self._made_at = float("-inf")

    def latest(self, now: float) -> Edition:
        """Return an edition that is at most ``FRESH_S`` old; the same one as long as nothing changes."""
        with self._lock:
            if now - self._made_at >= FRESH_S:
                self._made_at = now
                self._edition = self._next(self._edition)
            return self._edition

    def _next(self, last: Edition) -> Edition:
        news = self._board.news(last.version)
        health = _encoded(self._health(news.snapshot))
        if news.snapshot.version == last.version and health == last.health:
            return last
        number = last.number + 1
        changed = [self._entry(self._entries.get(view.id), view, number) for view in news.printers]
        self._entries.update((entry.printer, entry) for entry in changed)
        came_or_went = news.is_other_farm and self._follow(news.snapshot.printers, last)
        has_new_state = any(entry.state_since == number for entry in changed)
        entries = tuple(self._entries.values())
        return Edition(
            number,
            news.snapshot.version,
            health,
            health_since=last.health_since if health == last.health else number,
            states_since=number if has_new_state else last.states_since,
            members_since=number if came_or_went else last.members_since,
            entries=entries,
            fresh=tuple(entry for entry in entries if entry.picture_since == number),
        )

    def _follow(self, views: Sequence[PrinterView], last: Edition) -> bool:
        """Keep the entries of these printers, in this order; tell whether that differs from the last edition."""
        self._entries = {view.id: self._entries[view.id] for view in views}
        if list(self._entries) == [entry.printer for entry in last.entries]:
            return False
        self._presenter.keep_only(self._entries)
        return True

    def _entry(self, before: Entry | None, view: PrinterView, number: int) -> Entry:
        shown, tile = self._presenter.tile(view), self._board.tile(view.id)
        if before is None:
            return _new_entry(view.id, shown, tile, number)
        same_state = shown is before.shown or shown == before.shown
        if same_state and tile is before.tile:
            return before
        entry = before if same_state else _changed_entry(before, shown, number)
        if tile is before.tile:
            return entry
        return replace(entry, tile=tile, picture=_message(view.id, tile), picture_since=number)


def _new_entry(printer: str, shown: Json, tile: Tile | None, number: int) -> Entry:
    return Entry(
        printer,
        _URGENCY[shown["level"]],
        shown["rank"],
        shown,
        _encoded(shown),
        number,
        change=b"",
        change_from=number,
        tile=tile,
        picture=_message(printer, tile),
        picture_since=number,
    )


def _changed_entry(before: Entry, shown: Json, number: int) -> Entry:
    change = {"id": before.printer} | {key: value for key, value in shown.items() if before.shown[key] != value}
    return replace(
        before,
        urgency=_URGENCY[shown["level"]],
        rank=shown["rank"],
        shown=shown,
        state=_encoded(shown),
        state_since=number,
        change=_encoded(change),
        change_from=before.state_since,
    )


def _message(printer: str, tile: Tile | None) -> bytes:
    return b"" if tile is None else tile_message(printer, tile.taken_at, tile.jpeg)


def _encoded(content: Json) -> bytes:
    return json.dumps(content, separators=(",", ":"), ensure_ascii=False).encode()
