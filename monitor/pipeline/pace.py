"""How fast a print makes progress, measured from what its printer reports. Pure."""

from monitor.records import JobState, PrinterReport

GAINED_AT_LEAST = 0.02
"""Progress below this says nothing of the pace: printers report whole percents, and heat up first."""


class Pace:
    """The pace of one printer's present job, over the time in which we saw it print; a pause does not count."""

    def __init__(self) -> None:
        """Nothing is known yet."""
        self._job: str | None = None
        self._forget()

    def _forget(self) -> None:
        self._start: float | None = None  # progress when we first saw it print
        self._progress: float | None = None
        self._printing_at: float | None = None  # when it last said that it prints, with nothing else said since
        self._printed_s = 0.0

    @property
    def progress(self) -> float | None:
        """What the printer says of its job, from 0 to 1."""
        return self._progress

    @property
    def left_s(self) -> float | None:
        """Seconds of printing that the job still needs at the pace that we saw; None while we have seen too little."""
        if self._start is None or self._progress is None:
            return None
        gained = self._progress - self._start
        return (1.0 - self._progress) * self._printed_s / gained if gained >= GAINED_AT_LEAST else None

    def hear(self, report: PrinterReport, now: float) -> None:
        """Take in what the printer says."""
        is_other_job = None not in (report.job, self._job) and report.job != self._job
        if report.state is JobState.IDLE or is_other_job or self._went_back(report):
            self._forget()
        is_printing = report.state is JobState.PRINTING
        if is_printing and self._printing_at is not None:
            self._printed_s += max(0.0, now - self._printing_at)
        self._printing_at = now if is_printing else None
        self._job = report.job or self._job
        if report.progress is None or report.state is JobState.IDLE:
            return
        self._progress = report.progress
        if self._start is None and is_printing:
            self._start = report.progress
            self._printed_s = 0.0

    def _went_back(self, report: PrinterReport) -> bool:
        """Whether the same file was started again."""
        if report.progress is None or self._progress is None:
            return False
        return report.progress < self._progress - 0.01
