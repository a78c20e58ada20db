"""The PrusaLink adapter against a simulated PrusaLink; tests/stacks has the real one."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.config.model import PrusaLinkControl
from monitor.errors import PrinterRejected, PrinterUnreachable
from monitor.printers.adapter import CAN_PAUSE, Reading
from monitor.printers.prusalink import PrusaLink, parse_status
from monitor.records import JobState, PauseCommand, PausedBy
from tests.brokers import free_port
from tests.printers.simulated_prusalink import SimulatedPrusaLink

COMMAND = PauseCommand("id", "site", "p1", "incident", 0.0, 60.0, "spaghetti")
WELL = {"ok": True, "message": "OK"}


@pytest.fixture
def server() -> Iterator[SimulatedPrusaLink]:
    """Yield a simulated PrusaLink that prints."""
    server = SimulatedPrusaLink()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def adapter(server: SimulatedPrusaLink) -> Iterator[PrusaLink]:
    """Yield its adapter, with a key."""
    adapter = PrusaLink(PrusaLinkControl(type="prusalink", url=server.url + "/", api_key="key"))
    yield adapter
    adapter.close()


def test_the_pause_and_the_resume_name_the_job(server: SimulatedPrusaLink, adapter: PrusaLink) -> None:
    """PrusaLink takes orders for its job under way only, so that a late one cannot reach the next job."""
    adapter.pause(COMMAND)
    adapter.resume()
    assert ["/api/v1/job/7/pause", "/api/v1/job/7/resume"] == server.orders()
    assert {"key"} == {key for _, _, key, _ in server.requests}


def test_a_printer_without_a_job_gets_no_order(server: SimulatedPrusaLink, adapter: PrusaLink) -> None:
    """There is nothing to pause, and no number of a job to name."""
    server.says("IDLE")
    adapter.pause(COMMAND)
    assert [] == server.orders()
    assert JobState.IDLE is adapter.state().state


@pytest.mark.parametrize("status", [404, 409])
def test_an_order_that_comes_too_late_is_harmless(server: SimulatedPrusaLink, adapter: PrusaLink, status: int) -> None:
    """The job is gone, or paused already: the next reading tells which."""
    server.answers["PUT /api/v1/job/7/pause"] = (status, {"title": "no"})
    adapter.pause(COMMAND)
    assert 1 == len(server.orders())


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_key_says_where_the_right_one_is_found(
    server: SimulatedPrusaLink, adapter: PrusaLink, status: int
) -> None:
    """That is known before a print fails, because looking needs the same key as pausing."""
    server.answers["/api/v1/status"] = (status, None)
    for ask in (adapter.state, adapter.can_pause):
        with pytest.raises(PrinterRejected, match="Settings > Network > PrusaLink"):
            ask()
    with pytest.raises(PrinterRejected, match="Settings > Network > PrusaLink"):
        adapter.pause(COMMAND)


def test_user_and_password_answer_its_challenge(server: SimulatedPrusaLink) -> None:
    """By digest, also for an order: the password itself never travels, and no key is sent."""
    server.wants_digest = True
    adapter = PrusaLink(PrusaLinkControl(type="prusalink", url=server.url, username="maker", password="open sesame"))
    adapter.pause(COMMAND)
    adapter.close()
    assert ["/api/v1/job/7/pause"] == server.orders()
    assert 'Digest username="maker"' in server.authorizations[-1]
    assert "sesame" not in "".join(server.authorizations)
    assert {None} == {key for _, _, key, _ in server.requests}


def test_a_challenge_that_is_no_digest_is_not_prusalinks(server: SimulatedPrusaLink) -> None:
    """Something else answers at the url; one without a realm would stop requests' own digest."""
    server.wants_digest, server.challenge = True, 'Digest qop="auth"'
    adapter = PrusaLink(PrusaLinkControl(type="prusalink", url=server.url, username="maker", password="open sesame"))
    with pytest.raises(PrinterRejected, match="is it PrusaLink's url"):
        adapter.state()
    adapter.close()


def test_a_wrong_password_is_refused(server: SimulatedPrusaLink) -> None:
    """The answer to its challenge is challenged again."""
    server.answers["/api/v1/status"] = (401, None)
    adapter = PrusaLink(PrusaLinkControl(type="prusalink", url=server.url, username="maker", password="wrong"))
    with pytest.raises(PrinterRejected, match="user and password that it shows"):
        adapter.state()
    adapter.close()


def test_one_that_lets_us_in_can_be_paused(server: SimulatedPrusaLink, adapter: PrusaLink) -> None:
    """PrusaLink knows one kind of user: who may look may pause."""
    assert CAN_PAUSE == adapter.can_pause()
    server.answers["/api/v1/status"] = (200, {"something": "else"})
    assert "is it PrusaLink's url?" in adapter.can_pause().why


