"""At whose printers others look, and how much they can hear: each says so anew every few seconds, or has gone."""

import threading
from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from monitor.peers.budget import LEAST_KBIT_PER_S
from monitor.peers.records import Look

LASTS_S = 15.0  # where the asker's own times say nothing
AT_MOST_S = 30.0
WATCHERS = 32


class Watched:
    """Every method may be called from any thread; times are on our clock."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._looks: dict[str, tuple[Look, float]] = {}  # by who looks, until when

    def look(self, look: Look, now: float) -> None:
        """Note who looks at which printers; what the same one said before holds no more.

        How long it lasts is what its own two times say, for the asker's clock may be another one.
        """
        lasts_s = min(max(look.until - look.at, 0.0), AT_MOST_S) if look.at else LASTS_S
        with self._lock:
            self._looks[look.by] = look, now + lasts_s
            while len(self._looks) > WATCHERS:
                del self._looks[min(self._looks, key=lambda who: self._looks[who][1])]

    def printers(self, now: float) -> AbstractSet[str]:
        """Return all printers at which somebody looks."""
        return frozenset(printer for look in self._now(now) for printer in look.printers)

    def kbit_per_s(self, now: float) -> float | None:
        """Return the least of what anybody can hear; None: nobody has said anything about it."""
        said = (look.kbit_per_s for look in self._now(now))
        least = min((kbit_per_s for kbit_per_s in said if kbit_per_s is not None), default=None)
        return None if least is None else max(LEAST_KBIT_PER_S, least)

    def _now(self, now: float) -> Sequence[Look]:
        with self._lock:
            self._looks = {who: (look, until) for who, (look, until) in self._looks.items() if until > now}
            return [look for look, _ in self._looks.values()]
