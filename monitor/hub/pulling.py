"""Which page of a site's journal is asked for, and when. Pure: all times are given, in seconds of any clock.

One question is under way at a time. A page counts only as the answer to the question that is open: what was not asked
for is not taken. Nothing is forgotten when a page cannot be written here: the same question is asked again later.
"""

from dataclasses import dataclass

from monitor.peers.records import PageAsk
from monitor.records.journal import Cursor, Page

ANSWER_S = 10.0  # a question is asked anew when no page came for so long; then twice as long, and so on
LONGEST_S = 60.0
FULL_S = 5.0  # until a page is asked for again that could not be written, likewise


@dataclass(frozen=True, slots=True)
class _Open:
    ask: PageAsk
    until: float


class Pulling:
    """What is still to be read of one site's history."""

    def __init__(self, cursor: Cursor) -> None:
        """``cursor``: how far it was read before."""
        self.cursor = cursor
        self._history, self._head = cursor.history, cursor.seq
        self._open: _Open | None = None
        self._not_before = float("-inf")
        self._misses = 0  # in a row: no answer came
        self._refusals = 0  # in a row: it could not be written

    @property
    def behind(self) -> int:
        """How many numbers of the journal are still to be read, at most."""
        return max(0, self._head - self._after)

    @property
    def _after(self) -> int:
        return self.cursor.seq if self._history == self.cursor.history else 0

    def told(self, history: str, head: int) -> None:
        """Take in how far the site has written, and into which file."""
        if history != self._history:
            self._open, self._misses, self._refusals = None, 0, 0
            self._not_before = float("-inf")
        self._history, self._head = history, head

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
        if not self.behind or now < self._not_before:
            return None
        wait_s = min(LONGEST_S, ANSWER_S * 2 ** min(self._misses, 8))
        self._open = _Open(PageAsk(name, self._history, self._after), now + wait_s)
        return self._open.ask

    def is_answer(self, page: Page) -> bool:
        """Tell whether this page is the one that was asked for."""
        if self._open is None or page.id != self._open.ask.id:
            return False
        return page.after == (self._open.ask.after if page.history == self._open.ask.history else 0)

    def written(self, page: Page) -> None:
        """Take in that an answer is in our history for good."""
        self.cursor = Cursor(page.history, page.upto)
        self._history, self._head = page.history, max(page.head, self._head if page.history == self._history else 0)
        self._open, self._misses, self._refusals = None, 0, 0
        self._not_before = float("-inf")

    def refused(self, now: float) -> None:
        """Take in that an answer could not be written here: it is asked for again after a while."""
        self._open = None
        self._not_before = now + min(LONGEST_S, FULL_S * 2 ** min(self._refusals, 8))
        self._refusals += 1