def test_the_file_is_asked_for_once_a_job(server: SimulatedPrusaLink, adapter: PrusaLink) -> None:
    """Each reading is one request; the file's long name comes with the job's first."""
    assert Reading(JobState.PRINTING, "visor.gcode", 0.25) == adapter.state() == adapter.state()
    assert 1 == sum(path == "/api/v1/job" for _, path, _, _ in server.requests)
    server.says("PRINTING", job=8)
    server.answers["/api/v1/job"] = (204, None)
    assert adapter.state().job is None


@pytest.mark.parametrize(
    ("status", "body", "error", "said"),
    [
        (503, None, PrinterUnreachable, "not ready"),
        (404, None, PrinterRejected, "PrusaLink's url"),
        (200, b"<html>a router's page</html>", PrinterRejected, "PrusaLink's url"),
        (200, ["not", "an", "object"], PrinterRejected, "PrusaLink's url"),
    ],
)
def test_what_is_not_prusalink_is_told_with_a_remedy(
    server: SimulatedPrusaLink, adapter: PrusaLink, status: int, body: object, error: type[Exception], said: str
) -> None:
    """Something answers at the url, but not as PrusaLink does; or it is still starting."""
    server.answers["/api/v1/status"] = (status, body)
    with pytest.raises(error, match=said):
        adapter.state()


def test_a_printer_that_is_switched_off_is_unreachable() -> None:
    """Nobody listens at its port."""
    adapter = PrusaLink(PrusaLinkControl(type="prusalink", url=f"http://127.0.0.1:{free_port()}", api_key="key"))
    with pytest.raises(PrinterUnreachable, match="connection refused"):
        adapter.state()
    adapter.close()


@pytest.mark.parametrize(
    ("word", "job", "state"),
    [
        ("IDLE", None, JobState.IDLE),
        ("READY", None, JobState.IDLE),
        ("FINISHED", 7, JobState.IDLE),
        ("STOPPED", 7, JobState.IDLE),
        ("PRINTING", 7, JobState.PRINTING),
        ("PAUSED", 7, JobState.PAUSED),
        ("ERROR", None, JobState.ERROR),
        ("BUSY", None, JobState.IDLE),
        ("BUSY", 7, JobState.UNKNOWN),
        ("ATTENTION", None, JobState.IDLE),
        ("KNITTING", 7, JobState.UNKNOWN),
        (None, None, JobState.UNKNOWN),
    ],
)
def test_prusalinks_words_become_states(word: str | None, job: int | None, state: JobState) -> None:
    """What it never said before is unknown, not idle."""
    status = {"printer": {"state": word, "status_printer": WELL}}
    assert state is parse_status(status | ({"job": {"id": job}} if job else {}), None).state


def test_a_printer_that_waits_for_somebody_has_paused_by_itself() -> None:
    """An MK3 says ATTENTION when its firmware is "paused for user": filament ran out, or the G-code asked for it."""
    status = {"printer": {"state": "ATTENTION", "status_printer": WELL}, "job": {"id": 7}}
    reading = parse_status(status, "visor.gcode")
    assert (JobState.PAUSED, PausedBy.PRINTER) == (reading.state, reading.paused_by)


def test_a_plain_pause_does_not_tell_who_made_it() -> None:
    """A person, the G-code and we look the same."""
    assert PausedBy.UNKNOWN is parse_status({"printer": {"state": "PAUSED"}, "job": {"id": 7}}, None).paused_by


def test_a_newer_printer_that_asks_for_somebody_is_not_taken_for_paused() -> None:
    """Its firmware says ATTENTION for a warning on the display too, while it prints on."""
    reading = parse_status({"printer": {"state": "ATTENTION"}, "job": {"id": 7}}, "visor.gcode")
    assert JobState.UNKNOWN is reading.state
    assert "go on printing" in reading.detail


@pytest.mark.parametrize(
    ("word", "sentence", "state"),
    [
        ("ERROR", "Serial device does not exist", JobState.OFFLINE),
        ("IDLE", "Serial device does not exist", JobState.OFFLINE),
        ("ERROR", "Firmware detected a hardware issue", JobState.ERROR),
    ],
)
def test_a_printer_that_prusalink_has_lost_is_no_printer_that_stopped(
    word: str, sentence: str, state: JobState
) -> None:
    """One whose cable fell out may print on from its card; PrusaLink says IDLE for a moment, then ERROR."""
    status = {"printer": {"state": word, "status_printer": {"ok": False, "message": sentence}}}
    reading = parse_status(status, None)
    assert state is reading.state
    assert sentence in reading.detail


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)
printers = st.fixed_dictionaries(
    {}, optional={"state": json_values | st.sampled_from(["ATTENTION", "ERROR"]), "status_printer": json_values}
)
jobs = st.fixed_dictionaries({}, optional={"id": json_values, "progress": json_values})


@given(st.fixed_dictionaries({}, optional={"printer": json_values | printers, "job": json_values | jobs}))
def test_any_json_is_read_without_an_exception(status: dict[str, object]) -> None:
    """Firmwares differ; the progress stays a fraction."""
    progress = parse_status(status, None).progress
    assert progress is None or 0.0 <= progress <= 1.0
