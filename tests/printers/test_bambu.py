"""The Bambu Lab adapter against a simulated printer: a real TLS broker, and a client of it that plays the printer."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from monitor.certificates import Certificates
from monitor.config.model import BambuControl
from monitor.errors import PrinterError, PrinterRejected, PrinterUnreachable
from monitor.printers.bambu import PAUSING_S, QUIET_AFTER_S, SILENT_AFTER_S, Bambu
from monitor.records import JobState, PauseCommand, PausedBy
from tests.bambu.printer import SimulatedBambu
from tests.support import wait_until

COMMAND = PauseCommand("0190", "paris", "p1", "0189", 0.0, 60.0, "spaghetti")


def control(printer: SimulatedBambu, **changes: str) -> BambuControl:
    """Return what cameras.yaml would say of a printer."""
    keys = {"serial": printer.serial, "access_code": printer.access_code, **changes}
    return BambuControl.model_validate({"type": "bambu", "host": "127.0.0.1", "port": printer.port, **keys})


@contextmanager
def adapter_of(printer: SimulatedBambu, folder: Path, **changes: str) -> Iterator[Bambu]:
    """Yield an adapter that remembers certificates in the folder."""
    certificates = Certificates.beside(folder / "vigie.db")
    adapter = Bambu(control(printer, **changes), certificates, lambda: None)
    try:
        yield adapter
    finally:
        adapter.close()


@pytest.fixture
def printer(tmp_path: Path) -> Iterator[SimulatedBambu]:
    """Yield a printer with Developer Mode that prints."""
    printer = SimulatedBambu(tmp_path / "bambu")
    printer.start()
    printer.print_something()
    yield printer
    printer.stop()


@pytest.fixture
def adapter(printer: SimulatedBambu, tmp_path: Path) -> Iterator[Bambu]:
    """Yield its adapter."""
    with adapter_of(printer, tmp_path) as adapter:
        yield adapter


class Ahead:
    """The monotonic clock, and ``by_s`` seconds more."""

    def __init__(self) -> None:
        self.by_s = 0.0

    def now(self) -> float:
        """Monotonic seconds."""
        return time.monotonic() + self.by_s


def shows(adapter: Bambu, state: JobState) -> bool:
    """Whether the adapter reads this state now; no answer is none."""
    try:
        return adapter.state().state is state
    except PrinterError:
        return False


def refusal_of(adapter: Bambu) -> str:
    """Read until the printer is found to refuse us, and return how."""
    errors: list[PrinterError] = []

    def is_refused() -> bool:
        try:
            adapter.state()
        except PrinterError as error:
            errors.append(error)
        return bool(errors) and isinstance(errors[-1], PrinterRejected)

    assert wait_until(is_refused)
    return str(errors[-1])


def commands(printer: SimulatedBambu) -> list[str]:
    """Return what the printer was commanded, in order."""
    return [request["command"] for request in printer.requests]


def test_a_printing_printer_is_ordered_to_pause_and_seen_paused(printer: SimulatedBambu, adapter: Bambu) -> None:
    """With the number and the empty parameter that its firmware wants; meanwhile it is pausing."""
    assert wait_until(lambda: shows(adapter, JobState.PRINTING))
    adapter.pause(COMMAND)
    assert JobState.PAUSING is adapter.state().state
    assert wait_until(lambda: shows(adapter, JobState.PAUSED))
    assert ("PAUSE", 1, PausedBy.VIGIE) == (printer.state, printer.pauses, adapter.state().paused_by)
    request = printer.requests[-1]
    assert ("pause", "") == (request["command"], request["param"])
    assert request["sequence_id"].isdecimal()
    assert 100_000 <= int(request["sequence_id"]) < 2**31


def test_it_is_resumed(printer: SimulatedBambu, adapter: Bambu) -> None:
    """And its next pause, by a person at its screen, is not taken for ours."""
    assert wait_until(lambda: shows(adapter, JobState.PRINTING))
    adapter.pause(COMMAND)
    assert wait_until(lambda: shows(adapter, JobState.PAUSED))
    adapter.resume()
    assert wait_until(lambda: shows(adapter, JobState.PRINTING))
    printer.report(gcode_state="PAUSE", stg_cur=16)
    assert wait_until(lambda: adapter.state().paused_by is PausedBy.PERSON)


def test_a_person_who_lets_it_go_on_at_once_is_believed(printer: SimulatedBambu, adapter: Bambu) -> None:
    """It prints again: our order has had its effect, so it is not taken for pausing."""
    assert wait_until(lambda: shows(adapter, JobState.PRINTING))
    adapter.pause(COMMAND)
    assert wait_until(lambda: shows(adapter, JobState.PAUSED))
    printer.report(gcode_state="RUNNING", stg_cur=0)
    assert wait_until(lambda: not shows(adapter, JobState.PAUSED))
    assert JobState.PRINTING is adapter.state().state


def test_changes_alone_tell_the_state(printer: SimulatedBambu, adapter: Bambu) -> None:
    """Two reports of changes, and no whole one in between."""
    assert wait_until(lambda: shows(adapter, JobState.PRINTING))
    printer.report(mc_percent=40)
    printer.report(stg_cur=6, gcode_state="PAUSE")
    assert wait_until(lambda: shows(adapter, JobState.PAUSED))
    reading = adapter.state()
    assert ("visor", 0.4, PausedBy.PRINTER) == (reading.job, reading.progress, reading.paused_by)
    assert "filament" in reading.detail


def test_nothing_is_known_before_the_state_was_reported(printer: SimulatedBambu, adapter: Bambu) -> None:
    """A change of something else comes first: the printer is neither idle nor can it be paused for sure."""
    printer.is_mute = True
    assert JobState.UNKNOWN is adapter.state().state
    printer.report(mc_percent=41)
    assert not adapter.can_pause().can_pause
    assert JobState.UNKNOWN is adapter.state().state
    assert [] == printer.requests


def test_an_open_printer_is_asked_once_and_can_be_paused(printer: SimulatedBambu, adapter: Bambu) -> None:
    """By a command that does nothing: a line of G-code that is a comment."""
    assert wait_until(lambda: shows(adapter, JobState.PRINTING))
    assert adapter.can_pause().can_pause
    assert adapter.can_pause().can_pause
    assert ["gcode_line"] == commands(printer)
    assert printer.requests[0]["param"].startswith(";")


@pytest.mark.parametrize("tells_flag", [True, False])
def test_a_locked_printer_is_known_before_and_rejects_the_pause(tmp_path: Path, tells_flag: bool) -> None:
    """By the bit of its reports, without a command; or by its refusal of the question. Both say what to do."""
    printer = SimulatedBambu(tmp_path / "bambu", locked=True, tells_flag=tells_flag)
    printer.start()
    printer.print_something()
    with adapter_of(printer, tmp_path) as adapter:
        assert wait_until(lambda: shows(adapter, JobState.PRINTING))
        assert "Developer Mode" in adapter.can_pause().why
        assert ([] if tells_flag else ["gcode_line"]) == commands(printer)
        with pytest.raises(PrinterRejected, match="Developer Mode"):
            adapter.pause(COMMAND)
        with pytest.raises(PrinterRejected, match="Developer Mode"):
            adapter.resume()
        assert ("RUNNING", False) == (printer.state, adapter.can_pause().can_pause)
    printer.stop()


def test_a_printer_that_is_busy_says_so_and_may_be_ordered_again(printer: SimulatedBambu, adapter: Bambu) -> None:
    """Its refusal has nothing to do with signatures: no end, but its words are kept for the answer."""
    assert wait_until(lambda: shows(adapter, JobState.PRINTING))
    printer.refusal = {"result": "fail", "reason": "busy levelling the bed"}
    adapter.pause(COMMAND)
    reading = adapter.state()
    assert JobState.PRINTING is reading.state
    assert "busy levelling the bed" in reading.detail
    assert adapter.can_pause().can_pause
    printer.refusal = None
    adapter.pause(COMMAND)
    assert wait_until(lambda: shows(adapter, JobState.PAUSED))
    assert 1 == printer.pauses


def test_a_pause_that_is_ordered_twice_pauses_once(printer: SimulatedBambu, adapter: Bambu) -> None:
    """The printer refuses the second: it is paused already."""
    assert wait_until(lambda: shows(adapter, JobState.PRINTING))
    adapter.pause(COMMAND)
    assert wait_until(lambda: shows(adapter, JobState.PAUSED))
    adapter.pause(COMMAND)
    assert (JobState.PAUSED, 1) == (adapter.state().state, printer.pauses)


def test_an_order_that_had_no_effect_is_not_pausing_for_ever(printer: SimulatedBambu) -> None:
    """The printer accepted it and prints on: then it says printing again, and is ordered again."""
    clock = Ahead()
    printer.stops_after_s = 60.0
    adapter = Bambu(control(printer), Certificates(), lambda: None, clock.now)
    assert wait_until(lambda: shows(adapter, JobState.PRINTING))
    adapter.pause(COMMAND)
    assert JobState.PAUSING is adapter.state().state
    clock.by_s = PAUSING_S
    assert JobState.PRINTING is adapter.state().state
    adapter.close()


def test_a_silent_printer_is_unknown(printer: SimulatedBambu) -> None:
    """Its broker still answers, but what was heard before says nothing any more."""
    clock = Ahead()
    adapter = Bambu(control(printer), Certificates(), lambda: None, clock.now)
    assert wait_until(lambda: shows(adapter, JobState.PRINTING))
    printer.is_mute = True
    clock.by_s = SILENT_AFTER_S + 1
    reading = adapter.state()
    assert JobState.UNKNOWN is reading.state
    assert "reported nothing" in reading.detail
    adapter.close()


def test_a_printer_with_no_news_is_asked_before_it_counts_as_silent(printer: SimulatedBambu) -> None:
    """Once, and not with each reading."""
    clock = Ahead()
    adapter = Bambu(control(printer), Certificates(), lambda: None, clock.now)
    assert wait_until(lambda: shows(adapter, JobState.PRINTING))
    asked_before = printer.asked_for_everything
    clock.by_s = QUIET_AFTER_S + 1
    assert all(adapter.state().state is JobState.PRINTING for _ in range(3))
    assert wait_until(lambda: printer.asked_for_everything == asked_before + 1)
    adapter.close()


def test_reports_that_are_not_the_protocols_are_ignored(printer: SimulatedBambu, adapter: Bambu) -> None:
    """Answers to others' commands, other sections, lists, and what is no JSON: the state stays."""
    assert wait_until(lambda: shows(adapter, JobState.PRINTING))
    for payload in (
        b"\xff{",
        b"[]",
        b'{"print": 7}',
        b'{"system": {"command": "ledctrl"}}',
        b'{"print": {"command": "x"}}',
    ):
        printer.say(payload)
    printer.say(b'{"print": {"command": "gcode_file", "sequence_id": "20001", "gcode_state": "IDLE"}}')
    printer.report(mc_percent=55)
    assert wait_until(lambda: adapter.state().progress == 0.55)
    assert JobState.PRINTING is adapter.state().state


