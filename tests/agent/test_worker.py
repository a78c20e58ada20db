"""One printer's worker, turn by turn, in manual time."""

import logging
from dataclasses import dataclass, field, replace

import pytest

from monitor.agent.pauses import Pauses
from monitor.agent.worker import MAX_ORDERS, PrinterWorker
from monitor.clock import ManualClock, SystemClock
from monitor.errors import PrinterRejected, PrinterUnreachable
from monitor.printers.adapter import Ability, Reading
from monitor.printers.handshake import LIMIT_S
from monitor.records import (
    JobState,
    PauseCommand,
    PausedBy,
    PauseOutcome,
    PauseProgress,
    PauseResult,
    PauseStep,
    PersonCommand,
    PersonCommandKind,
    PrinterReport,
)
from tests.printers.recording import RecordingPrinter
from tests.support import PATIENCE_S, wait_until

WISH = PersonCommand("p1", PersonCommandKind.RESUME, "the night watch", 0.0)


@dataclass
class Published:
    """Keeps what a worker would publish."""

    reports: list[PrinterReport] = field(default_factory=list)
    results: list[PauseResult] = field(default_factory=list)
    steps: list[PauseStep] = field(default_factory=list)

    def report(self, report: PrinterReport) -> None:
        """Keep a report."""
        self.reports.append(report)

    def progress(self, progress: PauseProgress) -> None:
        """Keep a step."""
        self.steps.append(progress.step)

    def result(self, result: PauseResult) -> None:
        """Keep a result."""
        self.results.append(result)


class Bench:
    """A worker and everything around it."""

    def __init__(self, printer: RecordingPrinter) -> None:
        self.clock = ManualClock()
        self.printer = printer
        self.published = Published()
        self.pauses = Pauses()
        self.worker = PrinterWorker("p1", lambda _: printer, self.published, self.pauses, self.clock)

    def command(self, lasts_s: float = 60.0, number: str = "0190") -> PauseCommand:
        """Make a command that is valid from now on, accepted as the agent does."""
        now = self.clock.now()
        command = PauseCommand(number, "paris", "p1", "0189", now, now + lasts_s, "spaghetti")
        assert self.pauses.accept(command, now)
        return command

    def pause(self, lasts_s: float = 60.0) -> PauseResult:
        """Have a pause carried out and return its answer."""
        assert self.worker.order(self.command(lasts_s))
        self.worker.turn()
        return self.published.results[-1]


def test_a_printing_printer_is_paused_once_and_seen_paused() -> None:
    """The report says it too."""
    bench = Bench(RecordingPrinter())
    assert PauseOutcome.PAUSED is bench.pause().outcome
    assert ["pause 0190"] == bench.printer.orders
    assert {(JobState.PAUSED, PausedBy.VIGIE)} == {
        (report.state, report.paused_by) for report in bench.published.reports if report.state is JobState.PAUSED
    }
    assert [PauseStep.ACCEPTED, PauseStep.ORDERED] == bench.published.steps
    assert PausedBy.VIGIE is bench.published.results[-1].paused_by


def test_a_printer_that_is_away_for_half_a_minute_is_still_paused() -> None:
    """Its Wi-Fi comes back within the command's life."""
    printer = RecordingPrinter()
    away_until = 30.0

    class Flaky(RecordingPrinter):
        def state(self) -> Reading:
            if bench.clock.now() < started_at + away_until:
                raise PrinterUnreachable("no route")
            return super().state()

    printer = Flaky()
    bench = Bench(printer)
    started_at = bench.clock.now()
    result = bench.pause()
    assert PauseOutcome.PAUSED is result.outcome
    assert 30_000 <= result.elapsed_ms <= 32_000


def test_a_printer_that_prints_on_times_out_and_says_what_it_does() -> None:
    """The order was repeated in between; in the end a person has to go there."""
    printer = RecordingPrinter()
    printer.is_stubborn = True
    result = Bench(printer).pause(lasts_s=3600)
    assert PauseOutcome.TIMEOUT is result.outcome
    assert "the printer says printing" in result.detail
    assert LIMIT_S / 10 == len(printer.orders)


