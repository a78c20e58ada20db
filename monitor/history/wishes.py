"""Commands that came from another place, by their ids: done once. Plain functions on a connection."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Wish:
    """A command that was taken up."""

    id: str
    keep_until: float  # it may be repeated until then
    answer: str | None = None  # as it was sent; None: it was taken up, and perhaps done


def put(connection: sqlite3.Connection, wishes: Iterable[Wish], now: float) -> None:
    """Write wishes, or their answers; those that cannot be repeated any more go."""
    connection.executemany(
        "INSERT INTO wish (id, keep_until, answer) VALUES (?, ?, ?) "
        "ON CONFLICT (id) DO UPDATE SET answer = excluded.answer WHERE wish.answer IS NULL",
        [(wish.id, wish.keep_until, wish.answer) for wish in wishes],
    )
    connection.execute("DELETE FROM wish WHERE keep_until < ?", (now,))


def wish(connection: sqlite3.Connection, id_: str) -> Wish | None:
    """Return what is known of a command; None when it never came, or long ago."""
    row = connection.execute("SELECT id, keep_until, answer FROM wish WHERE id = ?", (id_,)).fetchone()
    return Wish(*row) if row else None
