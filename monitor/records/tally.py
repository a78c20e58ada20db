"""How often things have happened since the start; for a monitoring system, which keeps the past itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from monitor.records.incident import EventKind
from monitor.records.seeing import FailureClass


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts since the start of the process; they only ever grow."""

    events: Mapping[EventKind, int] = field(default_factory=dict)
    incidents: Mapping[FailureClass, int] = field(default_factory=dict)  # opened, by class
    proof_s: tuple[int, ...] = ()  # proven pauses by the time from the order at the broker to the proof: see BUCKETS_S
    proof_sum_s: float = 0.0


BUCKETS_S = (0.5, 1.0, 2.0, 3.0, 5.0, 10.0, 20.0, 30.0, 60.0, float("inf"))
"""Upper bounds of the times that ``Tally.proof_s`` counts; each time is in one of them only."""
