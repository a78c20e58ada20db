"""A real Klipper over Moonraker's HTTP interface; the pause commands come over MQTT, and Klipper is asked itself."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.config.control import MoonrakerHttpControl
from monitor.config.model import Control
from monitor.records import JobState, PausedBy, PauseOutcome
from tests.brokers import Mosquitto
from tests.pause_desk import PauseDesk
from tests.stacks.desks import PauseTimes, at_the_desk, is_offline, knows, timed_pause
from tests.stacks.install import KlipperInstall
from tests.stacks.klipper import KlipperPrinter
from tests.stacks.processes import running
from tests.support import wait_until

pytestmark = pytest.mark.stacks

TRUSTED, KEY, STRANGER = "trusted", "by-key", "stranger"


def over_http(klipper: KlipperPrinter, api_key: str = "") -> MoonrakerHttpControl:
    """Return what cameras.yaml would say of a printer."""
    return MoonrakerHttpControl(type="moonraker_http", url=klipper.url, api_key=api_key)


@pytest.fixture
def desk(farm_broker: Mosquitto, klipper: KlipperPrinter) -> Iterator[PauseDesk]:
    """Yield the monitor's side of the conversation with an agent that knows one Klipper in three ways."""
    controls: dict[str, Control] = {
        TRUSTED: over_http(klipper),
        KEY: over_http(klipper, klipper.api_key()),
        STRANGER: over_http(klipper, "NO-SUCH-KEY"),
    }
    with at_the_desk(farm_broker, controls) as desk:
        assert wait_until(lambda: knows(desk, TRUSTED) and knows(desk, KEY))
        yield desk


@pytest.mark.parametrize("way", [TRUSTED, KEY])
def test_klipper_is_seen_paused(
    printing_klipper: KlipperPrinter, desk: PauseDesk, pause_times: PauseTimes, way: str
) -> None:
    """The answer says paused, and Moonraker says it too; a person's resume goes the same way back."""
    assert PauseOutcome.PAUSED is timed_pause(desk, way, f"Klipper, HTTP, {way}", pause_times).outcome
    assert ("paused", True) == (printing_klipper.state(), printing_klipper.is_paused())
    desk.resume(way)
    assert wait_until(lambda: printing_klipper.state() == "printing")


def test_an_idle_klipper_is_not_paused(klipper: KlipperPrinter, desk: PauseDesk) -> None:
    """Its is_paused stays false, or its next pause would do nothing."""
    assert PauseOutcome.NOT_PRINTING is desk.pause(TRUSTED).outcome
    assert not klipper.is_paused()


def test_a_klipper_with_a_pause_left_behind_pauses_all_the_same(klipper: KlipperPrinter, desk: PauseDesk) -> None:
    """Somebody paused it while it was idle: from then on its PAUSE does nothing until that is cleared."""
    klipper.script("PAUSE")
    klipper.print_forever()
    assert PauseOutcome.PAUSED is desk.pause(TRUSTED).outcome
    assert "paused" == klipper.state()
    klipper.cancel()


def test_a_print_that_a_person_paused_is_already_paused(printing_klipper: KlipperPrinter, desk: PauseDesk) -> None:
    """It was paused in the console before."""
    printing_klipper.script("PAUSE")
    assert wait_until(lambda: printing_klipper.state() == "paused")
    assert PauseOutcome.ALREADY_PAUSED is desk.pause(TRUSTED).outcome


def test_a_print_that_runs_out_of_filament_is_paused_by_the_printer(
    printing_klipper: KlipperPrinter, desk: PauseDesk
) -> None:
    """Klipper does not say who paused, but its sensor does; a pause finds it paused, by the printer itself."""
    printing_klipper.take_filament_out()
    assert wait_until(lambda: printing_klipper.state() == "paused")
    assert wait_until(lambda: says_it_paused_itself(desk)), desk.reports(TRUSTED)
    printing_klipper.put_filament_in()
    result = desk.pause(TRUSTED)
    assert (PauseOutcome.ALREADY_PAUSED, PausedBy.PRINTER) == (result.outcome, result.paused_by)


def test_a_pause_that_takes_long_is_sent_once(
    klipper: KlipperPrinter, desk: PauseDesk, pause_times: PauseTimes
) -> None:
    """Klipper finishes its step of 15 s first; a second order would have run its PAUSE again."""
    before = klipper.console().count("already paused")
    klipper.print_forever(step_ms=15_000)
    assert PauseOutcome.PAUSED is timed_pause(desk, TRUSTED, "Klipper, HTTP, a step of 15 s", pause_times).outcome
    assert not wait_until(lambda: klipper.console().count("already paused") > before, 1.0, every_s=0.2)
    klipper.cancel()


def test_a_wrong_key_is_reported_before_anything_fails_and_rejects_the_pause(
    printing_klipper: KlipperPrinter, desk: PauseDesk
) -> None:
    """Both say where the right one is found; the job prints on."""
    assert wait_until(lambda: cannot_be_paused(desk)), desk.reports(STRANGER)
    result = desk.pause(STRANGER)
    assert PauseOutcome.REJECTED is result.outcome
    assert "trusted_clients" in result.detail
    assert "printing" == printing_klipper.state()


def test_a_klipper_that_dies_is_reported_offline_and_comes_back(
    klipper_install: KlipperInstall, tmp_path: Path, farm_broker: Mosquitto
) -> None:
    """First Klipper dies in the middle of a print, then Moonraker."""
    klipper = KlipperPrinter(klipper_install, tmp_path / "klipper", farm_broker.endpoint.port, "k8")
    with running(klipper), at_the_desk(farm_broker, {TRUSTED: over_http(klipper)}) as desk:
        assert wait_until(lambda: knows(desk, TRUSTED))
        klipper.print_forever()
        klipper.klippy.kill()
        assert PauseOutcome.UNREACHABLE is desk.pause(TRUSTED, lasts_s=2).outcome
        klipper.moonraker.kill()
        result = desk.pause(TRUSTED, lasts_s=2)
        assert PauseOutcome.UNREACHABLE is result.outcome
        assert klipper.url in result.detail
        assert wait_until(lambda: is_offline(desk, TRUSTED)), desk.reports(TRUSTED)
        klipper.klippy.start()
        klipper.moonraker.start()
        assert wait_until(lambda: knows(desk, TRUSTED), 40), desk.reports(TRUSTED)


def says_it_paused_itself(desk: PauseDesk) -> bool:
    """Whether the printer was reported as paused by itself."""
    report = desk.newest(TRUSTED)
    return report is not None and (JobState.PAUSED, PausedBy.PRINTER) == (report.state, report.paused_by)


def cannot_be_paused(desk: PauseDesk) -> bool:
    """Whether the stranger's printer was reported as one whose key has to be changed."""
    report = desk.newest(STRANGER)
    return report is not None and not report.can_pause and "trusted_clients" in report.detail
