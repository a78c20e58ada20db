"""The simulated farm as a whole: its pictures, its printers on a broker, and the failures it tells about."""

import json
import threading
from collections.abc import Iterator
from urllib.request import urlopen

import cv2
import numpy as np
import pytest

from monitor.broker import EmbeddedBroker
from monitor.clock import ManualClock, SystemClock
from monitor.config.model import (
    Camera,
    Config,
    Control,
    NoControl,
    Printer,
    PrinterSettings,
    Room,
    SimulatedCamera,
    SimulatedControl,
    Simulation,
    Site,
)
from monitor.errors import ConfigError
from monitor.mqtt import Endpoint, Link, Message
from monitor.records import JobState
from monitor.sim.farm import SimulatedFarm
from monitor.sim.floor import Floor
from monitor.sim.plan import Course
from monitor.sim.prints import Print
from monitor.sim.sensor import NOISE, Sensor
from tests.sim.conftest import HEIGHT, WIDTH
from tests.support import PATIENCE_S, wait_until

NOWHERE = Endpoint("127.0.0.1", 1)
QUICK = Simulation(first_failure_after_s=1.0, print_lasts_s=30.0, failure_every_s=86_400.0)


def config(camera: Camera | None = None, simulation: Simulation = QUICK) -> Config:
    """Return a farm of two obedient printers and one that nobody can pause."""
    controls: list[Control] = [SimulatedControl(type="simulated"), SimulatedControl(type="simulated")]
    printers = tuple(
        Printer(
            id=f"p{number}",
            name=f"p{number}",
            site="demo",
            room="hall",
            camera=camera or SimulatedCamera(type="simulated"),
            control=control,
            settings=PrinterSettings(),
        )
        for number, control in enumerate([*controls, NoControl(type="none")])
    )
    site = Site(id="demo", name="demo", rooms=(Room(id="hall", name="hall"),))
    return Config(sites=(site,), printers=printers, simulation=simulation)


class Listener:
    """Remembers the newest state of each simulated printer, as a monitor would see it."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.link = Link(endpoint, "listener")
        self.states: dict[str, dict[str, object]] = {}
        self.all: list[tuple[str, object]] = []
        self._lock = threading.Lock()
        self.link.subscribe("vigie/sim/+/state", self._heard)
        self.link.start()
        assert self.link.wait_connected(10)

    def _heard(self, message: Message) -> None:
        with self._lock:
            printer = message.topic.split("/")[2]
            self.states[printer] = json.loads(message.payload)
            self.all.append((printer, self.states[printer]["state"]))

    def shows(self, printer: str, state: str) -> bool:
        """Wait until a printer says that it is in a state."""
        return wait_until(lambda: self.states.get(printer, {}).get("state") == state)


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    """Yield an embedded broker's endpoint."""
    broker = EmbeddedBroker()
    yield broker.start()
    broker.stop()


@pytest.fixture
def farm(endpoint: Endpoint, prints: tuple[Print, ...]) -> Iterator[SimulatedFarm]:
    """Yield a running farm of three printers."""
    farm = SimulatedFarm(config(), endpoint, SystemClock(), prints)
    farm.start()
    yield farm
    farm.stop()


@pytest.fixture
def listener(endpoint: Endpoint) -> Iterator[Listener]:
    """Yield somebody who listens to the simulated printers."""
    listener = Listener(endpoint)
    yield listener
    listener.link.stop()


@pytest.mark.usefixtures("farm")
def test_printers_tell_their_state_and_obey(listener: Listener) -> None:
    """Only those with a simulated control; a pause passes through pausing, and a resume ends it."""
    assert listener.shows("p0", "printing")
    assert listener.shows("p1", "printing")
    assert {"state", "job", "progress", "simulated"} == set(listener.states["p0"])
    listener.link.publish("vigie/sim/p0/command", "pause")
    assert listener.shows("p0", "paused")
    assert ("p0", "pausing") in listener.all
    assert "printing" == listener.states["p1"]["state"]
    listener.link.publish("vigie/sim/p0/command", "resume")
    assert listener.shows("p0", "printing")
    assert "p2" not in listener.states
    assert 0 == listener.link.handler_errors


