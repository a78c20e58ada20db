"""How long a node may act after its last sign of life, and after which silence it is shut out: pure.

Everything is counted on one machine's own clock that never steps and runs on while the machine sleeps (Linux:
CLOCK_BOOTTIME). No two machines' clocks are ever compared: an owner counts from *before* it sent its sign of life, an
observer from *after* it saw it, so the owner's time is over first, whatever lies between the two.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Timing:
    """All waiting of a node, in seconds. An observer waits for what the observed one's row says of its lease."""

    renew_s: float = 2.0  # between two signs of life
    lease_s: float = 9.0  # a node acts for so long after it began to send the last one that the store has taken
    silent_s: float = 9.5  # nothing seen for so long: shut out. The rest is for clocks that run at different rates
    measure_s: float = 3.0  # a store that has worked for so long is trusted when it shows nothing of a node
    slow_s: float = 3.0  # an answer that took longer is none of a store that works
    stand_in_s: float = 3.0  # the next one claims what the one before has left lying for so long
    steady_s: float = 10.0  # a node that came is given printers after this
    fresh_s: float = 5.0  # a node that was heard of within this is given printers
    unheard_s: float = 8.0  # who has not heard the broker for so long cannot pause; what comes from it comes every 5 s
    let_go_s: float = 4.0  # and hands over when others could for so long: those of a dead broker notice it one by one
    back_s: float = 10.0  # the broker must be heard for so long before printers come back: all are connected by then

    def __post_init__(self) -> None:
        """Refuse what would let two nodes act at a time."""
        if not self.renew_s + self.slow_s < self.lease_s < self.silent_s:
            raise ValueError(f"{self}: two signs of life must fit into a lease, and a lease into the silence")

    def silence_of(self, lease_s: float) -> float:
        """Return how long to wait for a node whose leases last so long: it may be of another version than we."""
        return max(self.silent_s, lease_s * self.silent_s / self.lease_s)


@dataclass(slots=True)
class Lease:
    """One node's, on its own clock."""

    timing: Timing = Timing()
    until: float = float("-inf")  # it is certain before this
    _working_since: float | None = None

    def renewed(self, sent_at: float, now: float) -> None:
        """Take in that the store has taken a sign of life that was first sent at ``sent_at``."""
        if self._working_since is None or now - sent_at > self.timing.slow_s:
            self._working_since = now
        self.until = max(self.until, sent_at + self.timing.lease_s)

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
        works = self._working_since is not None and now - self._working_since >= self.timing.measure_s
        return works and self.is_certain(now)
