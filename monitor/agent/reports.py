"""What to report of a printer, and when. Pure: readings and times go in, reports to publish come out."""

from dataclasses import replace

from monitor.errors import PrinterError, PrinterRejected
from monitor.printers.adapter import Ability, Reading
from monitor.records import JobState, PausedBy, PrinterReport

REPORT_EVERY_S = 30.0  # at least, also when nothing changes
SILENT_AFTER_S = 10.0  # without an answer, what was heard before says nothing any more
_PROGRESS_STEP = 0.01


class Reporter:
    """The newest knowledge of one printer, and what of it was published."""

    def __init__(self, printer: str, now: float) -> None:
        self._newest = PrinterReport(printer, JobState.UNKNOWN, now, can_pause=False, detail="not asked yet")
        self._published: PrinterReport | None = None
        self._heard_at = now
        self._is_our_pause = False

    def proven(self, paused_by: PausedBy) -> None:
        """Take who made the printer stand still, as a pause has proven it: most printers cannot tell by themselves."""
        self._is_our_pause = paused_by is PausedBy.VIGIE

    def heard(self, reading: Reading, ability: Ability, now: float) -> PrinterReport | None:
        """Take a reading; return the report to publish, or None while nothing is new."""
        self._heard_at = now
        self._is_our_pause = self._is_our_pause and reading.state is JobState.PAUSED
        detail = reading.detail if ability.can_pause else ability.why
        report = PrinterReport(
            self._newest.printer,
            reading.state,
            now,
            ability.can_pause,
            reading.job,
            reading.progress,
            detail,
            self._who_paused(reading),
        )
        return self._publish_if_new(report)

    def failed(self, error: PrinterError, now: float) -> PrinterReport | None:
        """Take a failure to read; a short silence changes nothing yet, a refusal does at once."""
        if isinstance(error, PrinterRejected):
            self._heard_at = now
            return self._publish_if_new(self._nothing(JobState.UNKNOWN, str(error), now))
        if now - self._heard_at >= SILENT_AFTER_S:
            return self._publish_if_new(self._nothing(JobState.OFFLINE, str(error), now))
        return self._publish_if_new(replace(self._newest, reported_at=now))

    def forget(self) -> None:
        """Have the next reading published whether it is new or not: nobody may know what was published before."""
        self._published = None

    def stopped(self, now: float) -> PrinterReport:
        """Return the last report: nobody asks this printer any more."""
        return self._nothing(JobState.UNKNOWN, "the agent was stopped", now)

    def _who_paused(self, reading: Reading) -> PausedBy:
        is_told = reading.paused_by is not PausedBy.UNKNOWN
        return PausedBy.VIGIE if self._is_our_pause and not is_told else reading.paused_by

    def _nothing(self, state: JobState, why: str, now: float) -> PrinterReport:
        self._is_our_pause = False  # nobody sees now whether it is resumed, and paused by somebody else
        return PrinterReport(self._newest.printer, state, now, can_pause=False, detail=why)

    def _publish_if_new(self, report: PrinterReport) -> PrinterReport | None:
        self._newest = report
        last = self._published
        if last is not None and _same(last, report) and report.reported_at - last.reported_at < REPORT_EVERY_S:
            return None
        self._published = report
        return report


def _same(one: PrinterReport, other: PrinterReport) -> bool:
    """Whether a reader of the second would learn nothing new: progress counts in steps."""
    steps = abs((one.progress or 0.0) - (other.progress or 0.0)) < _PROGRESS_STEP
    plain = replace(one, progress=None, reported_at=0.0) == replace(other, progress=None, reported_at=0.0)
    return steps and plain
