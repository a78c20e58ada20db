"""When the broker was last heard: who does not hear it can pause nothing, nor who is too late for all agents.

Every node tells the others that it lives, every few seconds, and hears itself, too: so something is always to be heard.
"""

from collections.abc import Callable

from monitor.clock import Clock

DEAF = "does not hear the broker and can pause nothing: check its line to mqtt.host, and that the broker runs"
MARGIN_S = 5.0  # what an order needs on its way


class Hearing:
    """Written by the network's thread, read by the cluster's."""

    def __init__(
        self,
        clock: Clock,
        is_connected: Callable[[], bool],
        agents_ahead_s: Callable[[], float] = lambda: 0.0,
        pause_timeout_s: float = 60.0,
    ) -> None:
        """``is_connected``: whether the links are up over which pauses travel, those of the sites.

        ``agents_ahead_s``: how far all agents' clocks are ahead of ours; of orders that last for ``pause_timeout_s``
        they then obey none.
        """
        self._clock, self._is_connected = clock, is_connected
        self._ahead_s, self._too_late_s = agents_ahead_s, pause_timeout_s - MARGIN_S
        self._heard_at = float("-inf")

    def heard(self) -> None:
        """Take in that something came from the broker."""
        if self._is_connected() and self._ahead_s() < self._too_late_s:
            self._heard_at = self._clock.now()

    def silence_s(self) -> float:
        """Return for how many seconds nothing came, or the links of the sites were not up."""
        return self._clock.now() - self._heard_at

    def why(self) -> str:
        """Return why nothing can be paused from here, as long as that is so, and the remedy."""
        ahead_s = self._ahead_s()
        if ahead_s < self._too_late_s:
            return DEAF
        return (
            f"has a clock that is {ahead_s:.0f} s behind the agents', for whom its orders are too old, and can pause "
            "nothing: set it by NTP, then restart Vigie there"
        )
