"""What the line to a peer is like, as far as its pulses tell. Pure: all times are given.

Two clocks are at work. A pulse carries the peer's time, and arrives at ours; the least difference of the last minute
is how far apart they are, for what a line adds is never less than nothing. A peer's clock does not step while its
process runs (:mod:`monitor.clock`), so a new process counts anew.
"""

from collections import deque
from dataclasses import dataclass

from monitor.peers.records import Pulse
from monitor.records.line import SKEW_TOLD_S, LineKind, LineState

__all__ = ["CUT_OFF_AFTER_S", "PULSE_EVERY_S", "SKEW_TOLD_S", "Line", "LineKind", "LineState"]

PULSE_EVERY_S = 5.0
CUT_OFF_AFTER_S = 20.0
_PULSES_COMPARED = 24
_INSTANCES = 4


@dataclass(slots=True)
class _Instance:
    first_at: float
    last_at: float


class Line:
    """The line to one peer."""

    def __init__(self, peer: str, now: float) -> None:
        self.peer = peer
        self.newest: Pulse | None = None
        self._state = LineState(LineKind.UNKNOWN, now)
        self._heard_at: float | None = None
        self._instances: dict[str, _Instance] = {}
        self._differences: deque[float] = deque(maxlen=_PULSES_COMPARED)
        self._newer_at: float | None = None  # when something of a later contract came
        self._newer = ""

    @property
    def skew_s(self) -> float:
        """What to add to the peer's times to have ours."""
        return min(self._differences, default=0.0)

    def on_our_clock(self, at: float) -> float:
        """Return what one of the peer's times is on our clock."""
        return at + self.skew_s

    def pulse(self, pulse: Pulse, now: float) -> LineState:
        """Take in a pulse that has just arrived; return the state now."""
        if self.newest is None or pulse.instance != self.newest.instance:
            self._differences.clear()
        self._differences.append(now - pulse.at)
        self._note_instance(pulse.instance, now)
        self.newest = pulse
        left_at = min(now, self.on_our_clock(pulse.at))
        self._heard_at = left_at if self._heard_at is None else max(self._heard_at, left_at)
        self._newer_at = None
        return self.state(now)

    def told(self, instance: str, at: float, now: float) -> None:
        """Take in that something else than a pulse was told, at a time of the peer's: it lives.

        How far the clocks are apart only pulses say, and whose clock it is: of another process it counts for nothing.
        """
        if self.newest is not None and self._heard_at is not None and instance == self.newest.instance:
            self._heard_at = max(self._heard_at, min(now, self.on_our_clock(at)))

    def newer(self, detail: str, now: float) -> LineState:
        """Take in that something of the peer's could not be read, for its contract is later than ours."""
        self._newer_at, self._newer = now, detail
        return self.state(now)

    def state(self, now: float) -> LineState:
        """Return the state now; ``since`` is kept while it is the same."""
        kind, since = self._kind(now)
        if kind is self._state.kind and kind is not LineKind.CUT_OFF:
            since = self._state.since
        self._state = LineState(kind, since, self._heard_at, self.skew_s, self._detail(kind))
        return self._state

    def _kind(self, now: float) -> tuple[LineKind, float]:
        if self._newer_at is not None and now - self._newer_at < CUT_OFF_AFTER_S:
            return LineKind.ANOTHER_VERSION, now
        heard_at = max((at for at in (self._heard_at, self._newer_at) if at is not None), default=None)
        if heard_at is None:
            return LineKind.UNKNOWN, self._state.since
        if now - heard_at >= CUT_OFF_AFTER_S:
            return LineKind.CUT_OFF, heard_at
        return (LineKind.TWO_OF_ONE_NAME if self._are_two(now) else LineKind.CONNECTED), now

    def _note_instance(self, name: str, now: float) -> None:
        known = self._instances.get(name)
        if known is None:
            self._instances[name] = _Instance(now, now)
            for oldest in sorted(self._instances, key=lambda one: self._instances[one].last_at)[:-_INSTANCES]:
                del self._instances[oldest]
        else:
            known.last_at = now

    def _are_two(self, now: float) -> bool:
        """Tell whether one that was there before the newest one has been heard after it, and just now."""
        newest = max(one.first_at for one in self._instances.values())
        return any(
            one.first_at < newest < one.last_at and now - one.last_at < CUT_OFF_AFTER_S
            for one in self._instances.values()
        )

    def _detail(self, kind: LineKind) -> str:
        if kind is LineKind.ANOTHER_VERSION:
            return self._newer
        if kind is LineKind.TWO_OF_ONE_NAME:
            return f"two monitors call themselves {self.peer!r}: give each its own hub.peer in its cameras.yaml"
        if abs(self.skew_s) > SKEW_TOLD_S and kind is LineKind.CONNECTED:
            ahead = "behind" if self.skew_s > 0 else "ahead of"
            return f"its clock is {abs(self.skew_s):.0f} s {ahead} ours: set both by NTP, and start the monitor again"
        return ""