def test_a_printer_that_loses_its_power_comes_back(printer: SimulatedBambu, adapter: Bambu) -> None:
    """Meanwhile it cannot be reached, and nothing of what it said before counts afterwards."""
    assert wait_until(lambda: shows(adapter, JobState.PRINTING))
    printer.stop()
    with pytest.raises(PrinterUnreachable, match=r"LAN Only mode|broke"):
        assert not wait_until(lambda: adapter.state() is None, 15)
    with pytest.raises(PrinterUnreachable):
        adapter.pause(COMMAND)
    printer.start()
    printer.report(gcode_state="FAILED", print_error=0x0300400C)
    assert wait_until(lambda: shows(adapter, JobState.IDLE))


def test_an_order_that_nobody_acknowledged_does_not_arrive_later(printer: SimulatedBambu, adapter: Bambu) -> None:
    """The printer hung when it was ordered, and lost its power: what it prints afterwards is another matter."""
    assert wait_until(lambda: shows(adapter, JobState.PRINTING))
    printer.hang()
    with pytest.raises(PrinterUnreachable, match="did not acknowledge"):
        adapter.pause(COMMAND)
    printer.stop()
    printer.start()
    printer.print_something()
    assert wait_until(lambda: shows(adapter, JobState.PRINTING))
    assert "pause" not in commands(printer)
    adapter.pause(COMMAND)
    assert wait_until(lambda: shows(adapter, JobState.PAUSED))


