"""The end: whatever is going on, SIGINT and SIGTERM end everything in time, in order, with nothing left behind."""

import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
import requests

from tests.brokers import Mosquitto, free_port
from tests.capture.camera_server import CameraServer
from tests.stacks.processes import Program
from tests.support import PATIENCE_S, wait_until
from tests.system.running import CLEAN, VIGIE, Json, RunningVigie, farm, running_vigie, simulated


def camera(name: str, url: str) -> Json:
    """Return a printer with an MJPEG camera somewhere."""
    return {"id": name, "camera": url, "control": "none"}


@contextmanager
def nobody_at_home() -> Iterator[int]:
    """Yield a loopback port where dialling hangs until its timeout: the queue of callers is full."""
    with ExitStack() as calls:
        listener = calls.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for _ in range(8):
            caller = calls.enter_context(socket.socket())
            caller.setblocking(False)
            caller.connect_ex(listener.getsockname())
        yield listener.getsockname()[1]


@pytest.fixture
def mute_camera() -> Iterator[CameraServer]:
    """A camera that takes the connection and never answers."""
    with CameraServer(lambda _: ()) as server:
        yield server


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_in_time(how: signal.Signals, tmp_path: Path) -> None:
    """With status 0, no traceback, no process left, and its own log saying so."""
    with running_vigie(farm([simulated("p1")]), tmp_path) as vigie:
        assert vigie.watches("p1")
        assert CLEAN == vigie.end(how), vigie.said()
        assert "stopping" in vigie.said().splitlines()[-1]


def test_it_ends_while_cameras_are_away_and_silent(mute_camera: CameraServer, tmp_path: Path) -> None:
    """Refused, waiting for the next attempt; in the middle of dialling; without a name; connected, no answer."""
    refused = camera("refused", f"http://127.0.0.1:{free_port()}/")
    unknown = camera("unknown", "http://no-such-camera.invalid/")
    silent = camera("silent", mute_camera.url())
    with nobody_at_home() as port, ExitStack() as stack:
        dialling = camera("dialling", f"http://127.0.0.1:{port}/")
        vigie = stack.enter_context(running_vigie(farm([refused, dialling, unknown, silent]), tmp_path))
        assert vigie.says("camera of refused: ", timeout_s=10)
        assert CLEAN == vigie.end(), vigie.said()


@pytest.mark.parametrize("dialling_hangs", [False, True])
def test_it_ends_while_the_broker_is_away(dialling_hangs: bool, tmp_path: Path) -> None:
    """Nobody waits for a goodbye that cannot be said, however many sites have a session of their own."""
    rooms = [[{"id": "hall", "printers": [simulated(f"p{number}")]}] for number in range(6)]
    sites = [{"id": f"site{number}", "rooms": room} for number, room in enumerate(rooms)]
    with nobody_at_home() as hanging_port, ExitStack() as stack:
        port = hanging_port if dialling_hangs else free_port()
        config = farm([], sites=sites, mqtt={"host": "127.0.0.1", "port": port})
        vigie = stack.enter_context(running_vigie(config, tmp_path))
        assert not vigie.health()["broker_connected"]
        assert vigie.says("cannot reach mqtt://")
        assert CLEAN == vigie.end(), vigie.said()


def test_it_ends_while_the_broker_hangs(tmp_path: Path) -> None:
    """A broker that takes the connection and never answers is not waited for either."""
    with socket.create_server(("127.0.0.1", 0)) as hung:
        config = farm([simulated("p1")], mqtt={"host": "127.0.0.1", "port": hung.getsockname()[1]})
        with running_vigie(config, tmp_path) as vigie:
            assert not vigie.health()["broker_connected"]
            assert CLEAN == vigie.end(), vigie.said()


def test_it_ends_while_a_viewer_has_the_stream_open(tmp_path: Path) -> None:
    """One that reads all the time, and one that has stopped reading."""
    with running_vigie(farm([simulated("p1")]), tmp_path) as vigie:
        assert vigie.watches("p1")
        with _stream(vigie) as busy, _stream(vigie):
            reader = threading.Thread(target=_read_on, args=(busy,))
            reader.start()
            ending = vigie.end()
            reader.join()
        assert CLEAN == ending, vigie.said()


def test_it_ends_before_it_is_up(tmp_path: Path) -> None:
    """A signal in the first second, while rooms are being built, is obeyed in order too."""
    vigie = RunningVigie(farm([simulated("p1")]), tmp_path)
    vigie.start()
    try:
        assert vigie.says("nothing real is watched")
        assert CLEAN == vigie.end(), vigie.said()
    finally:
        vigie.clean_up()


def test_ctrl_c_while_modules_load_leaves_no_traceback(tmp_path: Path) -> None:
    """The first second, before there is anything to stop: the signal itself ends the process."""
    program = Program([VIGIE, "run"], tmp_path / "log", cwd=tmp_path)
    program.start({"PYTHONPROFILEIMPORTTIME": "1"})  # tells of every module that was loaded
    try:
        program.wait_ready(lambda: "pydantic" in program.said(), 20)
        program.process.send_signal(signal.SIGINT)
        assert wait_until(lambda: not program.is_running)
        assert (-signal.SIGINT, False) == (program.exit_status, "Traceback" in program.said())
    finally:
        program.stop()


def test_after_an_end_in_order_it_starts_again(tmp_path: Path) -> None:
    """A second run on the same folder, port and broker finds nothing in its way."""
    folder = tmp_path / "mosquitto"
    folder.mkdir()
    broker = Mosquitto(folder)
    broker.start()
    try:
        config = farm([simulated("p1")], mqtt={"host": "127.0.0.1", "port": broker.endpoint.port})
        for _ in range(2):
            with running_vigie(config, tmp_path) as vigie:
                assert vigie.watches("p1")
                assert CLEAN == vigie.end(), vigie.said()
    finally:
        broker.stop()


def _stream(vigie: RunningVigie) -> requests.Response:
    return requests.get(vigie.url("/stream"), stream=True, timeout=PATIENCE_S)


def _read_on(response: requests.Response) -> None:
    try:
        for _ in response.iter_content(65536):
            pass
    except requests.RequestException:
        return  # cut off: that is an end too
