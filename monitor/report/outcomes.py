"""What became of an incident, in one word each. Pure."""

from enum import StrEnum

from monitor.history import Story
from monitor.records import VerdictKind


class Outcome(StrEnum):
    """Every incident has exactly one; the order is that of the report."""

    CAUGHT = "caught"  # paused, and seen to stand still; nobody calls it a false alarm
    FALSE_ALARM = "false-alarm"  # a person says so, and has not taken it back
    PAUSE_FAILED = "pause-failed"  # ordered, and never seen to stand still
    LET_PRINT = "let-print"  # a person said no to the pause, and nothing about the picture
    WITHHELD = "withheld"  # shadow mode, or "alert": told, not paused
    PASSED = "passed"  # over before anything was ordered: the pictures were well again, or the job ended
    OPEN = "open"  # not decided yet


def outcome_of(story: Story) -> Outcome:
    """Return what became of an incident; what a person says of the picture counts before what the printer did."""
    if story.verdict is VerdictKind.FALSE_ALARM:
        return Outcome.FALSE_ALARM
    if story.confirmed_at is not None:
        return Outcome.CAUGHT
    if story.failed_at is not None:
        return Outcome.PAUSE_FAILED
    if story.let_print_at is not None:
        return Outcome.LET_PRINT
    if story.withheld_at is not None:
        return Outcome.WITHHELD
    return Outcome.OPEN if story.closed_at is None else Outcome.PASSED
