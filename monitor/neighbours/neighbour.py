"""What is known of one other node, and what is still wanted of it. One thread owns it."""

from collections.abc import Callable

from monitor.hub.looking import Looks
from monitor.hub.pulling import Pulling
from monitor.hub.views import settled
from monitor.hub.wanted import Wanted
from monitor.peers.line import Line, LineState
from monitor.peers.records import Pulse
from monitor.peers.wire import PeerTopics
from monitor.records.journal import Cursor


class Neighbour:
    """One node."""

    def __init__(self, node: str, base: str, lookup: Callable[[str], Cursor], now: float) -> None:
        """``lookup`` says how far a file of the node's was read."""
        self.node = node
        self.topics = PeerTopics(base, node)
        self.line = Line(node, now)
        self.state = self.line.state(now)
        self.pulling, self.wanted, self.looks = Pulling(lookup), Wanted(), Looks()
        self.skew_s = 0.0
        self.is_connected = False
        self.scanned_at = float("-inf")  # for pictures that are missing

    def pulse(self, pulse: Pulse, now: float) -> None:
        """Take in that it lives."""
        self.state = self.line.pulse(pulse, now)
        self.skew_s = settled(self.skew_s, self.state.skew_s)
        self.pulling.told(pulse.history, pulse.head, now)

    def tick(self, now: float) -> LineState:
        """Return how its line is now."""
        self.state = self.line.state(now)
        return self.state