def test_a_printer_that_was_unreachable_is_tried_again_when_the_command_is_repeated() -> None:
    """The monitor repeats it as long as it is worth something; only what is proven or refused is final."""
    bench = Bench(RecordingPrinter())
    bench.printer.says = PrinterUnreachable("no route")
    command = bench.command(lasts_s=300)
    bench.worker.order(command)
    bench.worker.turn()
    assert [PauseOutcome.UNREACHABLE] == [result.outcome for result in bench.published.results]
    assert bench.pauses.accept(command, bench.clock.now())
    bench.printer.says = Reading(JobState.PRINTING)
    bench.worker.order(command)
    bench.worker.turn()
    assert PauseOutcome.PAUSED is bench.published.results[-1].outcome
    assert not bench.pauses.accept(command, bench.clock.now())


def test_a_refusal_is_answered_at_once() -> None:
    """With the printer's words, and nothing is reported as paused."""
    printer = RecordingPrinter()
    printer.refuses = PrinterRejected("PAUSE is no command of this printer: add [pause_resume]")
    result = Bench(printer).pause()
    assert (PauseOutcome.REJECTED, 0) == (result.outcome, result.elapsed_ms)
    assert "pause_resume" in result.detail


def test_a_command_that_expires_while_it_waits_is_not_obeyed() -> None:
    """The job it was meant for may have been resumed by a person since."""
    bench = Bench(RecordingPrinter())
    bench.worker.order(bench.command(lasts_s=5))
    bench.clock.advance(5)
    bench.worker.turn()
    assert ([], []) == (bench.printer.orders, bench.published.results)


def test_a_person_resumes_it() -> None:
    """And a refusal of that is told in the log, not raised."""
    printer = RecordingPrinter(JobState.PAUSED)
    bench = Bench(printer)
    bench.worker.order(WISH)
    bench.worker.turn()
    assert ["resume"] == printer.orders
    printer.refuses = PrinterRejected("no")
    bench.worker.order(replace(WISH, at=1.0))
    bench.worker.turn()
    assert 0 == bench.worker.errors


def test_a_wish_that_comes_twice_is_carried_out_once() -> None:
    """A pause may have come in between; QoS 1 and a monitor that passes wishes on both repeat messages."""
    bench = Bench(RecordingPrinter(JobState.PAUSED))
    for _ in range(2):
        bench.worker.order(WISH)
        bench.worker.turn()
    assert ["resume"] == bench.printer.orders


def test_a_wish_to_resume_ends_a_pause_that_is_under_way() -> None:
    """A person wants the print to go on: the order is dropped, answered for, and not obeyed when it comes again."""
    printer = RecordingPrinter(JobState.PAUSING)
    bench = Bench(printer)
    command = bench.command()
    bench.worker.order(command)
    bench.worker.order(WISH)
    bench.worker.turn()
    assert ["resume"] == printer.orders
    (result,) = bench.published.results
    assert (PauseOutcome.REJECTED, True) == (result.outcome, "the night watch asked" in result.detail)
    assert not bench.pauses.accept(command, bench.clock.now())


def test_a_wish_that_comes_twice_ends_no_later_pause() -> None:
    """QoS 1 and a monitor that passes wishes on both repeat messages."""
    bench = Bench(RecordingPrinter(JobState.PAUSED))
    bench.worker.order(WISH)
    bench.worker.turn()
    bench.worker.order(bench.command())
    bench.worker.order(WISH)
    bench.worker.turn()
    assert [PauseOutcome.PAUSED] == [result.outcome for result in bench.published.results]
    assert ["resume", "pause 0190"] == bench.printer.orders


def test_a_wish_to_resume_overrules_what_lies_unanswered_but_nothing_that_comes_later() -> None:
    """A pause that could not be carried out yet is repeated by the monitor: a person has decided meanwhile."""
    bench = Bench(RecordingPrinter())
    bench.printer.says = PrinterUnreachable("no route")
    command = bench.command(lasts_s=300)
    bench.worker.order(command)
    bench.worker.turn()
    bench.printer.says = Reading(JobState.PRINTING)
    bench.worker.order(WISH)
    bench.worker.order(bench.command(number="0191"))
    bench.worker.turn()
    assert ["resume", "pause 0191"] == bench.printer.orders
    outcomes = [(result.id, result.outcome) for result in bench.published.results]
    assert [("0190", PauseOutcome.REJECTED), ("0191", PauseOutcome.PAUSED)] == outcomes[1:]
    assert not bench.pauses.accept(command, bench.clock.now())


