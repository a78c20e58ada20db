"""Which batches are with the workers."""

import itertools

from monitor.service.turns import PATIENCE_S


class UnderWay:
    """Changed by the pipeline's thread alone, read from any. A worker that never comes back blinds its cameras."""

    name = "inspection"
    patience_s = PATIENCE_S

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self._out: dict[int, None] = {}  # in the order in which they were handed over

    def begin(self) -> int:
        """Note a batch that is handed over; return its number."""
        number = next(self._numbers)
        self._out[number] = None
        return number

    def end(self, number: int) -> None:
        """Note that a batch has come back."""
        del self._out[number]

    def mark(self) -> int | None:
        """Return the one that has been away for the longest; None: no worker has anything to do."""
        return min(list(self._out), default=None)
