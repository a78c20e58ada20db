"""Commands to a site that is killed again and again: none is done twice, each is answered the same for ever."""

import random
import subprocess
import sys
import threading
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from monitor.peers.records import WishAnswer
from monitor.peers.wire import decode_answer, encode_wish
from monitor.peers.wished import NOT_KNOWN
from monitor.records import PersonCommand, PersonCommandKind, Reception
from tests.support import PATIENCE_S

COMMANDS = 60
KILLS = 10


class Site:
    """The process, and what it has answered."""

    def __init__(self, folder: Path) -> None:
        arguments = [str(folder / "vigie.db"), str(folder / "deeds")]
        command = [sys.executable, "-m", "tests.peers.obeying", *arguments]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def send(self, command: PersonCommand) -> None:
        """Send a command; it may be dead by now."""
        assert self.process.stdin is not None
        self.process.stdin.write(encode_wish(command) + b"\n")
        self.process.stdin.flush()

    def answer(self) -> WishAnswer | None:
        """Return the next answer; None when it is dead."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        return decode_answer(line) if line.endswith(b"\n") else None

    def end(self) -> None:
        """End it in order, or bury it."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait(PATIENCE_S)
        self.process.stdout.close()


def ask(site: Site, open_: list[PersonCommand], answers: dict[str, WishAnswer]) -> None:
    """Send one command after the other until all are answered, or the site is dead."""
    for command in list(open_):
        try:
            site.send(command)
        except BrokenPipeError:
            return
        answer = site.answer()
        if answer is None:
            return
        assert answer == answers.setdefault(command.id, answer)
        open_.remove(command)


def test_a_site_that_is_killed_anywhere_does_nothing_twice(tmp_path: Path) -> None:
    """Who has no answer repeats the command: what was done is answered so, and what nobody knows is said to be so."""
    chance = random.Random(11)  # noqa: S311  # so that it can be repeated
    wished = PersonCommand("p1", PersonCommandKind.PAUSE, "Léa", 1000.0, expires_at=1060.0)
    commands = [replace(wished, id=f"w{number}") for number in range(COMMANDS)]
    open_, answers = list(commands), dict[str, WishAnswer]()
    for _ in range(KILLS):
        site = Site(tmp_path)
        site.send(open_[0])
        first = site.answer()  # it is up
        assert first is not None
        assert first == answers.setdefault(open_[0].id, first)
        reaper = threading.Timer(chance.uniform(0.0, 0.04), site.process.kill)
        reaper.start()
        ask(site, open_, answers)
        reaper.join()
        site.process.wait(PATIENCE_S)
        assert site.process.stdout is not None
        assert site.process.stdin is not None
        site.process.stdout.close()
        with suppress(BrokenPipeError):
            site.process.stdin.close()
        open_ = open_ or [commands[-1]]
    site = Site(tmp_path)
    ask(site, list(commands), answers)
    site.end()
    done = Counter((tmp_path / "deeds").read_text().split())
    assert {1} == set(done.values())
    assert {command.id for command in commands} == answers.keys()
    for name, answer in answers.items():
        if answer.reception is Reception.TAKEN:
            assert 1 == done[name]
        else:
            assert NOT_KNOWN == answer.detail
