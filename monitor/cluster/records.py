"""What a node of a cluster tells the rest of Vigie about whose the printers are, and what it keeps for the next owner.

A printer has one owner. Each time it changes hands its *epoch* grows; every order carries the epoch that its sender
had, and who carries orders out refuses one of an older epoch. An owner may act only while its *lease* is certain.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Moves:
    """What has changed hands. ``lost`` is dealt with first: a printer that came back stands in both."""

    gained: Mapping[str, int] = field(default_factory=dict)  # printer -> our epoch
    lost: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        """Whether anything has changed."""
        return bool(self.gained or self.lost)


@dataclass(frozen=True, slots=True)
class Case:
    """What the owner of a printer keeps for the next one. The cluster does not look into the JSON."""

    printer: str
    epoch: int  # its owner's when it was kept
    incident: str | None = None  # JSON of the incident that is open
    progress: str | None = None  # JSON of how far its pause has come
    standing: str | None = None  # JSON of what people have decided: muted, disarmed, let go on
    evidence_s: float = 0.0  # the judge's, in seconds of certain failure
    at: float = 0.0  # unix seconds


@dataclass(frozen=True, slots=True)
class NodeView:
    """One node as the others see it."""

    node: str
    live: bool  # its lease may be valid
    weight: float
    draining: bool
    since: float  # unix seconds: when it came, or when it was last heard of if it is gone
    printers: int  # how many it owns
    software: str
    problem: str = ""  # what is odd about it, with the remedy
    can_pause: bool | None = None  # whether it hears the broker; None: it does not tell


class Ownership(Protocol):
    """Whose the printers are, as one node knows it. Every method may be called from any thread."""

    @property
    def node(self) -> str:
        """This node's name."""

    @property
    def problem(self) -> str:
        """What is wrong and what to do; empty when all is well."""

    def epoch(self, printer: str) -> int | None:
        """Return our epoch, or None: it is not ours, or our lease is not certain at this moment. Never blocks.

        Ask right before acting. A lease that has lapsed may be certain again later with the same epoch, when nobody
        has taken over: that is no move.
        """

    def owned(self) -> Mapping[str, int]:
        """Return what is ours and its epochs; nothing while our lease is not certain."""

    def owners(self) -> Mapping[str, str]:
        """Return printer -> node, as last known; those that nobody owns are not in it."""

    def on_change(self, call: Callable[[Moves], None]) -> None:
        """Call it with what changes from now on, and first with what is ours already; on one thread, one at a time.

        When it is told that a printer is lost, :meth:`epoch` is None already. What we hand over goes to the next
        owner when the call has returned: until then :meth:`keep` still takes its case.
        """

    def case(self, printer: str) -> Case | None:
        """Return what the last owner, or we, kept; None if nothing. Raises NotOwner when the printer is not ours."""

    def keep(self, case: Case) -> None:
        """Keep a case for whoever owns the printer next; it is safe on most servers when this returns.

        Blocks, usually for milliseconds, at most for ``KEEP_WITHIN_S``. Raises NotOwner when the printer is somebody
        else's now (or ``case.epoch`` is not our epoch) and ClusterAway when the cluster does not answer: then the case
        may have been kept or not, and keeping it again is safe.
        """


KEEP_WITHIN_S = 6.0
