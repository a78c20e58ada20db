"""When the broker was last heard: who does not hear it can pause nothing.

Every node tells the others that it lives, every few seconds, and hears itself, too: so something is always to be heard.
"""

from collections.abc import Callable

from monitor.clock import Clock


class Hearing:
    """Written by the network's thread, read by the cluster's."""

    def __init__(self, clock: Clock, is_connected: Callable[[], bool]) -> None:
        """``is_connected``: whether the links are up over which pauses travel, those of the sites."""
        self._clock, self._is_connected = clock, is_connected
        self._heard_at = float("-inf")

    def heard(self) -> None:
        """Take in that something came from the broker."""
        if self._is_connected():
            self._heard_at = self._clock.now()

    def silence_s(self) -> float:
        """Return for how many seconds nothing came, or the links of the sites were not up."""
        return self._clock.now() - self._heard_at
