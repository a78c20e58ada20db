"""Klipper over Moonraker's HTTP interface, against a simulated one; tests/stacks pauses a real one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.config.control import MoonrakerHttpControl
from monitor.errors import PrinterRejected, PrinterUnreachable
from monitor.printers.adapter import CAN_PAUSE, Reading
from monitor.printers.klipper import Klipper
from monitor.printers.moonraker_http import MoonrakerHttp, moonraker_over_http
from monitor.records import JobState, PauseCommand
from tests.bambu.certificate import Certificate
from tests.brokers import free_port
from tests.printers.simulated_moonraker_http import LIST, PAUSE, QUERY, RESUME, SCRIPT, SimulatedMoonrakerHttp
from tests.support import wait_until

COMMAND = PauseCommand("id", "site", "p1", "incident", 0.0, 60.0, "spaghetti")


@pytest.fixture
def server() -> Iterator[SimulatedMoonrakerHttp]:
    """Yield a simulated Moonraker whose Klipper prints."""
    server = SimulatedMoonrakerHttp()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def adapter(server: SimulatedMoonrakerHttp) -> Iterator[Klipper]:
    """Yield its adapter, with a key."""
    adapter = over_http(server.url + "/", "key")
    yield adapter
    adapter.close()


def over_http(url: str, api_key: str = "") -> Klipper:
    """Return an adapter."""
    return moonraker_over_http(MoonrakerHttpControl(type="moonraker_http", url=url, api_key=api_key))


def test_the_state_the_job_and_its_progress_are_read(adapter: Klipper) -> None:
    """One request a reading."""
    assert Reading(JobState.PRINTING, "visor.gcode", 0.25) == adapter.state()


def test_the_pause_and_the_resume_carry_the_key(server: SimulatedMoonrakerHttp, adapter: Klipper) -> None:
    """Both are sent by the state: nothing is resumed that is not paused."""
    adapter.pause(COMMAND)
    adapter.resume()
    assert [PAUSE] == server.orders()
    server.status["print_stats"]["state"] = "paused"
    adapter.resume()
    assert wait_until(lambda: [PAUSE, RESUME] == server.orders())
    assert {"key"} == {key for _, _, key, _ in server.requests}


def test_a_moonraker_that_trusts_us_gets_no_key(server: SimulatedMoonrakerHttp) -> None:
    """An empty key would be refused."""
    adapter = over_http(server.url)
    adapter.pause(COMMAND)
    adapter.close()
    assert [PAUSE] == server.orders()
    assert {None} == {key for _, _, key, _ in server.requests}


def test_the_state_can_be_asked_while_the_pause_is_not_answered(
    server: SimulatedMoonrakerHttp, adapter: Klipper
) -> None:
    """Klipper answers when its moves are done; until then the order is not sent again."""
    server.mute_paths.add(PAUSE)
    for _ in range(3):
        adapter.pause(COMMAND)
        assert JobState.PRINTING is adapter.state().state
    assert [PAUSE] == server.orders()


def test_a_late_refusal_is_told_with_the_next_reading(server: SimulatedMoonrakerHttp, adapter: Klipper) -> None:
    """The PAUSE macro failed after some seconds; or Klipper died meanwhile."""
    server.mute_paths.add(PAUSE)
    adapter.pause(COMMAND)
    adapter.state()
    server.release()
    assert wait_until(lambda: lost(adapter))
    assert JobState.PRINTING is adapter.state().state


def lost(adapter: Klipper) -> bool:
    """Whether the reading told of an order without an answer."""
    try:
        adapter.state()
    except PrinterUnreachable as exc:
        return "did not answer printer.print.pause" in str(exc)
    return False


def test_a_refused_pause_is_told_in_klippers_words(server: SimulatedMoonrakerHttp, adapter: Klipper) -> None:
    """For example when a macro of its configuration fails."""
    server.refuses(PAUSE, 400, "Must home axis first")
    with pytest.raises(PrinterRejected, match="Must home axis first"):
        adapter.pause(COMMAND)


@pytest.mark.parametrize("state", ["standby", "complete", "cancelled", "error", "paused"])
def test_a_klipper_that_does_not_print_is_never_ordered_to_pause(
    server: SimulatedMoonrakerHttp, adapter: Klipper, state: str
) -> None:
    """It would set is_paused, and the next job could not be paused any more."""
    server.status["print_stats"]["state"] = state
    adapter.pause(COMMAND)
    assert [] == server.orders()


def test_a_pause_left_behind_is_cleared_before_the_pause(server: SimulatedMoonrakerHttp, adapter: Klipper) -> None:
    """Klipper answers "already paused" otherwise, and prints on."""
    server.status["pause_resume"]["is_paused"] = True
    adapter.pause(COMMAND)
    assert [SCRIPT, PAUSE] == server.orders()
    assert {"script": "CLEAR_PAUSE"} == next(body for _, path, _, body in server.requests if path == SCRIPT)


def test_a_klipper_that_is_away_is_unreachable(server: SimulatedMoonrakerHttp, adapter: Klipper) -> None:
    """Moonraker answers in its place."""
    server.refuses(QUERY, 503, "Klippy Host not connected")
    with pytest.raises(PrinterUnreachable, match="Klippy Host not connected"):
        adapter.state()


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_key_says_where_the_right_one_is_found(
    server: SimulatedMoonrakerHttp, adapter: Klipper, status: int
) -> None:
    """Known before a print fails: looking needs the same key as pausing."""
    server.refuses(QUERY, status, "Unauthorized")
    server.refuses(LIST, status, "Unauthorized")
    for ask in (adapter.state, adapter.can_pause):
        with pytest.raises(PrinterRejected, match="trusted_clients"):
            ask()


def test_a_klipper_without_pause_resume_cannot_be_paused(server: SimulatedMoonrakerHttp, adapter: Klipper) -> None:
    """That is known before a print fails."""
    assert CAN_PAUSE == adapter.can_pause()
    server.answers[LIST] = (200, {"result": {"objects": ["print_stats"]}})
    assert "[pause_resume]" in adapter.can_pause().why


@pytest.mark.parametrize(
    ("status", "body", "error", "said"),
    [
        (502, b"<html>nginx: bad gateway</html>", PrinterUnreachable, "not ready"),
        (503, b"<html>a proxy's page</html>", PrinterUnreachable, "not ready"),
        (404, b"<html>not here</html>", PrinterRejected, "Moonraker's url"),
        (200, b"<html>Mainsail</html>", PrinterRejected, "Moonraker's url"),
        (200, ["not", "an", "object"], PrinterRejected, "Moonraker's url"),
    ],
)
def test_what_is_not_moonraker_is_told_with_a_remedy(
    server: SimulatedMoonrakerHttp, adapter: Klipper, status: int, body: object, error: type[Exception], said: str
) -> None:
    """Something answers at the url, but not as Moonraker does; or a proxy that misses it."""
    server.answers[QUERY] = (status, body)
    with pytest.raises(error, match=said):
        adapter.state()


def test_a_machine_that_is_switched_off_is_unreachable(server: SimulatedMoonrakerHttp, adapter: Klipper) -> None:
    """Nobody listens at its port; also when it goes between the look and the order."""
    gone = over_http(f"http://127.0.0.1:{free_port()}")
    with pytest.raises(PrinterUnreachable, match="connection refused"):
        gone.state()
    gone.close()
    server.stop()
    with pytest.raises(PrinterUnreachable, match="does not answer"):
        adapter.state()


@pytest.mark.parametrize("is_trusted", [False, True])
def test_https_is_verified_for_slow_answers_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_trusted: bool
) -> None:
    """An order carries the key: it is not sent to whoever answers. A farm may have an authority of its own."""
    certificate = Certificate(tmp_path, "moonraker", "127.0.0.1")
    server = SimulatedMoonrakerHttp(certificate.server_context())
    server.start()
    if is_trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate.cert))
    rpc = MoonrakerHttp(server.url, "key", (2.0, 3.0))
    try:
        if is_trusted:
            server.mute_paths.add(PAUSE)
            assert not rpc.send("printer.print.pause", {}).wait(0.1)
            assert wait_until(lambda: [PAUSE] == server.orders())
        else:
            with pytest.raises(PrinterUnreachable, match="CERTIFICATE_VERIFY_FAILED"):
                rpc.send("printer.print.pause", {})
            assert [] == server.requests
    finally:
        rpc.close()
        server.stop()


def test_an_adapter_that_is_closed_waits_for_nobody(server: SimulatedMoonrakerHttp) -> None:
    """Its order may stay unanswered for minutes: the thread that waits ends at once."""
    server.mute_paths.add(PAUSE)
    adapter = over_http(server.url)
    adapter.pause(COMMAND)
    adapter.close()
    assert [PAUSE] == server.orders()
