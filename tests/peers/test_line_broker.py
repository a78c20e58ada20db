"""A site whose bridge is in a broker of its own: what fails there, or is said there, is nothing to the site."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from monitor.clock import SystemClock
from monitor.config.hub import LineBroker
from monitor.mqtt import Endpoint
from monitor.peering import line_endpoint
from monitor.peers.wire import decode_pulse, encode_wish
from monitor.records import PersonCommand, PersonCommandKind, Reception
from tests.brokers import Mosquitto
from tests.peers.asker import Asker
from tests.support import PATIENCE_S
from tests.system.running import CLEAN, FAILING_PRINT, Json, RunningVigie, farm, running_vigie, simulated


class Brokers:
    """The site's own, and the one for the line."""

    def __init__(self, folder: Path) -> None:
        for name in ("own", "line"):
            (folder / name).mkdir()
        self.own, self.line = Mosquitto(folder / "own"), Mosquitto(folder / "line")


@pytest.fixture
def brokers(tmp_path: Path) -> Iterator[Brokers]:
    """The site's broker runs; the line broker does not yet."""
    made = Brokers(tmp_path)
    made.own.start()
    yield made
    for one in (made.own, made.line):
        one.stop()


def small_farm(brokers: Brokers) -> Json:
    """Return a farm of two, of which the first fails once."""
    return farm(
        [simulated("bad", FAILING_PRINT), simulated("good")],
        mqtt={"host": "127.0.0.1", "port": brokers.own.endpoint.port},
        hub={"tiles_kbit_per_s": 2000, "mqtt": {"port": brokers.line.endpoint.port}},
        simulation={"first_failure_after_s": 1, "failure_every_s": 80_000},
    )


def has_paused(vigie: RunningVigie, name: str) -> bool:
    """Wait until a printer stands."""
    return vigie.sees(lambda printers: printers[name]["state"] == "paused", 60)


def test_a_site_works_whatever_becomes_of_its_line_broker(brokers: Brokers, tmp_path: Path) -> None:
    """It is not there, it comes, it is killed, it comes again: prints are paused, and all is told afterwards."""
    with running_vigie(small_farm(brokers), tmp_path) as vigie:
        assert has_paused(vigie, "bad"), vigie.said()
        assert vigie.is_well()
        assert "check hub.mqtt.port" in vigie.health()["hub_problem"]
        brokers.line.start()
        with Asker(brokers.line.endpoint, "site") as asker:
            assert asker.hears(asker.topics.pulse)
            assert "" == vigie.health()["hub_problem"]
            brokers.line.kill()
            wish = {"kind": "pause", "by": "Marie"}
            assert requests.post(vigie.url("/api/printers/good/commands"), json=wish, timeout=PATIENCE_S).ok
            assert has_paused(vigie, "good"), vigie.said()
            assert vigie.is_well()
            asker.heard.clear()
            brokers.line.start()
            assert asker.hears(asker.topics.pulse)
            pulse = decode_pulse(asker.on(asker.topics.pulse)[-1])
            assert pulse.head == asker.page("all", pulse.history, pulse.head - 1).upto
        brokers.line.kill()
        assert CLEAN == vigie.end(signal.SIGTERM), vigie.said()


def test_only_the_line_broker_is_listened_to_for_the_hub(brokers: Brokers, tmp_path: Path) -> None:
    """The same command, said in the site's own broker, is heard by nobody; there, nothing is told either."""
    brokers.line.start()
    at = SystemClock().now()
    wish = PersonCommand("good", PersonCommandKind.MUTE, "Léa", at, minutes=60.0, id="w1", expires_at=at + 600.0)
    with (
        Asker(brokers.own.endpoint, "site") as at_own,
        Asker(brokers.line.endpoint, "site") as at_line,
        running_vigie(small_farm(brokers), tmp_path) as vigie,
    ):
        assert at_line.hears(at_line.topics.pulse)
        at_own.link.publish(at_own.topics.ask_command, encode_wish(wish), qos=1)
        (answer,) = at_line.command(wish)
        assert Reception.TAKEN is answer.reception, "it was not done before: the first time was heard by nobody"
        assert vigie.sees(lambda printers: printers["good"]["muted_until"] is not None, 30)
        assert [] == at_own.heard


def test_a_site_that_takes_no_commands_of_the_hub_says_so(brokers: Brokers, tmp_path: Path) -> None:
    """It tells as before, and its own wall may do everything."""
    brokers.line.start()
    config = small_farm(brokers)
    config["hub"]["commands"] = False
    at = SystemClock().now()
    wish = PersonCommand("good", PersonCommandKind.PAUSE, "Léa", at, id="w1", expires_at=at + 600.0)
    with Asker(brokers.line.endpoint, "site") as asker, running_vigie(config, tmp_path) as vigie:
        assert asker.hears(asker.topics.pulse)
        (answer,) = asker.command(wish)
        assert Reception.REFUSED is answer.reception
        assert "hub.commands: false" in answer.detail
        by_hand = {"kind": "pause", "by": "Marie"}
        assert requests.post(vigie.url("/api/printers/good/commands"), json=by_hand, timeout=PATIENCE_S).ok
        assert has_paused(vigie, "good"), vigie.said()


def test_the_line_broker_tells_monitors_of_one_file_apart() -> None:
    """By the suffix of the own one; and what does not work there is told with the hub's keys."""
    line = line_endpoint(LineBroker(username="vigie", password="s"), Endpoint("b", 1883, suffix="-n1"))
    assert ("127.0.0.1", 1884, "vigie", "-n1") == (line.host, line.port, line.username, line.suffix)
    assert "hub.mqtt.port" in line.remedies.network
