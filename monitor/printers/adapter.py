"""What every kind of printer looks like to the agent."""

from dataclasses import dataclass
from typing import Protocol

from monitor.records import JobState, PauseCommand, PausedBy


@dataclass(frozen=True, slots=True)
class Reading:
    """What a printer says about itself at this moment."""

    state: JobState
    job: str | None = None
    progress: float | None = None  # 0..1
    detail: str = ""  # the printer's own words, when they say more than the state
    paused_by: PausedBy = PausedBy.UNKNOWN  # where the printer tells, while it is paused


@dataclass(frozen=True, slots=True)
class Ability:
    """Whether a printer could be paused from here, and if not, why and what to do about it."""

    can_pause: bool
    why: str = ""


CAN_PAUSE = Ability(can_pause=True)


class Adapter(Protocol):
    """One printer's control interface.

    Only one thread uses an adapter. Each call answers within seconds, or raises PrinterUnreachable (no answer:
    worth another try) or PrinterRejected (it answered and said no: a person has to change something).
    """

    def state(self) -> Reading:
        """Ask the printer what it does."""

    def can_pause(self) -> Ability:
        """Find out whether a pause would be obeyed, without pausing; known *before* a print fails."""

    def pause(self, command: PauseCommand) -> None:
        """Order the printer to pause; returning means that the order was delivered, not that it is paused.

        Ordering it again is harmless, also when it is paused already.
        """

    def resume(self) -> None:
        """Order the printer to go on with its paused job."""

    def close(self) -> None:
        """Let go of connections."""
