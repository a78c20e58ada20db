"""Which of the rows that were ever written to a key hold: pure, and the same for everybody who reads the log.

All keys stand in one log that Raft puts in one order. A row names the revision that it builds on, and holds if that was
the last one that held when the log came to it. So of two rows that build on the same one, the first holds and the other
is void, whoever wrote it, and whatever he was told. The server's own compare-and-set only spares the log most of these:
before 2.9.21, servers in a cluster may accept two at a time (nats-server issue 4320; Debian 12 has 2.9.10).

Only the last :data:`HISTORY` rows of a key are kept, and who watches anew after a time may have missed some. Then the
first row that it sees may be void, because the one that holds in its place is gone. The next row that builds on that
one shows it; there must be such a row, or nothing would be gone.
"""

from dataclasses import dataclass

HISTORY = 16  # rows of a key that the store keeps; void ones come within moments of those that hold


@dataclass(slots=True)
class Chain:
    """One key's rows, by revision; 0 is none."""

    held: int = 0  # the last one that holds
    last: int = 0  # the last one of all
    _has_gap: bool = True  # rows may have been missed since ``last``
    _unseen_after: int = 0  # between these two there may be a row that holds and was never seen;
    _unseen_before: int = 0  # then what was taken as holding since is void

    def miss(self) -> None:
        """Take in that rows may be missed from here on, until the next one."""
        self._has_gap = True

    def take(self, revision: int, expected: int | None) -> bool:
        """Take in the next row and tell whether it holds; ``expected`` is None for what holds whatever was before."""
        if revision <= self.last:
            return False
        holds = expected is None or self._builds(expected, revision)
        if expected is None:
            self._unseen_after = self._unseen_before = 0
        self.last = revision
        if holds:
            self.held, self._has_gap = revision, False
        return holds

    def _builds(self, expected: int, revision: int) -> bool:
        """Whether a row builds on the last one that holds."""
        if self._unseen_after < expected < self._unseen_before:
            self._unseen_after = self._unseen_before = 0
            return True
        if expected != self.held and expected <= self.last and self.last:
            return False
        if self._has_gap or expected != self.held:
            self._unseen_after, self._unseen_before = expected, revision
        return True
