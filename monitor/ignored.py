"""Messages that are not of the contract: every one is counted, and a flood of them does not flood the log."""

import logging
import threading
from collections import Counter
from dataclasses import dataclass

from monitor.clock import Clock

log = logging.getLogger(__name__)

LINES = 5  # a minute and a reason that are told one by one; of the rest only the tenth, hundredth, thousandth ...
MINUTE_S = 60.0
TOPIC_AT_MOST, DETAIL_AT_MOST = 120, 300  # characters: both come from strangers


@dataclass(slots=True)
class _Minute:
    began_at: float
    messages: int = 0
    silent: int = 0  # since the last line


class IgnoredMessages:
    """Counts by reason. Every method may be called from any thread."""

    def __init__(self, clock: Clock, where: str) -> None:
        """``where``: who ignores, for the log."""
        self._clock, self._where = clock, where
        self._lock = threading.Lock()
        self._counts: Counter[str] = Counter()
        self._minutes: dict[str, _Minute] = {}  # by reason: they are words of ours, so there are few

    @property
    def counts(self) -> Counter[str]:
        """How many messages were ignored since the start, by reason."""
        with self._lock:
            return Counter(self._counts)

    def add(self, reason: str, topic: str, detail: str) -> None:
        """Count a message, and tell it unless too many were told within this minute."""
        with self._lock:
            self._counts[reason] += 1
            silent = self._silent_before(reason)
        if silent is not None:
            more = f" (and {silent} more for the same reason)" if silent else ""
            log.warning(
                "%s: message on %s ignored: %s: %s%s",
                self._where,
                plain(topic, TOPIC_AT_MOST),
                reason,
                plain(detail, DETAIL_AT_MOST),
                more,
            )

    def _silent_before(self, reason: str) -> int | None:
        """Return how many were not told before this one; None when this one is not told either."""
        now = self._clock.now()
        minute = self._minutes.setdefault(reason, _Minute(now))
        if now - minute.began_at >= MINUTE_S:
            minute.began_at, minute.messages = now, 0
        minute.messages += 1
        if minute.messages > LINES and str(minute.messages).strip("0") != "1":
            minute.silent += 1
            return None
        silent, minute.silent = minute.silent, 0
        return silent


def plain(text: str, at_most: int) -> str:
    """Return a stranger's text on one line and not too long; what cannot be printed is written as Python does."""
    shown = "".join(c if c.isprintable() else repr(c)[1:-1] for c in text[:at_most])
    return f"{shown}... ({len(text)} characters)" if len(text) > at_most else shown
