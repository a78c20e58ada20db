"""``vigie users``: people, tokens and screens from the command line."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from monitor.access import Access, Person, Right, Role, Screen, Token
from monitor.access.file import KINDS, path_beside, read_only
from monitor.access.passwords import Passwords
from monitor.cli import main
from monitor.clock import SystemClock
from tests.access.people import CHEAP, PASSWORD, hears

FARM = """\
wall: {{url: 'https://vigie.hospital.example', access: {access}}}
storage: {{path: vigie.db}}
sites:
  - id: site
    rooms:
      - {{id: hall, printers: [{{id: p01, camera: simulated, control: simulated}}]}}
"""

Users = Callable[..., list[str]]


@pytest.fixture
def users(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Users:
    """A function that calls the command and returns the lines that it prints, its errors last."""
    file = tmp_path / "cameras.yaml"
    file.write_text(FARM.format(access="log-in"))

    def call(*arguments: str, status: int = 0) -> list[str]:
        assert status == main(["users", "--config", str(file), *arguments])
        printed = capsys.readouterr()
        return [*printed.out.splitlines(), *printed.err.splitlines()]

    return call


@pytest.fixture
def monitor(tmp_path: Path) -> Iterator[Access]:
    """The room of a monitor that runs on the same file."""
    access = Access(tmp_path / "vigie.db", SystemClock(), Passwords(CHEAP))
    access.start()
    yield access
    access.stop()


def heard(monitor: Access) -> None:
    """Wait until the monitor holds what the file does."""
    assert monitor.settle()
    file = path_beside(monitor.storage)
    assert hears(monitor, lambda: {kind: dict(monitor.all(kind)) for kind in KINDS} == read_only(file))


def key_of(line: str) -> str:
    """Return the secret of a printed link."""
    address, _, key = line.partition("=")
    assert "https://vigie.hospital.example/setup?link" == address
    return key


def test_the_first_administrator_gets_a_link(users: Users, monitor: Access) -> None:
    """Also beside the running monitor, which takes it within two seconds; then there is no second one."""
    assert ["nobody can log in yet; vigie users link makes a link for the first administrator"] == users("list")
    key = key_of(users("link")[0])
    heard(monitor)
    monitor.desk.use_link(key, "Ada", PASSWORD)
    assert "there is an administrator already" in users("link", status=1)[-1]
    assert users("list")[0].split()[:2] == ["Ada", "administrator"]


def test_people_come_change_and_go(users: Users, monitor: Access) -> None:
    """Each of it is heard by the monitor."""
    key = key_of(users("add", "Nina", "viewer")[0])
    assert "has not used the link yet" in users("list")[0]
    heard(monitor)
    monitor.desk.use_link(key, "", PASSWORD)
    users("role", "nina", "operator")
    heard(monitor)
    assert Role.OPERATOR is monitor.all(Person)["nina"].role
    assert key != key_of(users("reset", "Nina")[0])
    users("remove", "Nina")
    heard(monitor)
    assert {} == monitor.all(Person)


def test_the_last_administrator_can_be_reset_here(users: Users, monitor: Access) -> None:
    """Whoever has the machine gets in again; but removing is refused with the reason."""
    monitor.desk.use_link(monitor.desk.set_up_link(), "Ada", PASSWORD)
    assert "last administrator" in users("remove", "Ada", status=1)[-1]
    key = key_of(users("reset", "Ada")[0])
    heard(monitor)
    monitor.desk.use_link(key, "", PASSWORD)
    assert monitor.doors.log_in("Ada", PASSWORD, "::1", "")


def test_tokens_are_made_listed_and_revoked(users: Users, monitor: Access) -> None:
    """The secret is printed once, and is not in the list."""
    (key,) = users("tokens", "make", "prometheus", "--scope", "metrics", "--days", "30")
    heard(monitor)
    identity = monitor.doors.by_token(key)
    assert identity is not None
    assert {Right.METRICS} == identity.rights
    (line,) = users("tokens")
    assert key not in line
    users("tokens", "revoke", line.split()[0])
    heard(monitor)
    assert {} == monitor.all(Token)
    assert "at least one scope" in users("tokens", "make", "nothing", status=1)[-1]


def test_screens_are_made_listed_and_revoked(users: Users, monitor: Access) -> None:
    """The link is one for a TV."""
    (link,) = users("screens", "make", "Hall TV")
    heard(monitor)
    assert link.startswith("https://vigie.hospital.example/wall?kiosk&screen=")
    assert monitor.doors.by_screen(link.rpartition("=")[2]) is not None
    users("screens", "revoke", users("screens", "list")[0].split()[0])
    heard(monitor)
    assert {} == monitor.all(Screen)


def test_an_unknown_name_is_told(users: Users) -> None:
    """With what was typed."""
    assert "nobody with the name 'Zoe'" in users("remove", "Zoe", status=1)[-1]


def test_an_open_wall_has_no_users(users: Users, tmp_path: Path) -> None:
    """It says what to change first."""
    (tmp_path / "cameras.yaml").write_text(FARM.format(access="open"))
    assert "access: open" in users("list", status=1)[-1]
