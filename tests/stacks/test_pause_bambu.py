"""A pause command on MQTT, a simulated Bambu Lab printer at the other end (tests/bambu), which is asked itself."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from monitor.config.model import BambuControl
from monitor.records import JobState, PausedBy, PauseOutcome
from tests.bambu.printer import SimulatedBambu
from tests.brokers import Mosquitto
from tests.pause_desk import PauseDesk
from tests.stacks.desks import PauseTimes, at_the_desk, is_offline, knows, says, timed_pause
from tests.support import wait_until

P1 = "p1"
DEVELOPER_MODE = "Developer Mode"


@contextmanager
def printing(folder: Path, *, locked: bool = False, tells_flag: bool = True) -> Iterator[SimulatedBambu]:
    """Run a printer that prints."""
    printer = SimulatedBambu(folder / "bambu", locked=locked, tells_flag=tells_flag)
    printer.start()
    printer.print_something()
    try:
        yield printer
    finally:
        printer.stop()


@pytest.fixture
def printer(tmp_path: Path) -> Iterator[SimulatedBambu]:
    """Yield a printer with Developer Mode that prints."""
    with printing(tmp_path) as printer:
        yield printer


def control(printer: SimulatedBambu, access_code: str = "", pinned: bool = True) -> BambuControl:
    """Return what cameras.yaml would say of a printer; without a pin the certificate seen first is trusted."""
    return BambuControl(
        type="bambu",
        host="127.0.0.1",
        port=printer.port,
        serial=printer.serial,
        access_code=access_code or printer.access_code,
        certificate_sha256=printer.certificate.sha256 if pinned else "",
    )


def cannot_be_paused(desk: PauseDesk, why: str) -> bool:
    """Whether the printer was reported as one that cannot be paused, for this reason."""
    report = desk.newest(P1)
    return report is not None and not report.can_pause and why in report.detail


@pytest.mark.parametrize("model", ["flag in its reports", "asked"])
def test_an_open_bambu_is_seen_paused(
    tmp_path: Path, farm_broker: Mosquitto, pause_times: PauseTimes, model: str
) -> None:
    """The answer says paused, and the printer says it too, once; a person's resume goes the same way back."""
    with (
        printing(tmp_path, tells_flag=model != "asked") as printer,
        at_the_desk(farm_broker, {P1: control(printer)}) as desk,
    ):
        assert wait_until(lambda: knows(desk, P1))
        result = timed_pause(desk, P1, f"Bambu simulator, {model}", pause_times)
        assert (PauseOutcome.PAUSED, PausedBy.VIGIE) == (result.outcome, result.paused_by)
        assert ("PAUSE", 1) == (printer.state, printer.pauses)
        desk.resume(P1)
        assert wait_until(lambda: printer.state == "RUNNING")


@pytest.mark.parametrize("tells_flag", [True, False])
def test_a_locked_bambu_is_known_before_and_rejects_the_pause_at_once(
    tmp_path: Path, farm_broker: Mosquitto, pause_times: PauseTimes, tells_flag: bool
) -> None:
    """Its report says that it cannot be paused, and what to do; and it prints on, so nobody may believe it paused."""
    with (
        printing(tmp_path, locked=True, tells_flag=tells_flag) as printer,
        at_the_desk(farm_broker, {P1: control(printer)}) as desk,
    ):
        assert wait_until(lambda: cannot_be_paused(desk, DEVELOPER_MODE)), desk.reports(P1)
        result = timed_pause(desk, P1, "Bambu simulator, locked (rejected)", pause_times)
        assert PauseOutcome.REJECTED is result.outcome
        assert DEVELOPER_MODE in result.detail
        assert ("RUNNING", 0) == (printer.state, printer.pauses)


def test_developer_mode_that_is_turned_on_is_noticed(tmp_path: Path, farm_broker: Mosquitto) -> None:
    """By the flag in its reports: the wall's "cannot be paused" goes away by itself."""
    with printing(tmp_path, locked=True) as printer, at_the_desk(farm_broker, {P1: control(printer)}) as desk:
        assert wait_until(lambda: cannot_be_paused(desk, DEVELOPER_MODE))
        printer.unlock()
        assert wait_until(lambda: knows(desk, P1))
        assert PauseOutcome.PAUSED is desk.pause(P1).outcome