def test_whether_it_could_be_paused_is_asked_before_anything_fails() -> None:
    """And asked again each turn while it could not, so that a mended key shows at once."""
    printer = RecordingPrinter()
    printer.ability = Ability(can_pause=False, why="the key lacks PRINT")
    bench = Bench(printer)
    bench.worker.turn()
    printer.ability = Ability(can_pause=True)
    bench.worker.turn()
    assert [(False, "the key lacks PRINT"), (True, "")] == [(r.can_pause, r.detail) for r in bench.published.reports]


def test_orders_are_bounded() -> None:
    """Somebody who floods a printer with orders costs no memory; the agent counts it."""
    bench = Bench(RecordingPrinter())
    assert all(bench.worker.order(WISH) for _ in range(MAX_ORDERS))
    assert not bench.worker.order(WISH)


def test_a_bug_in_an_adapter_is_loud_and_the_worker_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    """The command it met is forgotten, so that the monitor's next try can succeed."""
    caplog.set_level(logging.ERROR)
    printer, published, pauses, clock = RecordingPrinter(), Published(), Pauses(), SystemClock()
    worker = PrinterWorker("p1", lambda _: printer, published, pauses, clock)
    printer.says = ZeroDivisionError("a bug")
    command = PauseCommand("0190", "paris", "p1", "0189", clock.now(), clock.now() + 60, "spaghetti")
    pauses.accept(command, clock.now())
    worker.order(command)
    worker.start()
    assert wait_until(lambda: bool(published.reports))
    assert (1, JobState.UNKNOWN, False) == (worker.errors, published.reports[0].state, published.reports[0].can_pause)
    assert pauses.accept(command, clock.now())
    printer.says = Reading(JobState.PRINTING)
    worker.order(command)
    assert wait_until(lambda: bool(published.results))
    assert PauseOutcome.PAUSED is published.results[0].outcome
    worker.signal_stop()
    assert worker.join(PATIENCE_S)
    assert "ZeroDivisionError" in caplog.text


def test_a_stopped_worker_says_so_and_closes_its_printer() -> None:
    """A pause under way is left unanswered, so that whoever comes next can carry it out."""
    printer, published, pauses, clock = RecordingPrinter(), Published(), Pauses(), SystemClock()
    printer.is_stubborn = True
    worker = PrinterWorker("p1", lambda _: printer, published, pauses, clock)
    command = PauseCommand("0190", "paris", "p1", "0189", clock.now(), clock.now() + 60, "spaghetti")
    pauses.accept(command, clock.now())
    worker.order(command)
    worker.start()
    assert wait_until(lambda: bool(printer.orders))
    worker.signal_stop()
    assert worker.join(PATIENCE_S)
    assert printer.closed.is_set()
    assert ([], JobState.UNKNOWN) == (published.results, published.reports[-1].state)
    assert pauses.accept(command, clock.now())


def test_a_wish_that_undoes_an_incident_resumes_our_pause() -> None:
    """A false alarm: the order was ours, nobody else has touched the printer."""
    bench = Bench(RecordingPrinter())
    bench.pause()
    bench.worker.order(replace(WISH, incident="0189"))
    bench.worker.turn()
    assert ["pause 0190", "resume"] == bench.printer.orders


def test_a_wish_that_undoes_an_incident_resumes_nobody_elses_pause() -> None:
    """A person has paused it, before our order or since; or there never was an order of ours for that incident."""
    before = Bench(RecordingPrinter(JobState.PAUSED))
    before.pause()
    before.worker.order(replace(WISH, incident="0189"))
    before.worker.turn()
    assert [] == before.printer.orders

    since = Bench(RecordingPrinter())
    since.pause()
    since.printer.says = Reading(JobState.PAUSED, paused_by=PausedBy.PERSON)
    since.worker.order(replace(WISH, incident="0189"))
    since.worker.turn()
    assert ["pause 0190"] == since.printer.orders

    other = Bench(RecordingPrinter())
    other.pause()
    other.worker.order(replace(WISH, incident="another"))
    other.worker.turn()
    assert ["pause 0190"] == other.printer.orders


def test_a_wish_that_undoes_an_incident_ends_its_order_before_it_was_given() -> None:
    """The order waits, the false alarm comes: neither pauses nor resumes a print that goes on."""
    bench = Bench(RecordingPrinter())
    bench.worker.order(bench.command())
    bench.worker.order(replace(WISH, incident="0189"))
    bench.worker.turn()
    assert [] == bench.printer.orders
    assert [PauseOutcome.REJECTED] == [result.outcome for result in bench.published.results]
