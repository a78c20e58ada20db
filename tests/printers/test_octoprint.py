"""The OctoPrint adapter against a simulated OctoPrint; tests/stacks has the real one."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.config.model import OctoPrintControl
from monitor.errors import PrinterRejected, PrinterUnreachable
from monitor.printers.octoprint import OctoPrint, parse_job
from monitor.records import JobState, PauseCommand
from tests.brokers import free_port
from tests.printers.simulated_octoprint import SimulatedOctoPrint

COMMAND = PauseCommand("id", "site", "p1", "incident", 0.0, 60.0, "spaghetti")


@pytest.fixture
def server() -> Iterator[SimulatedOctoPrint]:
    """Yield a simulated OctoPrint."""
    server = SimulatedOctoPrint()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def adapter(server: SimulatedOctoPrint) -> Iterator[OctoPrint]:
    """Yield its adapter."""
    adapter = OctoPrint(OctoPrintControl(type="octoprint", url=server.url + "/", api_key="key"))
    yield adapter
    adapter.close()


def test_the_pause_carries_its_action_and_the_key(server: SimulatedOctoPrint, adapter: OctoPrint) -> None:
    """Without ``action`` OctoPrint toggles, and a repeated order would resume."""
    adapter.pause(COMMAND)
    adapter.resume()
    assert [
        ("POST", "/api/job", "key", {"command": "pause", "action": "pause"}),
        ("POST", "/api/job", "key", {"command": "pause", "action": "resume"}),
    ] == server.requests


def test_a_printer_without_a_job_takes_the_pause_silently(server: SimulatedOctoPrint, adapter: OctoPrint) -> None:
    """OctoPrint says 409 then; the next reading tells what it does instead."""
    server.answers["/api/job"] = (409, {"error": "Printer is neither printing nor paused"})
    adapter.pause(COMMAND)
    assert 1 == len(server.requests)


@pytest.mark.parametrize("status", [400, 401, 403])
def test_a_refused_key_names_the_permissions_it_needs(
    server: SimulatedOctoPrint, adapter: OctoPrint, status: int
) -> None:
    """OctoPrint says 400 (about CSRF) to an unknown key, and 403 to one that lacks a permission."""
    server.answers["/api/job"] = (status, {"error": "CSRF validation failed"})
    with pytest.raises(PrinterRejected, match="STATUS and PRINT"):
        adapter.state()
    with pytest.raises(PrinterRejected, match="STATUS and PRINT"):
        adapter.pause(COMMAND)


def test_a_key_without_the_permission_to_print_cannot_pause(server: SimulatedOctoPrint, adapter: OctoPrint) -> None:
    """That is known before a print fails."""
    server.answers["/api/currentuser"] = (200, {"permissions": ["STATUS"]})
    assert not adapter.can_pause().can_pause
    server.answers["/api/currentuser"] = (200, {"permissions": ["STATUS", "PRINT"]})
    assert adapter.can_pause().can_pause


@pytest.mark.parametrize(
    ("status", "body", "error", "said"),
    [
        (503, {}, PrinterUnreachable, "not ready"),
        (404, {}, PrinterRejected, "OctoPrint's url"),
        (302, {}, PrinterRejected, "OctoPrint's url"),
        (200, b"<html>a router's page</html>", PrinterRejected, "OctoPrint's url"),
        (200, ["not", "an", "object"], PrinterRejected, "OctoPrint's url"),
    ],
)
def test_what_is_not_octoprint_is_told_with_a_remedy(
    server: SimulatedOctoPrint, adapter: OctoPrint, status: int, body: object, error: type[Exception], said: str
) -> None:
    """Something answers at the url, but not as OctoPrint does."""
    server.answers["/api/job"] = (status, body)
    with pytest.raises(error, match=said):
        adapter.state()


def test_a_printer_that_is_switched_off_is_unreachable() -> None:
    """Nobody listens at its port."""
    adapter = OctoPrint(OctoPrintControl(type="octoprint", url=f"http://127.0.0.1:{free_port()}", api_key="key"))
    with pytest.raises(PrinterUnreachable, match="connection refused"):
        adapter.state()
    adapter.close()


def test_an_answer_that_never_comes_is_unreachable(server: SimulatedOctoPrint) -> None:
    """It accepts the connection and says nothing, as a machine that swaps does."""
    adapter = OctoPrint(OctoPrintControl(type="octoprint", url=server.url, api_key="key"), timeout_s=(0.5, 0.1))
    server.is_mute.set()
    with pytest.raises(PrinterUnreachable, match="timed out"):
        adapter.state()
    adapter.close()


@pytest.mark.parametrize("key", ["clé…", "line\nbreak"])
def test_a_key_that_http_cannot_send_is_told_with_a_remedy(server: SimulatedOctoPrint, key: str) -> None:
    """It was copied together with something else."""
    adapter = OctoPrint(OctoPrintControl(type="octoprint", url=server.url, api_key=key))
    with pytest.raises(PrinterRejected, match="cannot send: create an application key"):
        adapter.state()
    adapter.close()


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("Operational", JobState.IDLE),
        ("Printing", JobState.PRINTING),
        ("Printing from SD", JobState.PRINTING),
        ("Starting", JobState.PRINTING),
        ("Pausing", JobState.PAUSING),
        ("Paused", JobState.PAUSED),
        ("Cancelling", JobState.PRINTING),
        ("Error: Heating failed", JobState.ERROR),
        ("Offline after error", JobState.OFFLINE),
        ("Detecting serial connection", JobState.OFFLINE),
        ("Brewing coffee", JobState.UNKNOWN),
        (None, JobState.UNKNOWN),
    ],
)
def test_octoprints_words_become_states(text: str | None, state: JobState) -> None:
    """What it never said before is unknown, not idle."""
    assert state is parse_job({"state": text}).state


def test_the_job_and_its_progress_are_read() -> None:
    """Progress comes in percent and leaves as a fraction."""
    reading = parse_job({"state": "Printing", "job": {"file": {"name": "visor.gcode"}}, "progress": {"completion": 25}})
    assert ("visor.gcode", 0.25, "") == (reading.job, reading.progress, reading.detail)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


@given(st.fixed_dictionaries({}, optional={"state": json_values, "job": json_values, "progress": json_values}))
def test_any_json_is_read_without_an_exception(body: dict[str, object]) -> None:
    """Plugins and proxies put anything there; the progress stays a fraction."""
    progress = parse_job(body).progress
    assert progress is None or 0.0 <= progress <= 1.0
