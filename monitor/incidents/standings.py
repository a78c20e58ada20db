"""What people decided for printers, until they decide otherwise. The history has it; this is its copy."""

from collections.abc import Callable, Iterable

from monitor.records import JobState, PrinterReport, Standing


class Standings:
    """Not thread-safe; its owner holds a lock."""

    def __init__(self, listener: Callable[[Standing], None]) -> None:
        """``listener`` hears of each one that is kept."""
        self._listener = listener
        self._by_printer: dict[str, Standing] = {}

    def of(self, printer: str) -> Standing:
        """Return what holds for a printer."""
        return self._by_printer.get(printer) or Standing(printer)

    def keep(self, standings: Iterable[Standing]) -> None:
        """Take over what was written."""
        for standing in standings:
            self._by_printer[standing.printer] = standing
            self._listener(standing)


def is_over(standing: Standing, report: PrinterReport) -> bool:
    """Whether the job that a person wanted to go on has ended, as the printer itself says. No name fits any job."""
    job = standing.let_print_job
    if job is None:
        return False
    return report.state is JobState.IDLE or (bool(job) and report.job is not None and report.job != job)
