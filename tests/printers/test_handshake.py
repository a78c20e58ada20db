"""The handshake's decisions, without a printer and without a clock."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import PrinterError, PrinterRejected, PrinterUnreachable
from monitor.printers.adapter import Reading
from monitor.printers.handshake import LIMIT_S, REPEAT_S, RESUMED_S, UNKNOWN_GRACE_S, UNSEEN_S, Handshake, Move
from monitor.records import JobState, PausedBy, PauseOutcome, PauseStep

PRINTING, PAUSING, PAUSED = Reading(JobState.PRINTING), Reading(JobState.PAUSING), Reading(JobState.PAUSED)
NEVER = 1e9  # an expiry far away


def begun(*, expires_at: float = NEVER) -> Handshake:
    """Return a handshake that began at 0 s."""
    return Handshake(0.0, expires_at)


def test_a_printing_printer_is_ordered_once_and_then_read_until_it_is_seen_paused() -> None:
    """Order, wait while it prints on or pauses, answer when it is paused."""
    handshake = begun()
    assert Move.ORDER is handshake.read(PRINTING, 0.0).move
    handshake.ordering(0.0)
    handshake.ordered(0.1)
    assert Move.WAIT is handshake.read(PRINTING, 0.2).move
    assert Move.WAIT is handshake.read(PAUSING, 40.0).move
    step = handshake.read(PAUSED, 45.0)
    assert (PauseOutcome.PAUSED, PausedBy.VIGIE) == (step.outcome, step.paused_by)


def test_that_it_is_about_to_pause_is_told_once() -> None:
    """Progress, for people who wait; the proof comes later."""
    handshake = begun()
    handshake.ordered(0.1)
    assert [PauseStep.PAUSING, None] == [handshake.read(PAUSING, at).news for at in (1.0, 1.2)]


def test_a_printer_that_prints_on_is_ordered_again() -> None:
    """The order may be lost behind the broker; it is repeated, unhurried."""
    handshake = begun()
    handshake.ordered(1.0)
    assert {Move.WAIT} == {handshake.read(PRINTING, 2.0 + second).move for second in range(9)}
    assert Move.ORDER is handshake.read(PRINTING, 1.0 + REPEAT_S).move


def test_an_order_that_may_not_have_been_delivered_is_given_again_at_once() -> None:
    """The printer was seen to print on, and nobody resumes a print within moments."""
    handshake = begun()
    assert Move.ORDER is handshake.read(PRINTING, 0.0).move
    handshake.ordering(0.0)
    assert Move.WAIT is handshake.failed(PrinterUnreachable("no answer"), 0.1).move
    assert Move.ORDER is handshake.read(PRINTING, 0.3).move


def test_a_printer_that_prints_after_nobody_could_see_it_is_not_ordered_again() -> None:
    """It may have lost the order, or have paused and been resumed: it is waited for, and then people are told."""
    handshake = begun()
    handshake.ordered(1.0)
    back = 1.0 + UNSEEN_S + 1.0
    steps = [handshake.read(PRINTING, back + second) for second in range(int(REPEAT_S) + 1)]
    assert {Move.WAIT} == {step.move for step in steps[:-1]}
    assert PauseOutcome.REJECTED is steps[-1].outcome
    assert "somebody may have resumed it" in steps[-1].detail


def test_a_printer_that_was_out_of_sight_and_then_pauses_is_waited_for() -> None:
    """Slow moves may keep the order waiting; what counts is what is seen."""
    handshake = begun()
    handshake.ordered(1.0)
    assert Move.WAIT is handshake.read(PRINTING, 9.0).move
    assert Move.WAIT is handshake.read(PAUSING, 11.0).move
    assert PauseOutcome.PAUSED is handshake.read(PAUSED, 30.0).outcome


def test_a_printer_that_was_about_to_pause_and_prints_again_is_left_to_the_person_who_wants_that() -> None:
    """One late reading is no resume; printing on is, and it is never ordered again."""
    handshake = begun()
    handshake.ordered(0.1)
    handshake.read(PAUSING, 1.0)
    assert Move.WAIT is handshake.read(PRINTING, 1.2).move
    assert Move.WAIT is handshake.read(PAUSING, 1.4).move
    assert Move.WAIT is handshake.read(PRINTING, 1.6).move
    step = handshake.read(PRINTING, 1.6 + RESUMED_S)
    assert PauseOutcome.REJECTED is step.outcome
    assert "prints again" in step.detail


def test_after_a_crash_right_at_the_order_a_printer_that_prints_is_ordered_again_at_once() -> None:
    """Whether it had been given is not known; twice is harmless while nobody can have resumed it."""
    handshake = Handshake(3.0, NEVER, ordered_at=1.0)
    assert Move.ORDER is handshake.read(PRINTING, 3.1).move


def test_after_a_crash_a_printer_found_paused_is_ours_when_the_order_preceded() -> None:
    """Not already-paused: the order was on its way when the agent died."""
    step = Handshake(30.0, NEVER, ordered_at=1.0).read(PAUSED, 30.1)
    assert (PauseOutcome.PAUSED, PausedBy.VIGIE) == (step.outcome, step.paused_by)


def test_after_a_crash_long_after_the_order_a_printer_that_prints_is_not_ordered_again() -> None:
    """Nor one that had been about to pause."""
    assert Move.WAIT is Handshake(30.0, NEVER, ordered_at=1.0).read(PRINTING, 30.1).move
    handshake = Handshake(3.0, NEVER, ordered_at=1.0, pausing_at=1.2)
    assert Move.WAIT is handshake.read(PRINTING, 3.0).move
    assert PauseOutcome.REJECTED is handshake.read(PRINTING, 3.0 + RESUMED_S).outcome


@pytest.mark.parametrize("state", [JobState.IDLE, JobState.ERROR])
def test_a_printer_that_does_not_print_is_never_ordered(state: JobState) -> None:
    """Pausing an idle Klipper breaks its next pause: the answer is not-printing."""
    assert PauseOutcome.NOT_PRINTING is begun().read(Reading(state), 0.0).outcome


def test_a_job_that_ends_before_it_pauses_is_not_printing_any_more() -> None:
    """That is proven as well: the failing print does not go on."""
    handshake = begun()
    handshake.ordered(0.1)
    assert PauseOutcome.NOT_PRINTING is handshake.read(Reading(JobState.IDLE), 2.0).outcome


def test_a_printer_found_paused_was_paused_by_somebody_else() -> None:
    """Already-paused, by whom the printer says, and no order is given."""
    for by, words in (
        (PausedBy.PRINTER, "by itself (filament)"),
        (PausedBy.PERSON, "a person"),
        (PausedBy.UNKNOWN, "already"),
    ):
        step = begun().read(Reading(JobState.PAUSED, detail="filament", paused_by=by), 0.0)
        assert (PauseOutcome.ALREADY_PAUSED, by) == (step.outcome, step.paused_by)
        assert words in step.detail


def test_a_printer_found_pausing_is_waited_for() -> None:
    """Somebody was faster; an order too many could hit the job after the next resume."""
    handshake = begun()
    assert Move.WAIT is handshake.read(PAUSING, 30.0).move
    assert PauseOutcome.ALREADY_PAUSED is handshake.read(PAUSED, 31.0).outcome


def test_a_refusal_ends_it_at_once_with_the_remedy() -> None:
    """Trying again would not help: a person has to change something."""
    step = begun().failed(PrinterRejected("the key: create another"), 0.0)
    assert (PauseOutcome.REJECTED, "the key: create another") == (step.outcome, step.detail)


def test_a_silent_printer_is_unreachable_only_in_the_end() -> None:
    """A Wi-Fi gap of half a minute does not lose the pause."""
    handshake = begun()
    silence = PrinterUnreachable("no route")
    assert Move.WAIT is handshake.failed(silence, 30.0).move
    step = handshake.failed(silence, LIMIT_S)
    assert (PauseOutcome.UNREACHABLE, "no route") == (step.outcome, step.detail)


def test_an_offline_reading_in_the_end_is_unreachable_too() -> None:
    """OctoPrint answers, but its printer is switched off."""
    assert PauseOutcome.UNREACHABLE is begun().read(Reading(JobState.OFFLINE), LIMIT_S).outcome


def test_a_printer_that_pauses_for_too_long_times_out() -> None:
    """Being about to pause is progress, but not the proof."""
    handshake = begun()
    handshake.ordered(0.0)
    step = handshake.read(PAUSING, LIMIT_S)
    assert PauseOutcome.TIMEOUT is step.outcome
    assert "pausing" in step.detail


def test_the_commands_own_expiry_ends_it_earlier() -> None:
    """Nobody waits for an answer after that."""
    assert PauseOutcome.TIMEOUT is begun(expires_at=5.0).read(PRINTING, 5.0).outcome


def test_a_printer_that_never_says_its_state_is_ordered_once_all_the_same() -> None:
    """Unknown is not fine: after a short wait for its state, the order goes out blindly."""
    handshake = begun()
    assert Move.WAIT is handshake.read(Reading(JobState.UNKNOWN), UNKNOWN_GRACE_S - 0.1).move
    assert Move.ORDER is handshake.read(Reading(JobState.UNKNOWN), UNKNOWN_GRACE_S).move
    handshake.ordered(UNKNOWN_GRACE_S)
    assert Move.WAIT is handshake.read(Reading(JobState.UNKNOWN), 30.0).move


answers = st.one_of(
    st.sampled_from(JobState).map(Reading),
    st.sampled_from([PrinterUnreachable("away"), PrinterRejected("no")]),
)


@given(st.lists(st.tuples(answers, st.floats(0.05, 8.0)), min_size=1))
def test_whatever_a_printer_answers_the_handshake_ends_in_time_and_orders_only_what_may_print(
    story: list[tuple[Reading | PrinterError, float]],
) -> None:
    """Never an order to a paused, idle or broken printer; never two orders in quick succession; always an end."""
    handshake, now, ordered = begun(), 0.0, []
    for answer, gap_s in [*story, (PRINTING, LIMIT_S)]:
        now += gap_s
        step = handshake.read(answer, now) if isinstance(answer, Reading) else handshake.failed(answer, now)
        if step.move is Move.ORDER:
            assert isinstance(answer, Reading)
            assert answer.state in (JobState.PRINTING, JobState.UNKNOWN)
            handshake.ordering(now)
            handshake.ordered(now)
            ordered.append(now)
        if step.outcome is not None:
            break
    assert step.outcome is not None
    assert all(later - earlier >= REPEAT_S for earlier, later in pairwise(ordered))
    assert all(at < LIMIT_S for at in ordered)
