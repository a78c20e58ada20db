"""When a Bambu Lab printer is asked whether it takes commands, and what its answers mean."""

from hypothesis import given
from hypothesis import strategies as st

from monitor.printers.bambu_obedience import AFTER_SILENCE_S, ASK_AGAIN_S, GAP_S, Obedience
from monitor.printers.bambu_report import Answer

YES, NO = Answer(is_accepted=True), Answer(is_accepted=False, wants_signature=True, reason="verify failed")
BUSY = Answer(is_accepted=False, reason="invalid state")


def obedience(flag: bool | None) -> Obedience:
    """Return what is known after the first report of the first session."""
    known = Obedience()
    known.reported(1, flag)
    return known


def test_nothing_is_promised_before_anything_is_known() -> None:
    """Unknown is never fine."""
    known = obedience(None)
    assert not known.ability().can_pause
    assert known.has_to_ask(0.0)


def test_a_printer_that_says_that_it_is_locked_is_not_asked() -> None:
    """The refusal would show on its screen, and says nothing new."""
    known = obedience(True)
    assert not known.has_to_ask(0.0)
    assert "Developer Mode" in known.ability().why


def test_the_bit_alone_is_not_believed() -> None:
    """It has been seen clear on a printer that refuses; so the printer is asked, and its answer counts."""
    known = obedience(False)
    assert known.has_to_ask(0.0)
    known.answered(NO, 0.0)
    assert not known.ability().can_pause


def test_a_printer_that_obeyed_can_be_paused_and_is_not_asked_again() -> None:
    """Not even after hours of the same session. Any refusal but that of the signature is obedience."""
    for answer in (YES, BUSY):
        known = obedience(None)
        known.answered(answer, 0.0)
        assert known.ability().can_pause
        assert not known.has_to_ask(10 * ASK_AGAIN_S)


def test_a_refusal_is_asked_about_rarely() -> None:
    """Each one shows on the printer's screen."""
    known = obedience(None)
    known.answered(NO, 0.0)
    assert not known.has_to_ask(ASK_AGAIN_S - 1)
    assert known.has_to_ask(ASK_AGAIN_S)


def test_developer_mode_that_was_just_turned_on_is_noticed_at_once() -> None:
    """The bit clears: whatever was refused before, the printer is asked."""
    known = obedience(True)
    known.answered(NO, 0.0)
    known.reported(1, False)
    assert known.has_to_ask(1.0)
    known.answered(YES, 1.0)
    assert known.ability().can_pause


def test_developer_mode_that_was_just_turned_off_is_noticed_at_once() -> None:
    """The bit is set: what was obeyed before counts no more."""
    known = obedience(False)
    known.answered(YES, 0.0)
    known.reported(1, True)
    assert not known.ability().can_pause


def test_silence_is_told_and_asked_about_soon() -> None:
    """Some firmware ignores the first command of a session."""
    known = obedience(None)
    known.answered(None, 0.0)
    assert "does not answer" in known.ability().why
    assert not known.has_to_ask(AFTER_SILENCE_S - 1)
    assert known.has_to_ask(AFTER_SILENCE_S)


def test_a_new_session_asks_again_but_never_in_a_quick_circle() -> None:
    """A broker may hang up over the question, each time it is asked; until then the old answer counts."""
    known = obedience(None)
    known.answered(YES, 0.0)
    known.reported(2, None)
    assert known.ability().can_pause
    assert not known.has_to_ask(GAP_S - 1)
    assert known.has_to_ask(GAP_S)
    known.answered(NO, GAP_S)
    assert not known.ability().can_pause


answers = st.sampled_from([YES, NO, BUSY, None])
moves = st.lists(st.tuples(st.floats(0.1, 100.0), st.integers(0, 3), st.sampled_from([None, False, True]), answers))


@given(moves)
def test_it_can_be_paused_only_while_its_newest_answer_and_no_bit_says_so(
    told: list[tuple[float, int, bool | None, Answer | None]],
) -> None:
    """Whatever the order of sessions, reports and answers."""
    known, now, session, newest = Obedience(), 0.0, 1, NO
    for passed_s, new_sessions, flag, answer in told:
        now += passed_s
        session += new_sessions
        known.reported(session, flag)
        if known.has_to_ask(now):
            assert flag is not True
            known.answered(answer, now)
            newest = answer or NO
        assert not known.ability().can_pause or (newest in (YES, BUSY) and not flag)
