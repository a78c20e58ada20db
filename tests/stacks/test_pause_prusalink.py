"""A pause command on MQTT, a real PrusaLink at the other end (only its printer is simulated), asked itself."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from monitor.config.model import Control, PrusaLinkControl
from monitor.records import JobState, PausedBy, PauseOutcome
from tests.brokers import Mosquitto
from tests.pause_desk import PauseDesk
from tests.stacks import install
from tests.stacks.desks import PauseTimes, at_the_desk, is_offline, knows, timed_pause
from tests.stacks.processes import running
from tests.stacks.prusalink import API_KEY, PASSWORD, USERNAME, PrusaLinkServer
from tests.support import wait_until

pytestmark = pytest.mark.stacks

KEY, DIGEST, STRANGER, IMPOSTOR = "by-key", "by-digest", "stranger", "impostor"
REMEDY = "Settings > Network > PrusaLink"


def by_key(server: PrusaLinkServer, key: str = API_KEY) -> PrusaLinkControl:
    """Return what cameras.yaml would say of a server."""
    return PrusaLinkControl(type="prusalink", url=server.url, api_key=key)


def by_digest(server: PrusaLinkServer, password: str = PASSWORD) -> PrusaLinkControl:
    """Return the same for the one who has a password."""
    return PrusaLinkControl(type="prusalink", url=server.url, username=USERNAME, password=password)


@pytest.fixture
def desk(farm_broker: Mosquitto, prusalink: PrusaLinkServer) -> Iterator[PauseDesk]:
    """Yield the monitor's side of the conversation with an agent that knows one PrusaLink in four ways."""
    controls: dict[str, Control] = {
        KEY: by_key(prusalink),
        DIGEST: by_digest(prusalink),
        STRANGER: by_key(prusalink, "NO-SUCH-KEY"),
        IMPOSTOR: by_digest(prusalink, "Wr0ngPassword"),
    }
    with at_the_desk(farm_broker, controls) as desk:
        assert wait_until(lambda: knows(desk, KEY) and knows(desk, DIGEST))
        yield desk


@pytest.mark.parametrize("way", [KEY, DIGEST])
def test_prusalink_is_seen_paused(
    printing_prusalink: PrusaLinkServer, desk: PauseDesk, pause_times: PauseTimes, way: str
) -> None:
    """The answer says paused, and PrusaLink says it too; a person's resume goes the same way back."""
    assert PauseOutcome.PAUSED is timed_pause(desk, way, f"PrusaLink, {way}", pause_times).outcome
    assert "PAUSED" == printing_prusalink.state()
    desk.resume(way)
    assert wait_until(lambda: printing_prusalink.state() == "PRINTING")


def test_a_pause_that_takes_long_is_proven_too(
    prusalink: PrusaLinkServer, desk: PauseDesk, pause_times: PauseTimes
) -> None:
    """The printer finishes two steps of 9 s first, longer than PrusaLink itself waits; it is told to pause once."""
    prusalink.print_gcode("G4 P9000\n" * 2 + "G1 X1 F3000\n" * 50_000)
    before = prusalink.pauses()
    assert PauseOutcome.PAUSED is timed_pause(desk, KEY, "PrusaLink, two steps of 9 s", pause_times).outcome
    assert ("PAUSED", before + 1) == (prusalink.state(), prusalink.pauses())
    prusalink.cancel()


def test_an_idle_prusalink_is_not_paused(prusalink: PrusaLinkServer, desk: PauseDesk) -> None:
    """Not-printing is the answer, and its printer was told nothing."""
    before = prusalink.pauses()
    assert PauseOutcome.NOT_PRINTING is desk.pause(KEY).outcome
    assert ("IDLE", before) == (prusalink.state(), prusalink.pauses())


