"""How long a node may act after its last sign of life, and after which silence it is shut out: pure.

Everything is counted on one machine's own clock that never steps and runs on while the machine sleeps (Linux:
CLOCK_BOOTTIME). No two machines' clocks are ever compared: an owner counts from *before* it sent its sign of life, an
observer from *after* it saw it, so the owner's time is over first, whatever lies between the two.
"""

from dataclasses import dataclass

RENEW_S = 2.0  # between two signs of life
LEASE_S = 9.0  # a node acts for so long after it began to send the last one that the store has taken
SILENT_S = 9.5  # nothing seen for so long: shut out. The difference is for clocks that do not run at the same rate
MEASURE_S = 3.0  # a store that has worked for so long is trusted when it shows nothing of a node
SLOW_S = 3.0  # an answer that took longer is none of a store that works

assert RENEW_S + SLOW_S < LEASE_S < SILENT_S  # noqa: S101  # what everything else stands on


@dataclass(slots=True)
class Lease:
    """One node's, on its own clock."""

    until: float = float("-inf")  # it is certain before this
    _working_since: float | None = None

    def renewed(self, sent_at: float, now: float) -> None:
        """Take in that the store has taken a sign of life that was first sent at ``sent_at``."""
        if self._working_since is None or now - sent_at > SLOW_S:
            self._working_since = now
        self.until = max(self.until, sent_at + LEASE_S)

    def failed(self) -> None:
        """Take in that it is not known whether the store has taken one."""
        self._working_since = None

    def lost(self) -> None:
        """Take in that we were shut out."""
        self.until = float("-inf")

    def is_certain(self, now: float) -> bool:
        """Whether we may act at this moment."""
        return now < self.until

    def is_fit_to_judge(self, now: float) -> bool:
        """Whether somebody's silence is theirs, rather than ours or the store's."""
        return self.is_certain(now) and self._working_since is not None and now - self._working_since >= MEASURE_S
