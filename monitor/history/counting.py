"""Counts what the history gets, since a start: reads only what is new, so that a question costs what has happened."""

import threading
from bisect import bisect_left
from collections import Counter
from contextlib import suppress

from monitor.errors import StorageError
from monitor.history.reader import HistoryReader
from monitor.history.tally import Happened
from monitor.records import EventKind, FailureClass
from monitor.records.tally import BUCKETS_S, Tally


class TallyKeeper:
    """Counts from its construction on, or from when the file can first be read; nobody has to wait for that.

    :meth:`tally` may be called from any thread, and raises StorageError.
    """

    def __init__(self, reader: HistoryReader) -> None:
        self._reader = reader
        self._lock = threading.Lock()
        self._seq: int | None = None
        with suppress(StorageError):  # the history tells of it; it is no reason not to watch
            self._seq = reader.newest_event()
        self._events: Counter[EventKind] = Counter()
        self._incidents: Counter[FailureClass] = Counter()
        self._proof_s = [0] * len(BUCKETS_S)
        self._proof_sum_s = 0.0

    def tally(self) -> Tally:
        """Return all that has happened since the start."""
        with self._lock:
            if self._seq is None:
                self._seq = self._reader.newest_event()
            for fact in self._reader.happened_after(self._seq):
                self._seq = fact.seq
                self._count(fact)
            return Tally(dict(self._events), dict(self._incidents), tuple(self._proof_s), self._proof_sum_s)

    def _count(self, fact: Happened) -> None:
        kind = EventKind(fact.kind)
        self._events[kind] += 1
        if kind is EventKind.INCIDENT_OPENED and fact.failure_class is not None:
            self._incidents[FailureClass(fact.failure_class)] += 1
        if fact.waited_s is not None:
            self._proof_s[bisect_left(BUCKETS_S, fact.waited_s)] += 1
            self._proof_sum_s += fact.waited_s
