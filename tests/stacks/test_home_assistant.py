"""A farm in a real Home Assistant: the newest for Python 3.11, and, where Python 3.13 is, one that knows devices."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from monitor.mqtt import Link
from tests.brokers import Mosquitto
from tests.mqtt.support import deliver, listening
from tests.mqtt.support import running as connected
from tests.stacks import install
from tests.stacks.home_assistant import HomeAssistantServer
from tests.stacks.processes import running
from tests.support import PATIENCE_S, wait_until
from tests.system.running import FAILING_PRINT, RunningVigie, farm, running_vigie, simulated

pytestmark = pytest.mark.stacks

INSTALLS = {"component": install.home_assistant} | (
    {"device": install.newer_home_assistant} if install.newer_python() else {}
)
KINDS = {
    "problem": "binary_sensor", "state": "sensor", "score": "sensor", "evidence": "image", "incidents": "event",
    "acknowledge": "button", "pause": "button", "picture": "camera",
}  # fmt: skip
PAUSED_WITHIN_S = 60.0


def entity(printer: str, name: str) -> str:
    """Return an entity's id, which Home Assistant makes of the printer's name and the entity's."""
    return f"{KINDS[name]}.{printer}_{name}"


def all_of(printer: str) -> list[str]:
    """Return the ids of a printer's entities, all but the one that depends on the form."""
    return [entity(printer, name) for name in KINDS]


def a_farm(broker: Mosquitto, home: HomeAssistantServer, base: str, *printers: dict[str, Any]) -> dict[str, Any]:
    """Return a cameras.yaml for a broker and a Home Assistant; several at one broker differ in ``base``."""
    return farm(
        printers,
        mqtt={"host": "127.0.0.1", "port": broker.endpoint.port, "base": base, "client_id": base},
        home_assistant={"discovery": home.discovery, "pictures_every_s": 1},
        simulation={"first_failure_after_s": 1, "failure_every_s": 80_000},
    )


@pytest.fixture(scope="module", params=INSTALLS)
def home(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, farm_broker: Mosquitto
) -> Iterator[HomeAssistantServer]:
    """Yield a Home Assistant that is connected to the farm's broker, or skip."""
    try:
        installed = INSTALLS[request.param]()
    except install.InstallError as exc:
        pytest.skip(f"Home Assistant cannot be installed here: {exc}")
    server = HomeAssistantServer(installed, tmp_path_factory.mktemp("home") / "config", farm_broker.endpoint.port)
    with running(server):
        yield server


@pytest.fixture(scope="module")
def good(home: HomeAssistantServer) -> str:
    """Return the printer that prints on; each form has its own, for what one was told the other finds, too."""
    return f"good_{home.discovery}"


@pytest.fixture(scope="module")
def bad(home: HomeAssistantServer) -> str:
    """Return the printer that is about to fail."""
    return f"bad_{home.discovery}"


@pytest.fixture(scope="module")
def vigie(
    home: HomeAssistantServer, good: str, bad: str, tmp_path_factory: pytest.TempPathFactory, farm_broker: Mosquitto
) -> Iterator[RunningVigie]:
    """Yield a farm of these two."""
    config = a_farm(farm_broker, home, f"eye-{home.discovery}", simulated(good), simulated(bad, FAILING_PRINT))
    with running_vigie(config, tmp_path_factory.mktemp("farm")) as monitor:
        assert home.has(*all_of(good), *all_of(bad)), home.program.said()
        yield monitor


def test_every_entity_is_there_and_says_what_the_wall_says(
    home: HomeAssistantServer, vigie: RunningVigie, good: str
) -> None:
    """A printer that prints well: watched, no problem, a score, a picture; no evidence yet, and nothing complained."""
    assert home.shows(entity(good, "state"), "watching"), home.entities()
    assert home.shows(entity(good, "problem"), "off")
    assert wait_until(lambda: 0 <= float(home.entity(entity(good, "score"))["state"]) < 1, every_s=0.1)
    assert wait_until(lambda: home.picture(entity(good, "picture"))[:2] == b"\xff\xd8", every_s=0.2)
    assert ("unknown", b"") == (
        home.entity(entity(good, "evidence"))["state"],
        home.picture(entity(good, "evidence")),
    )
    assert vigie.watches(good), vigie.states()
    assert "ERROR" not in home.program.said()


