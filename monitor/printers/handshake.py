"""How a pause is proven: check that it prints, order the pause, read back until it was seen paused.

Pure: it is told what was read and when, and says what to do next. :mod:`monitor.agent.worker` does it.
"""

from dataclasses import dataclass
from enum import StrEnum

from monitor.errors import PrinterError, PrinterRejected
from monitor.printers.adapter import Reading
from monitor.records import JobState, PauseOutcome

LIMIT_S = 60.0  # a printer that heats up, or drains long moves, may take most of it
REPEAT_S = 10.0  # between two orders while the printer goes on printing
UNKNOWN_GRACE_S = 5.0  # then a printer that does not say what it does is paused all the same


class Move(StrEnum):
    """What the handshake wants done."""

    ORDER = "order"  # send the pause to the printer
    WAIT = "wait"  # read the state again, soon
    ANSWER = "answer"  # done


@dataclass(frozen=True, slots=True)
class Step:
    """The next thing to do; ``outcome`` is set when the move is ANSWER."""

    move: Move
    outcome: PauseOutcome | None = None
    detail: str = ""


_WAIT = Step(Move.WAIT)
_ORDER = Step(Move.ORDER)
_STOPPED = (JobState.IDLE, JobState.ERROR)


class Handshake:
    """One pause of one printer. Ask :meth:`read` or :meth:`failed` after each attempt to read the state."""

    def __init__(self, started_at: float, expires_at: float) -> None:
        """``expires_at``: when the command loses its force (unix seconds); LIMIT_S is the bound in any case."""
        self._started_at = started_at
        self._deadline = min(expires_at, started_at + LIMIT_S)
        self._ordered_at: float | None = None  # of the newest order that was delivered
        self._doing = "no answer yet"

    def read(self, reading: Reading, now: float) -> Step:
        """Decide on what the printer says."""
        self._doing = f"the printer says {reading.state}" + (f" ({reading.detail})" if reading.detail else "")
        if reading.state is JobState.PAUSED:
            return self._answer(PauseOutcome.ALREADY_PAUSED if self._ordered_at is None else PauseOutcome.PAUSED)
        if reading.state in _STOPPED:
            return self._answer(PauseOutcome.NOT_PRINTING, self._doing)
        if now >= self._deadline:
            return self._give_up(reading.state)
        return _ORDER if self._needs_order(reading.state, now) else _WAIT

    def failed(self, error: PrinterError, now: float) -> Step:
        """Decide after a read or an order that raised."""
        self._doing = str(error)
        if isinstance(error, PrinterRejected):
            return self._answer(PauseOutcome.REJECTED, str(error))
        return self._give_up(JobState.OFFLINE) if now >= self._deadline else _WAIT

    def ordered(self, now: float) -> None:
        """Remember that the order was delivered."""
        self._ordered_at = now

    def _needs_order(self, state: JobState, now: float) -> bool:
        if state is JobState.PRINTING:
            return self._ordered_at is None or now - self._ordered_at >= REPEAT_S
        # Better an order too many than a failing print that goes on because its printer never told its state.
        return state is JobState.UNKNOWN and self._ordered_at is None and now - self._started_at >= UNKNOWN_GRACE_S

    def _give_up(self, state: JobState) -> Step:
        if state is JobState.OFFLINE:
            return self._answer(PauseOutcome.UNREACHABLE, self._doing)
        ordered = "ordered" if self._ordered_at is not None else "never ordered"
        return self._answer(PauseOutcome.TIMEOUT, f"pause {ordered}, but {self._doing}")

    def _answer(self, outcome: PauseOutcome, detail: str = "") -> Step:
        return Step(Move.ANSWER, outcome, detail)
