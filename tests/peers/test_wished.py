"""Commands from other places: done once, also over a restart, and answered the same."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.clock import ManualClock
from monitor.errors import StorageFull
from monitor.history import Change, History, Wish
from monitor.peers.wished import AHEAD_S, CLOCKS_DIFFER, EXPIRY_AT_MOST_S, KEPT_AFTER_S, NOT_KNOWN, Wishes
from monitor.records import Answer, PersonCommand, PersonCommandKind, Reception
from tests.history.test_history import fill, running

COMMAND = PersonCommand("p1", PersonCommandKind.PAUSE, "Léa", 1000.0, id="w1", expires_at=1060.0)


class Site:
    """What does as it is told, and counts."""

    def __init__(self, history: History, clock: ManualClock) -> None:
        self.clock, self.done = clock, list[PersonCommand]()
        self.answer = Answer(Reception.TAKEN, "ordered")
        self.wishes = Wishes(history, history.reader, lambda printer: printer == "p1", self.act, clock)

    def act(self, command: PersonCommand) -> Answer:
        """Do it."""
        self.done.append(command)
        return self.answer


@contextmanager
def site(path: Path, now: float = 1001.0) -> Iterator[Site]:
    """Run a site on a file, as one process does."""
    with running(path) as history:
        yield Site(history, ManualClock(now))


def test_a_command_is_done_once_and_a_repetition_gets_the_same_answer(tmp_path: Path) -> None:
    """Whatever the printer does meanwhile."""
    with site(tmp_path / "vigie.db") as here:
        first = here.wishes.answer(COMMAND)
        here.answer = Answer(Reception.REFUSED, "it is paused already")
        here.clock.advance(30.0)
        assert first == here.wishes.answer(COMMAND)
        assert ([COMMAND], Reception.TAKEN, "ordered") == (here.done, first.reception, first.detail)


def test_a_command_is_done_once_over_a_restart(tmp_path: Path) -> None:
    """Its id and its answer are on the disk, until nobody can repeat it any more."""
    with site(tmp_path / "vigie.db") as here:
        first = here.wishes.answer(COMMAND)
    with site(tmp_path / "vigie.db", 1059.0 + KEPT_AFTER_S) as again:
        assert first == again.wishes.answer(COMMAND)
        assert [] == again.done


def test_a_command_that_a_crash_has_interrupted_is_not_done_again(tmp_path: Path) -> None:
    """Nobody knows whether it was: who asks is told to look, each time the same."""
    with running(tmp_path / "vigie.db") as history:
        history.commit(Change(wishes=(Wish(COMMAND.id, 1660.0),), wished_at=1001.0))
    for _ in range(2):
        with site(tmp_path / "vigie.db") as here:
            answer = here.wishes.answer(COMMAND)
            assert (Reception.REFUSED, NOT_KNOWN, []) == (answer.reception, answer.detail, here.done)


def test_the_id_is_on_the_disk_before_anything_is_done(tmp_path: Path) -> None:
    """Else a crash in between would do it twice."""
    with running(tmp_path / "vigie.db") as history:
        here = Site(history, ManualClock(1001.0))
        seen: list[Wish | None] = []

        def act(_: PersonCommand) -> Answer:
            seen.append(history.reader.wish("w1"))
            return here.answer

        Wishes(history, history.reader, lambda _: True, act, here.clock).answer(COMMAND)
        assert [Wish("w1", 1060.0 + KEPT_AFTER_S)] == seen


LATE = "it came 300 s after it had expired by this site's clock: the line was cut, or "
EARLY = "it is dated 300 s ahead of this site's clock: "
LONG = "it holds for 3601 s by this site's clock, at most 3600 are taken: "
REFUSED = [
    (1360.0, COMMAND, LATE),
    (700.0, COMMAND, EARLY),
    (1001.0, replace(COMMAND, expires_at=1002.0 + EXPIRY_AT_MOST_S), LONG),
]


@pytest.mark.parametrize(("now", "command", "detail"), REFUSED)
def test_a_command_out_of_its_time_is_refused_with_a_reason_that_names_the_clocks(
    now: float, command: PersonCommand, detail: str, tmp_path: Path
) -> None:
    """What somebody wanted then may be wrong now."""
    with site(tmp_path / "vigie.db", now) as here:
        answer = here.wishes.answer(command)
        assert (Reception.REFUSED, detail + CLOCKS_DIFFER, []) == (answer.reception, answer.detail, here.done)


def test_clocks_that_differ_a_little_stop_nobody(tmp_path: Path) -> None:
    """Nobody's clock is right."""
    with site(tmp_path / "vigie.db", 1000.0 - AHEAD_S) as here:
        assert Reception.TAKEN is here.wishes.answer(COMMAND).reception


def test_a_printer_of_elsewhere_is_not_found(tmp_path: Path) -> None:
    """It is said which."""
    with site(tmp_path / "vigie.db") as here:
        answer = here.wishes.answer(replace(COMMAND, printer="p9"))
        assert (Reception.NOT_FOUND, "there is no printer p9 here") == (answer.reception, answer.detail)


def test_a_command_that_fails_is_refused_with_what_failed(tmp_path: Path) -> None:
    """And is not tried again: whether a part of it was done is not known."""
    with running(tmp_path / "vigie.db") as history:

        def act(_: PersonCommand) -> Answer:
            raise StorageFull("vigie.db: the disk is full")

        wishes = Wishes(history, history.reader, lambda _: True, act, ManualClock(1001.0))
        assert "vigie.db: the disk is full" == wishes.answer(COMMAND).detail


def test_a_full_disk_stops_no_command_and_doubles_none(tmp_path: Path) -> None:
    """A pause matters more than its record; this process remembers it."""
    with running(tmp_path / "vigie.db") as history:
        here = Site(history, ManualClock(1001.0))
        fill(history)
        for number in range(200):
            history.commit(Change(wishes=(Wish(f"other {number}", 2000.0, "x" * 1000),)))
        first = here.wishes.answer(COMMAND)
        assert history.problem
        assert (first, [COMMAND]) == (here.wishes.answer(COMMAND), here.done)
