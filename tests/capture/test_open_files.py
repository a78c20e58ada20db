"""How many files may be open, and which numbers the cameras' connections have."""

import resource
import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest

from monitor.capture.http import HttpCamera
from monitor.capture.http_errors import translation
from monitor.capture.open_files import A_CAMERA, BESIDE, SELECT_WATCHES, allow_open_files, out_of_the_way
from monitor.errors import CameraUnreachable
from tests.capture.camera_server import CameraServer, answer
from tests.capture.pictures import picture

STINGY = """
import resource
from monitor.capture.open_files import allow_open_files
from monitor.errors import VigieError
resource.setrlimit(resource.RLIMIT_NOFILE, (256, 1000))
try:
    allow_open_files(1000)
except VigieError as error:
    print(error)
print(resource.getrlimit(resource.RLIMIT_NOFILE))
"""


@pytest.fixture(autouse=True)
def _limit() -> Iterator[None]:
    """Leave the limit as it was."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_what_a_farm_needs_is_asked_of_the_system() -> None:
    """Up to what it allows at most."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard))
    allow_open_files(12)
    assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] >= A_CAMERA * 12 + BESIDE


def test_a_system_that_allows_too_little_is_told_with_the_remedy() -> None:
    """And as much as it allows is taken. In a process of its own: a hard limit that was lowered stays low."""
    said = subprocess.run([sys.executable, "-c", STINGY], capture_output=True, text=True, check=True, timeout=60)
    assert "LimitNOFILE" in said.stdout
    assert "(1000, 1000)" == said.stdout.splitlines()[-1]


def test_connections_of_cameras_leave_the_small_numbers_to_others() -> None:
    """And work as before."""
    allow_open_files(1)
    with CameraServer(lambda _: [answer(picture())]) as server:
        camera = HttpCamera(server.url(), "", "")
        assert picture() == camera.get().read()
        opened = camera._socket
        assert opened is not None
        assert opened.fileno() >= SELECT_WATCHES
        camera.hang_up()


def test_a_moved_socket_keeps_its_timeout() -> None:
    """And the one that it was is closed."""
    allow_open_files(1)
    first = socket.socket()
    first.settimeout(4.0)
    with out_of_the_way(first) as moved:
        assert (4.0, -1) == (moved.gettimeout(), first.fileno())


def test_a_connection_stays_where_it_is_when_there_is_no_room() -> None:
    """A camera that is seen is worth more than a number."""
    beyond = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    with socket.socket() as new:
        assert new is out_of_the_way(new, beyond)
        assert new.fileno() >= 0


def test_no_more_open_files_is_not_blamed_on_the_network() -> None:
    """The error names the limit."""
    error = translation(OSError(24, "Too many open files"), "http://cam")
    assert isinstance(error, CameraUnreachable)
    assert "LimitNOFILE" in str(error)
