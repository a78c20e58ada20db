"""The file is followed: complete changes are taken in, broken ones refused, half-written ones waited out."""

import logging
import os
from pathlib import Path

import pytest

from monitor.clock import ManualClock
from monitor.config.change import Change
from monitor.config.live import LiveConfig
from monitor.config.load import load
from monitor.live import FarmFile

TEXT = """\
sites:
  - id: s
    rooms:
      - id: r
        printers:
          - {id: p01, camera: 'http://a/1', control: none}
          - {id: p02, camera: 'http://a/2', control: none}
"""


class Followed:
    """A file, whoever follows it, and the clock of both."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "cameras.yaml"
        self.path.write_text(TEXT)
        self.clock = ManualClock()
        self.config = LiveConfig(load(self.path, {}))
        self.changes: list[Change] = []
        self.fails = False
        self.file = FarmFile(self.path, {}, self.config, self._apply, self.clock)
        self.looks()

    def _apply(self, change: Change) -> None:
        if self.fails:
            raise RuntimeError("a room broke")
        self.changes.append(change)
        self.config.replace(change.now)

    def looks(self, seconds: float = 3.0) -> None:
        """Let time pass, and the file be looked at as often as the monitor does."""
        for _ in range(int(seconds * 2)):
            self.clock.advance(0.5)
            self.file.look()


@pytest.fixture
def followed(tmp_path: Path) -> Followed:
    """A file of two printers."""
    return Followed(tmp_path)


def test_a_change_is_taken_in_once(followed: Followed) -> None:
    """And a file that is only touched is none."""
    followed.path.write_text(TEXT.replace("p02", "p03"))
    followed.looks()
    os.utime(followed.path, (1, 1))
    followed.looks()
    assert [(["p03"], ["p02"])] == [([p.id for p in c.added], [p.id for p in c.removed]) for c in followed.changes]


def test_an_editor_that_replaces_the_file_is_followed_too(followed: Followed) -> None:
    """Vim and others write another file and rename it."""
    other = followed.path.with_name("4913")
    other.write_text(TEXT.replace("p02", "p03"))
    other.replace(followed.path)
    followed.looks()
    assert ["p01", "p03"] == [p.id for p in followed.config.current.printers]


def test_half_a_file_takes_no_printer_away(followed: Followed) -> None:
    """The first half is right by itself; it is waited out."""
    followed.path.write_text(TEXT[: TEXT.index("          - {id: p02")])
    followed.looks(1.0)
    followed.path.write_text("")
    followed.looks(1.0)
    followed.path.write_text(TEXT + "# done\n")
    followed.looks()
    assert ([], "") == (followed.changes, followed.file.problem)


def test_a_broken_edit_is_refused_with_its_faults_and_the_old_one_holds(
    followed: Followed, caplog: pytest.LogCaptureFixture
) -> None:
    """Told once; a mended edit takes over."""
    with caplog.at_level(logging.ERROR):
        followed.path.write_text(TEXT.replace("http://a/2", "ftp://a/2"))
        followed.looks(10)
    assert "cameras.yaml:7" in followed.file.problem
    assert "what was right before holds" in followed.file.problem
    assert 1 == len(followed.file.faults) == len(caplog.records)
    assert ([], 2) == (followed.changes, len(followed.config.current.printers))
    followed.path.write_text(TEXT.replace("p02", "p03"))
    followed.looks()
    assert ("", 0, 1) == (followed.file.problem, len(followed.file.faults), len(followed.changes))


def test_a_broken_edit_that_is_taken_back_is_no_change(followed: Followed) -> None:
    """The file says again what holds."""
    followed.path.write_text("sites: [")
    followed.looks()
    assert followed.file.problem
    followed.path.write_text(TEXT)
    followed.looks()
    assert ("", []) == (followed.file.problem, followed.changes)


def test_a_file_that_is_gone_is_told_and_changes_nothing(followed: Followed) -> None:
    """Somebody moved it away, or the share is not mounted."""
    followed.path.unlink()
    followed.looks()
    assert "is not there" in followed.file.problem
    followed.path.write_text(TEXT)
    followed.looks()
    assert ("", []) == (followed.file.problem, followed.changes)


def test_a_file_that_cannot_be_read_is_told(followed: Followed) -> None:
    """Binary rubbish, for one."""
    followed.path.write_bytes(b"\xff\xfe\x00")
    followed.looks()
    assert "is not UTF-8" in followed.file.problem


def test_what_needs_a_restart_is_told_until_it_is_taken_back(followed: Followed) -> None:
    """With the line; nothing that holds is changed by it."""
    followed.path.write_text("wall: {port: 9000}\n" + TEXT)
    followed.looks()
    assert (("wall.port (line 1)",), []) == (followed.file.needs_restart, followed.changes)
    assert 8080 == followed.config.current.wall.port
    followed.path.write_text(TEXT)
    followed.looks()
    assert () == followed.file.needs_restart


def test_a_room_that_cannot_follow_is_told_and_the_watch_goes_on(followed: Followed) -> None:
    """A fault of ours must be seen, and must not end anything."""
    followed.fails = True
    followed.path.write_text(TEXT.replace("p02", "p03"))
    followed.looks()
    assert "start Vigie again" in followed.file.problem
    followed.fails = False
    followed.path.write_text(TEXT.replace("p02", "p04"))
    followed.looks()
    assert ("", 1) == (followed.file.problem, len(followed.changes))


def test_whoever_has_replaced_the_file_need_not_wait(followed: Followed) -> None:
    """A page that has written it shows what holds in its answer."""
    followed.path.write_text(TEXT.replace("p02", "p03"))
    followed.file.refresh()
    assert 1 == len(followed.changes)
