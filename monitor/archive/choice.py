"""Which frames are worth keeping: pure, for one printer, fed with every inspected frame.

One a minute while it prints. From the first evidence on, one every five seconds, and the last ten seconds wait in
memory: when the failure is decided they are stored with it, and so are those of the half minute after. Memory holds
frames of printers with evidence only: six of them each, the very bytes that the pipeline has anyway.
"""

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


class FrameChoice:
    """Chooses for one printer. Times come in with the frames; there is no clock inside."""

    def __init__(self) -> None:
        self._kept_at = float("-inf")
        self._failed_at = float("-inf")
        self._recent: deque[KeepFrame] = deque()
        self._is_failing = False

    def frames(self, frame: Frame, judgement: Judgement, *, is_resting: bool) -> Iterator[KeepFrame]:
        """Yield what is to be stored now, the oldest first."""
        at = frame.taken_at
        has_failed = judgement.phase is Phase.FAILING and not self._is_failing
        self._is_failing = judgement.phase is Phase.FAILING
        if has_failed and not is_resting:
            self._failed_at = at
            yield from self._recent
            self._recent.clear()
            yield self._kept(frame, judgement, KeptFor.INCIDENT)
            return
        self._remember(frame, judgement)
        every_s, kept_for = self._pace(at, judgement)
        if at - self._kept_at >= every_s - _SLACK_S and not (is_resting and kept_for is not KeptFor.INCIDENT):
            yield self._kept(frame, judgement, kept_for)

    def _pace(self, at: float, judgement: Judgement) -> tuple[float, KeptFor]:
        if at - self._failed_at <= AFTER_S + _SLACK_S:
            return SUSPICION_S, KeptFor.INCIDENT
        if judgement.evidence_s > 0 and not self._is_failing:
            return SUSPICION_S, KeptFor.SUSPICION
        return MINUTE_S, KeptFor.MINUTE

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


def _keep(frame: Frame, judgement: Judgement, kept_for: KeptFor) -> KeepFrame:
    return KeepFrame(frame.printer, frame.taken_at, kept_for, judgement.score, frame.jpeg)
