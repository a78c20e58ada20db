"""What the agent reports of a printer, and when."""

from monitor.agent.reports import REPORT_EVERY_S, SILENT_AFTER_S, Reporter
from monitor.errors import PrinterRejected, PrinterUnreachable
from monitor.printers.adapter import CAN_PAUSE, Ability, Reading
from monitor.records import JobState, PausedBy, PrinterReport

PRINTING = Reading(JobState.PRINTING, "visor.gcode", 0.5)
SILENCE = PrinterUnreachable("no route to 10.0.0.31")


def test_a_change_is_reported_at_once_and_the_same_only_now_and_then() -> None:
    """A reader that hears nothing for longer than that knows that the agent is gone."""
    reporter = Reporter("p1", 0.0)
    assert PrinterReport("p1", JobState.PRINTING, 1.0, True, "visor.gcode", 0.5) == reporter.heard(
        PRINTING, CAN_PAUSE, 1.0
    )
    assert reporter.heard(PRINTING, CAN_PAUSE, 2.0) is None
    assert reporter.heard(PRINTING, CAN_PAUSE, 1.0 + REPORT_EVERY_S) is not None
    paused = reporter.heard(Reading(JobState.PAUSED), CAN_PAUSE, 40.0)
    assert paused is not None
    assert JobState.PAUSED is paused.state


def test_who_paused_is_passed_on() -> None:
    """The wall says so: a printer that ran out of filament needs other hands than a failed print."""
    report = Reporter("p1", 0.0).heard(Reading(JobState.PAUSED, paused_by=PausedBy.PRINTER), CAN_PAUSE, 1.0)
    assert report is not None
    assert PausedBy.PRINTER is report.paused_by


def test_our_own_pause_is_reported_as_ours_while_it_lasts() -> None:
    """The printer does not tell; after it printed again nobody knows who pauses it next."""
    reporter = Reporter("p1", 0.0)
    reporter.proven(PausedBy.VIGIE)
    said = []
    for at, state in enumerate((JobState.PAUSED, JobState.PRINTING, JobState.PAUSED), 1):
        report = reporter.heard(Reading(state), CAN_PAUSE, at)
        assert report is not None
        said.append(report.paused_by)
    assert [PausedBy.VIGIE, PausedBy.UNKNOWN, PausedBy.UNKNOWN] == said


def test_a_printer_that_tells_who_paused_it_is_believed() -> None:
    """Our order came while its filament ran out."""
    reporter = Reporter("p1", 0.0)
    reporter.proven(PausedBy.VIGIE)
    report = reporter.heard(Reading(JobState.PAUSED, paused_by=PausedBy.PRINTER), CAN_PAUSE, 1.0)
    assert report is not None
    assert PausedBy.PRINTER is report.paused_by


def test_after_a_long_silence_nobody_knows_whose_pause_it_is() -> None:
    """Somebody may have resumed it, and paused it again."""
    reporter = Reporter("p1", 0.0)
    reporter.proven(PausedBy.VIGIE)
    reporter.heard(Reading(JobState.PAUSED), CAN_PAUSE, 1.0)
    reporter.failed(SILENCE, 1.0 + SILENT_AFTER_S)
    report = reporter.heard(Reading(JobState.PAUSED), CAN_PAUSE, 12.0)
    assert report is not None
    assert PausedBy.UNKNOWN is report.paused_by


def test_after_a_new_connection_the_same_is_reported_again() -> None:
    """The broker may have lost what it retained."""
    reporter = Reporter("p1", 0.0)
    reporter.heard(PRINTING, CAN_PAUSE, 1.0)
    reporter.forget()
    assert reporter.heard(PRINTING, CAN_PAUSE, 2.0) is not None


def test_progress_is_reported_in_steps() -> None:
    """Not each layer of each printer is worth a message."""
    reporter = Reporter("p1", 0.0)
    reporter.heard(Reading(JobState.PRINTING, "a", 0.5), CAN_PAUSE, 1.0)
    assert reporter.heard(Reading(JobState.PRINTING, "a", 0.505), CAN_PAUSE, 2.0) is None
    assert reporter.heard(Reading(JobState.PRINTING, "a", 0.511), CAN_PAUSE, 3.0) is not None


def test_a_printer_that_cannot_be_paused_is_reported_with_the_reason() -> None:
    """Before it fails, so that people can mend it."""
    report = Reporter("p1", 0.0).heard(PRINTING, Ability(can_pause=False, why="the key lacks PRINT"), 1.0)
    assert report is not None
    assert (JobState.PRINTING, False, "the key lacks PRINT") == (report.state, report.can_pause, report.detail)


def test_a_short_silence_changes_nothing_and_a_long_one_is_offline() -> None:
    """One lost packet is no news; what was heard ten seconds ago is."""
    reporter = Reporter("p1", 0.0)
    reporter.heard(PRINTING, CAN_PAUSE, 1.0)
    assert reporter.failed(SILENCE, SILENT_AFTER_S) is None
    report = reporter.failed(SILENCE, 1.0 + SILENT_AFTER_S)
    assert PrinterReport("p1", JobState.OFFLINE, 11.0, False, detail="no route to 10.0.0.31") == report
    assert reporter.heard(PRINTING, CAN_PAUSE, 12.0) is not None


def test_a_refusal_is_unknown_at_once() -> None:
    """Nothing is known of a printer that refuses to tell; unknown is never idle."""
    reporter = Reporter("p1", 0.0)
    reporter.heard(Reading(JobState.IDLE), CAN_PAUSE, 1.0)
    report = reporter.failed(PrinterRejected("the key is refused"), 2.0)
    assert PrinterReport("p1", JobState.UNKNOWN, 2.0, False, detail="the key is refused") == report


def test_the_last_report_says_that_nobody_asks_any_more() -> None:
    """It is retained: without it, readers would believe the last state for ever."""
    reporter = Reporter("p1", 0.0)
    reporter.heard(PRINTING, CAN_PAUSE, 1.0)
    last = reporter.stopped(2.0)
    assert (JobState.UNKNOWN, False) == (last.state, last.can_pause)
