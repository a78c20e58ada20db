"""Which incident's picture a peer is asked for, and when. Pure: all times are given, in seconds of any clock.

One picture at a time and a pause after each, for the line is thin and states matter more; the newest first.
"""

from collections.abc import Iterable

ANSWER_S = 20.0
PAUSE_S = 1.0
TRIES = 4  # then not before we are started again
WAITING_AT_MOST = 1_000


class Wanted:
    """The pictures that are still to be had of one peer."""

    def __init__(self) -> None:
        self._waiting: dict[str, int] = {}  # incident -> tries so far; the newest last
        self._given_up: set[str] = set()
        self._asked: str | None = None
        self._until = float("-inf")

    def is_any(self) -> bool:
        """Tell whether a picture is still to be had."""
        return bool(self._waiting) or self._asked is not None

    def is_under_way(self, now: float) -> bool:
        """Tell whether one was asked for and may still come."""
        return self._asked is not None and now < self._until

    def want(self, incidents: Iterable[str]) -> None:
        """Ask for these, too, the newest last; of very many the oldest are not asked for."""
        for incident in incidents:
            if incident not in self._given_up:
                self._waiting.setdefault(incident, 0)
        while len(self._waiting) > WAITING_AT_MOST:
            del self._waiting[next(iter(self._waiting))]

    def next(self, now: float) -> str | None:
        """Return the incident to ask for now; None: wait."""
        if now < self._until or not self._waiting:
            return None
        chosen = next(reversed(self._waiting))
        tries = self._waiting.pop(chosen) + 1
        if tries < TRIES:  # at the other end: one that is never answered holds nobody up
            self._waiting = {chosen: tries} | self._waiting
        else:
            self._given_up.add(chosen)
        self._asked, self._until = chosen, now + ANSWER_S
        return chosen

    def came(self, incident: str, now: float, *, is_there: bool) -> bool:
        """Take in that a picture has come, or the word that there is none; tell whether it was asked for."""
        if incident != self._asked:
            return False
        self._asked, self._until = None, now + PAUSE_S
        self._waiting.pop(incident, None)
        (self._given_up.discard if is_there else self._given_up.add)(incident)
        return True