def test_a_failure_is_a_problem_with_its_evidence_until_it_is_acknowledged(
    home: HomeAssistantServer, vigie: RunningVigie, bad: str
) -> None:
    """Why it is one stands beside it, the picture is ours byte for byte, and the button acknowledges the incident."""
    assert vigie.sees(lambda printers: printers[bad]["state"] == "paused", PAUSED_WITHIN_S), vigie.said()
    assert home.shows(entity(bad, "state"), "paused")
    assert home.shows(entity(bad, "problem"), "on")
    incident = vigie.printers()[bad]["incident"]["id"]
    attributes = home.entity(entity(bad, "problem"))["attributes"]
    assert (incident, True) == (attributes["incident"], bool(attributes["why"]))
    evidence = requests.get(vigie.url(f"/evidence/{incident}.jpg"), timeout=PATIENCE_S).content
    assert wait_until(lambda: evidence == home.picture(entity(bad, "evidence")), every_s=0.1)
    assert incident == home.entity(entity(bad, "incidents"))["attributes"]["incident"]

    home.do("button/press", entity(bad, "acknowledge"))
    assert wait_until(lambda: "Home Assistant" in who_acknowledged(vigie), every_s=0.1), vigie.said()
    assert wait_until(
        lambda: "acknowledged" == home.entity(entity(bad, "incidents"))["attributes"]["event_type"], every_s=0.1
    )


def who_acknowledged(vigie: RunningVigie) -> str:
    """Return who acknowledged the newest incident."""
    [incident, *_] = vigie.get("/api/incidents")["incidents"]
    return str(incident["acknowledged_by"])


def test_a_press_of_pause_pauses_the_printer(home: HomeAssistantServer, vigie: RunningVigie, good: str) -> None:
    """The time in the message is that of the press, so it counts, however old the button is."""
    assert home.shows(entity(good, "pause"), "unknown")  # there to be pressed: the agent says that it can be paused
    home.do("button/press", entity(good, "pause"))
    assert vigie.sees(lambda printers: printers[good]["job_state"] == "paused"), vigie.said()
    assert home.shows(entity(good, "state"), "paused")
    assert home.shows(entity(good, "problem"), "off")


def test_shadow_mode_begins_and_ends_from_there(home: HomeAssistantServer, vigie: RunningVigie, good: str) -> None:
    """What it shows is what the monitor said back."""
    armed = f"{'switch' if home.discovery == 'device' else 'select'}.{good}_armed"
    on, off = ("on", "off") if home.discovery == "device" else ("armed", "shadow mode")
    assert home.shows(armed, on)
    for wanted in (off, on):
        if home.discovery == "device":
            home.do(f"switch/turn_{wanted}", armed)
        else:
            home.do("select/select_option", armed, option=wanted)
        assert home.shows(armed, wanted), vigie.said()


def test_a_dead_monitor_is_not_available_and_a_printer_that_left_is_gone(
    home: HomeAssistantServer, farm_broker: Mosquitto, tmp_path: Path
) -> None:
    """Killed without a goodbye, nothing that it said counts any more; the next run takes back what its file lacks."""
    base = f"mortal-{home.discovery}"
    stays, leaves = f"stays_{home.discovery}", f"leaves_{home.discovery}"
    with running_vigie(a_farm(farm_broker, home, base, simulated(stays), simulated(leaves)), tmp_path) as mortal:
        assert home.shows(entity(stays, "state"), "watching")
        assert home.has(*all_of(leaves))
        mortal.process.kill()
        for name in KINDS:
            assert home.shows(entity(stays, name), "unavailable", timeout_s=40), name
    with running_vigie(a_farm(farm_broker, home, base, simulated(stays)), tmp_path):
        assert home.shows(entity(stays, "state"), "watching")
        assert home.lacks(*all_of(leaves))


@pytest.fixture(scope="module")
def reborn(home: HomeAssistantServer, vigie: RunningVigie, farm_broker: Mosquitto) -> HomeAssistantServer:
    """Return the Home Assistant after it was started anew; meanwhile somebody tidied up at the broker."""
    assert vigie.is_running
    home.stop()
    forget(farm_broker, f"homeassistant/+/eye-{home.discovery}/+/config")
    home.start()
    home.wait_ready()
    return home


def test_a_home_assistant_that_starts_anew_is_told_everything_again(
    reborn: HomeAssistantServer, vigie: RunningVigie, good: str
) -> None:
    """What it cannot find at the broker any more comes with the answer to its birth message."""
    assert reborn.has(*all_of(good))
    assert reborn.shows(entity(good, "state"), vigie.states()[good])


def forget(broker: Mosquitto, topic_filter: str) -> None:
    """Clear retained messages, as somebody who tidies up would."""
    with (
        listening(broker.endpoint, topic_filter, "done", client_id="tidying") as heard,
        connected(Link(broker.endpoint, "tidy")) as tidy,
    ):
        deliver(tidy, "done", b"")
        assert wait_until(lambda: bool(heard.on("done")))
        for topic in {message.topic for message in heard.messages if message.retain}:
            deliver(tidy, topic, b"", retain=True)