def test_a_wrong_access_code_is_rejected_with_the_remedy(printer: SimulatedBambu, tmp_path: Path) -> None:
    """And the code is never in the message."""
    with adapter_of(printer, tmp_path, access_code="87654321") as adapter:
        said = refusal_of(adapter)
    assert "access_code" in said
    assert "87654321" not in said


def test_a_changed_certificate_is_rejected_before_the_code_is_sent(printer: SimulatedBambu, tmp_path: Path) -> None:
    """With both fingerprints; once its line is removed, the new one is trusted."""
    before = printer.certificate.sha256
    with adapter_of(printer, tmp_path) as adapter:
        assert wait_until(lambda: shows(adapter, JobState.PRINTING))
    printer.stop()
    printer.certificate.renew()
    printer.start()
    with adapter_of(printer, tmp_path) as adapter:
        said = refusal_of(adapter)
        assert all(part in said for part in (before, printer.certificate.sha256, "printer-certificates.json"))
        with pytest.raises(PrinterRejected, match="another certificate"):
            adapter.pause(COMMAND)
        (tmp_path / "printer-certificates.json").unlink()
        assert wait_until(lambda: shows(adapter, JobState.PRINTING))


def test_a_pinned_certificate_is_believed_and_no_other(printer: SimulatedBambu, tmp_path: Path) -> None:
    """With or without colons, as openssl prints it."""
    digits = printer.certificate.sha256.upper()
    pinned = ":".join(digits[at : at + 2] for at in range(0, 64, 2))
    with adapter_of(printer, tmp_path, certificate_sha256=pinned) as adapter:
        assert wait_until(lambda: shows(adapter, JobState.PRINTING))
    with adapter_of(printer, tmp_path, certificate_sha256="0" * 64) as adapter:
        assert "correct certificate_sha256" in refusal_of(adapter)
    assert not (tmp_path / "printer-certificates.json").exists()
