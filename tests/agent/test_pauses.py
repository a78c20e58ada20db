"""One pause a command, however often it arrives."""

from dataclasses import replace

from monitor.agent.pauses import Pauses
from monitor.records import PauseCommand, PauseOutcome, PauseResult

COMMAND = PauseCommand("0190", "paris", "p1", "0189", 0.0, 60.0, "spaghetti")
RESULT = PauseResult("0190", "p1", PauseOutcome.PAUSED, 130)


def test_a_command_is_accepted_once() -> None:
    """The second time it is known, first without and then with its result."""
    pauses = Pauses()
    assert pauses.accept(COMMAND)
    assert not pauses.accept(COMMAND)
    assert pauses.result(COMMAND) is None
    pauses.answered(RESULT)
    assert RESULT == pauses.result(COMMAND)


def test_the_same_id_for_another_printer_is_another_command() -> None:
    """Ids come from other machines: they are unique per printer only."""
    pauses = Pauses()
    assert pauses.accept(COMMAND)
    assert pauses.accept(replace(COMMAND, printer="p2"))


def test_a_command_that_was_not_started_may_come_again() -> None:
    """It was accepted, but then nothing came of it."""
    pauses = Pauses()
    pauses.accept(COMMAND)
    pauses.forget(COMMAND)
    assert pauses.accept(COMMAND)


def test_memory_is_bounded_and_the_oldest_is_forgotten_first() -> None:
    """Somebody who floods us with ids costs no memory."""
    pauses = Pauses(limit=2)
    for number in ("1", "2", "3"):
        pauses.accept(replace(COMMAND, id=number))
    assert pauses.accept(replace(COMMAND, id="1"))
    assert not pauses.accept(replace(COMMAND, id="3"))