def test_words_that_are_no_command_are_ignored(farm: SimulatedFarm, listener: Listener) -> None:
    """Unknown words, unknown printers and bytes that are no text change nothing and break nothing."""
    assert listener.shows("p1", "printing")
    for topic, payload in (("p1", b"explode"), ("p9", b"pause"), ("p1", b"\xff"), ("p2", b"pause")):
        listener.link.publish(f"vigie/sim/{topic}/command", payload)
    listener.link.publish("vigie/sim/p0/command", "pause")
    assert listener.shows("p0", "paused")
    assert "printing" == listener.states["p1"]["state"]
    assert JobState.PAUSED is not farm.floor.status("p2").state


def test_a_failure_that_became_visible_is_told(farm: SimulatedFarm) -> None:
    """Once, with its moment, so that the time to a pause can be measured from it."""
    assert wait_until(lambda: bool(farm.failures()))
    failure = farm.failures()[0]
    assert failure.visible_at == farm.visible_at(failure.printer)
    assert [failure.printer] == [found.printer for found in farm.failures()]
    others = {"p0", "p1", "p2"} - {failure.printer}
    assert {None} == {farm.visible_at(printer) for printer in others}


def test_a_camera_serves_its_print(farm: SimulatedFarm) -> None:
    """A JPEG of the clip's size comes from the camera's address."""
    with urlopen(farm.camera_url("p0").replace("/stream", "/snapshot"), timeout=PATIENCE_S) as answer:  # noqa: S310
        picture = cv2.imdecode(np.frombuffer(answer.read(), np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    assert (HEIGHT, WIDTH, 3) == picture.shape


def test_a_print_that_does_not_exist_is_refused(prints: tuple[Print, ...]) -> None:
    """With the name that was meant."""
    camera = SimulatedCamera(type="simulated", print="cub")
    with pytest.raises(ConfigError, match=r"printer p0: camera\.print: cub is no rendered print; did you mean cube\?"):
        SimulatedFarm(config(camera), NOWHERE, ManualClock(), prints)


def test_a_farm_that_was_never_started_can_be_stopped(prints: tuple[Print, ...]) -> None:
    """As happens when something before it fails to start."""
    SimulatedFarm(config(), NOWHERE, ManualClock(), prints).stop()


def test_the_floor_notes_each_failure_once(prints: tuple[Print, ...]) -> None:
    """Two failing jobs of one printer are two failures, however often the floor is moved on."""
    clock = ManualClock()
    course = Course(prints[0], 30.0, 0.0, (1, 0), chance=1.0, first_failure=None, safe_until_s=0.0)
    floor = Floor({"p0": course}, clock)
    for _ in range(90):
        clock.advance(1)
        floor.advance()
    assert ["cube-1.gcode", "cube-2.gcode"] == [failure.job for failure in floor.failures()]
    with pytest.raises(KeyError):
        floor.command("p0", "dance")


def test_pictures_of_a_still_scene_differ_as_those_of_a_sensor(prints: tuple[Print, ...]) -> None:
    """Noise that never repeats, small enough not to change the scene; the same seed gives the same bytes."""
    picture = prints[0].healthy.frame(20)
    sensor, same = Sensor("p0", (1, 0)), Sensor("p0", (1, 0))
    jpegs = [sensor.jpeg(picture, 1_585_000_000.0) for _ in range(20)]
    assert 20 == len(set(jpegs))
    assert jpegs == [same.jpeg(picture, 1_585_000_000.0) for _ in range(20)]
    seen = cv2.imdecode(np.frombuffer(jpegs[0], np.uint8), cv2.IMREAD_COLOR)
    assert seen is not None
    above_the_writing = np.abs(seen[: HEIGHT - 24].astype(int) - picture[: HEIGHT - 24])
    assert NOISE * 4 >= above_the_writing.max()
