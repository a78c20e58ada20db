"""What is known of the line to another monitor. Times are unix seconds, on our clock."""

from dataclasses import dataclass
from enum import StrEnum

SKEW_TOLD_S = 5.0  # clocks that are further apart are told, with the remedy


class LineKind(StrEnum):
    """What is known of a line."""

    UNKNOWN = "unknown"  # the peer was never heard
    CONNECTED = "connected"
    CUT_OFF = "cut-off"  # it was heard, and is silent
    ANOTHER_VERSION = "another-version"  # it speaks a later contract than we know
    TWO_OF_ONE_NAME = "two-of-one-name"  # two processes tell in turns


@dataclass(frozen=True, slots=True)
class LineState:
    """The state of a line at one moment."""

    kind: LineKind
    since: float  # cut off: since the last word
    heard_at: float | None = None  # when the newest pulse left the peer
    skew_s: float = 0.0  # what to add to the peer's times to have ours; negative when its clock is ahead
    detail: str = ""  # what to do, in English; empty when all is well

    @property
    def is_skewed(self) -> bool:
        """Whether the clocks are so far apart that people are told."""
        return abs(self.skew_s) > SKEW_TOLD_S
