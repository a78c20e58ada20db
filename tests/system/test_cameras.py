"""Cameras that fail in every way: each is blind with its reason on the wall, and the others are watched."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.brokers import free_port
from tests.system.running import CLEAN, RunningVigie, farm, running_vigie, simulated

BAD = ("html", "silent", "frozen", "dark", "cut", "torn")
FROZEN_WITHIN_S = 90.0  # pictures may stay the same for 30 s


@contextmanager
def bad_cameras() -> Iterator[str]:
    """Run them, and yield their base URL."""
    command = [sys.executable, "-m", "tests.system.bad_cameras"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


@pytest.fixture(scope="module")
def vigie(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningVigie]:
    """A farm of one good camera, one that is away and all bad ones."""
    with bad_cameras() as base:
        printers = [{"id": name, "camera": f"{base}/{name}", "control": "none"} for name in (*BAD, "good")]
        away = {"id": "away", "camera": f"http://127.0.0.1:{free_port()}/stream", "control": "none"}
        with running_vigie(farm([*printers, away, simulated("sim")]), tmp_path_factory.mktemp("cameras")) as running:
            yield running


def is_blind(vigie: RunningVigie, name: str, *words: str, health: str | None = None, timeout_s: float = 20.0) -> bool:
    """Wait until the wall's API says blind, with these words on the camera and this health of its pictures."""
    return vigie.sees(
        lambda printers: (
            printers[name]["state"] == "blind"
            and all(word in printers[name]["camera_problem"] for word in words)
            and (health is None or printers[name]["health"] == health)
        ),
        timeout_s,
    )


def test_good_cameras_are_watched_beside_bad_ones(vigie: RunningVigie) -> None:
    """What fails beside them does not matter to them."""
    assert vigie.watches("good", "sim"), vigie.printers()


def test_an_unreachable_camera_is_named_with_its_remedy(vigie: RunningVigie) -> None:
    """Nobody listens there."""
    assert is_blind(vigie, "away", "127.0.0.1", "check"), vigie.printers()["away"]
    assert vigie.says("camera of away: ")


def test_a_page_in_place_of_pictures_is_told(vigie: RunningVigie) -> None:
    """HTML with status 200: the URL is that of the camera's web page."""
    assert is_blind(vigie, "html", "text/html", "give the stream's own URL"), vigie.printers()["html"]


def test_a_dark_picture_is_not_trusted(vigie: RunningVigie) -> None:
    """The light is off."""
    assert is_blind(vigie, "dark", health="dark"), vigie.printers()["dark"]


def test_pictures_without_their_lower_part_are_not_trusted(vigie: RunningVigie) -> None:
    """They end as a JPEG ends, so only decoding tells."""
    assert is_blind(vigie, "torn", health="unreadable"), vigie.printers()["torn"]


def test_a_camera_that_goes_silent_is_told(vigie: RunningVigie) -> None:
    """The connection stays open; after ten seconds it is given up, and dialled again."""
    assert vigie.says("camera of silent: ", timeout_s=60)
    assert vigie.sees(lambda printers: "check" in printers["silent"]["camera_problem"], 60), vigie.printers()["silent"]


def test_pictures_that_are_cut_off_are_told(vigie: RunningVigie) -> None:
    """They never end, so no picture arrives at all."""
    assert is_blind(vigie, "cut", "cut off", "lower its resolution", timeout_s=60), vigie.printers()["cut"]


def test_a_frozen_picture_is_not_trusted(vigie: RunningVigie) -> None:
    """The same bytes for half a minute, at full rate."""
    assert is_blind(vigie, "frozen", health="frozen", timeout_s=FROZEN_WITHIN_S), vigie.printers()["frozen"]


def test_it_watches_and_ends_as_if_nothing_were_wrong(vigie: RunningVigie) -> None:
    """After all that, the monitor itself is well: a camera's fault is not its own."""
    assert vigie.watches("good", "sim"), vigie.printers()
    assert vigie.is_well(), vigie.health()
    assert CLEAN == vigie.end(), vigie.said()