def test_a_bambu_that_paused_itself_is_already_paused(printer: SimulatedBambu, farm_broker: Mosquitto) -> None:
    """Its filament ran out: the answer says so, and the printer is told nothing."""
    with at_the_desk(farm_broker, {P1: control(printer)}) as desk:
        assert wait_until(lambda: knows(desk, P1))
        printer.report(gcode_state="PAUSE", stg_cur=6, print_error=0x07008011)
        assert wait_until(lambda: says(desk, P1) is JobState.PAUSED)
        result = desk.pause(P1)
        assert (PauseOutcome.ALREADY_PAUSED, PausedBy.PRINTER) == (result.outcome, result.paused_by)
        assert "filament ran out" in result.detail
        assert "pause" not in [request["command"] for request in printer.requests]


def test_an_idle_bambu_is_not_paused(printer: SimulatedBambu, farm_broker: Mosquitto) -> None:
    """Its job has finished."""
    printer.report(gcode_state="FINISH", mc_percent=100)
    with at_the_desk(farm_broker, {P1: control(printer)}) as desk:
        assert wait_until(lambda: knows(desk, P1))
        assert PauseOutcome.NOT_PRINTING is desk.pause(P1).outcome
        assert "pause" not in [request["command"] for request in printer.requests]


def test_changes_without_a_whole_report_are_enough(printer: SimulatedBambu, farm_broker: Mosquitto) -> None:
    """It ignores pushall: of the first change nothing follows, from the second on it is known to print."""
    printer.is_mute = True
    with at_the_desk(farm_broker, {P1: control(printer)}) as desk:
        assert wait_until(lambda: cannot_be_paused(desk, "not known yet")), desk.reports(P1)
        printer.report(mc_percent=41)
        report = desk.newest(P1)
        assert report is not None
        assert JobState.UNKNOWN is report.state
        printer.is_mute = False
        printer.report(gcode_state="RUNNING")
        assert wait_until(lambda: knows(desk, P1))
        assert PauseOutcome.PAUSED is desk.pause(P1).outcome
        assert 1 == printer.pauses


def test_a_wrong_access_code_is_reported_before_and_rejects_the_pause(
    printer: SimulatedBambu, farm_broker: Mosquitto
) -> None:
    """With the remedy, and without the code."""
    with at_the_desk(farm_broker, {P1: control(printer, access_code="87654321")}) as desk:
        assert wait_until(lambda: cannot_be_paused(desk, "access_code")), desk.reports(P1)
        result = desk.pause(P1)
        assert PauseOutcome.REJECTED is result.outcome
        assert "access_code" in result.detail
        assert "87654321" not in str(desk.reports(P1)) + result.detail
        assert ("RUNNING", 0) == (printer.state, printer.pauses)


def test_a_changed_certificate_is_reported_with_both_fingerprints_and_rejects_the_pause(
    printer: SimulatedBambu, tmp_path: Path, farm_broker: Mosquitto
) -> None:
    """Until its line is removed from the file that the message names."""
    before = printer.certificate.sha256
    with at_the_desk(farm_broker, {P1: control(printer, pinned=False)}, tmp_path) as desk:
        assert wait_until(lambda: knows(desk, P1))
        printer.stop()
        printer.certificate.renew()
        printer.start()
        assert wait_until(lambda: cannot_be_paused(desk, printer.certificate.sha256), 30), desk.reports(P1)
        assert cannot_be_paused(desk, before)
        assert cannot_be_paused(desk, "printer-certificates.json")
        assert PauseOutcome.REJECTED is desk.pause(P1).outcome
        (tmp_path / "printer-certificates.json").write_text("{}")
        assert wait_until(lambda: knows(desk, P1), 30), desk.reports(P1)
        assert PauseOutcome.PAUSED is desk.pause(P1).outcome


def test_a_bambu_that_loses_its_power_is_unreachable_and_comes_back(
    printer: SimulatedBambu, farm_broker: Mosquitto
) -> None:
    """Meanwhile it is offline, and a pause says so; afterwards it can be paused as before."""
    with at_the_desk(farm_broker, {P1: control(printer)}) as desk:
        assert wait_until(lambda: knows(desk, P1))
        printer.stop()
        to_nobody = desk.command(P1, lasts_s=2)
        desk.send(to_nobody)
        assert PauseOutcome.UNREACHABLE is desk.answer(to_nobody).outcome
        assert wait_until(partial(is_offline, desk, P1), 30)
        printer.start()
        printer.print_something()
        assert wait_until(lambda: knows(desk, P1), 30)
        assert PauseOutcome.PAUSED is desk.pause(P1).outcome
        assert 1 == printer.pauses
