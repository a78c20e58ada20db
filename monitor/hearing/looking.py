"""For whose printers tiles are asked, and when: peers send those of whom somebody looks. Pure; times are given."""

from collections.abc import Collection

RENEW_S = 5.0
LASTS_S = 12.0  # one word may be lost on the way


class Looks:
    """Who is looked at of one peer, as it was last told."""

    def __init__(self) -> None:
        self._told: frozenset[str] = frozenset()
        self._told_kbit_per_s: float | None = None
        self._told_at = float("-inf")

    def next(self, printers: Collection[str], now: float, kbit_per_s: float | None = None) -> bool:
        """Tell whether the peer is to hear now that these are looked at: somebody else is, or it is time again.

        ``kbit_per_s``: its share of our line, of which it hears as well; None: it has none.
        """
        wanted = frozenset(printers)
        is_new = bool(wanted - self._told) or kbit_per_s != self._told_kbit_per_s
        is_due = now - self._told_at >= RENEW_S
        if not is_new and (not is_due or not (wanted or self._told or kbit_per_s)):
            return False
        self._told, self._told_at, self._told_kbit_per_s = wanted, now, kbit_per_s
        return True
