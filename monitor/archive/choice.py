"""Which frames are worth keeping: pure, for one printer, fed with every inspected frame.

One a minute while it prints, at the printer's own second: a thousand printers that begin together, or come back
together, would bring a thousand pictures at once, which is more than may wait for the disk. From the first evidence on,
one every five seconds, and the last ten seconds wait in memory: when the failure is decided they are stored with it,
and so are those of the half minute after. Memory holds frames of printers with evidence only: six of them each, the
very bytes that the pipeline has anyway.
"""

import zlib
from collections import deque
from collections.abc import Iterator

from monitor.archive.batch import KeepFrame
from monitor.judge import Judgement, Phase
from monitor.records import Frame, KeptFor

MINUTE_S = 60.0
SUSPICION_S = 5.0
CLOSE_S = 2.0  # before an incident
BEFORE_S = 10.0
AFTER_S = 30.0  # so long one every SUSPICION_S

_SLACK_S = 0.05  # a camera's frames come a little early or late
_LATE_FRAMES = 2  # at its own pace: a camera that is later has been away, and others with it
_SHORTEST_PACE_S = 1.0


def own_second(printer: str) -> float:
    """Return when in the minute a printer's picture is stored, in seconds [0, 60): the same in every run."""
    return MINUTE_S * zlib.crc32(printer.encode()) / 2**32


class FrameChoice:
    """Chooses for one printer. Times come in with the frames; there is no clock inside."""

    def __init__(self, printer: str) -> None:
        self._minute = OwnMinute(own_second(printer))
        self._kept_at = float("-inf")
        self._failed_at = float("-inf")
        self._recent: deque[KeepFrame] = deque()
        self._is_failing = False

    def frames(self, frame: Frame, judgement: Judgement, *, is_resting: bool) -> Iterator[KeepFrame]:
        """Yield what is to be stored now, the oldest first."""
        at = frame.taken_at
        is_minute = self._minute.has_come(at, is_resting=is_resting)
        has_failed = judgement.phase is Phase.FAILING and not self._is_failing
        self._is_failing = judgement.phase is Phase.FAILING
        if has_failed and not is_resting:
            self._failed_at = at
            yield from self._recent
            self._recent.clear()
            yield self._kept(frame, judgement, KeptFor.INCIDENT)
            return
        self._remember(frame, judgement)
        kept_for = self._reason(at, judgement)
        is_due = is_minute if kept_for is KeptFor.MINUTE else at - self._kept_at >= SUSPICION_S - _SLACK_S
        if is_due and not (is_resting and kept_for is not KeptFor.INCIDENT):
            yield self._kept(frame, judgement, kept_for)

    def _reason(self, at: float, judgement: Judgement) -> KeptFor:
        if at - self._failed_at <= AFTER_S + _SLACK_S:
            return KeptFor.INCIDENT
        if judgement.evidence_s > 0 and not self._is_failing:
            return KeptFor.SUSPICION
        return KeptFor.MINUTE

    def _remember(self, frame: Frame, judgement: Judgement) -> None:
        """Keep the last seconds of a printer with evidence at hand, in case that it comes to an incident."""
        recent = self._recent
        if judgement.evidence_s <= 0 or self._is_failing:
            recent.clear()
            return
        while recent and frame.taken_at - recent[0].taken_at > BEFORE_S:
            recent.popleft()
        if not recent or frame.taken_at - recent[-1].taken_at >= CLOSE_S - _SLACK_S:
            recent.append(_keep(frame, judgement, KeptFor.INCIDENT))

    def _kept(self, frame: Frame, judgement: Judgement, kept_for: KeptFor) -> KeepFrame:
        self._kept_at = frame.taken_at
        return _keep(frame, judgement, kept_for)


class OwnMinute:
    """Tells one printer's minutes by its pictures. They begin anew with each print, and after a time without any."""

    def __init__(self, second: float) -> None:
        """``second``: of the minute, [0, 60)."""
        self._second = second
        self._due_at: float | None = None
        self._seen_at = self._pace_s = 0.0

    def has_come(self, at: float, *, is_resting: bool) -> bool:
        """Take in when a picture was taken, and tell whether it is the minute's."""
        usual_s, self._pace_s, self._seen_at = self._pace_s, at - self._seen_at, at
        if is_resting:
            self._due_at = None
            return False
        if self._due_at is None or self._due_at - at > MINUTE_S:  # a clock was set back
            self._due_at = at + (self._second - at) % MINUTE_S
        late_s = at - self._due_at
        if late_s < -_SLACK_S:
            return False
        self._due_at += MINUTE_S * (1 + max(0, late_s // MINUTE_S))
        return late_s <= _LATE_FRAMES * max(usual_s, _SHORTEST_PACE_S)


def _keep(frame: Frame, judgement: Judgement, kept_for: KeptFor) -> KeepFrame:
    return KeepFrame(frame.printer, frame.taken_at, kept_for, judgement.score, frame.jpeg)
