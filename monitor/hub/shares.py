"""What each site may take of a line that all of them share: the hub's own, where it is thin. Pure; times are given.

A site of which nobody wants anything gets little, and the others the rest in equal parts: so the sum is what was said,
whoever fails at the same time. Each site keeps within its share by its own budget (:mod:`monitor.peers.budget`), in
which everything counts that it tells.
"""

from collections.abc import Collection, Mapping

from monitor.peers.budget import LEAST_KBIT_PER_S

USED = 0.9  # of the line: the rest is for what is around messages, and for questions
STAYS_BUSY_S = 15.0  # so that shares do not change with every second


class Shares:
    """How a line is shared out."""

    def __init__(self, line_kbit_per_s: float) -> None:
        self._kbit_per_s = line_kbit_per_s * USED
        self._busy_at: dict[str, float] = {}

    def of(self, peers: Collection[str], busy: Collection[str], now: float) -> Mapping[str, float]:
        """Return the share of each of these in kbit/s; ``busy``: of whom something is wanted now."""
        self._busy_at.update(dict.fromkeys(busy, now))
        self._busy_at = {peer: at for peer, at in self._busy_at.items() if now - at < STAYS_BUSY_S}
        at_work = [peer for peer in peers if peer in self._busy_at]
        left = self._kbit_per_s - LEAST_KBIT_PER_S * (len(peers) - len(at_work))
        share = max(LEAST_KBIT_PER_S, left / max(1, len(at_work)))
        return {peer: round(share, 1) if peer in self._busy_at else LEAST_KBIT_PER_S for peer in peers}
