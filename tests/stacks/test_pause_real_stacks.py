"""A pause command on MQTT, a real OctoPrint and a real Klipper at the other end, which are asked themselves."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from monitor.agent import Agent
from monitor.agent.intake import Ignored
from monitor.clock import SystemClock
from monitor.config.model import Control, MoonrakerControl, OctoPrintControl
from monitor.records import PauseOutcome
from tests.agent.farms import farm
from tests.brokers import Mosquitto
from tests.pause_desk import PauseDesk
from tests.stacks.desks import PauseTimes, at_the_desk, is_offline, knows, timed_pause
from tests.stacks.install import KlipperInstall, OctoPrintInstall
from tests.stacks.klipper import KlipperPrinter
from tests.stacks.octoprint import LOOK_KEY, PAUSE_KEY, OctoPrintServer
from tests.stacks.processes import running
from tests.support import wait_until

pytestmark = pytest.mark.stacks

OCTO, LOOKER, STRANGER, KLIP = "octo", "looker", "stranger", "klip"


@pytest.fixture
def desk(farm_broker: Mosquitto, octoprint: OctoPrintServer, klipper: KlipperPrinter) -> Iterator[PauseDesk]:
    """Yield the monitor's side of the conversation with an agent of one OctoPrint (by three keys) and a Klipper."""
    controls: dict[str, Control] = {
        OCTO: octoprint_control(octoprint),
        LOOKER: octoprint_control(octoprint, LOOK_KEY),
        STRANGER: octoprint_control(octoprint, "NO-SUCH-KEY"),
        KLIP: MoonrakerControl(type="moonraker", instance=klipper.instance),
    }
    with at_the_desk(farm_broker, controls) as desk:
        assert wait_until(lambda: knows(desk, OCTO) and knows(desk, KLIP))
        yield desk


def octoprint_control(server: OctoPrintServer, key: str = PAUSE_KEY) -> OctoPrintControl:
    """Return what cameras.yaml would say of a server."""
    return OctoPrintControl(type="octoprint", url=server.url, api_key=key)


def cannot_be_paused(desk: PauseDesk, printer: str) -> bool:
    """Whether the printer was reported as one whose key has to be changed."""
    report = desk.newest(printer)
    return report is not None and not report.can_pause and "STATUS and PRINT" in report.detail


def test_octoprint_is_seen_paused(
    printing_octoprint: OctoPrintServer, desk: PauseDesk, pause_times: PauseTimes
) -> None:
    """The answer says paused, and OctoPrint says it too; a person's resume goes the same way back."""
    assert PauseOutcome.PAUSED is timed_pause(desk, OCTO, "OctoPrint", pause_times).outcome
    assert "Paused" == printing_octoprint.state()
    desk.resume(OCTO)
    assert wait_until(lambda: printing_octoprint.state() == "Printing")


def test_klipper_is_seen_paused(printing_klipper: KlipperPrinter, desk: PauseDesk, pause_times: PauseTimes) -> None:
    """The answer says paused, and Moonraker says it too; a person's resume goes the same way back."""
    assert PauseOutcome.PAUSED is timed_pause(desk, KLIP, "Klipper, Moonraker over MQTT", pause_times).outcome
    assert ("paused", True) == (printing_klipper.state(), printing_klipper.is_paused())
    desk.resume(KLIP)
    assert wait_until(lambda: printing_klipper.state() == "printing")


def test_idle_printers_are_not_paused(octoprint: OctoPrintServer, klipper: KlipperPrinter, desk: PauseDesk) -> None:
    """Not-printing is the answer; Klipper's is_paused stays false, or its next pause would do nothing."""
    assert PauseOutcome.NOT_PRINTING is desk.pause(OCTO).outcome
    assert PauseOutcome.NOT_PRINTING is desk.pause(KLIP).outcome
    assert ("Operational", False) == (octoprint.state(), klipper.is_paused())


def test_a_printer_that_a_person_paused_is_already_paused(
    printing_octoprint: OctoPrintServer, printing_klipper: KlipperPrinter, desk: PauseDesk
) -> None:
    """It was paused in its own web page before."""
    printing_octoprint.job("pause", action="pause")
    printing_klipper.script("PAUSE")
    assert wait_until(lambda: printing_octoprint.state() == "Paused" and printing_klipper.state() == "paused")
    assert PauseOutcome.ALREADY_PAUSED is desk.pause(OCTO).outcome
    assert PauseOutcome.ALREADY_PAUSED is desk.pause(KLIP).outcome


def test_a_command_that_comes_again_does_not_pause_octoprint_again(
    printing_octoprint: OctoPrintServer, desk: PauseDesk
) -> None:
    """A person has resumed since: the same id is answered with the known result, and the job goes on."""
    command = desk.command(OCTO)
    desk.send(command)
    first = desk.answer(command)
    printing_octoprint.job("pause", action="resume")
    assert wait_until(lambda: printing_octoprint.state() == "Printing")
    desk.send(command)
    assert first == desk.answer(command, count=2)
    assert not wait_until(lambda: printing_octoprint.state() != "Printing", 1.0)


