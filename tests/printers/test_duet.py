"""The Duet adapter against a simulated Duet: sessions, refusals, and what its words mean."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.config.control import DuetControl
from monitor.errors import PrinterRejected, PrinterUnreachable
from monitor.printers.duet import Duet, parse_model
from monitor.records import JobState, PauseCommand
from tests.printers.simulated_duet import SimulatedDuet

COMMAND = PauseCommand("id", "site", "p1", "incident", 0.0, 60.0, "spaghetti")


@pytest.fixture
def printer() -> Iterator[SimulatedDuet]:
    """Yield a simulated Duet that prints, with a password."""
    printer = SimulatedDuet()
    printer.password = "hunter2"
    printer.start()
    yield printer
    printer.stop()


@pytest.fixture
def adapter(printer: SimulatedDuet) -> Iterator[Duet]:
    """Yield its adapter, with the password."""
    adapter = Duet(DuetControl(type="duet", url=printer.url + "/", password="hunter2"))
    yield adapter
    adapter.close()


def test_a_session_that_has_ended_is_made_anew(printer: SimulatedDuet, adapter: Duet) -> None:
    """It ends after 8 s without a request; the order arrives all the same, and once."""
    adapter.state()
    printer.has_session = False
    adapter.pause(COMMAND)
    assert (["M25"], ["hunter2"] * 2) == (printer.codes, printer.connects)


def test_a_wrong_password_is_told_with_a_remedy_and_never_shown(printer: SimulatedDuet) -> None:
    """Somebody changed M551 in config.g."""
    control = DuetControl(type="duet", url=printer.url, password="pass-word")
    adapter = Duet(control)
    with pytest.raises(PrinterRejected, match=r"http://127\.0\.0\.1:\d+ refuses the password.*M551") as refused:
        adapter.state()
    assert "pass-word" not in f"{refused.value}{control!r}"
    adapter.close()


def test_a_password_that_stands_in_a_refused_request_is_not_shown(printer: SimulatedDuet, adapter: Duet) -> None:
    """Whatever answers there, the query stays out of the message."""
    printer.answers["/rr_connect"] = (404, None)
    with pytest.raises(PrinterRejected, match=r"/rr_connect answers HTTP 404") as refused:
        adapter.state()
    assert "hunter2" not in str(refused.value)


def test_a_duet_that_serves_as_many_clients_as_it_can_is_tried_again(printer: SimulatedDuet, adapter: Duet) -> None:
    """One of them may go."""
    printer.connect_error = 2
    with pytest.raises(PrinterUnreachable, match="close its web page"):
        adapter.state()


def test_a_session_that_is_never_there_is_a_refusal(printer: SimulatedDuet, adapter: Duet) -> None:
    """Connecting succeeds, and the next request is refused: no loop."""
    printer.answers["/rr_model"] = (401, None)
    with pytest.raises(PrinterRejected, match="refuses us"):
        adapter.state()


def test_a_duet_that_does_not_take_the_code_is_tried_again(printer: SimulatedDuet, adapter: Duet) -> None:
    """Its queue is full."""
    printer.code_error = 1
    with pytest.raises(PrinterUnreachable, match="did not take M25"):
        adapter.pause(COMMAND)


def test_a_selected_file_is_never_started(printer: SimulatedDuet, adapter: Duet) -> None:
    """M24 means go on, but also start: it is sent to a paused job only."""
    printer.does(JobState.IDLE)
    adapter.resume()
    assert [] == printer.codes


@pytest.mark.parametrize(
    ("status", "body", "error", "said"),
    [
        (503, {}, PrinterUnreachable, "not ready"),
        (404, {}, PrinterRejected, "the Duet's url"),
        (302, {}, PrinterRejected, "the Duet's url"),
        (200, b"<html>a router's page</html>", PrinterRejected, "the Duet's url"),
        (200, ["not", "an", "object"], PrinterRejected, "the Duet's url"),
    ],
)
def test_what_is_no_duet_is_told_with_a_remedy(
    printer: SimulatedDuet, adapter: Duet, status: int, body: object, error: type[Exception], said: str
) -> None:
    """503: it is short of memory. 404: firmware before version 3."""
    printer.answers["/rr_model"] = (status, body)
    with pytest.raises(error, match=said):
        adapter.state()


def test_a_duet_that_tells_no_status_cannot_be_paused(printer: SimulatedDuet, adapter: Duet) -> None:
    """That is known before a print fails."""
    printer.answers["/rr_model"] = (200, {"key": "state", "result": None})
    assert "RepRapFirmware 3" in adapter.can_pause().why
    assert JobState.UNKNOWN is adapter.state().state


@pytest.mark.parametrize(
    ("status", "file", "state"),
    [
        ("idle", None, JobState.IDLE),
        ("processing", "a.g", JobState.PRINTING),
        ("resuming", "a.g", JobState.PRINTING),
        ("cancelling", "a.g", JobState.PRINTING),
        ("pausing", "a.g", JobState.PAUSING),
        ("paused", "a.g", JobState.PAUSED),
        ("busy", None, JobState.IDLE),
        ("busy", "a.g", JobState.PRINTING),
        ("changingTool", None, JobState.IDLE),
        ("changingTool", "a.g", JobState.PRINTING),
        ("simulating", "a.g", JobState.IDLE),
        ("halted", None, JobState.ERROR),
        ("off", None, JobState.ERROR),
        ("starting", None, JobState.OFFLINE),
        ("updating", None, JobState.OFFLINE),
        ("disconnected", None, JobState.OFFLINE),
        ("brewing", None, JobState.UNKNOWN),
        (None, None, JobState.UNKNOWN),
    ],
)
def test_the_duets_words_become_states(status: str | None, file: str | None, state: JobState) -> None:
    """Busy and changing a tool it is with a job and without one."""
    assert state is parse_model({"status": status}, {"file": {"fileName": file}}).state


def test_what_stands_on_its_display_is_the_detail() -> None:
    """Such as that there is no filament."""
    box = {"title": "Filament", "message": "Extruder 0 has none"}
    assert "Filament: Extruder 0 has none" == parse_model({"status": "paused", "messageBox": box}, {}).detail
    assert "the Duet says: halted" == parse_model({"status": "halted", "messageBox": None}, {}).detail


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(["busy", "paused"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text() | st.just("fileName"), inner, max_size=3),
)


@given(
    st.fixed_dictionaries({}, optional={"status": json_values, "messageBox": json_values}),
    st.fixed_dictionaries({}, optional={"file": json_values, "filePosition": json_values}),
)
def test_any_json_is_read_without_an_exception(state: dict[str, Any], job: dict[str, Any]) -> None:
    """The progress stays a fraction."""
    progress = parse_model(state, job).progress
    assert progress is None or 0.0 <= progress <= 1.0
