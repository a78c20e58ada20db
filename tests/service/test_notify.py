"""What is said to the service manager arrives, and nobody is needed who hears it."""

import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.service.notify import STATUS_CHARACTERS, Notify, one_line, watchdog_s
from tests.service.manager import Manager


@pytest.fixture(params=["path", "abstract"])
def manager(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Manager]:
    """Systemd's end, of both kinds of addresses."""
    address = str(tmp_path / "notify") if request.param == "path" else f"@vigie-test-{uuid.uuid4()}"
    manager = Manager(address)
    yield manager
    manager.close()


def test_a_message_arrives(manager: Manager) -> None:
    """A line a value, as sd_notify(3) wants it."""
    Notify.of(manager.environment()).send(READY="1", STATUS="12 printers: 12 watching")
    assert "READY=1\nSTATUS=12 printers: 12 watching\n" == manager.message()


def test_a_status_is_one_line(manager: Manager) -> None:
    """What a camera or a broker says must not become a word of ours."""
    Notify.of(manager.environment()).send(STATUS="a problem\nWATCHDOG=1\n\x00\x1b[31mred")
    assert "STATUS=a problem WATCHDOG=1 [31mred\n" == manager.message()


@given(st.text(max_size=2_000))
def test_whatever_a_status_is_it_fits_into_a_line(text: str) -> None:
    """No control character, not longer than people read."""
    line = one_line(text)
    assert len(line) <= STATUS_CHARACTERS
    assert all(character.isprintable() for character in line)


def test_a_manager_that_is_gone_is_told_of_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """It ends nothing, and fills no log."""
    notify = Notify(str(tmp_path / "nobody"))
    for _ in range(3):
        notify.send(WATCHDOG="1")
    assert 1 == caplog.text.count("does not listen")


def test_one_that_comes_back_is_heard(tmp_path: Path) -> None:
    """Systemd makes its socket anew when it is upgraded itself."""
    notify = Notify(str(tmp_path / "notify"))
    notify.send(WATCHDOG="1")
    manager = Manager(str(tmp_path / "notify"))
    notify.send(WATCHDOG="1")
    assert "WATCHDOG=1\n" == manager.message()
    manager.close()


@pytest.mark.parametrize("environment", [{}, {"NOTIFY_SOCKET": ""}, {"NOTIFY_SOCKET": "vsock:2:1234"}])
def test_without_a_unix_socket_nothing_is_said(environment: dict[str, str]) -> None:
    """A shell, a container, a virtual machine's host."""
    notify = Notify.of(environment)
    notify.send(READY="1")
    assert not notify.is_heard


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"WATCHDOG_USEC": "90000000"}, 90.0),
        ({"WATCHDOG_USEC": "90000000", "WATCHDOG_PID": str(os.getpid())}, 90.0),
        ({"WATCHDOG_USEC": "90000000", "WATCHDOG_PID": "1"}, None),
        ({"WATCHDOG_USEC": "0"}, None),
        ({"WATCHDOG_USEC": "soon"}, None),
        ({}, None),
    ],
)
def test_within_how_long_we_must_be_heard(environment: dict[str, str], expected: float | None) -> None:
    """As sd_watchdog_enabled(3) says; what is meant for another process is not for us."""
    assert expected == watchdog_s(environment)