def test_a_print_that_a_person_paused_is_already_paused(printing_prusalink: PrusaLinkServer, desk: PauseDesk) -> None:
    """It was paused on PrusaLink's own page before; its printer is not told again."""
    printing_prusalink.order("pause")
    assert wait_until(lambda: printing_prusalink.state() == "PAUSED")
    before = printing_prusalink.pauses()
    assert PauseOutcome.ALREADY_PAUSED is desk.pause(KEY).outcome
    assert before == printing_prusalink.pauses()


def test_a_printer_that_waits_for_somebody_is_paused_by_itself(prusalink: PrusaLinkServer, desk: PauseDesk) -> None:
    """The G-code says M0: PrusaLink says ATTENTION, which is no print that goes on."""
    prusalink.print_gcode("G1 X1 F3000\n" * 20 + "M0 P5000\n" + "G1 X2\n" * 50_000)
    assert wait_until(lambda: prusalink.state() == "ATTENTION")
    result = desk.pause(KEY)
    assert (PauseOutcome.ALREADY_PAUSED, PausedBy.PRINTER) == (result.outcome, result.paused_by)
    prusalink.cancel()


def test_a_command_that_comes_again_does_not_pause_again(printing_prusalink: PrusaLinkServer, desk: PauseDesk) -> None:
    """A person has resumed since: the same id is answered with the known result, and the job goes on."""
    command = desk.command(KEY)
    desk.send(command)
    first = desk.answer(command)
    printing_prusalink.order("resume")
    assert wait_until(lambda: printing_prusalink.state() == "PRINTING")
    desk.send(command)
    assert first == desk.answer(command, count=2)
    assert not wait_until(lambda: printing_prusalink.state() != "PRINTING", 1.0)


def test_a_wrong_key_is_reported_before_anything_fails(desk: PauseDesk) -> None:
    """The report says that it cannot be paused, and where the right key is found."""
    for printer in (STRANGER, IMPOSTOR):
        assert wait_until(partial(cannot_be_paused, desk, printer)), desk.reports(printer)


def test_a_wrong_key_rejects_the_pause_with_the_remedy(printing_prusalink: PrusaLinkServer, desk: PauseDesk) -> None:
    """The job prints on, so nobody may believe that it paused."""
    for printer in (STRANGER, IMPOSTOR):
        result = desk.pause(printer)
        assert PauseOutcome.REJECTED is result.outcome
        assert REMEDY in result.detail
    assert "PRINTING" == printing_prusalink.state()


def test_a_prusalink_that_dies_is_reported_offline_and_comes_back(
    prusalink_install: install.PrusaLinkInstall, tmp_path: Path, farm_broker: Mosquitto
) -> None:
    """First its printer's cable falls out, in the middle of a print; then PrusaLink itself dies."""
    server = PrusaLinkServer(prusalink_install, tmp_path / "prusalink", install.cache_folder())
    with running(server), at_the_desk(farm_broker, {KEY: by_key(server)}) as desk:
        assert wait_until(lambda: knows(desk, KEY))
        server.print_forever()
        server.printer.kill()
        assert wait_until(lambda: is_lost(desk)), desk.reports(KEY)
        assert PauseOutcome.UNREACHABLE is desk.pause(KEY, lasts_s=2).outcome
        server.program.kill()
        unreachable = desk.pause(KEY, lasts_s=2)
        assert PauseOutcome.UNREACHABLE is unreachable.outcome
        assert server.url in unreachable.detail
        assert wait_until(lambda: is_offline(desk, KEY)), desk.reports(KEY)
        server.start()
        assert wait_until(lambda: knows(desk, KEY), 60), desk.reports(KEY)


def cannot_be_paused(desk: PauseDesk, printer: str) -> bool:
    """Whether the printer was reported as one whose key has to be changed."""
    report = desk.newest(printer)
    return report is not None and not report.can_pause and REMEDY in report.detail


def is_lost(desk: PauseDesk) -> bool:
    """Whether PrusaLink was reported to have lost its printer."""
    report = desk.newest(KEY)
    return report is not None and report.state is JobState.OFFLINE and "lost its printer" in report.detail
