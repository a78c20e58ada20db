"""How the first administrator gets in, and what the room of access tells of its troubles."""

import logging
import re
from pathlib import Path

import pytest

from monitor.access import Role
from monitor.clock import SystemClock
from monitor.config.model import Config, Storage, Wall
from monitor.wall.door.entrance import Entrance, address_of
from monitor.wall.doorkeeper import Doorkeeper
from monitor.wall.gate import OpenHouse
from tests.access.people import PASSWORD
from tests.farms import a_farm


def farm(folder: Path, **wall: object) -> Config:
    """Return a configuration whose incidents lie in a folder."""
    storage = Storage(path=str(folder / "vigie.db"))
    return a_farm().model_copy(update={"storage": storage, "wall": Wall.model_validate(wall)})


def links(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return the secrets of the set-up links that were logged."""
    return re.findall(r"/setup\?link=(\S+)", caplog.text)


def test_each_start_logs_a_link_until_it_was_used(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The older one is good no longer; with an administrator there is none."""
    caplog.set_level(logging.WARNING)
    for use in (False, True, False):
        entrance = Entrance(farm(tmp_path), SystemClock())
        entrance.start()
        entrance.invite(8080)
        if use:
            assert entrance.access is not None
            entrance.access.desk.use_link(links(caplog)[-1], "Ada", PASSWORD)
        entrance.stop()
    assert 2 == len(set(links(caplog)))


def test_people_who_cannot_administer_are_not_enough(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A viewer cannot add an administrator: the link is logged still."""
    entrance = Entrance(farm(tmp_path), SystemClock())
    entrance.start()
    assert entrance.access is not None
    entrance.access.desk.use_link(entrance.access.desk.add("Vera", Role.VIEWER), "", PASSWORD)
    entrance.invite(8080)
    entrance.stop()
    assert 1 == len(links(caplog))


def test_an_open_wall_has_no_people_and_no_file(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Nothing is kept, nothing is asked."""
    entrance = Entrance(farm(tmp_path, access="open"), SystemClock())
    entrance.start()
    entrance.invite(8080)
    entrance.stop()
    assert isinstance(entrance.gatekeeper, OpenHouse)
    assert ([], [], "") == (list(tmp_path.iterdir()), links(caplog), entrance.problem)


def test_without_being_told_people_have_to_log_in(tmp_path: Path) -> None:
    """The default is the safe one."""
    assert isinstance(Entrance(farm(tmp_path), SystemClock()).gatekeeper, Doorkeeper)


@pytest.mark.parametrize(
    ("wall", "expected"),
    [
        ({}, "http://127.0.0.1:8081"),
        ({"host": "::1"}, "http://[::1]:8081"),
        ({"host": "10.0.0.5"}, "http://10.0.0.5:8081"),
        ({"url": "https://vigie.hospital.example/"}, "https://vigie.hospital.example"),
    ],
)
def test_links_begin_with_what_people_type(wall: dict[str, object], expected: str) -> None:
    """The address that was configured, or the one that is served."""
    assert expected == address_of(Wall.model_validate(wall), 8081)
