"""How far the clocks of other nodes are from ours, as their signs of life tell: pure, and for people alone.

Nothing is decided by it: see :mod:`monitor.cluster.lease`. But times in histories and on walls are of the machine that
wrote them, and an agent refuses an order that is too old by its own clock.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from monitor.cluster.rows import NodeRow

TOLD_S = 5.0
SIGNS = 5  # the least difference of so many: what the way takes only adds


@dataclass(slots=True)
class _Heard:
    session: str
    differences_s: deque[float] = field(default_factory=lambda: deque(maxlen=SIGNS))


class Clocks:
    """What one node knows of the others'."""

    def __init__(self) -> None:
        self._heard: dict[str, _Heard] = {}

    def signed(self, row: NodeRow, unix_s: float) -> None:
        """Take in a sign of life that has just come; ``unix_s``: what our clock says. Never one of before."""
        if row.ended:
            self._heard.pop(row.node, None)
            return
        known = self._heard.get(row.node)
        if known is None or known.session != row.session:
            known = self._heard[row.node] = _Heard(row.session)
        known.differences_s.append(unix_s - row.at)

    def apart(self) -> Iterator[tuple[str, float]]:
        """Yield nodes whose clocks are off ours, and by how many seconds ours is ahead."""
        for node, heard in sorted(self._heard.items()):
            ahead_s = min(heard.differences_s)
            if len(heard.differences_s) == SIGNS and abs(ahead_s) >= TOLD_S:
                yield node, ahead_s


def told(node: str, ahead_s: float) -> str:
    """Return what people read of a node's clock."""
    how = "behind" if ahead_s > 0 else "ahead of"
    return (
        f"the clock of node {node} is {abs(ahead_s):.0f} s {how} this machine's: set all clocks by NTP, then restart "
        "Vigie where it was wrong; until then times that people read are wrong, and agents may take orders for too old"
    )