def test_a_command_that_comes_again_does_not_pause_klipper_again(
    printing_klipper: KlipperPrinter, desk: PauseDesk
) -> None:
    """A person has resumed since: the same id is answered with the known result, and the job goes on."""
    command = desk.command(KLIP)
    desk.send(command)
    first = desk.answer(command)
    printing_klipper.resume()
    assert wait_until(lambda: printing_klipper.state() == "printing")
    desk.send(command)
    assert first == desk.answer(command, count=2)
    assert not wait_until(lambda: printing_klipper.state() != "printing" or printing_klipper.is_paused(), 3.0)


@pytest.mark.usefixtures("printing_klipper")
def test_a_command_for_one_printer_pauses_only_that_one_also_when_ids_are_the_same(
    printing_octoprint: OctoPrintServer, desk: PauseDesk
) -> None:
    """Commands are told apart by printer and id, never by id alone."""
    to_klipper = desk.command(KLIP)
    desk.send(to_klipper)
    assert PauseOutcome.PAUSED is desk.answer(to_klipper).outcome
    assert "Printing" == printing_octoprint.state()
    to_octoprint = replace(to_klipper, printer=OCTO)
    desk.send(to_octoprint)
    assert PauseOutcome.PAUSED is desk.answer(to_octoprint).outcome
    assert "Paused" == printing_octoprint.state()


def test_a_retained_pause_is_ignored(
    printing_octoprint: OctoPrintServer, farm_broker: Mosquitto, desk: PauseDesk
) -> None:
    """An agent that finds one when it subscribes says so and lets the job go on: it may be of any age."""
    desk.send(desk.command("late"), retain=True)
    latecomer = Agent(
        farm({"late": octoprint_control(printing_octoprint)}), farm_broker.endpoint, SystemClock(), "test-latecomer"
    )
    latecomer.start()
    try:
        assert wait_until(lambda: latecomer.ignored[Ignored.RETAINED] == 1)
        assert wait_until(lambda: knows(desk, "late"))
        assert "Printing" == printing_octoprint.state()
    finally:
        latecomer.stop()
        desk.link.publish(desk.topics.pause("late"), b"", retain=True)


def test_an_api_key_that_may_not_pause_is_reported_before_anything_fails(desk: PauseDesk) -> None:
    """The report says that it cannot be paused, and what to do."""
    for printer in (LOOKER, STRANGER):
        assert wait_until(partial(cannot_be_paused, desk, printer)), desk.reports(printer)


def test_a_wrong_api_key_rejects_the_pause_with_the_remedy(
    printing_octoprint: OctoPrintServer, desk: PauseDesk
) -> None:
    """Both an unknown key and one without PRINT; the job prints on, so nobody may believe that it paused."""
    for printer in (LOOKER, STRANGER):
        result = desk.pause(printer)
        assert PauseOutcome.REJECTED is result.outcome
        assert "STATUS and PRINT" in result.detail
    assert "Printing" == printing_octoprint.state()


def test_a_klipper_with_a_pause_left_behind_pauses_all_the_same(klipper: KlipperPrinter, desk: PauseDesk) -> None:
    """Somebody paused it while it was idle: from then on its PAUSE does nothing until that is cleared."""
    klipper.script("PAUSE")
    assert klipper.is_paused()
    klipper.print_forever()
    assert PauseOutcome.PAUSED is desk.pause(KLIP).outcome
    assert "paused" == klipper.state()
    klipper.cancel()


def test_printers_that_die_are_reported_offline_and_come_back(
    klipper_install: KlipperInstall, octoprint_install: OctoPrintInstall, tmp_path: Path, farm_broker: Mosquitto
) -> None:
    """They are missed because they are asked (MQTT stays silent when Klipper dies); pausing them is unreachable."""
    klipper = KlipperPrinter(klipper_install, tmp_path / "klipper", farm_broker.endpoint.port, "k9", split=False)
    octoprint = OctoPrintServer(octoprint_install, tmp_path / "octoprint")
    controls: dict[str, Control] = {
        OCTO: octoprint_control(octoprint),
        KLIP: MoonrakerControl(type="moonraker", instance="k9"),
    }
    with running(klipper, octoprint), at_the_desk(farm_broker, controls) as desk:
        assert wait_until(lambda: knows(desk, OCTO) and knows(desk, KLIP))
        klipper.klippy.kill()
        octoprint.program.kill()
        to_klipper, to_octoprint = desk.command(KLIP, lasts_s=2), desk.command(OCTO, lasts_s=2)
        desk.send(to_klipper)
        desk.send(to_octoprint)
        assert PauseOutcome.UNREACHABLE is desk.answer(to_klipper).outcome
        assert PauseOutcome.UNREACHABLE is desk.answer(to_octoprint).outcome
        assert octoprint.url in desk.answer(to_octoprint).detail
        assert wait_until(lambda: is_offline(desk, KLIP) and is_offline(desk, OCTO))
        klipper.klippy.start()
        octoprint.start()
        assert wait_until(lambda: knows(desk, KLIP) and knows(desk, OCTO))
