"""One pause a command, however often it arrives, and however often the process that knows of it ends."""

from dataclasses import replace

import pytest

from monitor.agent.pauses import LONG_AGO, Pause, Pauses, carried_over
from monitor.clock import Uptime
from monitor.records import PauseCommand, PauseOutcome, PauseResult, PersonCommand, PersonCommandKind

COMMAND = PauseCommand("0190", "paris", "p1", "0189", 1000.0, 1060.0, "spaghetti")
RESULT = PauseResult("0190", "p1", PauseOutcome.PAUSED, 130)
WISH = PersonCommand("p1", PersonCommandKind.RESUME, "the night watch", 1010.0)


def test_a_command_is_accepted_once() -> None:
    """The second time it is known, first without and then with its result."""
    pauses = Pauses()
    assert pauses.accept(COMMAND, 1000.0)
    assert not pauses.accept(COMMAND, 1001.0)
    assert pauses.result(COMMAND) is None
    pauses.answered(COMMAND, RESULT)
    assert RESULT == pauses.result(COMMAND)
    assert not pauses.accept(COMMAND, 1002.0)


def test_the_same_id_for_another_printer_is_another_command() -> None:
    """Ids come from other machines: they are unique per printer only."""
    pauses = Pauses()
    assert pauses.accept(COMMAND, 1000.0)
    assert pauses.accept(replace(COMMAND, printer="p2"), 1000.0)


def test_a_command_that_was_put_down_may_come_again_and_is_known() -> None:
    """Nothing came of it yet, but how far it had come counts."""
    pauses = Pauses()
    pauses.accept(COMMAND, 1000.0)
    pauses.ordering(COMMAND, 1001.0)
    pauses.put_down(COMMAND)
    assert pauses.accept(COMMAND, 1010.0)
    assert Pause(COMMAND, 1000.0, ordered_at=1001.0) == pauses.begin(COMMAND)


def test_memory_is_bounded_and_the_oldest_is_forgotten_first() -> None:
    """Somebody who floods us with ids costs no memory."""
    pauses = Pauses(limit=2)
    for number in ("1", "2", "3"):
        pauses.accept(replace(COMMAND, id=number), 1000.0)
        pauses.put_down(replace(COMMAND, id=number))
    assert ["2", "3"] == [entry.command.id for entry in pauses.everything() if isinstance(entry, Pause)]


def test_each_step_is_kept_when_it_is_taken() -> None:
    """Nothing is written for a command that nobody has begun to carry out."""
    kept: list[object] = []
    pauses = Pauses(kept.append)
    pauses.accept(COMMAND, 1000.0)
    assert [] == kept
    pauses.begin(COMMAND)
    pauses.ordering(COMMAND, 1001.0)
    pauses.pausing(COMMAND, 1002.0)
    pauses.answered(COMMAND, RESULT)
    steps = [Pause(COMMAND, 1000.0), Pause(COMMAND, 1000.0, 1001.0), Pause(COMMAND, 1000.0, 1001.0, 1002.0)]
    assert [*steps, Pause(COMMAND, 1000.0, 1001.0, 1002.0, RESULT)] == kept


def test_a_wish_is_carried_out_once_also_by_the_next_process() -> None:
    """A pause may have followed it."""
    pauses = Pauses()
    assert [] == pauses.resuming(WISH)
    again = Pauses()
    again.remember(pauses.everything())
    assert again.resuming(WISH) is None


@pytest.mark.parametrize("step_s", [0.0, 3600.0, -3600.0])
def test_a_command_is_as_old_as_it_is_whatever_was_done_to_the_clock(step_s: float) -> None:
    """Ten seconds went by between two processes, while somebody set the machine's clock."""
    kept = Pause(COMMAND, 1000.0, ordered_at=1001.0, pausing_at=1002.0)
    moved, is_due = carried_over(kept, 900.0, "boot", 1012.0 + step_s, Uptime("boot", 112.0))
    assert is_due
    assert (1000.0, 1001.0, 1002.0) == (
        moved.accepted_at - step_s, (moved.ordered_at or 0) - step_s, (moved.pausing_at or 0) - step_s
    )  # fmt: skip
    assert 1060.0 == moved.command.expires_at - step_s


def test_what_was_answered_or_has_expired_is_not_taken_up_again() -> None:
    """Whatever the clock says now."""
    uptime = Uptime("boot", 112.0)
    assert not carried_over(Pause(COMMAND, 1000.0, result=RESULT), 900.0, "boot", 1012.0, uptime)[1]
    assert not carried_over(Pause(COMMAND, 1000.0), 900.0, "boot", 1012.0, Uptime("boot", 160.0))[1]


def test_after_another_start_of_the_machine_a_command_waits_to_be_sent_again() -> None:
    """Nobody knows how long it was off; an order of before that was long ago."""
    kept = Pause(COMMAND, 1000.0, ordered_at=1001.0)
    for boot, uptime in (("boot", Uptime("other", 5.0)), ("", Uptime("", 5.0))):
        moved, is_due = carried_over(kept, 900.0, boot, 1002.0, uptime)
        assert (False, LONG_AGO) == (is_due, moved.ordered_at)
