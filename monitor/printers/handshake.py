"""How a pause is proven: check that it prints, order the pause, read back until it was seen paused.

Pure: it is told what was read and when, and says what to do next. :mod:`monitor.agent.worker` does it.

An order is repeated only to a printer that was watched since it was given. Where nobody looked for a while (the agent
was dead, the network down) a printer that prints may have lost the order, or may have paused and been resumed by a
person: nobody can tell, so it is not ordered again, and people are told instead.
"""

from dataclasses import dataclass
from enum import StrEnum

from monitor.errors import PrinterError, PrinterRejected
from monitor.printers.adapter import Reading
from monitor.records import JobState, PausedBy, PauseOutcome, PauseStep

LIMIT_S = 60.0  # a printer that heats up, or drains long moves, may take most of it
REPEAT_S = 10.0  # between two orders while the printer goes on printing
UNKNOWN_GRACE_S = 5.0  # then a printer that does not say what it does is paused all the same
UNSEEN_S = 5.0  # in less, nobody sees that a printer stands still, decides, and has it print again
RESUMED_S = 2.0  # of printing after it was about to pause: longer than a reading that was late


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
    paused_by: PausedBy = PausedBy.UNKNOWN
    news: PauseStep | None = None  # told once, when the pause has come this far


_WAIT = Step(Move.WAIT)
_ORDER = Step(Move.ORDER)
_STOPPED = (JobState.IDLE, JobState.ERROR)
_FOUND_PAUSED = {
    PausedBy.PERSON: "a person had paused it before",
    PausedBy.PRINTER: "the printer had paused by itself",
    PausedBy.VIGIE: "an earlier order had paused it",
    PausedBy.UNKNOWN: "it was paused already",
}


class Handshake:
    """One pause of one printer. Ask :meth:`read` or :meth:`failed` after each attempt to read the state."""

    def __init__(
        self, started_at: float, expires_at: float, ordered_at: float | None = None, pausing_at: float | None = None
    ) -> None:
        """``expires_at``: when the command loses its force (unix seconds); LIMIT_S is the bound in any case.

        ``ordered_at``, ``pausing_at``: of a handshake that a crash has cut off: since when the printer may have the
        order, and when it was first seen to be about to pause.
        """
        self._started_at = started_at
        self._deadline = min(expires_at, started_at + LIMIT_S)
        self._ordered_at = ordered_at  # since when the printer may have the newest order
        self._is_delivered = False
        self._pausing_at = pausing_at
        self._seen_at = ordered_at or started_at  # when the printer last said that it moves
        self._unseen_since: float | None = None  # after an order: when the gap ended that leaves us in doubt
        self._printing_since: float | None = None  # again, after it was about to pause
        self._doing = "no answer yet"

    def read(self, reading: Reading, now: float) -> Step:
        """Decide on what the printer says."""
        self._doing = f"the printer says {reading.state}" + (f" ({reading.detail})" if reading.detail else "")
        if reading.state is JobState.PAUSED:
            return self._paused(reading)
        if reading.state in _STOPPED:
            return _answer(PauseOutcome.NOT_PRINTING, self._doing)
        if now >= self._deadline:
            return self._give_up(reading.state)
        if reading.state is JobState.PAUSING:
            return self._pausing(now)
        if reading.state is JobState.PRINTING:
            return self._printing(now)
        return _ORDER if reading.state is JobState.UNKNOWN and self._is_due_blindly(now) else _WAIT

    def failed(self, error: PrinterError, now: float) -> Step:
        """Decide after a read or an order that raised."""
        self._doing = str(error)
        if isinstance(error, PrinterRejected):
            return _answer(PauseOutcome.REJECTED, str(error))
        return self._give_up(JobState.OFFLINE) if now >= self._deadline else _WAIT

    def ordering(self, now: float) -> None:
        """Remember that the order is about to be given: from now on the printer may have it."""
        self._ordered_at, self._is_delivered = now, False

    def ordered(self, now: float) -> None:
        """Remember that the order was delivered."""
        self._ordered_at, self._is_delivered, self._seen_at = now, True, now

    def _paused(self, reading: Reading) -> Step:
        if self._ordered_at is not None:
            return Step(Move.ANSWER, PauseOutcome.PAUSED, paused_by=PausedBy.VIGIE)
        why = _FOUND_PAUSED[reading.paused_by] + (f" ({reading.detail})" if reading.detail else "")
        return Step(Move.ANSWER, PauseOutcome.ALREADY_PAUSED, why, reading.paused_by)

    def _pausing(self, now: float) -> Step:
        self._seen_at, self._printing_since = now, None
        if self._pausing_at is not None:
            return _WAIT
        self._pausing_at = now
        return Step(Move.WAIT, news=PauseStep.PAUSING)

    def _printing(self, now: float) -> Step:
        unseen_s, self._seen_at = now - self._seen_at, now
        if self._pausing_at is not None:
            return self._resumed(now)
        if self._ordered_at is None:
            return _ORDER
        if self._unseen_since is None and unseen_s > UNSEEN_S:
            self._unseen_since = now
        if self._unseen_since is not None:
            return self._in_doubt(now, self._unseen_since)
        return _WAIT if self._is_delivered and now - self._ordered_at < REPEAT_S else _ORDER

    def _resumed(self, now: float) -> Step:
        if self._printing_since is None:
            self._printing_since = now
        if now - self._printing_since < RESUMED_S:
            return _WAIT
        why = "it was about to pause, and prints again: somebody wants it to go on, so it is not ordered again"
        return _answer(PauseOutcome.REJECTED, why)

    def _in_doubt(self, now: float, since: float) -> Step:
        """It may be on its way to a pause; if it is not, only a person can tell what it should do."""
        if now - since < REPEAT_S:
            return _WAIT
        why = "it was ordered to pause, then nobody could see it for a while, and it prints"
        return _answer(PauseOutcome.REJECTED, f"{why}: somebody may have resumed it, so it is not ordered again")

    def _is_due_blindly(self, now: float) -> bool:
        # Better an order too many than a failing print that goes on because its printer never told its state.
        is_new = self._ordered_at is None and self._pausing_at is None
        return is_new and now - self._started_at >= UNKNOWN_GRACE_S

    def _give_up(self, state: JobState) -> Step:
        if state is JobState.OFFLINE:
            return _answer(PauseOutcome.UNREACHABLE, self._doing)
        ordered = "ordered" if self._ordered_at is not None else "never ordered"
        return _answer(PauseOutcome.TIMEOUT, f"pause {ordered}, but {self._doing}")


def _answer(outcome: PauseOutcome, detail: str) -> Step:
    return Step(Move.ANSWER, outcome, detail)
