"""Which page of a peer's journal is asked for, and when. Pure: all times are given, in seconds of any clock.

One question is under way at a time. A page counts only as the answer to the question that is open: what was not asked
for is not taken. Nothing is forgotten when a page cannot be written here: the same question is asked again later.
"""

from collections.abc import Callable
from dataclasses import dataclass

from monitor.peers.records import PageAsk
from monitor.records.journal import Cursor, Page

ANSWER_S = 10.0  # a question is asked anew when no page came for so long; then twice as long, and so on
LONGEST_S = 60.0
FULL_S = 5.0  # until a page is asked for again that could not be written, likewise
TOLD_AFTER_S = 5.0  # that something is still to come is no news before


@dataclass(frozen=True, slots=True)
class _Open:
    ask: PageAsk
    until: float


class Pulling:
    """What is still to be read of one peer's history."""

    def __init__(self, lookup: Callable[[str], Cursor]) -> None:
        """``lookup`` says how far a file of the peer's, by its identity, was read; it may raise StorageError."""
        self._lookup = lookup
        self._cursor: Cursor | None = None  # None: look it up
        self._history, self._head = "", 0
        self._open: _Open | None = None
        self._not_before = float("-inf")
        self._misses = 0  # in a row: no answer came
        self._refusals = 0  # in a row: it could not be written
        self._behind_since: float | None = None

    def told(self, history: str, head: int, now: float) -> None:
        """Take in how far the peer has written, and into which file."""
        if history != self._history:
            self._cursor, self._open, self._misses, self._refusals = None, None, 0, 0
            self._not_before = float("-inf")
        self._history, self._head = history, head
        if self._cursor is None or head > self._cursor.seq:
            self._behind_since = now if self._behind_since is None else self._behind_since

    def is_behind(self, now: float) -> bool:
        """Tell whether something of the peer's history has been missing here for a while."""
        return self._behind_since is not None and now - self._behind_since >= TOLD_AFTER_S

    def line_is_back(self) -> None:
        """Ask at once: what was under way was lost with the line."""
        self._open, self._misses = None, 0
        if not self._refusals:
            self._not_before = float("-inf")

    def next(self, now: float, name: str) -> PageAsk | None:
        """Return the question to send now, to be called ``name``; None when there is none."""
        if self._open is not None and now < self._open.until:
            return None
        if self._open is not None:
            self._misses += 1
            self._open = None
        if not self._history or now < self._not_before:
            return None
        if self._cursor is None:
            self._cursor = self._lookup(self._history)
        if self._head <= self._cursor.seq:
            self._behind_since = None
            return None
        wait_s = min(LONGEST_S, ANSWER_S * 2 ** min(self._misses, 8))
        self._open = _Open(PageAsk(name, self._history, self._cursor.seq), now + wait_s)
        return self._open.ask

    def is_answer(self, page: Page) -> bool:
        """Tell whether this page is the one that was asked for."""
        if self._open is None or page.id != self._open.ask.id:
            return False
        return page.after == (self._open.ask.after if page.history == self._open.ask.history else 0)

    def written(self, page: Page) -> None:
        """Take in that an answer is in our history for good."""
        if page.history != self._history:  # it has another file by now
            self._history, self._head = page.history, page.head
        self._cursor, self._head = Cursor(page.history, page.upto), max(page.head, self._head)
        self._open, self._misses, self._refusals = None, 0, 0
        self._not_before = float("-inf")
        if self._head <= page.upto:
            self._behind_since = None

    def refused(self, now: float) -> None:
        """Take in that an answer could not be written here: it is asked for again after a while."""
        self._open, self._cursor = None, None
        self._not_before = now + min(LONGEST_S, FULL_S * 2 ** min(self._refusals, 8))
        self._refusals += 1
